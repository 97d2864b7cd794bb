"""The one place that locks the counter's rows: the warung, then the bon's customer, then (elsewhere) levels and accounts."""

from __future__ import annotations

from tenant_apps.ledger.models import Account
from tenant_apps.pos.models import BonCustomer
from tenant_apps.warungs.models import Warung


def lock_counter(warung: Warung) -> Warung:
    """The warung as it is now: sales, closings and moves of its drawer come one after the other."""
    return Warung.objects.select_for_update(no_key=True).get(pk=warung.pk)


def lock_bon(customer: BonCustomer) -> BonCustomer:
    """The customer as they are now: nobody else writes on their bon meanwhile."""
    return BonCustomer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def lock_drawer(cash: Account) -> int:
    """What the books say is in the drawer; nobody books on it until the transaction ends."""
    return Account.objects.select_for_update(no_key=True).values_list("balance", flat=True).get(pk=cash.pk)
