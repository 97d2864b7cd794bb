"""What a warung may still order on credit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from tenant_apps.ledger.models import Account
from tenant_apps.procurement.models import CycleOrder, CycleState, HandOver, WarungCredit
from tenant_apps.warungs.models import Warung

# In these, what a warung ordered is still to be handed over.
UNDER_WAY = (CycleState.OPEN, CycleState.LOCKED, CycleState.ORDERED, CycleState.RECEIVING)


@dataclass(frozen=True)
class Credit:
    """Rupiah: how much a warung may owe, owes, and has ordered beside that; `limit` is None for one without credit."""

    limit: int | None
    owed: int
    ordered_open: int

    @property
    def room(self) -> int:
        """What it may still order, and never less than nothing."""
        return max((self.limit or 0) - self.owed - self.ordered_open, 0)


def credit_of(warung: Warung) -> Credit:
    """The warung's credit with the Satker. Four queries; looking opens no account."""
    limit = WarungCredit.objects.filter(warung=warung).values_list("most", flat=True).first()
    owed = Account.objects.filter(code=owed_code(warung)).values_list("balance", flat=True).first() or 0
    ordered = CycleOrder.objects.filter(warung=warung, cycle__state__in=UNDER_WAY).values_list("cycle", "total")
    handed = dict(
        HandOver.objects.filter(warung=warung, cycle__state__in=UNDER_WAY)
        .order_by()
        .values_list("cycle")
        .annotate(Sum("total"))
    )
    return Credit(limit, owed, sum(max(total - handed.get(cycle, 0), 0) for cycle, total in ordered))


def owed_code(warung: Warung) -> str:
    """The account of what the warung owes the Satker for goods of cycles."""
    return f"warung:{warung.pk}:wholesale_owed"
