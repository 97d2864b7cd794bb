"""The one place that locks here: the agent, the customer, the bank's reference, then a document by its move; then the accounts."""

from __future__ import annotations

from django.db import connection

from tenant_apps.agent_banking.customers import CustomerNumber
from tenant_apps.agent_banking.models import Agent, AgentCustomer
from tenants.context import scope


def lock_agent(agent: Agent) -> Agent:
    """The agent as it is now: what moves its drawer and float comes one after the other."""
    rows = Agent.objects.select_for_update(no_key=True, of=("self",)).select_related("warung__owner")
    return rows.get(pk=agent.pk)


def lock_customer(number: CustomerNumber) -> AgentCustomer:
    """The customer, written down when first seen: no other agent counts their limits until the transaction ends."""
    known = AgentCustomer.objects.filter(blind_index__in=number.indexes).order_by("pk").first()
    if known is None:
        # Two agents at once: the second waits here for the first one's row.
        known, _fresh = AgentCustomer.objects.get_or_create(
            blind_index=number.indexes[0], defaults={"mask": number.mask}
        )
    return AgentCustomer.objects.select_for_update(no_key=True).get(pk=known.pk)


def lock_reference(bank: str, reference: str) -> None:
    """Nobody else of this region uses the reference until the transaction ends: it stands in rows of two tables, and no key spans them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 46))", [f"{scope()}:{bank}:{reference}"])
