"""An agent's day: what a difference needs, who may answer for it, and that a closed day stays."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.agent_banking.errors import BadEntry, DayNotOpen, NeedsApproval, NotAnAgent, PrivateNumber
from tenant_apps.agent_banking.models import AgentDay, MoveKind
from tenant_apps.agent_banking.selectors.agents import days_to_approve, reckoning_of
from tenant_apps.agent_banking.services import (
    Opening,
    approve_day,
    close_day,
    count_day,
    explain_day,
    open_day,
    recount_day,
    reverse_transaction,
    send_back_day,
    set_tolerance,
    suspend_agent,
)
from tenants.kernel.errors import NotAllowed, StaleDocument
from tests.cast import BY, Cast
from tests.tenant_apps.agent_banking.desk import (
    agent_at,
    begun,
    books,
    footprint,
    moved,
    must_be_explained,
    offer_service,
    record,
    reference,
)


def counted(market: Cast, day: AgentDay, cash: int, deposit: int, by: str = "") -> AgentDay:
    return count_day(day=day, cash=cash, pieces={}, shown_float=deposit, by=by or market.wati.actor)


@pytest.mark.parametrize(
    ("case", "cash", "deposit", "needs"),
    [
        ("to the rupiah", 0, 0, "nothing"),
        ("a rupiah of the drawer", 1, 0, "reason"),
        ("at the tolerance, missing", -5_000, 0, "reason"),
        ("at the tolerance, too much", 5_000, 0, "reason"),
        ("at the tolerance, both", 5_000, -5_000, "reason"),
        ("one rupiah over, missing", -5_001, 0, "approval"),
        ("one rupiah over, too much", 5_001, 0, "approval"),
        ("one rupiah over, of the float", 0, -5_001, "approval"),
        ("two large ones that cancel out", 1_000_000, -1_000_000, "approval"),
    ],
)
def test_what_a_difference_needs(market: Cast, case: str, cash: int, deposit: int, needs: str) -> None:
    agent, day = begun(market)
    counted(market, day, 5_000_000 + cash, 5_000_000 + deposit)
    before = footprint()
    if needs == "approval":
        with pytest.raises(NeedsApproval):
            close_day(day=day, reason="kembalian salah", by=market.hasan.actor)
        assert footprint() == before, case
        explain_day(day=day, reason="kembalian salah", by=market.hasan.actor)
        assert list(days_to_approve()) == [day]
        for _tap in range(2):
            approve_day(day=day, by=market.yuli.actor)
    else:
        if needs == "reason":
            with pytest.raises(BadEntry):
                close_day(day=day, reason=" ", by=market.hasan.actor)
            assert footprint() == before, case
        for _tap in range(2):
            close_day(day=day, reason="kembalian salah", by=market.hasan.actor)
    day.refresh_from_db()
    assert (day.state, day.approved_by) == ("closed", market.yuli.actor if needs == "approval" else "")
    has = books(agent)
    assert (has.get("cash"), has.get("float")) == (5_000_000 + cash, 5_000_000 + deposit)
    assert (has.get("cash_difference", 0), has.get("float_difference", 0)) == (-cash, -deposit)
    must_be_explained(agent)


def test_who_counted_or_explained_never_approves(market: Cast) -> None:
    agent, day = begun(market)
    counted(market, day, 4_000_000, 5_000_000, by=market.yuli.actor)
    explain_day(day=day, reason="hilang", by=market.hasan.actor)
    before = footprint()
    for who in (market.yuli, market.hasan):
        with pytest.raises(NotAllowed):
            approve_day(day=day, by=who.actor)
    assert footprint() == before
    # Not by raw SQL either.
    with pytest.raises(IntegrityError), transaction.atomic():
        AgentDay.objects.filter(pk=day.pk).update(
            state="closed", closed_at=day.counted_at, approved_by=market.yuli.actor
        )
    approve_day(day=day, by=market.budi.actor)
    assert books(agent)["cash_difference"] == 1_000_000


def test_nothing_is_approved_before_the_owner_says_why(market: Cast) -> None:
    _agent, day = begun(market)
    counted(market, day, 0, 5_000_000)
    with pytest.raises(DayNotOpen):
        approve_day(day=day, by=market.yuli.actor)
    with pytest.raises(PrivateNumber):
        explain_day(day=day, reason="kartu 4111 1111 1111 1111", by=market.hasan.actor)


def test_the_satker_sends_it_back(market: Cast) -> None:
    agent, day = begun(market)
    counted(market, day, 0, 5_000_000)
    explain_day(day=day, reason="lupa", by=market.hasan.actor)
    day = send_back_day(day=day, reason="hitung lagi bersama saksi", by=market.yuli.actor)
    assert (day.state, day.reason, day.counted_cash) == ("open", "", None)
    assert [step.move for step in day.history.all()] == ["open", "count", "explain", "recount"]
    record(agent, "setor_tunai", 10_000)
    counted(market, day, 5_015_000, 4_990_000)
    assert close_day(day=day, reason="", by=market.hasan.actor).state == "closed"


def test_the_tolerance_is_that_of_the_counting(market: Cast) -> None:
    _agent, day = begun(market)
    counted(market, day, 4_990_000, 5_000_000)
    set_tolerance(amount=10_000, valid_from=None, by=BY)
    with pytest.raises(NeedsApproval):
        close_day(day=day, reason="salah", by=market.hasan.actor)
    recount_day(day=day, by=market.wati.actor)
    counted(market, day, 4_990_000, 5_000_000)
    assert close_day(day=day, reason="salah", by=market.hasan.actor).tolerance == 10_000


@pytest.mark.parametrize(
    ("case", "cash", "pieces"),
    [
        ("not the sum", 5_000_000, {100_000: 49}),
        ("no such note", 5_000_000, {75_000: 1, 4_925_000: 1}),
        ("less than nothing", -1, {}),
    ],
)
def test_a_count_that_cannot_be(market: Cast, case: str, cash: int, pieces: dict[int, int]) -> None:
    _agent, day = begun(market)
    before = footprint()
    with pytest.raises(BadEntry):
        count_day(day=day, cash=cash, pieces=pieces, shown_float=5_000_000, by=BY)
    assert footprint() == before, case


def test_a_closed_day_is_never_changed(market: Cast) -> None:
    agent, day = begun(market)
    done = record(agent, "setor_tunai", 10_000)
    counted(market, day, 5_015_000, 4_990_000)
    close_day(day=day, reason="", by=market.hasan.actor)
    with pytest.raises(StaleDocument):
        recount_day(day=day, by=BY)
    with pytest.raises(StaleDocument):
        counted(market, day, 1, 1)
    for statement in (
        "UPDATE agent_banking_agentday SET reason = 'x'",
        "DELETE FROM agent_banking_agentday",
        "UPDATE agent_banking_agenttransaction SET state = 'reversed', reversal_reference = 'X', reversed_at = now(),"
        " reversal_day_id = day_id, reversal_entry_id = entry_id",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DayNotOpen):
        reverse_transaction(transaction_=done, reference=reference(), reason="gagal", by=BY)
    # The bank's reversal comes the day after, and stands there.
    tomorrow = open_day(agent=agent, by=BY)
    assert (tomorrow.day > day.day, tomorrow.opening_cash, tomorrow.opening_float) == (True, 5_015_000, 4_990_000)
    done = reverse_transaction(transaction_=done, reference=reference(), reason="gagal", by=BY)
    assert (done.day, done.reversal_day) == (day, tomorrow)
    must_be_explained(agent)


def test_one_day_is_open_and_the_first_one_says_what_there_is(market: Cast) -> None:
    offer_service()
    agent = agent_at(market.warung)
    with pytest.raises(BadEntry):
        open_day(agent=agent, by=BY)
    day = open_day(agent=agent, by=BY, opening=Opening(100_000, 0))
    assert open_day(agent=agent, by=BY, opening=Opening(5, 5)) == day
    assert books(agent) == {"cash": 100_000, "capital": -100_000}


def test_a_suspended_agent_still_closes_but_opens_nothing(market: Cast) -> None:
    agent, day = begun(market)
    suspend_agent(agent=agent, reason="pelatihan", by=BY)
    counted(market, day, 5_000_000, 5_000_000)
    assert close_day(day=day, reason="", by=market.hasan.actor).state == "closed"
    with pytest.raises(NotAnAgent):
        open_day(agent=agent, by=BY)


def test_while_it_is_counted_nothing_is_recorded_or_moved(market: Cast) -> None:
    agent, day = begun(market)
    counted(market, day, 5_000_000, 5_000_000)
    before = footprint()
    with pytest.raises(DayNotOpen):
        record(agent, "setor_tunai", 10_000)
    with pytest.raises(DayNotOpen):
        moved(agent, MoveKind.CASH_TO_OWNER, 10_000)
    assert footprint() == before


def test_how_the_books_come_to_what_they_expect(market: Cast) -> None:
    agent, day = begun(market)
    record(agent, "setor_tunai", 100_000)
    record(agent, "setor_tunai", 200_000)
    back = record(agent, "tarik_tunai", 50_000)
    reverse_transaction(transaction_=back, reference=reference(), reason="gagal", by=BY)
    moved(agent, MoveKind.CASH_TO_BANK, 300_000)
    steps = [(step.count, step.cash, step.deposit) for step in reckoning_of(day)]
    assert steps == [(2, 310_000, -300_000), (1, -45_000, 50_000), (1, 45_000, -50_000), (0, -300_000, 300_000)]
    counted(market, day, 5_010_000, 5_000_000)
    day.refresh_from_db()
    assert [(step.count, step.cash, step.deposit) for step in reckoning_of(day)] == steps
    assert (day.cash_difference, day.float_difference) == (0, 0)
