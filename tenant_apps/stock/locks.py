"""The one place that locks stock rows, and the order in which it does: a count, then levels by (location, product)."""

from __future__ import annotations

from collections.abc import Iterable

from tenant_apps.stock.models import StockCount, StockLevel


def lock_levels(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], StockLevel]:
    """The levels of these (location id, product id) pairs, locked until the transaction ends; missing ones are made.

    Everybody locks in the same order, so that two mixed baskets wait for each other instead of deadlocking.
    """
    pairs = sorted(set(wanted))
    StockLevel.objects.bulk_create(
        [StockLevel(location_id=location, product_id=product) for location, product in pairs], ignore_conflicts=True
    )
    found = (
        StockLevel.objects.select_for_update(of=("self",))
        .filter(location_id__in={location for location, _ in pairs}, product_id__in={product for _, product in pairs})
        .order_by("location_id", "product_id")
    )
    levels = {(level.location_id, level.product_id): level for level in found}
    return {pair: levels[pair] for pair in pairs}


def lock_count(count: StockCount) -> StockCount:
    """The count as it is now, locked until the transaction ends. A document is locked before its levels."""
    return StockCount.objects.select_for_update(no_key=True).get(pk=count.pk)
