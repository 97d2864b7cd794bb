"""What the exchange and the platform ask of procurement."""

from __future__ import annotations

from shared_apps.exchange.hooks import on_supplier_step
from shared_apps.exchange.models import SupplierOrder, SupplierOrderEvent
from tenant_apps.procurement.services.hearing import hear


@on_supplier_step
def supplier_stepped(order: SupplierOrder, event: SupplierOrderEvent) -> None:
    """A supplier answered, sent goods off or wrote a bill: the Satker's people find it among their news."""
    hear(order, event)
