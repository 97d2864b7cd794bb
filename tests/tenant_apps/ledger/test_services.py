"""Money is booked by one service: balanced, once per key, never below zero where that is forbidden."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.ledger.errors import KeyReused, Overdrawn, Unbalanced
from tenant_apps.ledger.models import Account, AccountKind, JournalEntry, JournalLine
from tenant_apps.ledger.services import Posting, account_of_warung, post, reverse, unproven_accounts
from tenants.context import as_owner, in_region, scope
from tenants.models import Region
from tests.cast import BY, Cast
from tests.trials import rounds, seeded


def opened(code: str, *, guarded: bool = False) -> Account:
    return Account.objects.create(code=code, name=code, kind=AccountKind.ASSET, no_overdraft=guarded)


def balances(*accounts: Account) -> list[int]:
    return [Account.objects.get(pk=account.pk).balance for account in accounts]


def test_an_entry_is_booked_once_for_its_key(market: Cast) -> None:
    cash, sales = opened("cash"), opened("sales")
    lines = [Posting(cash, 14_500), Posting(sales, -14_500)]
    first = post(key="order:A", text="Pesanan A", postings=lines, by=BY)
    assert post(key="order:A", text="Pesanan A", postings=reversed(lines), by=BY) == first
    assert balances(cash, sales) == [14_500, -14_500]
    assert JournalLine.objects.filter(entry=first).count() == 2
    with pytest.raises(KeyReused):
        post(key="order:A", text="Pesanan A", postings=[Posting(cash, 1), Posting(sales, -1)], by=BY)
    assert balances(cash, sales) == [14_500, -14_500]
    assert unproven_accounts() == []


@pytest.mark.parametrize("amounts", [[], [100], [100, -99], [0, 0], [100, 0]])
def test_what_does_not_balance_is_not_booked(market: Cast, amounts: list[int]) -> None:
    accounts = [opened(f"a{n}") for n in range(2)]
    with pytest.raises(Unbalanced):
        post(key="x", text="x", postings=[Posting(a, n) for a, n in zip(accounts, amounts, strict=False)], by=BY)
    assert (balances(*accounts), JournalEntry.objects.count()) == ([0, 0], 0)


def test_a_guarded_account_is_never_overdrawn(market: Cast) -> None:
    savings, cash = opened("savings", guarded=True), opened("cash")
    post(key="in", text="setor", postings=[Posting(savings, 5_000), Posting(cash, -5_000)], by=BY)
    with pytest.raises(Overdrawn):
        post(key="out", text="tarik", postings=[Posting(savings, -5_001), Posting(cash, 5_001)], by=BY)
    assert balances(savings, cash) == [5_000, -5_000]
    assert not JournalEntry.objects.filter(key="out").exists()
    post(key="out", text="tarik", postings=[Posting(savings, -5_000), Posting(cash, 5_000)], by=BY)
    assert balances(savings, cash) == [0, 0]


def test_a_reversal_undoes_an_entry_once(market: Cast) -> None:
    cash, sales = opened("cash"), opened("sales")
    entry = post(key="a", text="a", postings=[Posting(cash, 700), Posting(sales, -700)], by=BY)
    undone = reverse(entry=entry, key="a:undo", text="batal", by=BY)
    assert reverse(entry=entry, key="a:undo", text="batal", by=BY) == undone
    assert (balances(cash, sales), undone.reverses) == ([0, 0], entry)
    assert unproven_accounts() == []


def test_a_warungs_account_is_opened_once(market: Cast) -> None:
    first = account_of_warung(market.warung, "cash", AccountKind.ASSET)
    assert account_of_warung(market.warung, "cash", AccountKind.ASSET) == first
    assert (first.code, first.warung) == (f"warung:{market.warung.pk}:cash", market.warung)


def test_a_changed_balance_is_found_out(market: Cast) -> None:
    cash, sales = opened("cash"), opened("sales")
    post(key="a", text="a", postings=[Posting(cash, 700), Posting(sales, -700)], by=BY)
    with as_owner(scope()), connection.cursor() as cursor:
        # Nobody can do that while the triggers stand; a broken disk or a careless superuser can.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_account SET balance = 701 WHERE code = 'cash'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert unproven_accounts() == ["cash"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-(10**9), 10**9), st.integers(0, 8)), max_size=12
    )
)
def test_whatever_is_booked_balances(market: Cast, steps: list[tuple[int, int, int, int]]) -> None:
    JournalEntry.objects.exists()
    names = [f"h{n}" for n in range(4)]
    accounts = [Account.objects.get_or_create(code=n, defaults={"name": n, "kind": "asset"})[0] for n in names]
    for source, target, amount, key in steps:
        try:
            post(
                key=f"h:{key}",
                text="h",
                postings=[Posting(accounts[source], amount), Posting(accounts[target], -amount)],
                by=BY,
            )
        except (Unbalanced, KeyReused):
            continue
    assert JournalLine.objects.aggregate(total=Sum("amount", default=0))["total"] == 0
    assert unproven_accounts() == []


def test_many_at_once_keep_every_balance(committed: None, market: Cast, kalidoni: Region) -> None:
    accounts = [opened(f"r{n}", guarded=n == 0) for n in range(5)]
    post(key="start", text="start", postings=[Posting(accounts[0], 10_000), Posting(accounts[1], -10_000)], by=BY)
    seed, each = seeded().randrange(2**32), rounds(500)
    faults: list[str] = []

    def work(number: int) -> None:
        import random

        chance = random.Random(seed + number)
        try:
            with in_region(kalidoni):
                for turn in range(each):
                    one, two = chance.sample(accounts, 2)
                    amount = chance.randint(1, 5_000)
                    # Every third key is one that another thread uses too.
                    key = f"shared:{turn}" if turn % 3 == 0 else f"{number}:{turn}"
                    lines = [Posting(one, amount), Posting(two, -amount)]
                    try:
                        post(key=key, text="race", postings=lines, by=BY)
                    except (Overdrawn, KeyReused):
                        continue
        except Exception as failure:
            faults.append(repr(failure))
        finally:
            connection.close()

    works: list[Callable[[], None]] = [partial(work, number) for number in range(8)]
    threads = [threading.Thread(target=one) for one in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert faults == []
    assert unproven_accounts() == []
    assert Account.objects.get(code="r0").balance >= 0
    assert JournalLine.objects.aggregate(total=Sum("amount"))["total"] == 0
    assert JournalEntry.objects.filter(key__startswith="shared").count() <= -(-each // 3)
