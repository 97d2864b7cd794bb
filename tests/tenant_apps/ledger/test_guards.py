"""The database itself refuses entries that do not balance and any rewriting, whatever the search path says at COMMIT."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.ledger.models import Account, AccountKind, JournalEntry, JournalLine
from tenants.context import as_owner, in_region, scope
from tenants.models import Region

pytestmark = pytest.mark.usefixtures("committed")


def accounts() -> tuple[Account, Account]:
    cash = Account.objects.create(code="kas", name="Kas", kind=AccountKind.ASSET)
    return cash, Account.objects.create(code="jual", name="Penjualan", kind=AccountKind.INCOME)


def post(*amounts: int, key: str = "k", move_path_to: str = "") -> None:
    """Write an entry by hand, as a faulty service or an attacker would."""
    both = accounts() if not Account.objects.exists() else tuple(Account.objects.order_by("pk"))
    with transaction.atomic():
        entry = JournalEntry.objects.create(key=key, text="uji", by="system:test")
        for account, amount in zip(both, amounts, strict=False):
            JournalLine.objects.create(entry=entry, account=account, amount=amount)
        if move_path_to:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('search_path', %s, true)", [move_path_to])


@pytest.mark.parametrize("amounts", [(), (14_500,), (14_500, -14_000), (14_500, 14_500)])
@pytest.mark.parametrize("path", ["", "lombok", "public"])
def test_an_unbalanced_entry_is_refused_at_commit(
    kalidoni: Region, lombok: Region, amounts: tuple[int, ...], path: str
) -> None:
    elsewhere = {"": "", "lombok": f'"{lombok.schema_name}", public', "public": "public"}[path]
    with in_region(kalidoni):
        with pytest.raises(IntegrityError, match="journal entry"):
            post(*amounts, move_path_to=elsewhere)
        assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("path", ["", "lombok"])
def test_a_balanced_entry_is_accepted(kalidoni: Region, lombok: Region, path: str) -> None:
    with in_region(kalidoni):
        post(14_500, -14_500, move_path_to=f'"{lombok.schema_name}", public' if path else "")
        assert sorted(JournalLine.objects.values_list("amount", flat=True)) == [-14_500, 14_500]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_journalline SET amount = amount * 2",
        "UPDATE ledger_journalentry SET text = 'lain'",
        "DELETE FROM ledger_journalline",
        "DELETE FROM ledger_journalentry",
        "TRUNCATE ledger_journalline",
        "TRUNCATE ledger_journalentry CASCADE",
        "INSERT INTO ledger_journalline (entry_id, account_id, amount) SELECT entry_id, account_id, 1"
        " FROM ledger_journalline LIMIT 1",
        "INSERT INTO ledger_journalline (entry_id, account_id, amount) SELECT entry_id, account_id, 0"
        " FROM ledger_journalline LIMIT 1",
    ],
)
def test_a_posted_entry_is_never_rewritten(kalidoni: Region, sql: str) -> None:
    with in_region(kalidoni):
        post(14_500, -14_500)
        # Not even the owner, who may do more than the region's own role.
        with as_owner(scope()), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        assert sorted(JournalLine.objects.values_list("amount", flat=True)) == [-14_500, 14_500]
