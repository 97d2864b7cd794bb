"""Orders between regions and suppliers, joint purchases, and how suppliers get them."""

from shared_apps.exchange.models.connectors import Connector, ConnectorEvent, ConnectorKind, EventState
from shared_apps.exchange.models.orders import (
    MOST_PACKS,
    InvoiceState,
    OrderState,
    Shipment,
    ShipmentLine,
    Side,
    SupplierInvoice,
    SupplierInvoiceLine,
    SupplierOrder,
    SupplierOrderEvent,
    SupplierOrderLine,
)
from shared_apps.exchange.pool_models import (
    MemberState,
    Pool,
    PooledLine,
    PoolEvent,
    PoolLine,
    PoolMember,
    PoolPledge,
    PoolState,
    PoolTotal,
)

__all__ = [
    "MOST_PACKS",
    "Connector",
    "ConnectorEvent",
    "ConnectorKind",
    "EventState",
    "InvoiceState",
    "MemberState",
    "OrderState",
    "Pool",
    "PoolEvent",
    "PoolLine",
    "PoolMember",
    "PoolPledge",
    "PoolState",
    "PoolTotal",
    "PooledLine",
    "Shipment",
    "ShipmentLine",
    "Side",
    "SupplierInvoice",
    "SupplierInvoiceLine",
    "SupplierOrder",
    "SupplierOrderEvent",
    "SupplierOrderLine",
]
