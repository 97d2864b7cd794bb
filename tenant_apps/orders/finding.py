"""Finding a warung: by where it is, whether it is open, and what it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from tenant_apps.catalog.models import Product
from tenant_apps.orders.shelves import IN_ORDER, Found, Good, goods_of, sellers_of
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import Nearby, Place, Point, ranked, shown_warungs


@dataclass(frozen=True)
class Wanted:
    """Which warungs somebody looks for, and where they stand when their phone says so. An RT is part of an RW."""

    village_code: str = ""
    rw: int | None = None
    rt: int | None = None
    open_now: bool = False
    point: Point | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether some warungs are left out."""
        return bool(self.village_code or self.rw or self.open_now)


def found_warungs(place: Place | None, wanted: Wanted, among: QuerySet[Warung] | None = None) -> QuerySet[Warung]:
    """The warungs that fit, from the nearest on."""
    rows = shown_warungs() if among is None else among
    if wanted.village_code:
        rows = rows.filter(village_code=wanted.village_code)
    if wanted.rw is not None:
        rows = rows.filter(rw=wanted.rw)
    if wanted.rt is not None:
        rows = rows.filter(rt=wanted.rt)
    found = ranked(place, rows, wanted.point)
    return found.filter(open_now=True) if wanted.open_now else found  # type: ignore[misc]


def product_on_sale(public_id: UUID) -> Product:
    """A product's page for citizens.

    Raises:  Http404 for one that is not traded.
    """
    found = Product.objects.select_related("category").filter(public_id=public_id, is_active=True).first()
    if found is None:
        raise Http404("no such product")
    return found


def found_sellers(product: Product, place: Place | None, wanted: Wanted) -> QuerySet[Warung]:
    """The warungs that sell the product and have some of it, from the nearest on."""
    return found_warungs(place, wanted, sellers_of(product))


def goods_at(product: Product, rows: Sequence[Nearby], in_cart: Mapping[tuple[int, int], int]) -> list[Found]:
    """The product's packs at each of these warungs, with what each costs and what is left. Four queries."""
    here = WarungPrice.objects.filter(
        replaced_at=None, warung__in=[one.warung.pk for one in rows], pack__product=product
    )
    prices = here.select_related("warung", "pack__product__category", "evidence").order_by(*IN_ORDER)
    by_warung: dict[int, list[Good]] = {}
    for good in goods_of(list(prices), in_cart):
        by_warung.setdefault(good.price.warung_id, []).append(good)
    return [Found(one, by_warung[one.warung.pk], 0) for one in rows if one.warung.pk in by_warung]
