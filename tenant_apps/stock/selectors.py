"""What lies where, and how it came there."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from tenant_apps.stock.models import StockLevel, StockLocation, StockMovement
from tenant_apps.warungs.models import Warung


def available_at(warung: Warung, product_ids: Iterable[int]) -> dict[int, int]:
    """Base units that the warung may still promise, by product id; 0 where it has none."""
    wanted = set(product_ids)
    levels = StockLevel.objects.filter(location__warung=warung, product_id__in=wanted)
    found = {level.product_id: level.available for level in levels}
    return {product: found.get(product, 0) for product in wanted}


def levels_at(location: StockLocation) -> QuerySet[StockLevel]:
    """Levels of a shelf with their products, by product name."""
    return StockLevel.objects.select_related("product__category").filter(location=location).order_by("product__name")


def movements_at(location: StockLocation, product_id: int | None = None) -> QuerySet[StockMovement]:
    """Movements of a shelf, newest first."""
    rows = StockMovement.objects.select_related("product").filter(location=location).order_by("-pk")
    return rows if product_id is None else rows.filter(product_id=product_id)
