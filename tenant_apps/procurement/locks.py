"""The one place that locks for procurement: the request first, then the goods of both sides, in the order of stock's own locks."""

from __future__ import annotations

from collections.abc import Iterable

from tenant_apps.procurement.models import RestockRequest
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import StockLocation


def lock_request(request: RestockRequest) -> RestockRequest:
    """The request as it is now, locked until the transaction ends."""
    return (
        RestockRequest.objects.select_for_update(of=("self",))
        .select_related("warung__owner", "satker")
        .get(pk=request.pk)
    )


def lock_goods(places: Iterable[StockLocation], product_ids: Iterable[int]) -> None:
    """All levels that the steps of this transaction move, at once: two movements one after the other could lock crosswise."""
    products = set(product_ids)
    lock_levels([(place.pk, product) for place in places for product in products])
