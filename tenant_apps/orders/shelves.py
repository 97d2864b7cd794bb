"""What can be bought where: a warung's goods, and goods looked for in all warungs from the nearest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from tenant_apps.catalog.models import Category, Pack, Product
from tenant_apps.catalog.selectors import NEARLY, fitting_products
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import Guarantee, guarantee_of, offers_of
from tenant_apps.stock.models import StockLevel
from tenant_apps.stock.selectors import available_on
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import Nearby, Place, nearby_of, ranked, shown_warungs

# No question means more products than this.
MOST_PRODUCTS = 60
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
    guarantee: Guarantee | None = None

    @property
    def packs_left(self) -> int:
        return max(self.available, 0) // self.price.pack.base_quantity

    @property
    def market_price(self) -> int | None:
        """What the market asks for the same, where the guarantee holds."""
        return self.guarantee.market_price if self.guarantee and self.guarantee.holds else None

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
    found = fitting_products(text, limit=MOST_PRODUCTS)
    return [pk for pk, fit in found if fit >= found[0][1] * NEARLY]


def categories_of(warung: Warung | None = None) -> list[Category]:
    """Categories in which something is sold: by this warung, or by any that citizens see."""
    prices = WarungPrice.objects.filter(replaced_at=None, pack__product__is_active=True).order_by()
    if warung is not None:
        # A warung has some hundred prices: all of them are read once, by the index of prices in force.
        here = prices.filter(warung=warung).values("pack__product__category")
        return list(Category.objects.filter(pk__in=here).order_by("order", "name"))
    shown = prices.filter(warung__in=shown_warungs(), pack__product__category=OuterRef("pk"))
    # A value, not EXISTS: the planner would turn that into a join of all prices. Each shelf needs one price to be found.
    one = Subquery(shown.values("pk")[:1])
    return list(Category.objects.annotate(one_price=one).filter(one_price__gt=0).order_by("order", "name"))


def goods_of(prices: Sequence[WarungPrice], in_cart: Mapping[tuple[int, int], int]) -> list[Good]:
    """Prices with what there is of each and whether the guarantee holds, in three queries."""
    left = available_on((price.warung_id for price in prices), (price.pack.product_id for price in prices))
    guarantees = guarantee_of(prices)
    return [
        Good(
            price,
            left.get((price.warung_id, price.pack.product_id), 0),
            in_cart.get((price.warung_id, price.pack_id), 0),
            guarantees[price.pk],
        )
        for price in prices
    ]


class SearchPage(Sequence[Found]):
    """Warungs that sell what fits, the nearest first; only those that are asked for are read, with their best goods."""

    def __init__(
        self,
        warungs: QuerySet[Warung],
        prices: QuerySet[WarungPrice],
        offers: QuerySet[WarungPrice],
        in_cart: Mapping[tuple[int, int], int],
    ) -> None:
        self._warungs, self._prices, self._offers, self._in_cart = warungs, prices, offers, in_cart

    @cached_property
    def _sellers(self) -> QuerySet[Warung]:
        # Asked once and by itself: inside of the question for warungs, the planner would look into each warung's prices.
        sellers = set(self._prices.values_list("warung", flat=True).distinct())
        return self._warungs.filter(pk__in=sellers)

    @cached_property
    def _length(self) -> int:
        return self._sellers.order_by().count()

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, which: int) -> Found: ...
    @overload
    def __getitem__(self, which: slice) -> list[Found]: ...
    def __getitem__(self, which: int | slice) -> Found | list[Found]:
        if isinstance(which, int):
            return self._read(self._sellers[which : which + 1])[0]
        return self._read(self._sellers[which])

    def _read(self, warungs: QuerySet[Warung]) -> list[Found]:
        rows = nearby_of(warungs)
        here = self._offers.filter(warung__in=[one.warung.pk for one in rows])
        prices = list(here.filter(place__lte=SHOWN_PER_WARUNG))  # type: ignore[misc]
        by_warung: dict[int, list[Good]] = {}
        for good in goods_of(prices, self._in_cart):
            by_warung.setdefault(good.price.warung_id, []).append(good)
        found = []
        for nearby in rows:
            goods = by_warung.get(nearby.warung.pk, [])
            # Between the two questions a price may have gone.
            if goods:
                all_here: int = goods[0].price.here  # type: ignore[attr-defined]
                found.append(Found(nearby, goods, all_here - len(goods)))
        return found


def search_page(
    place: Place | None,
    *,
    text: str = "",
    category: str = "",
    in_cart: Mapping[tuple[int, int], int] | None = None,
    open_now: bool = False,
) -> SearchPage:
    """Goods that fit, at the nearest warungs first; within a warung what is there and the best fit come first."""
    packs = Pack.objects.filter(product__is_active=True)
    order: Any = Value(0, output_field=IntegerField())
    if text:
        fitting = products_like(text)
        packs = packs.filter(product__in=fitting)
        if fitting:
            ways = [When(pack__product=pk, then=rank) for rank, pk in enumerate(fitting)]
            order = Case(*ways, default=len(fitting), output_field=IntegerField())
    if category:
        packs = packs.filter(product__category__slug=category)
    # By their numbers: joined with the packs, the planner would rather look through each warung's prices.
    prices = WarungPrice.objects.filter(replaced_at=None, pack__in=list(packs.values_list("pk", flat=True))).order_by()
    warungs = ranked(place)
    if open_now:
        warungs = warungs.filter(open_now=True)  # type: ignore[misc]
    there = StockLevel.objects.filter(
        location__warung=OuterRef("warung"),
        product=OuterRef("pack__product"),
        on_hand__gte=F("reserved") + OuterRef("pack__base_quantity"),
    )
    offers = (
        prices.select_related("warung", "pack__product__category", "evidence")
        .annotate(there=Exists(there), rank=order)
        .annotate(
            place=Window(
                RowNumber(),
                partition_by="warung",
                order_by=["-there", "rank", "pack__product__name", "pack__order", "pk"],
            ),
            here=Window(Count("pk"), partition_by="warung"),
        )
        .order_by("warung", "place")
    )
    return SearchPage(warungs, prices, offers, in_cart or {})


def search_goods(
    place: Place | None, *, text: str, category: str, in_cart: Mapping[tuple[int, int], int]
) -> list[Found]:
    """All of `search_page` at once."""
    return search_page(place, text=text, category=category, in_cart=in_cart)[:]


def sellers_of(product: Product) -> QuerySet[Warung]:
    """The warungs that sell this product and have some of it."""
    prices = WarungPrice.objects.filter(replaced_at=None, pack__product=product, pack__product__is_active=True)
    levels = StockLevel.objects.filter(product=product, on_hand__gt=F("reserved"))
    return shown_warungs().filter(
        pk__in=prices.order_by().values("warung"), stock_location__in=levels.order_by().values("location")
    )
