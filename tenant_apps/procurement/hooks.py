"""What the exchange and the platform ask of procurement, and what it tells the apps below it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from shared_apps.exchange.hooks import on_supplier_step
from shared_apps.exchange.models import SupplierOrder, SupplierOrderEvent
from tenant_apps.pricing.hooks import LandedCost as Cost
from tenant_apps.pricing.hooks import register_landed_costs
from tenant_apps.procurement.models import LandedCost
from tenant_apps.procurement.services.hearing import hear


@on_supplier_step
def supplier_stepped(order: SupplierOrder, event: SupplierOrderEvent) -> None:
    """A supplier answered, sent goods off or wrote a bill: the Satker's people find it among their news."""
    hear(order, event)


def newest_costs(product_ids: Collection[int]) -> Mapping[int, Cost]:
    """The newest cost of each product of which one is known. One query."""
    rows = LandedCost.objects.filter(product__in=product_ids).order_by("product_id", "-pk").distinct("product_id")
    return {row.product_id: Cost(row.amount, row.base_quantity) for row in rows}


register_landed_costs(newest_costs)
