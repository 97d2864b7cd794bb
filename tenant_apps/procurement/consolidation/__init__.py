"""Many wishes of warungs become few purchases at suppliers. Plain numbers in, plain numbers out; nothing is read or written.

`consolidate` computes a whole cycle anew from its present lines, each time: the same lines give the same plan, in whatever
order they come. Quantities are units: the smallest part of a product that is handed out. Money is whole rupiah.
"""

from tenant_apps.procurement.consolidation.allotting import Claim, allot
from tenant_apps.procurement.consolidation.cartons import cartons_for, handed_out
from tenant_apps.procurement.consolidation.fair import shares
from tenant_apps.procurement.consolidation.plan import Below, consolidate
from tenant_apps.procurement.consolidation.terms import (
    Advice,
    Gap,
    Missed,
    MissedMinimum,
    Offer,
    Part,
    Plan,
    Purchase,
    Supplier,
    Tier,
    Want,
    Wants,
    gather,
)

__all__ = [
    "Advice",
    "Below",
    "Claim",
    "Gap",
    "Missed",
    "MissedMinimum",
    "Offer",
    "Part",
    "Plan",
    "Purchase",
    "Supplier",
    "Tier",
    "Want",
    "Wants",
    "allot",
    "cartons_for",
    "consolidate",
    "gather",
    "handed_out",
    "shares",
]
