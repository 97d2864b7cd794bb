"""Agents and what they recorded, by who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.accounting import balances_of
from tenant_apps.agent_banking.models import (
    AccountReferral,
    Agent,
    AgentDay,
    AgentDocument,
    AgentState,
    AgentTransaction,
    BankStatement,
    DayState,
    ExceptionState,
    FloatMove,
    MoveState,
    ReferralState,
    StatementException,
    StatementState,
)
from tenant_apps.warungs.models import Warung
from tenants.kernel.asking import value_of

A_GLANCE = 5
_WAITING = """
SELECT (SELECT count(*) FROM agent_banking_agent WHERE state = 'applied')
     + (SELECT count(*) FROM agent_banking_floatmove WHERE state = 'submitted')
     + (SELECT count(*) FROM agent_banking_agentday WHERE state = 'counted' AND reason <> '')
"""


def agent_of(warung: Warung) -> Agent | None:
    """The warung as an agent; None for one that never asked to be."""
    return Agent.objects.select_related("warung").filter(warung=warung).first()


def agents(words: str = "", state: str = "") -> QuerySet[Agent]:
    """All agents for the Satker; words of the warung's or its owner's name, or a number."""
    rows = Agent.objects.select_related("warung__owner").order_by("warung__name", "pk")
    for word in words.split():
        rows = rows.filter(
            Q(number__iexact=word)
            | Q(bank_number__icontains=word)
            | Q(warung__name__icontains=word)
            | Q(warung__owner__name__icontains=word)
        )
    return rows.filter(state=state) if state in AgentState.values else rows


def agent_for_satker(number: str) -> Agent:
    """Raises Http404."""
    found = Agent.objects.select_related("warung__owner").filter(number=number).first()
    if found is None:
        raise Http404("no such agent")
    return found


def document_called(public_id: UUID, agent: Agent | None = None) -> AgentDocument:
    """A paper; with `agent`, of that agent alone.

    Raises:  Http404.
    """
    rows = AgentDocument.objects.filter(public_id=public_id)
    found = (rows if agent is None else rows.filter(agent=agent)).first()
    if found is None:
        raise Http404("no such paper")
    return found


@dataclass(frozen=True)
class Levels:
    """What drawer, float and the way to the Satker hold by the books, and which of it is an alert."""

    cash: int
    deposit: int
    transit: int
    is_low: bool
    is_high: bool


def levels_of(agent: Agent) -> Levels:
    has = balances_of(agent, ("cash", "float", "transit"))
    return Levels(
        has["cash"],
        has["float"],
        has["transit"],
        is_low=bool(agent.float_low) and has["float"] < agent.float_low,
        is_high=bool(agent.cash_high) and has["cash"] > agent.cash_high,
    )


def transactions_of(agent: Agent, words: str = "", state: str = "") -> QuerySet[AgentTransaction]:
    """Newest first; words of number, reference, kind, name, or the last digits of the customer's number."""
    rows = AgentTransaction.objects.filter(agent=agent).select_related("kind", "customer").order_by("-pk")
    for word in words.split():
        rows = rows.filter(
            Q(number__iexact=word)
            | Q(reference__icontains=word)
            | Q(kind__name__icontains=word)
            | Q(customer_name__icontains=word)
            | Q(customer__mask__endswith=word[-4:])
        )
    return rows.filter(state=state) if state else rows


def transaction_for(agent: Agent, number: str) -> AgentTransaction:
    """The access door of the warung's people. Another's and not there answer alike.

    Raises:  Http404.
    """
    rows = AgentTransaction.objects.select_related("agent__warung", "kind", "customer", "day", "reversal_day")
    found = rows.filter(agent=agent, number=number).first()
    if found is None:
        raise Http404("no such transaction of theirs")
    return found


def day_at_work(agent: Agent) -> AgentDay | None:
    """The day that is open or counted."""
    return AgentDay.objects.select_related("agent__warung").filter(agent=agent).exclude(state=DayState.CLOSED).first()


def days_of(agent: Agent) -> QuerySet[AgentDay]:
    """Closed days, newest first."""
    return AgentDay.objects.filter(agent=agent, state=DayState.CLOSED).order_by("-day")


def has_worked(agent: Agent) -> bool:
    """Whether there ever was a day: the first one tells what the agent began with."""
    return AgentDay.objects.filter(agent=agent).exists()


def day_for(agent: Agent, day: str) -> AgentDay:
    """Raises Http404."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError as wrong:
        raise Http404("no such day") from wrong
    found = AgentDay.objects.select_related("agent__warung__owner").filter(agent=agent, day=wanted).first()
    if found is None:
        raise Http404("no such day")
    return found


def days_to_approve() -> QuerySet[AgentDay]:
    """Days whose difference waits for the Satker, oldest first."""
    rows = AgentDay.objects.select_related("agent__warung").filter(state=DayState.COUNTED).exclude(reason="")
    return rows.order_by("day", "pk")


@dataclass(frozen=True)
class Step:
    """What drawer and float gained in a day for one purpose, in rupiah."""

    label: str | Promise
    count: int
    cash: int
    deposit: int


def reckoning_of(day: AgentDay) -> list[Step]:
    """From the opening to what the books expect now, or expected when it was counted. Two sums."""
    kinds = (
        day.transactions.order_by()
        .values("kind__name", "kind__order", "kind")
        .annotate(count=Count("pk"), cash=Sum("cash"), deposit=Sum("deposit"))
        .order_by("kind__order", "kind")
    )
    steps = [Step(row["kind__name"], row["count"], row["cash"], row["deposit"]) for row in kinds]
    back = day.reversals.aggregate(count=Count("pk"), cash=Sum("cash", default=0), deposit=Sum("deposit", default=0))
    if back["count"]:
        steps.append(Step(_("Reversed by the bank"), back["count"], -back["cash"], -back["deposit"]))
    if day.expected_cash is not None and day.expected_float is not None:
        cash, deposit = day.expected_cash, day.expected_float
    else:
        has = balances_of(day.agent)
        cash, deposit = has["cash"], has["float"]
    # All else that moved drawer and float are moves.
    rest = Step(
        _("Moves without a customer"),
        0,
        cash - day.opening_cash - sum(step.cash for step in steps),
        deposit - day.opening_float - sum(step.deposit for step in steps),
    )
    return [*steps, rest] if rest.cash or rest.deposit else steps


def moves_of(agent: Agent) -> QuerySet[FloatMove]:
    """Newest first."""
    return FloatMove.objects.filter(agent=agent).order_by("-pk")


def moves_for_satker(state: str = "") -> QuerySet[FloatMove]:
    """Those in which the Satker is a party; waiting ones by default."""
    rows = FloatMove.objects.select_related("agent__warung").filter(kind__contains="satker").order_by("-pk")
    return rows.filter(state=state) if state in MoveState.values else rows


def move_for(agent: Agent, number: str) -> FloatMove:
    """Raises Http404."""
    return _move(FloatMove.objects.filter(agent=agent, number=number))


def move_for_satker(number: str) -> FloatMove:
    """Raises Http404."""
    return _move(moves_for_satker().filter(number=number))


def referrals(agent: Agent | None = None, words: str = "", state: str = "") -> QuerySet[AccountReferral]:
    """Newest first; of one agent, or of all for the Satker."""
    rows = AccountReferral.objects.select_related("agent__warung").order_by("-pk")
    if agent is not None:
        rows = rows.filter(agent=agent)
    for word in words.split():
        rows = rows.filter(Q(number__iexact=word) | Q(name__icontains=word) | Q(agent__warung__name__icontains=word))
    return rows.filter(state=state) if state in ReferralState.values else rows


def referral_called(number: str, agent: Agent | None = None) -> AccountReferral:
    """Raises Http404."""
    found = referrals(agent).filter(number=number).first()
    if found is None:
        raise Http404("no such referral")
    return found


def statements_of(agent: Agent) -> QuerySet[BankStatement]:
    """Newest first, each with how many exceptions are open."""
    rows = BankStatement.objects.filter(agent=agent).exclude(state=StatementState.DROPPED).order_by("-pk")
    return rows.defer("table").annotate(
        open=Count("exceptions", filter=Q(exceptions__state=ExceptionState.OPEN), distinct=True)
    )


def statement_for(agent: Agent, public_id: UUID) -> BankStatement:
    """Raises Http404."""
    found = BankStatement.objects.select_related("agent").filter(agent=agent, public_id=public_id).first()
    if found is None:
        raise Http404("no such statement of theirs")
    return found


def exceptions_of(statement: BankStatement, state: str = "") -> QuerySet[StatementException]:
    """In the order of the statement."""
    rows = statement.exceptions.select_related("line", "transaction__kind").order_by("line__number", "pk")
    return rows.filter(state=state) if state in ExceptionState.values else rows


def exception_for(agent: Agent, public_id: UUID) -> StatementException:
    """Raises Http404."""
    rows = StatementException.objects.select_related(
        "statement__agent", "line", "transaction__kind", "transaction__agent"
    )
    found = rows.filter(statement__agent=agent, public_id=public_id).first()
    if found is None:
        raise Http404("no such exception of theirs")
    return found


def open_exceptions(agent: Agent) -> int:
    return StatementException.objects.filter(statement__agent=agent, state=ExceptionState.OPEN).count()


def waiting_for_satker() -> int:
    """Applications, moves and differences that nobody at the Satker has looked at. Each of its pages asks: one query."""
    return int(value_of(_WAITING, []))


def _move(rows: QuerySet[FloatMove]) -> FloatMove:
    found = rows.select_related("agent__warung").first()
    if found is None:
        raise Http404("no such move")
    return found
