"""The one place that locks for the exchange: the order's row is the lock of everything that belongs to it."""

from __future__ import annotations

from shared_apps.exchange.models import SupplierOrder


def lock_order(order: SupplierOrder) -> SupplierOrder:
    """The order as it is now, locked until the transaction ends."""
    return SupplierOrder.objects.select_for_update(no_key=True).get(pk=order.pk)
