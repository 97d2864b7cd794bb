"""What can be bought where: a warung's goods, and goods looked for in all warungs from the nearest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tenant_apps.catalog.models import Category
from tenant_apps.catalog.selectors import search_products
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import offers_of
from tenant_apps.stock.models import StockLevel
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import Nearby, Place, nearest, shown_warungs

# No question means more products than this.
MOST_PRODUCTS = 200
# Who asks for "minyak" does not mean "minuman", which shares half of its letters.
NEARLY = 0.75
# A warung in the results of a search shows this many goods; all others are one tap away.
SHOWN_PER_WARUNG = 4
IN_ORDER = (
    "pack__product__category__order",
    "pack__product__category__name",
    "pack__product__name",
    "pack__order",
    "pk",
)


@dataclass(frozen=True)
class Good:
    """A pack on a warung's shelf. `available` in base units; `in_cart` counts packs."""

    price: WarungPrice
    available: int
    in_cart: int

    @property
    def packs_left(self) -> int:
        return max(self.available, 0) // self.price.pack.base_quantity

    @property
    def is_scarce(self) -> bool:
        """Worth saying how many are left."""
        return 0 < self.packs_left <= 5


@dataclass(frozen=True)
class Found:
    """What a search found at one warung; `more` goods are not shown."""

    nearby: Nearby
    goods: list[Good]
    more: int


def shelf_of(warung: Warung, *, text: str = "", category: str = "") -> QuerySet[WarungPrice]:
    """What the warung sells now, by category and name; only what fits the text and the category where given."""
    offers = offers_of(warung).select_related("warung").order_by(*IN_ORDER)
    if category:
        offers = offers.filter(pack__product__category__slug=category)
    if text:
        offers = offers.filter(pack__product__in=products_like(text))
    return offers


def products_like(text: str) -> list[int]:
    """Ids of the products that the text means, best first; what fits much worse than the best is left out."""
    found: list[Any] = list(search_products(text, limit=MOST_PRODUCTS))
    return [product.pk for product in found if product.fit >= found[0].fit * NEARLY]


def categories_of(warung: Warung | None = None) -> list[Category]:
    """Categories in which something is sold: by this warung, or by any that citizens see."""
    sellers = shown_warungs() if warung is None else Warung.objects.filter(pk=warung.pk)
    prices = WarungPrice.objects.filter(warung__in=sellers, replaced_at=None, pack__product__is_active=True)
    return list(Category.objects.filter(pk__in=prices.values("pack__product__category")).order_by("order", "name"))


def goods_of(prices: Sequence[WarungPrice], in_cart: Mapping[tuple[int, int], int]) -> list[Good]:
    """Prices with what there is of each, in one query."""
    rows = StockLevel.objects.filter(
        location__warung__in={price.warung_id for price in prices},
        product__in={price.pack.product_id for price in prices},
    ).select_related("location")
    left = {(row.location.warung_id, row.product_id): row.available for row in rows}
    return [
        Good(
            price,
            left.get((price.warung_id, price.pack.product_id), 0),
            in_cart.get((price.warung_id, price.pack_id), 0),
        )
        for price in prices
    ]


def search_goods(
    place: Place | None, *, text: str, category: str, in_cart: Mapping[tuple[int, int], int]
) -> list[Found]:
    """Goods that fit, at the nearest warungs first; within a warung the best fit and what is there come first."""
    order = {product: rank for rank, product in enumerate(products_like(text))} if text else {}
    prices = (
        WarungPrice.objects.filter(warung__in=shown_warungs(), replaced_at=None, pack__product__is_active=True)
        .select_related("warung", "pack__product__category", "evidence")
        .order_by(*IN_ORDER)
    )
    if text:
        prices = prices.filter(pack__product__in=order)
    if category:
        prices = prices.filter(pack__product__category__slug=category)
    by_warung: dict[int, list[Good]] = {}
    for good in goods_of(list(prices[:2000]), in_cart):
        by_warung.setdefault(good.price.warung_id, []).append(good)
    found = []
    for nearby in nearest(place, shown_warungs().filter(pk__in=by_warung)):
        goods = by_warung[nearby.warung.pk]
        goods.sort(key=lambda good: (not good.packs_left, order.get(good.price.pack.product_id, 0)))
        found.append(Found(nearby, goods[:SHOWN_PER_WARUNG], len(goods) - SHOWN_PER_WARUNG))
    return found
