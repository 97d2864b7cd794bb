"""The one place that locks for the exchange: the row of an order, or of a joint purchase, is the lock of all that belongs to it."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from shared_apps.exchange.models import Pool, SupplierOrder
from tenants.kernel.errors import StaleDocument


def lock_order(order: SupplierOrder) -> SupplierOrder:
    """The order as it is now, locked until the transaction ends."""
    return SupplierOrder.objects.select_for_update(no_key=True).get(pk=order.pk)


def lock_pool(pool: Pool) -> Pool:
    """The joint purchase as it is now, locked until the transaction ends: nobody pledges meanwhile.

    Raises:  StaleDocument for a region that takes no part: the database lets it lock nothing.
    """
    rows = Pool.objects.select_for_update(no_key=True, of=("self",)).select_related("supplier")
    found = rows.filter(pk=pool.pk).first()
    if found is None:
        raise StaleDocument(_("This joint purchase is not yours to change."))
    return found


def hold_pool(pool: Pool) -> Pool | None:
    """The joint purchase as it is now, which nobody closes until the transaction ends; all its regions may hold it at once.

    None for a region that takes no part.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM public.exchange_pool WHERE id = %s FOR SHARE", [pool.pk])
        held = cursor.fetchone()
    return Pool.objects.select_related("supplier").get(pk=pool.pk) if held else None
