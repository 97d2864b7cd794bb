"""Limits at their exact edges: at the amount it passes, one rupiah over it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenant_apps.agent_banking.errors import BadEntry, OverLimit
from tenant_apps.agent_banking.models import Agent, LimitScope
from tenant_apps.agent_banking.services import (
    Opening,
    close_day,
    count_day,
    open_day,
    reverse_transaction,
    set_fee,
    set_limit,
)
from tenants.kernel import clock
from tests.cast import BY, Cast
from tests.tenant_apps.agent_banking.desk import (
    ANI,
    BUDIMAN,
    agent_at,
    begun,
    books,
    footprint,
    kind_of,
    limit,
    no_limits,
    record,
    reference,
)


@pytest.fixture
def agent(market: Cast) -> Agent:
    found, _day = begun(market, cash=500_000_000, deposit=500_000_000)
    no_limits()
    return found


def passes(agent: Agent, amount: int, *, code: str = "setor_tunai", number: str = ANI) -> bool:
    before = footprint()
    try:
        record(agent, code, amount, number=number)
    except OverLimit:
        assert footprint() == before
        return False
    return True


@pytest.mark.parametrize("scope", list(LimitScope))
@pytest.mark.parametrize(
    ("case", "earlier", "amount", "ok"),
    [
        ("at the limit in one", [], 1_000_000, True),
        ("one rupiah over in one", [], 1_000_001, False),
        ("at the limit in sum", [400_000, 599_999], 1, True),
        ("one rupiah over in sum", [400_000, 600_000], 1, False),
        ("far over", [1_000_000], 1_000_000, False),
    ],
)
def test_the_edge(agent: Agent, scope: LimitScope, case: str, earlier: list[int], amount: int, ok: bool) -> None:
    limit(scope, 1_000_000)
    for one in earlier:
        assert passes(agent, one)
    # A limit of one transaction knows nothing of the earlier ones.
    if scope == LimitScope.TRANSACTION and earlier:
        ok = amount <= 1_000_000
    assert passes(agent, amount) is ok, case


@pytest.mark.parametrize(
    ("case", "scope", "other_customer", "other_kind"),
    [
        ("a customer's own", LimitScope.CUSTOMER_DAY, True, False),
        ("all kinds together, of the customer", LimitScope.CUSTOMER_MONTH, True, False),
        ("an agent's, whoever the customer", LimitScope.AGENT_DAY, False, False),
    ],
)
def test_whose_limit_it_is(agent: Agent, case: str, scope: LimitScope, other_customer: bool, other_kind: bool) -> None:
    limit(scope, 1_000_000)
    assert passes(agent, 1_000_000)
    assert passes(agent, 1, number=BUDIMAN) is other_customer, case
    assert passes(agent, 1, code="tarik_tunai") is other_kind, case


def test_a_limit_of_a_kind_counts_that_kind_alone(agent: Agent) -> None:
    limit(LimitScope.CUSTOMER_DAY, 100_000, code="pulsa")
    assert passes(agent, 100_000, code="pulsa")
    assert not passes(agent, 1, code="pulsa")
    assert passes(agent, 5_000_000, code="setor_tunai")


def test_the_fee_does_not_count(agent: Agent) -> None:
    limit(LimitScope.TRANSACTION, 1_000_000)
    set_fee(kind=kind_of("setor_tunai"), customer_fee=50_000, bank_share=0, commission=0, valid_from=None, by=BY)
    assert passes(agent, 1_000_000)


def test_what_the_bank_took_back_counts_no_more(agent: Agent) -> None:
    limit(LimitScope.CUSTOMER_DAY, 1_000_000)
    done = record(agent, "setor_tunai", 1_000_000)
    assert not passes(agent, 1)
    reverse_transaction(transaction_=done, reference=reference(), reason="gagal", by=BY)
    assert passes(agent, 1_000_000)


def test_the_refusal_says_what_is_left(agent: Agent) -> None:
    limit(LimitScope.CUSTOMER_DAY, 1_000_000)
    record(agent, "setor_tunai", 400_000)
    with pytest.raises(OverLimit) as refused:
        record(agent, "setor_tunai", 600_001)
    assert refused.value.left == 600_000


def test_the_newest_rule_that_holds_counts(agent: Agent) -> None:
    limit(LimitScope.TRANSACTION, 1_000_000)
    limit(LimitScope.TRANSACTION, 2_000_000)
    tomorrow = clock.today() + timedelta(days=1)
    set_limit(kind=None, scope=LimitScope.TRANSACTION, amount=1, valid_from=tomorrow, by=BY)
    assert passes(agent, 2_000_000)
    assert not passes(agent, 2_000_001)
    limit(LimitScope.TRANSACTION, None)
    assert passes(agent, 3_000_000)
    with pytest.raises(BadEntry):
        set_limit(kind=None, scope=LimitScope.TRANSACTION, amount=1, valid_from=tomorrow - timedelta(days=2), by=BY)


def test_two_agents_share_a_customers_limit(market: Cast, agent: Agent) -> None:
    other = agent_at(market.other_warung)
    open_day(agent=other, by=BY, opening=Opening(5_000_000, 5_000_000))
    limit(LimitScope.CUSTOMER_DAY, 1_000_000)
    assert passes(agent, 600_000)
    assert not passes(other, 400_001)
    assert passes(other, 400_000)


@pytest.mark.parametrize(
    ("case", "first", "second", "day_ok", "month_ok"),
    [
        # Midnight in Palembang is 17.00 UTC of the day before.
        ("the same day", datetime(2027, 3, 30, 1, tzinfo=UTC), datetime(2027, 3, 30, 16, 59, tzinfo=UTC), False, False),
        ("past midnight", datetime(2027, 3, 30, 1, tzinfo=UTC), datetime(2027, 3, 30, 17, 0, tzinfo=UTC), True, False),
        ("the last of a month", datetime(2027, 3, 31, 1, tzinfo=UTC), datetime(2027, 3, 31, 16, tzinfo=UTC), False, False),
        ("a new month", datetime(2027, 3, 31, 1, tzinfo=UTC), datetime(2027, 3, 31, 17, tzinfo=UTC), True, True),
        ("a new year", datetime(2027, 12, 31, 1, tzinfo=UTC), datetime(2027, 12, 31, 17, tzinfo=UTC), True, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("scope", [LimitScope.CUSTOMER_DAY, LimitScope.CUSTOMER_MONTH, LimitScope.AGENT_MONTH])
def test_days_and_months_are_those_of_the_region(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, case: str, scope: LimitScope,
    first: datetime, second: datetime, day_ok: bool, month_ok: bool,
) -> None:  # fmt: skip
    limit(scope, 1_000_000)
    monkeypatch.setattr(clock, "now", lambda: first)
    assert passes(agent, 1_000_000)
    monkeypatch.setattr(clock, "now", lambda: second)
    assert passes(agent, 1) is (day_ok if scope == LimitScope.CUSTOMER_DAY else month_ok), case


def test_closing_a_day_does_not_begin_the_limit_anew(market: Cast, agent: Agent) -> None:
    limit(LimitScope.CUSTOMER_DAY, 1_000_000)
    record(agent, "setor_tunai", 1_000_000)
    day = agent.days.get()
    has = books(agent)
    count_day(day=day, cash=has["cash"], pieces={}, shown_float=has["float"], by=BY)
    close_day(day=day, reason="", by=market.hasan.actor)
    open_day(agent=agent, by=BY)
    assert not passes(agent, 1)
