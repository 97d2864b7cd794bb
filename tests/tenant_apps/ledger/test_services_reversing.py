"""A correction is a reversal: once per entry, and whatever is posted and reversed, the books prove."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.ledger.errors import KeyReused, Overdrawn, Unbalanced
from tenant_apps.ledger.models import Account, AccountKind, JournalEntry, JournalLine
from tenant_apps.ledger.services import (
    Posting,
    account_of_satker,
    account_of_warung,
    post,
    reverse,
    unproven_accounts,
)
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.ledger.test_services import balances, opened
from tests.tenant_apps.stock.test_race import at_once
from tests.trials import rounds


def booked(amount: int = 700, key: str = "a") -> tuple[Account, Account, JournalEntry]:
    cash, sales = opened("cash"), opened("sales")
    return cash, sales, post(key=key, text=key, postings=[Posting(cash, amount), Posting(sales, -amount)], by=BY)


def test_an_entry_is_reversed_once_whatever_the_key(market: Cast) -> None:
    cash, sales, entry = booked()
    reverse(entry=entry, key="a:undo", text="batal", by=BY)
    with pytest.raises(KeyReused), transaction.atomic():
        reverse(entry=entry, key="a:undo:again", text="batal", by=BY)
    assert balances(cash, sales) == [0, 0]
    assert JournalEntry.objects.count() == 2 and unproven_accounts() == []


def test_a_reversal_can_be_reversed(market: Cast) -> None:
    cash, sales, entry = booked()
    undone = reverse(entry=entry, key="a:undo", text="batal", by=BY)
    reverse(entry=undone, key="a:redo", text="jadi", by=BY)
    assert balances(cash, sales) == [700, -700]
    assert unproven_accounts() == []


def test_a_reversal_does_not_overdraw(market: Cast) -> None:
    savings, cash = opened("savings", guarded=True), opened("cash")
    entry = post(key="in", text="setor", postings=[Posting(savings, 500), Posting(cash, -500)], by=BY)
    post(key="out", text="tarik", postings=[Posting(savings, -1), Posting(cash, 1)], by=BY)
    with pytest.raises(Overdrawn), transaction.atomic():
        reverse(entry=entry, key="in:undo", text="batal", by=BY)
    assert balances(savings, cash) == [499, -499]
    assert not JournalEntry.objects.filter(key="in:undo").exists()


def test_a_reversal_key_of_another_entry_is_refused(market: Cast) -> None:
    cash, sales, entry = booked()
    other = post(key="b", text="b", postings=[Posting(cash, 5), Posting(sales, -5)], by=BY)
    reverse(entry=entry, key="undo", text="batal", by=BY)
    with pytest.raises(KeyReused), transaction.atomic():
        reverse(entry=other, key="undo", text="batal", by=BY)
    assert balances(cash, sales) == [5, -5]


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        (AccountKind.ASSET, 500, -501),
        (AccountKind.EXPENSE, 500, -501),
        (AccountKind.LIABILITY, -500, 501),
        (AccountKind.INCOME, -500, 501),
        (AccountKind.EQUITY, -500, 501),
    ],
)
def test_each_kind_is_guarded_on_its_own_side(market: Cast, kind: AccountKind, first: int, second: int) -> None:
    guarded = Account.objects.create(code="g", name="g", kind=kind, no_overdraft=True)
    cash = opened("cash")
    post(key="in", text="x", postings=[Posting(guarded, first), Posting(cash, -first)], by=BY)
    with pytest.raises(Overdrawn), transaction.atomic():
        post(key="out", text="x", postings=[Posting(guarded, second), Posting(cash, -second)], by=BY)
    assert balances(guarded, cash) == [first, -first]
    guarded.refresh_from_db()
    assert guarded.amount == 500


def test_several_lines_on_one_account_sum_up(market: Cast) -> None:
    cash, sales = opened("cash"), opened("sales")
    post(key="a", text="a", postings=[Posting(cash, 3), Posting(cash, 4), Posting(sales, -7)], by=BY)
    assert balances(cash, sales) == [7, -7] and unproven_accounts() == []


def test_the_satkers_accounts_are_opened_once(committed: None, market: Cast, kalidoni: Region) -> None:
    works = [partial(account_of_satker, market.satker, "cash", AccountKind.ASSET)] * 5
    works += [partial(account_of_warung, market.warung, "cash", AccountKind.ASSET)] * 5  # type: ignore[arg-type]
    assert at_once(kalidoni, works) == []  # type: ignore[arg-type]
    assert sorted(Account.objects.values_list("code", flat=True)) == ["satker:cash", f"warung:{market.warung.pk}:cash"]


def test_an_entry_raced_by_reversals_is_reversed_once(committed: None, market: Cast, kalidoni: Region) -> None:
    cash, sales, entry = booked()
    faults = at_once(
        kalidoni,
        [partial(reverse, entry=entry, key=f"undo:{n % 2}", text="batal", by=BY) for n in range(8)],  # type: ignore[misc]
    )
    assert all("KeyReused" in fault for fault in faults) and len(faults) == 4
    assert balances(cash, sales) == [0, 0] and unproven_accounts() == []


@pytest.mark.parametrize("path", ["", "lombok", "public", "pg_catalog"])
def test_raw_lines_must_balance_at_commit_wherever_the_path_points(
    committed: None, market: Cast, kalidoni: Region, lombok: Region, path: str
) -> None:
    """The same with statements of their own: a second line that comes later in the transaction still counts."""
    cash, sales = opened("cash"), opened("sales")
    elsewhere = {"lombok": f'"{lombok.schema_name}"'}.get(path, path)
    insert = "INSERT INTO ledger_journalline (entry_id, account_id, amount) VALUES (%s, %s, %s)"

    def write(*amounts: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_journalentry (public_id, key, text, at, by)"
                " VALUES (gen_random_uuid(), %s, 'uji', now(), 'x') RETURNING id",
                [f"raw:{amounts}"],
            )
            row = cursor.fetchone()
            for account, amount in zip((cash, sales), amounts, strict=True):
                cursor.execute(insert, [row[0], account.pk, amount])
            if elsewhere:
                cursor.execute("SELECT set_config('search_path', %s, true)", [elsewhere])

    with in_region(kalidoni):
        with pytest.raises(Exception, match="must have two or more that sum to zero"):
            write(700, -699)
        assert not JournalEntry.objects.exists()
        write(700, -700)
        assert JournalLine.objects.count() == 2


@settings(max_examples=rounds(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("post"), st.integers(0, 2), st.integers(0, 2), st.integers(-900, 900), st.integers(0, 5)),
            st.tuples(st.just("undo"), st.integers(0, 5), st.just(0), st.just(0), st.integers(0, 5)),
        ),
        max_size=15,
    )
)
def test_postings_and_reversals_agree_with_a_plain_sum(
    market: Cast, steps: list[tuple[str, int, int, int, int]]
) -> None:
    """Account 0 may not be overdrawn. A plain list of what was booked says what every balance is."""
    with transaction.atomic():
        accounts = [opened(f"m{n}", guarded=n == 0) for n in range(3)]
        sums = [0, 0, 0]
        entries: dict[str, tuple[JournalEntry, list[tuple[int, int]]]] = {}
        undone: dict[str, str] = {}
        for verb, one, two, amount, number in steps:
            if verb == "post":
                key, lines = f"k{number}", [(one, amount), (two, -amount)]
            else:
                key, source = f"u{number}", f"k{one}"
                if source not in entries:
                    continue
                lines = [(index, -change) for index, change in entries[source][1]]
            # Exactly the same entry again is found; any other under its key is refused.
            again = key in entries and sorted(entries[key][1]) == sorted(lines)
            after = list(sums)
            for index, change in lines:
                after[index] += change
            try:
                with transaction.atomic():
                    if verb == "post":
                        postings = [Posting(accounts[index], change) for index, change in lines]
                        entry = post(key=key, text="x", postings=postings, by=BY)
                    else:
                        entry = reverse(entry=entries[source][0], key=key, text="x", by=BY)
            except Unbalanced:
                assert verb == "post" and amount == 0
                continue
            except KeyReused:
                assert (key in entries and not again) or (verb == "undo" and source in undone)
                continue
            except Overdrawn:
                assert key not in entries and after[0] < 0
                continue
            if again:
                assert entry == entries[key][0]
                continue
            assert key not in entries and after[0] >= 0
            entries[key], sums = (entry, lines), after
            if verb == "undo":
                assert source not in undone
                undone[source] = key
        assert balances(*accounts) == sums
        assert JournalLine.objects.aggregate(total=Sum("amount", default=0))["total"] == 0
        assert unproven_accounts() == []
        transaction.set_rollback(True)
