"""What a Fresh Food stand buys only when it is ordered: terms, pre-orders, and the way to the market."""

from tenant_apps.fresh_buying.models.preorders import (
    WAITING,
    PreOrder,
    PreOrderEvent,
    PreOrderLine,
    PreOrderState,
)
from tenant_apps.fresh_buying.models.terms import BuyingTerms, GoodOnOrder
from tenant_apps.fresh_buying.models.trips import (
    CashAdvance,
    MarketTrip,
    Shrinkage,
    ShrinkReason,
    StallPurchase,
    TripEvent,
    TripLine,
    TripState,
    WayReason,
)

__all__ = [
    "WAITING",
    "BuyingTerms",
    "CashAdvance",
    "GoodOnOrder",
    "MarketTrip",
    "PreOrder",
    "PreOrderEvent",
    "PreOrderLine",
    "PreOrderState",
    "ShrinkReason",
    "Shrinkage",
    "StallPurchase",
    "TripEvent",
    "TripLine",
    "TripState",
    "WayReason",
]
