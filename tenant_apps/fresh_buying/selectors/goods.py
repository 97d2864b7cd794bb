"""What a stand buys on order, and for which days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.http import Http404

from tenant_apps.fresh_buying.models import WAITING, BuyingTerms, GoodOnOrder, MarketTrip, PreOrder, PreOrderLine
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import Guarantee, guarantee_of, offers_of
from tenant_apps.warungs.delivering import OpenDay, days_of
from tenant_apps.warungs.models import Kind, Warung, WarungState


@dataclass(frozen=True)
class Offer:
    """A pack that can be pre-ordered. `left`: base units that the stand still buys for the nearest day."""

    price: WarungPrice
    good: GoodOnOrder
    guarantee: Guarantee
    left: int


def stands_on_order() -> list[Warung]:
    """Stands that take pre-orders now, by name."""
    return list(
        Warung.objects.filter(kind=Kind.FRESH, state=WarungState.OPEN, buying_terms__is_open=True)
        .select_related("buying_terms")
        .prefetch_related("terms")
        .order_by("name", "pk")
    )


def stand_on_order(slug: str) -> Warung:
    """The door of customers. Raises Http404 for a stand that takes no pre-orders."""
    found = Warung.objects.filter(
        slug=slug, kind=Kind.FRESH, state__in=[WarungState.OPEN, WarungState.PAUSED], buying_terms__is_open=True
    ).select_related("buying_terms")
    return _there(found)


def stands_of_satker() -> QuerySet[Warung]:
    """Every Fresh Food stand that is not closed, with its terms, for the Satker."""
    return (
        Warung.objects.filter(kind=Kind.FRESH)
        .exclude(state=WarungState.CLOSED)
        .select_related("buying_terms")
        .order_by("name", "pk")
    )


def stand_for_satker(public_id: UUID | str) -> Warung:
    """Raises Http404."""
    return _there(stands_of_satker().filter(public_id=public_id))


def open_days_on_order(stand: Warung) -> list[OpenDay]:
    """The days for which the stand still buys what is ordered, nearest first: those that nobody went to the market for."""
    days = days_of(stand)
    gone = set(
        MarketTrip.objects.filter(stand=stand, for_day__in=[one.day for one in days]).values_list("for_day", flat=True)
    )
    return [one for one in days if one.day not in gone]


def goods_on_order(stand: Warung) -> list[GoodOnOrder]:
    """All that the stand buys on order, by section, for the Satker; what is switched off too."""
    return list(GoodOnOrder.objects.filter(stand=stand).select_related("product"))


def offers_on_order(stand: Warung, days: Sequence[OpenDay]) -> list[Offer]:
    """What can be pre-ordered: packs with a price in force, by section. Four queries for any number of goods."""
    goods = {
        good.product_id: good
        for good in GoodOnOrder.objects.filter(stand=stand, is_active=True, product__is_active=True)
    }
    prices = list(offers_of(stand).filter(pack__product__in=list(goods)))
    held = guarantee_of(prices)
    taken = ordered_of_day(stand, days[0].day) if days else {}
    offers = [
        Offer(price, good, held[price.pk], max(good.daily_limit - taken.get(good.product_id, 0), 0))
        for price in prices
        for good in [goods[price.pack.product_id]]
    ]
    return sorted(offers, key=lambda one: (one.good.section, one.price.pack.product.name, one.price.pack.order))


def ordered_of_day(stand: Warung, day: date) -> dict[int, int]:
    """Base units by product that are pre-ordered for a day, and not given up."""
    rows = (
        PreOrderLine.objects.filter(preorder__stand=stand, preorder__for_day=day)
        .filter(Q(preorder__state__in=WAITING) | Q(preorder__state="handed_over"))
        .order_by()
        .values("product")
        .annotate(total=Sum(F("quantity") * F("base_quantity")))
    )
    return {row["product"]: int(row["total"]) for row in rows}


def places_taken(slots: set[int]) -> dict[tuple[int, date], int]:
    """How many pre-orders come in these delivery slots, by slot and day: orders count them beside their own."""
    taken: dict[tuple[int, date], int] = {}
    rows = PreOrder.objects.filter(Q(state__in=WAITING) | Q(state="handed_over"), slot__in=slots).order_by()
    for slot, day in rows.values_list("slot", "for_day"):
        if slot is not None:
            taken[slot, day] = taken.get((slot, day), 0) + 1
    return taken


def terms_of(stand: Warung) -> BuyingTerms | None:
    return BuyingTerms.objects.filter(stand=stand).first()


def _there(rows: QuerySet[Warung]) -> Warung:
    found = rows.first()
    if found is None:
        raise Http404("no such stand")
    return found
