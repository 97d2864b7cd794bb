"""A round's orders come in: what the tests of insight do to the exchange."""

from __future__ import annotations

from collections.abc import Mapping

from shared_apps.exchange.models import SupplierOrder
from shared_apps.exchange.services import confirm, note_receipt
from tenant_apps.procurement.models import Cycle
from tenant_apps.procurement.services import send_purchases
from tenants.context import for_supplier
from tests.cast import BY
from tests.tenant_apps.procurement.round import Round


def ordered(round_: Round) -> tuple[Cycle, SupplierOrder]:
    """A cycle whose one order has left: 3 sacks, 1 crate, 1 carton of sugar."""
    cycle = send_purchases(cycle=round_.closed(), by=round_.by)
    return cycle, SupplierOrder.objects.latest("pk")


def brought(round_: Round, order: SupplierOrder, counts: Mapping[str, tuple[int, int]]) -> SupplierOrder:
    """Confirmed, then counted as (good, rejected) by SKU; nothing more is waited for."""
    with for_supplier(round_.seller.organisation.db_role):
        confirm(order=order, by=BY)
    lines = {line.sku: line.pk for line in order.lines.all()}
    return note_receipt(order=order, counts={lines[sku]: told for sku, told in counts.items()}, closed=True, by=BY)
