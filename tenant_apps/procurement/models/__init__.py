"""Goods on their way: warungs ask the Satker for packs, alone or together in cycles, and the Satker buys from suppliers."""

from tenant_apps.procurement.models.cycles import (
    MOST_UNITS,
    BelowMinimum,
    Cycle,
    CycleEvent,
    CycleGood,
    CycleLine,
    CycleOrder,
    CycleState,
)
from tenant_apps.procurement.models.purchases import (
    CycleOffer,
    CycleSupplier,
    Purchase,
    PurchaseLine,
    PurchasePart,
    WarungCredit,
)
from tenant_apps.procurement.models.receipts import GoodsReceipt, GoodsReceiptLine
from tenant_apps.procurement.models.restocks import (
    CAME_TO_NOTHING,
    MOST_OF_A_PACK,
    OPEN_STATES,
    RestockEvent,
    RestockLine,
    RestockRequest,
    RestockState,
)

__all__ = [
    "CAME_TO_NOTHING",
    "MOST_OF_A_PACK",
    "MOST_UNITS",
    "OPEN_STATES",
    "BelowMinimum",
    "Cycle",
    "CycleEvent",
    "CycleGood",
    "CycleLine",
    "CycleOffer",
    "CycleOrder",
    "CycleState",
    "CycleSupplier",
    "GoodsReceipt",
    "GoodsReceiptLine",
    "Purchase",
    "PurchaseLine",
    "PurchasePart",
    "RestockEvent",
    "RestockLine",
    "RestockRequest",
    "RestockState",
    "WarungCredit",
]
