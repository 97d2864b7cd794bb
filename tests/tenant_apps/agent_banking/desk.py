"""Hasan's warung as an agent of the bank: how a day there goes in the tests."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from tenant_apps.agent_banking.accounting import BOOKS, balances_of
from tenant_apps.agent_banking.customers import customer_number
from tenant_apps.agent_banking.models import (
    Agent,
    AgentDay,
    AgentTransaction,
    FloatMove,
    LimitScope,
    MoveKind,
    TransactionKind,
)
from tenant_apps.agent_banking.selectors.rules import fee_of
from tenant_apps.agent_banking.services import (
    Opening,
    Told,
    apply_as_agent,
    approve_agent,
    open_day,
    record_transaction,
    seed_rules,
    set_limit,
    submit_move,
)
from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.ledger.services import unproven_accounts
from tenant_apps.satker.models import ServiceSetting
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast

ANI, BUDIMAN = "0123456789", "9876543210"
_REFERENCES = itertools.count(1)


def offer_service() -> None:
    """The region offers the service, with the usual rules."""
    ServiceSetting.objects.update_or_create(code="agent_banking", defaults={"enabled": True})
    seed_rules(by=BY)


def agent_at(warung: Warung, bank_number: str = "") -> Agent:
    """The warung is an active agent."""
    agent = apply_as_agent(warung=warung, by=BY)
    return approve_agent(agent=agent, bank_number=bank_number or f"BNI46-{warung.pk}", by=BY)


def begun(cast: Cast, *, cash: int = 5_000_000, deposit: int = 5_000_000) -> tuple[Agent, AgentDay]:
    """Hasan's agent on an open first day."""
    offer_service()
    agent = agent_at(cast.warung)
    return agent, open_day(agent=agent, by=cast.hasan.actor, opening=Opening(cash, deposit))


def reference() -> str:
    return f"REF{next(_REFERENCES):09}"


def kind_of(code: str) -> TransactionKind:
    return TransactionKind.objects.get(code=code)


def told(code: str, amount: int, *, number: str = ANI, ref: str = "", **more: Any) -> Told:
    kind = kind_of(code)
    rule = fee_of(kind, clock.now())
    assert rule is not None
    return Told(kind, rule, amount, customer_number(number), ref or reference(), **more)


def record(agent: Agent, code: str, amount: int, *, key: uuid.UUID | None = None, **more: Any) -> AgentTransaction:
    return record_transaction(agent=agent, key=key or uuid.uuid4(), told=told(code, amount, **more), by=BY)


def moved(agent: Agent, kind: MoveKind, amount: int, *, ref: str | None = None, by: str = BY) -> FloatMove:
    given = reference() if ref is None and kind.needs_reference else ref or ""
    return submit_move(agent=agent, key=uuid.uuid4(), kind=kind, amount=amount, reference=given, by=by)


def limit(scope: LimitScope, amount: int | None, code: str = "") -> None:
    set_limit(kind=kind_of(code) if code else None, scope=scope, amount=amount, valid_from=None, by=BY)


def no_limits() -> None:
    for scope in LimitScope:
        limit(scope, None)


def books(agent: Agent) -> dict[str, int]:
    """Each book of the agent that holds something, debit positive."""
    return {book: amount for book, amount in balances_of(agent, BOOKS).items() if amount}


def must_be_explained(agent: Agent) -> None:
    """Cash and float are what all other books of the agent say, and the database's balances are their lines' sums."""
    held = balances_of(agent, BOOKS)
    of_satker = held.pop("satker_owed")
    assert sum(held.values()) == 0, held
    assert of_satker == -held["satker_debt"]
    assert min(held["cash"], held["float"], held["transit"]) >= 0
    assert unproven_accounts() == []


def footprint() -> dict[str, Any]:
    """What must not change where something is refused."""
    return {
        "entries": JournalEntry.objects.count(),
        "balances": dict(Account.objects.values_list("code", "balance")),
        "transactions": list(AgentTransaction.objects.order_by("pk").values_list("pk", "state")),
        "moves": list(FloatMove.objects.order_by("pk").values_list("pk", "state")),
        "days": list(AgentDay.objects.order_by("pk").values_list("pk", "state", "reason", "approved_by")),
        "outbox": OutboxMessage.objects.count(),
    }
