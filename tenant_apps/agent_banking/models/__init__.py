"""Agents and their days, what they record, the rules that hold, and what the bank says."""

from tenant_apps.agent_banking.models.agents import Agent, AgentDocument, AgentEvent, AgentState, DocumentKind
from tenant_apps.agent_banking.models.days import AgentDay, AgentDayEvent, DayState
from tenant_apps.agent_banking.models.floats import FloatMove, FloatMoveEvent, MoveKind, MoveState
from tenant_apps.agent_banking.models.referrals import AccountReferral, ReferralEvent, ReferralState
from tenant_apps.agent_banking.models.rules import (
    Does,
    FeeRule,
    FeeWay,
    LimitRule,
    LimitScope,
    ToleranceRule,
    TransactionKind,
)
from tenant_apps.agent_banking.models.statements import (
    BankStatement,
    ExceptionEvent,
    ExceptionKind,
    ExceptionState,
    LineState,
    Resolution,
    StatementException,
    StatementLine,
    StatementState,
)
from tenant_apps.agent_banking.models.transactions import (
    AgentCustomer,
    AgentTransaction,
    TransactionEvent,
    TransactionState,
)

__all__ = [
    "AccountReferral",
    "Agent",
    "AgentCustomer",
    "AgentDay",
    "AgentDayEvent",
    "AgentDocument",
    "AgentEvent",
    "AgentState",
    "AgentTransaction",
    "BankStatement",
    "DayState",
    "DocumentKind",
    "Does",
    "ExceptionEvent",
    "ExceptionKind",
    "ExceptionState",
    "FeeRule",
    "FeeWay",
    "FloatMove",
    "FloatMoveEvent",
    "LimitRule",
    "LimitScope",
    "LineState",
    "MoveKind",
    "MoveState",
    "ReferralEvent",
    "ReferralState",
    "Resolution",
    "StatementException",
    "StatementLine",
    "StatementState",
    "ToleranceRule",
    "TransactionEvent",
    "TransactionKind",
    "TransactionState",
]
