"""What a customer and an agent may move, a transaction, a day and a month: counted under their locks."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from tenant_apps.agent_banking.errors import OverLimit
from tenant_apps.agent_banking.models import (
    Agent,
    AgentCustomer,
    AgentTransaction,
    LimitRule,
    LimitScope,
    TransactionKind,
    TransactionState,
)
from tenant_apps.agent_banking.selectors.rules import limits_of
from tenants.context import current_region
from tenants.kernel.money import rupiah_text

_OF_CUSTOMER = (LimitScope.CUSTOMER_DAY, LimitScope.CUSTOMER_MONTH)
_OF_AGENT = (LimitScope.AGENT_DAY, LimitScope.AGENT_MONTH)
_A_DAY = (LimitScope.CUSTOMER_DAY, LimitScope.AGENT_DAY)


def must_be_within(
    *, agent: Agent, customer: AgentCustomer, kind: TransactionKind, amount: int, moment: datetime
) -> None:
    """The amount passes every limit that holds. Call it with agent and customer locked; two sums at most.

    Raises:  OverLimit for the first limit that it breaks, with what is left of it.
    """
    rules = limits_of(kind, moment)
    day = local_day(moment)
    used = {
        **_used([rule for rule in rules if rule.scope in _OF_CUSTOMER], customer.transactions.all(), day),
        **_used([rule for rule in rules if rule.scope in _OF_AGENT], agent.transactions.all(), day),
    }
    for rule in rules:
        most = rule.amount or 0
        left = max(0, most - used.get(rule.pk, 0))
        if amount > left:
            raise OverLimit(
                _("More than the limit for %(scope)s (%(most)s). At most %(left)s is possible now.")
                % {
                    "scope": rule.get_scope_display(),
                    "most": rupiah_text(most),
                    "left": rupiah_text(left),
                },
                left=left,
            )


def local_day(moment: datetime) -> date:
    """The region's calendar day."""
    return moment.astimezone(ZoneInfo(current_region().time_zone)).date()


def _used(rules: list[LimitRule], rows: QuerySet[AgentTransaction], day: date) -> dict[int, int]:
    if not rules:
        return {}
    sums = {
        f"rule_{rule.pk}": Sum(
            "amount",
            filter=(Q(local_day=day) if rule.scope in _A_DAY else Q())
            & (Q(kind=rule.kind_id) if rule.kind_id else Q()),
            default=0,
        )
        for rule in rules
    }
    first, after = day.replace(day=1), _next_month(day)
    found = rows.filter(state=TransactionState.RECORDED, local_day__gte=first, local_day__lt=after).aggregate(**sums)
    return {rule.pk: int(found[f"rule_{rule.pk}"]) for rule in rules}


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
