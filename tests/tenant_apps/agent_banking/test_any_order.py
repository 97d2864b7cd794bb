"""For any order of transactions, moves, reversals, counts and closings: cash and float stay explained, and the ledger agrees."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tenant_apps.agent_banking.models import (
    Agent,
    AgentTransaction,
    FeeWay,
    FloatMove,
    MoveKind,
    MoveState,
    TransactionState,
)
from tenant_apps.agent_banking.selectors.agents import day_at_work, reckoning_of
from tenant_apps.agent_banking.selectors.earning import earned_in, month_of
from tenant_apps.agent_banking.services import (
    Opening,
    approve_day,
    close_day,
    confirm_move,
    count_day,
    explain_day,
    open_day,
    record_transaction,
    refuse_move,
    reverse_transaction,
    set_fee,
    withdraw_move,
)
from tenants.kernel.errors import DomainError
from tests.cast import BY, Cast
from tests.tenant_apps.agent_banking.desk import (
    agent_at,
    books,
    footprint,
    kind_of,
    moved,
    must_be_explained,
    no_limits,
    offer_service,
    reference,
    told,
)
from tests.trials import rounds

CODES = ("setor_tunai", "tarik_tunai", "bayar_pln", "bansos")
WAYS = {"tarik_tunai": FeeWay.ACCOUNT, "bansos": FeeWay.WITHHELD}
AMOUNTS = st.one_of(st.integers(1, 3_000_000), st.sampled_from([1, 5_000, 5_001, 1_000_000]))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(CODES), AMOUNTS),
        st.tuples(st.just("reverse"), st.integers(0, 9), st.none()),
        st.tuples(st.just("move"), st.sampled_from(list(MoveKind)), AMOUNTS),
        st.tuples(st.just("settle"), st.sampled_from(["confirm", "refuse", "withdraw"]), st.integers(0, 3)),
        st.tuples(st.just("fee"), st.sampled_from(CODES[:3]), st.tuples(st.integers(0, 9_000), st.integers(0, 9_000))),
        st.tuples(st.just("close"), st.integers(-3_000_000, 3_000_000), st.integers(-3_000_000, 3_000_000)),
    ),
    min_size=1,
    max_size=14,
)


@dataclass
class Model:
    """What drawer and float should be, reckoned apart from everything else."""

    cash: int
    deposit: int
    own: int = 0
    done: list[AgentTransaction] = field(default_factory=list)


class Taken(Exception):
    """Takes back all that a run wrote."""


def live(cast: Cast, agent: Agent, steps: list[tuple[str, object, object]]) -> None:
    model = Model(2_000_000, 2_000_000)
    open_day(agent=agent, by=BY, opening=Opening(model.cash, model.deposit))
    for step in steps:
        before, was = footprint(), books(agent)
        try:
            take(cast, agent, model, *step)
        except DomainError as refused:
            event(f"{step[0]}: {refused.code}")
            assert footprint() == before
            assert books(agent) == was
        has = books(agent)
        assert (has.get("cash", 0), has.get("float", 0)) == (model.cash, model.deposit), step
        must_be_explained(agent)
    day = day_at_work(agent)
    if day is not None:
        walk = reckoning_of(day)
        assert day.opening_cash + sum(one.cash for one in walk) == model.cash
        assert day.opening_float + sum(one.deposit for one in walk) == model.deposit
    total = earned_in(agent, month_of("")).total
    held = books(agent)
    assert total.own == model.own
    assert total.own_fee == -held.get("fees", 0)
    assert total.commission == -held.get("commission", 0)


def take(cast: Cast, agent: Agent, model: Model, what: str, first: object, second: object) -> None:
    match what:
        case "record":
            record(agent, model, str(first), int(str(second)))
        case "reverse" if model.done:
            reverse(model, model.done[int(str(first)) % len(model.done)])
        case "move":
            submit(agent, model, MoveKind(str(first)), int(str(second)))
        case "settle":
            settle(cast, agent, model, str(first), int(str(second)))
        case "fee":
            assert isinstance(second, tuple)
            fee, share = max(second), min(second)
            kind = kind_of(str(first))
            set_fee(kind=kind, customer_fee=fee, bank_share=share, commission=share // 2, valid_from=None, by=BY)
        case "close":
            close(cast, agent, model, int(str(first)), int(str(second)))


def record(agent: Agent, model: Model, code: str, amount: int) -> None:
    one, key = told(code, amount), uuid.uuid4()
    done = record_transaction(agent=agent, key=key, told=one, by=BY)
    # Sent again: nothing more happens.
    assert record_transaction(agent=agent, key=key, told=one, by=BY) == done
    fee = one.rule.customer_fee
    sign = -1 if code in ("tarik_tunai", "bansos") else 1
    by_account = WAYS.get(code) == FeeWay.ACCOUNT
    model.cash += sign * amount + (0 if by_account else fee)
    model.deposit += -sign * amount + (fee if by_account else 0)
    model.own += fee - one.rule.bank_share + one.rule.commission
    model.done.append(done)


def reverse(model: Model, done: AgentTransaction) -> None:
    fresh = AgentTransaction.objects.get(pk=done.pk)
    was = fresh.state
    back = reverse_transaction(transaction_=fresh, reference=fresh.reversal_reference or reference(), reason="gagal", by=BY)  # fmt: skip
    if was == TransactionState.RECORDED:
        model.cash -= back.cash
        model.deposit -= back.deposit
        model.own -= back.own_fee + back.commission


OUT = {
    MoveKind.OWNER_TO_FLOAT: (0, 1),
    MoveKind.FLOAT_TO_OWNER: (0, -1),
    MoveKind.OWNER_TO_CASH: (1, 0),
    MoveKind.CASH_TO_OWNER: (-1, 0),
    MoveKind.CASH_TO_BANK: (-1, 1),
    MoveKind.BANK_TO_CASH: (1, -1),
    MoveKind.SHARE_TO_BANK: (0, -1),
    MoveKind.COMMISSION_CAME: (0, 1),
    MoveKind.SATKER_TO_FLOAT: (0, 0),
    MoveKind.SATKER_TO_CASH: (0, 0),
    MoveKind.FLOAT_TO_SATKER: (0, -1),
    MoveKind.CASH_TO_SATKER: (-1, 0),
}
CONFIRMED = {MoveKind.SATKER_TO_FLOAT: (0, 1), MoveKind.SATKER_TO_CASH: (1, 0)}


def submit(agent: Agent, model: Model, kind: MoveKind, amount: int) -> None:
    moved(agent, kind, amount)
    cash, deposit = OUT[kind]
    model.cash += cash * amount
    model.deposit += deposit * amount


def settle(cast: Cast, agent: Agent, model: Model, how: str, place: int) -> None:
    waiting = list(FloatMove.objects.filter(agent=agent, state=MoveState.SUBMITTED).order_by("pk"))
    if not waiting:
        return
    one = waiting[place % len(waiting)]
    kind = MoveKind(one.kind)
    if how == "confirm":
        confirm_move(float_move=one, by=cast.yuli.actor)
        cash, deposit = CONFIRMED.get(kind, (0, 0))
    else:
        if how == "refuse":
            refuse_move(float_move=one, reason="tidak ada", by=cast.yuli.actor)
        else:
            withdraw_move(float_move=one, by=cast.hasan.actor)
        cash, deposit = (-OUT[kind][0], -OUT[kind][1])
    model.cash += cash * one.amount
    model.deposit += deposit * one.amount


def close(cast: Cast, agent: Agent, model: Model, cash: int, deposit: int) -> None:
    day = day_at_work(agent)
    assert day is not None
    counted, shown = max(0, model.cash + cash), max(0, model.deposit + deposit)
    count_day(day=day, cash=counted, pieces={}, shown_float=shown, by=cast.wati.actor)
    day.refresh_from_db()
    if day.needs_approval:
        explain_day(day=day, reason="selisih", by=cast.hasan.actor)
        approve_day(day=day, by=cast.yuli.actor)
    else:
        close_day(day=day, reason="selisih", by=cast.hasan.actor)
    model.cash, model.deposit = counted, shown
    open_day(agent=agent, by=cast.wati.actor)


@pytest.fixture
def place(market: Cast) -> tuple[Cast, Agent]:
    offer_service()
    no_limits()
    for code, way in WAYS.items():
        kind = kind_of(code)
        kind.fee_way = way
        kind.save()
    set_fee(kind=kind_of("bayar_pln"), customer_fee=3_000, bank_share=1_200, commission=300, valid_from=None, by=BY)
    set_fee(kind=kind_of("bansos"), customer_fee=2_000, bank_share=500, commission=1_500, valid_from=None, by=BY)
    return market, agent_at(market.warung)


@settings(
    max_examples=rounds(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_cash_and_float_stay_explained(place: tuple[Cast, Agent], steps: list[tuple[str, object, object]]) -> None:
    cast, agent = place
    with pytest.raises(Taken), transaction.atomic():
        live(cast, agent, steps)
        raise Taken
