"""What the database refuses to anybody who writes by hand: the region's own role, and the owner of its tables."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.ledger.errors import KeyReused, Unbalanced
from tenant_apps.ledger.models import Account, AccountKind, JournalEntry, JournalLine
from tenant_apps.ledger.services import (
    Posting,
    account_of_citizen,
    account_of_courier,
    account_of_provider,
    account_of_region,
    account_of_warung,
    post,
    reverse,
    unproven_accounts,
)
from tenants.context import as_owner, scope
from tests.cast import BY, Cast
from tests.tenant_apps.ledger.test_services import balances, opened

ENTRY = (
    "WITH entry AS (INSERT INTO ledger_journalentry (public_id, key, text, at, by{more})"
    " VALUES (gen_random_uuid(), 'raw', 'x', now(), 'x'{values}) RETURNING id)"
    " INSERT INTO ledger_journalline (entry_id, account_id, amount) SELECT entry.id, account.id, side.amount"
    " FROM entry, (VALUES {sides}) AS side(code, amount) JOIN ledger_account AS account USING (code)"
)


def raw(sides: dict[str, int], reverses: int | None = None) -> str:
    """An entry and its lines in one statement."""
    told = ", ".join(f"('{code}', {amount}::bigint)" for code, amount in sides.items())
    more, values = ("", "") if reverses is None else (", reverses_id", f", {reverses}")
    return ENTRY.format(sides=told, more=more, values=values)


def written(sql: str) -> None:
    """Sent by hand, with everything that waits for COMMIT checked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def saved(market: Cast) -> tuple[Account, Account]:
    """A guarded account with 5,000 on it, and where that came from."""
    savings, cash = opened("savings", guarded=True), opened("cash")
    post(key="in", text="setor", postings=[Posting(savings, 5_000), Posting(cash, -5_000)], by=BY)
    return savings, cash


def test_raw_lines_move_the_balances_themselves(saved: tuple[Account, Account]) -> None:
    written(raw({"savings": -1_200, "cash": 1_200}))
    assert balances(*saved) == [3_800, -3_800] and unproven_accounts() == []


@pytest.mark.parametrize("owner", [False, True])
@pytest.mark.parametrize(
    ("case", "sql", "match"),
    [
        ("unbalanced", raw({"savings": 5, "cash": -4}), "sum to zero"),
        ("overdrawn", raw({"savings": -5_001, "cash": 5_001}), "account_not_overdrawn"),
        (
            "a balance without lines",
            "UPDATE ledger_account SET balance = balance + 1 WHERE code = 'savings'",
            "lines alone",
        ),
        ("all balances", "UPDATE ledger_account SET balance = 0", "lines alone"),
        (
            "born rich",
            "INSERT INTO ledger_account (code, name, kind, no_overdraft, balance) VALUES ('x', 'x', 'asset', false, 1)",
            "opens with nothing",
        ),
        ("overdraft allowed", "UPDATE ledger_account SET no_overdraft = false WHERE code = 'savings'", "only its name"),
        ("another side", "UPDATE ledger_account SET kind = 'liability' WHERE code = 'cash'", "only its name"),
        ("another code", "UPDATE ledger_account SET code = 'mine' WHERE code = 'savings'", "only its name"),
        ("gone", "DELETE FROM ledger_account WHERE code = 'savings'", "foreign key"),
        (
            "a posted entry grows, in balance",
            "INSERT INTO ledger_journalline (entry_id, account_id, amount)"
            " SELECT entry.id, account.id, CASE account.code WHEN 'cash' THEN 9 ELSE -9 END"
            " FROM (SELECT id FROM ledger_journalentry WHERE key = 'in') AS entry, ledger_account AS account"
            " WHERE account.code IN ('cash', 'savings')",
            "no further lines",
        ),
        (
            "lines of no entry",
            "INSERT INTO ledger_journalline (entry_id, account_id, amount) SELECT 0, id, 9 FROM ledger_account",
            "no further lines",
        ),
    ],
)
def test_by_hand_nothing_wrong_can_be_written(
    committed: None, saved: tuple[Account, Account], owner: bool, case: str, sql: str, match: str
) -> None:
    with ExitStack() as stack:
        if owner:
            stack.enter_context(as_owner(scope()))
        with pytest.raises(IntegrityError, match=match):
            written(sql)
    assert balances(*saved) == [5_000, -5_000]
    assert (JournalEntry.objects.count(), JournalLine.objects.count(), unproven_accounts()) == (1, 2, [])
    assert Account.objects.filter(code="savings", kind="asset", no_overdraft=True).exists()


def test_a_user_of_an_account_with_money_stays(market: Cast) -> None:
    mine = account_of_citizen(market.ratna)
    mine.user = market.hasan
    mine.save()
    mine.user = market.ratna
    mine.save()
    post(key="a", text="a", postings=[Posting(mine, -9), Posting(account_of_region("guarantee"), 9)], by=BY)
    with pytest.raises(IntegrityError, match="only its name"), transaction.atomic():
        Account.objects.filter(pk=mine.pk).update(user=market.hasan)
    Account.objects.filter(pk=mine.pk).update(name="Ratna Dewi")
    assert Account.objects.get(pk=mine.pk).user == market.ratna


@pytest.mark.parametrize("sides", [{"savings": -5_000, "cash": 5_001}, {"savings": -4_999, "cash": 4_999}])
def test_a_raw_reversal_must_mirror(committed: None, saved: tuple[Account, Account], sides: dict[str, int]) -> None:
    entry = JournalEntry.objects.get(key="in")
    with pytest.raises(IntegrityError):
        written(raw(sides, entry.pk))
    assert balances(*saved) == [5_000, -5_000]
    written(raw({"savings": -5_000, "cash": 5_000}, entry.pk))
    with pytest.raises(IntegrityError, match="reverses_id"):
        written(raw({"savings": -5_000, "cash": 5_000}, entry.pk).replace("'raw'", "'again'"))
    assert balances(*saved) == [0, 0]


def test_a_reversal_that_is_no_mirror_is_refused_by_the_service(saved: tuple[Account, Account]) -> None:
    savings, cash = saved
    entry, other = JournalEntry.objects.get(key="in"), opened("other")
    for lines in ([Posting(savings, -1), Posting(cash, 1)], [Posting(savings, -5_000), Posting(other, 5_000)]):
        with pytest.raises(Unbalanced):
            post(key="undo", text="x", postings=lines, by=BY, reverses=entry)
    assert balances(savings, cash, other) == [5_000, -5_000, 0]


def test_a_key_of_another_entrys_reversal_is_refused_though_its_lines_are_the_same(market: Cast) -> None:
    cash, sales = opened("cash"), opened("sales")
    one, two = (post(key=key, text=key, postings=[Posting(cash, 7), Posting(sales, -7)], by=BY) for key in "ab")
    reverse(entry=one, key="undo", text="x", by=BY)
    with pytest.raises(KeyReused):
        reverse(entry=two, key="undo", text="x", by=BY)
    assert balances(cash, sales) == [7, -7]


def test_the_release_before_may_write_the_balance_that_stands_there(saved: tuple[Account, Account]) -> None:
    """Its services write absolute balances after the lines. During a roll-out they meet a database that did so already."""
    savings, cash = saved
    with transaction.atomic():
        entry = JournalEntry.objects.create(key="old", text="x", by=BY)
        JournalLine.objects.bulk_create(
            [JournalLine(entry=entry, account=savings, amount=5), JournalLine(entry=entry, account=cash, amount=-5)]
        )
        savings.balance, cash.balance = 5_005, -5_005
        Account.objects.bulk_update([savings, cash], ["balance"])
    assert balances(savings, cash) == [5_005, -5_005] and unproven_accounts() == []


def test_one_entry_may_pass_through_a_guarded_account(saved: tuple[Account, Account]) -> None:
    """Its lines count together: the account never had less than the sum."""
    savings, cash = saved
    lines = [Posting(savings, -9_000), Posting(savings, 4_500), Posting(cash, 4_500)]
    post(key="through", text="x", postings=lines, by=BY)
    assert balances(savings, cash) == [500, -500]


def test_the_books_open_accounts_of_the_right_kind(market: Cast) -> None:
    ratna = market.ratna
    told = [
        (account_of_citizen(ratna), f"citizen:{ratna.pk}:balance", AccountKind.LIABILITY, True),
        (account_of_courier(ratna), f"courier:{ratna.pk}:cash", AccountKind.ASSET, True),
        (account_of_provider("midtrans"), "provider:midtrans", AccountKind.ASSET, False),
        (account_of_region("held"), "region:held", AccountKind.LIABILITY, True),
        (account_of_warung(market.warung, "bon:4"), f"warung:{market.warung.pk}:bon:4", AccountKind.ASSET, True),
        (account_of_region("x", AccountKind.EQUITY, True), "region:x", AccountKind.EQUITY, True),
    ]
    for account, code, kind, guarded in told:
        assert (account.code, account.kind, account.no_overdraft) == (code, kind, guarded)
    assert account_of_citizen(ratna).user == ratna
    with pytest.raises(ValueError, match="liability"):
        account_of_region("held", AccountKind.ASSET)
    with pytest.raises(ValueError, match="name its kind"):
        account_of_warung(market.warung, "unheard")
