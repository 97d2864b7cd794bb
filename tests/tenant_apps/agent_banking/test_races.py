"""Two phones and two agents at the same moment, with real commits."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from tenant_apps.agent_banking.models import AgentDay, AgentTransaction, FloatMove, LimitScope, MoveKind
from tenant_apps.agent_banking.services import (
    Opening,
    approve_day,
    confirm_move,
    count_day,
    explain_day,
    open_day,
    record_transaction,
    refuse_move,
    reverse_transaction,
)
from tenant_apps.ledger.models import JournalEntry
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, build_cast
from tests.tenant_apps.agent_banking.desk import (
    agent_at,
    begun,
    books,
    limit,
    moved,
    must_be_explained,
    no_limits,
    record,
    told,
)
from tests.tenant_apps.orders.desk import at_once
from tests.trials import rounds


def test_one_reference_on_two_phones(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        agent, _day = begun(build_cast(), cash=50_000_000, deposit=50_000_000)
    for number in range(rounds(50)):
        with in_region(kalidoni):
            tries = [told("setor_tunai", 10_000, ref=f"RACE{number:04}") for _phone in range(4)]
        jobs = [partial(record_transaction, agent=agent, key=uuid.uuid4(), told=one, by=BY) for one in tries]
        assert at_once(kalidoni, jobs) == ["ReferenceUsed"] * 3 + ["done"]
    with in_region(kalidoni):
        assert AgentTransaction.objects.count() == rounds(50)
        must_be_explained(agent)


def test_one_reference_at_two_agents(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        agent, _day = begun(cast)
        other = agent_at(cast.other_warung)
        open_day(agent=other, by=BY, opening=Opening(5_000_000, 5_000_000))
    for number in range(rounds(50)):
        with in_region(kalidoni):
            one = told("setor_tunai", 10_000, ref=f"TWO{number:04}")
        jobs = [partial(record_transaction, agent=who, key=uuid.uuid4(), told=one, by=BY) for who in (agent, other)]
        assert at_once(kalidoni, jobs) == ["ReferenceUsed", "done"]
    with in_region(kalidoni):
        for who in (agent, other):
            must_be_explained(who)


def test_one_reference_of_a_transaction_and_of_another_agents_move(committed: None, kalidoni: Region) -> None:
    """No key spans the two tables: whoever comes second waits, and is told where the reference stands."""
    with in_region(kalidoni):
        cast = build_cast()
        agent, _day = begun(cast)
        other = agent_at(cast.other_warung)
        open_day(agent=other, by=BY, opening=Opening(5_000_000, 5_000_000))
    for number in range(rounds(50)):
        with in_region(kalidoni):
            one = told("setor_tunai", 10_000, ref=f"BOTH{number:04}")
        jobs: list[Callable[[], object]] = [
            partial(record_transaction, agent=agent, key=uuid.uuid4(), told=one, by=BY),
            partial(moved, other, MoveKind.CASH_TO_BANK, 10_000, ref=f"BOTH{number:04}"),
        ]
        assert at_once(kalidoni, jobs) == ["ReferenceUsed", "done"]
    with in_region(kalidoni):
        for who in (agent, other):
            must_be_explained(who)


def test_one_tap_sent_twice(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        agent, _day = begun(build_cast())
        one = told("setor_tunai", 10_000)
    key = uuid.uuid4()
    assert at_once(kalidoni, [partial(record_transaction, agent=agent, key=key, told=one, by=BY)] * 4) == ["done"] * 4
    with in_region(kalidoni):
        assert AgentTransaction.objects.count() == 1
        must_be_explained(agent)


def test_two_agents_cannot_both_take_the_last_rupiah_of_a_customer(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        agent, _day = begun(cast, cash=50_000_000, deposit=50_000_000)
        other = agent_at(cast.other_warung)
        open_day(agent=other, by=BY, opening=Opening(50_000_000, 50_000_000))
        no_limits()
        limit(LimitScope.CUSTOMER_DAY, 100_000)
    for number in range(rounds(50)):
        # A new customer each time: whoever comes first writes them down.
        customer = f"88000000{number:04}"
        with in_region(kalidoni):
            if number % 2:
                record(agent, "setor_tunai", 40_000, number=customer)
            amount = 60_000 if number % 2 else 100_000
            tries = [(who, told("setor_tunai", amount, number=customer)) for who in (agent, other)]
        jobs = [partial(record_transaction, agent=who, key=uuid.uuid4(), told=one, by=BY) for who, one in tries]
        assert at_once(kalidoni, jobs) == ["OverLimit", "done"]
        with in_region(kalidoni):
            mine = AgentTransaction.objects.filter(customer__mask=f"****{customer[-4:]}")
            assert sum(mine.values_list("amount", flat=True)) == 100_000


def test_the_float_is_spent_once(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        agent, _day = begun(build_cast(), cash=0, deposit=100_000)
        no_limits()
        tries = [told("setor_tunai", 100_000, number=f"7700000{n}") for n in range(4)]
    jobs = [partial(record_transaction, agent=agent, key=uuid.uuid4(), told=one, by=BY) for one in tries]
    assert at_once(kalidoni, jobs) == ["NotEnough"] * 3 + ["done"]
    with in_region(kalidoni):
        assert books(agent)["cash"] == 105_000
        must_be_explained(agent)


def test_a_reversal_and_a_closing_at_once(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        agent, day = begun(cast)
        done = record(agent, "setor_tunai", 10_000)
    reverse = partial(reverse_transaction, transaction_=done, reference="REV-1", reason="gagal", by=BY)
    count = partial(count_day, day=day, cash=5_015_000, pieces={}, shown_float=4_990_000, by=BY)
    outcome = at_once(kalidoni, [reverse, reverse, count])
    assert outcome in (["DayNotOpen", "DayNotOpen", "done"], ["done", "done", "done"])
    with in_region(kalidoni):
        day.refresh_from_db()
        # Whoever came first: the count stands beside what the books knew then.
        assert day.expected_cash == (5_000_000 if outcome[0] == "done" else 5_015_000)
        must_be_explained(agent)


def test_two_officers_approve_and_settle_once(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        agent, day = begun(cast)
        sent = moved(agent, MoveKind.CASH_TO_SATKER, 1_000_000)
        count_day(day=day, cash=0, pieces={}, shown_float=5_000_000, by=BY)
        explain_day(day=day, reason="hilang", by=cast.hasan.actor)
        before = JournalEntry.objects.count()
    approve = partial(approve_day, day=day, by=cast.yuli.actor)
    settle = [
        partial(confirm_move, float_move=sent, by=cast.yuli.actor),
        partial(refuse_move, float_move=sent, reason="tidak ada", by=cast.budi.actor),
    ]
    assert at_once(kalidoni, [approve, approve, *settle]) == ["StaleDocument", "done", "done", "done"]
    with in_region(kalidoni):
        assert AgentDay.objects.get().state == "closed"
        assert FloatMove.objects.get().state in ("confirmed", "refused")
        assert JournalEntry.objects.count() == before + 2
        must_be_explained(agent)
