"""What lies where, how it came there, and what runs out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.http import Http404

from tenant_apps.catalog.models import Pack
from tenant_apps.stock.models import (
    PackOpening,
    SealedPack,
    StockCount,
    StockCountLine,
    StockLevel,
    StockLocation,
    StockLot,
    StockMovement,
)
from tenant_apps.stock.services.writing import openable
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock

# How fast something sells is told by these many days; without a mark of the owner's own, it runs out when what is free
# lasts less than so many days at that rate.
RATE_DAYS, LASTS_DAYS = 14, 3


def available_at(warung: Warung, product_ids: Iterable[int]) -> dict[int, int]:
    """Base units that the warung may still promise, by product id; 0 where it has none."""
    wanted = set(product_ids)
    found = available_on([warung.pk], wanted)
    return {product: found.get((warung.pk, product), 0) for product in wanted}


def available_on(warung_ids: Iterable[int], product_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Base units that several warungs may still promise, by the ids of warung and product; what is not there has none."""
    rows = StockLevel.objects.filter(location__warung__in=set(warung_ids), product__in=set(product_ids))
    levels = rows.annotate(warung=F("location__warung"))
    return {(level.warung, level.product_id): level.available for level in levels}


def levels_at(location: StockLocation) -> QuerySet[StockLevel]:
    """Levels of a shelf with their products, by product name."""
    return StockLevel.objects.select_related("product__category").filter(location=location).order_by("product__name")


def stocked_at(location: StockLocation) -> QuerySet[StockLevel]:
    """Levels of what the shelf has, or had and may have again."""
    return levels_at(location).filter(Q(on_hand__gt=0) | Q(product__is_active=True))


def movements_at(location: StockLocation, product_id: int | None = None) -> QuerySet[StockMovement]:
    """Movements of a shelf, newest first."""
    rows = StockMovement.objects.select_related("product").filter(location=location).order_by("-pk")
    return rows if product_id is None else rows.filter(product_id=product_id)


def sold_lately(location: StockLocation, product_id: int | None = None) -> dict[int, int]:
    """Base units that left the shelf to customers in RATE_DAYS, by product id. Returns are not taken off."""
    rows = StockMovement.objects.filter(
        location=location, at__gte=clock.now() - timedelta(days=RATE_DAYS), reason__in=["sold", "shipped"]
    )
    if product_id is not None:
        rows = rows.filter(product_id=product_id)
    sums = rows.values_list("product_id").annotate(units=-Sum("delta_on_hand")).order_by()
    return dict(sums)


def is_low(level: StockLevel, sold: int) -> bool:
    """Whether too little is free: less than the owner's mark, or, without one, than LASTS_DAYS need at the rate of RATE_DAYS."""
    if level.low_at is not None:
        return level.available < level.low_at
    return level.available * RATE_DAYS < sold * LASTS_DAYS


def running_low(location: StockLocation) -> list[int]:
    """Ids of traded products that run out here."""
    sold = sold_lately(location)
    levels = StockLevel.objects.filter(location=location, product__is_active=True).filter(
        Q(low_at__isnull=False) | Q(product__in=sold)
    )
    return [level.product_id for level in levels if is_low(level, sold.get(level.product_id, 0))]


def openable_packs(product_id: int) -> list[Pack]:
    """Packs of the product that can be opened into something that is sold, biggest first."""
    return sorted(openable(Pack.objects.filter(product_id=product_id)), key=lambda pack: -pack.base_quantity)


def unopened_at(location: StockLocation, product_id: int) -> dict[int, int]:
    """How many packs of each kind are unopened, by pack id."""
    rows = SealedPack.objects.filter(location=location, pack__product_id=product_id, count__gt=0)
    return dict(rows.values_list("pack_id", "count"))


def openings_at(location: StockLocation, product_id: int, limit: int = 20) -> list[PackOpening]:
    """The last openings of the product's packs, newest first."""
    rows = PackOpening.objects.select_related("pack").filter(location=location, pack__product_id=product_id)
    return list(rows.order_by("-pk")[:limit])


def lots_at(location: StockLocation, product_id: int) -> list[StockLot]:
    """What is left of the product with a date, earliest first."""
    rows = StockLot.objects.filter(location=location, product_id=product_id, left__gt=0)
    return list(rows.order_by("expires_on", "received_on", "pk"))


def expiring_at(location: StockLocation, until: date) -> QuerySet[StockLot]:
    """What is good until this day at most, and what is past it already, earliest first."""
    rows = StockLot.objects.select_related("product").filter(location=location, left__gt=0, expires_on__lte=until)
    return rows.order_by("expires_on", "product__name", "pk")


def lot_for(location: StockLocation, public_id: UUID) -> StockLot:
    """A lot of this shelf.

    Raises:  Http404.
    """
    found = StockLot.objects.select_related("product").filter(location=location, public_id=public_id).first()
    if found is None:
        raise Http404("no such lot")
    return found


def counts_at(location: StockLocation) -> QuerySet[StockCount]:
    """Counts of this shelf, newest first."""
    return StockCount.objects.filter(location=location).order_by("-pk")


def count_for(location: StockLocation, number: str) -> StockCount:
    """A count of this shelf.

    Raises:  Http404.
    """
    found = StockCount.objects.filter(location=location, number=number).first()
    if found is None:
        raise Http404("no such count")
    return found


def lines_of(count: StockCount) -> QuerySet[StockCountLine]:
    """What was counted, by category and name."""
    rows = StockCountLine.objects.select_related("product__category").filter(count=count)
    return rows.order_by("product__category__order", "product__name", "pk")
