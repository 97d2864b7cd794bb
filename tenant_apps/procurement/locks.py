"""The one place that locks for procurement: the document first (request, cycle), then a warung's order in it, then the goods of
both sides, in the order of stock's own locks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from tenant_apps.procurement.models import Cycle, RestockRequest
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import StockLocation


def lock_request(request: RestockRequest) -> RestockRequest:
    """The request as it is now, locked until the transaction ends."""
    return (
        RestockRequest.objects.select_for_update(of=("self",))
        .select_related("warung__owner", "satker")
        .get(pk=request.pk)
    )


def lock_cycle(cycle: Cycle) -> Cycle:
    """The cycle as it is now, locked until the transaction ends: no warung orders meanwhile."""
    return Cycle.objects.select_for_update(of=("self",)).select_related("satker").get(pk=cycle.pk)


def hold_cycle(cycle: Cycle) -> Cycle:
    """The cycle as it is now, which nobody closes until the transaction ends; many warungs may hold it at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procurement_cycle WHERE id = %s FOR SHARE", [cycle.pk])
    return Cycle.objects.select_related("satker").get(pk=cycle.pk)


def lock_goods(places: Iterable[StockLocation], product_ids: Iterable[int]) -> None:
    """All levels that the steps of this transaction move, at once: two movements one after the other could lock crosswise."""
    products = set(product_ids)
    lock_levels([(place.pk, product) for place in places for product in products])
