"""What anybody may see: the region, its goods, its warungs."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.api.endpoint import PUBLIC, Endpoint, listed, operation
from tenant_apps.api.paging import Page, page_of_list, page_of_places, page_of_rows
from tenant_apps.api.shapes import (
    CategoryShape,
    FoundShape,
    GoodShape,
    GoodsQuery,
    OfferShape,
    ProductDetailShape,
    ProductShape,
    RegionShape,
    SearchQuery,
    WarungQuery,
    WarungShape,
)
from tenant_apps.catalog.models import Product, Use
from tenant_apps.catalog.selectors import categories, product_for, search_products, traded_products
from tenant_apps.orders.finding import Wanted, found_warungs
from tenant_apps.orders.shelves import MOST_PRODUCTS, goods_of, search_page, shelf_of
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import price_rule
from tenant_apps.satker.selectors import services_of_region, text_of
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import (
    Nearby,
    Place,
    Point,
    nearby_of,
    opening_of,
    shown_warung,
    shown_warungs,
    village_choices,
    village_names,
)
from tenants.context import current_region


def place_asked(asked: dict[str, Any]) -> Place | None:
    if not asked["village"]:
        return None
    return Place(asked["village"], asked["rw"], asked["rt"] if asked["rw"] else None)


def point_asked(asked: dict[str, Any]) -> Point | None:
    if asked["latitude"] is None or asked["longitude"] is None:
        return None
    return Point(float(asked["latitude"]), float(asked["longitude"]))


def as_nearby(warung: Warung) -> Nearby:
    """A warung by itself, in the shape of those in lists."""
    return Nearby(warung, opening_of(warung), 3, village_names({warung.village_code}).get(warung.village_code, ""))


class RegionFacts(Endpoint):
    @operation(PUBLIC, gettext_lazy("The region"), answers=RegionShape)
    def get(self, request: Request) -> Response:
        region, rule = current_region(), price_rule()
        facts = SimpleNamespace(
            name=region.name,
            time_zone=region.time_zone,
            welcome=text_of("welcome"),
            services=services_of_region(),
            price_rule=rule,
            villages=[{"code": code, "name": name} for code, name in village_choices()],
        )
        return Response(RegionShape(facts).data)


class Categories(Endpoint):
    @operation(PUBLIC, gettext_lazy("Categories of goods"), answers=CategoryShape, paged=True)
    def get(self, request: Request) -> Response:
        rows = categories()
        page = page_of_list(rows, name="categories", key=lambda one: (one.order, one.name, one.pk), asked=self.asked)
        return listed(page, CategoryShape)


class Products(Endpoint):
    @operation(
        PUBLIC, gettext_lazy("Products that the region trades"), answers=ProductShape, query=GoodsQuery, paged=True,
        about=gettext_lazy("With `q` the best fit comes first; else by name."),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        rows = traded_products()
        if self.asked["category"]:
            rows = rows.filter(category__slug=self.asked["category"])
        if not self.asked["q"]:
            return listed(page_of_rows(rows, name="products", order=("name", "pk"), asked=self.asked), ProductShape)
        found: list[Any] = search_products(self.asked["q"], limit=MOST_PRODUCTS, among=rows)
        # A scanned barcode means one product, without any likeness.
        page = page_of_list(
            found, name="products.q", key=lambda one: (-getattr(one, "fit", 1.0), one.name, one.pk), asked=self.asked
        )
        return listed(page, ProductShape)


class OneProduct(Endpoint):
    @operation(PUBLIC, gettext_lazy("One product with its packs"), answers=ProductDetailShape)
    def get(self, request: Request, product: UUID) -> Response:
        found = product_for(product)
        return Response(ProductDetailShape(_with_packs(found)).data)


class ProductPrices(Endpoint):
    @operation(
        PUBLIC, gettext_lazy("What warungs ask for a product"), answers=OfferShape, paged=True,
        about=gettext_lazy("Each price with its evidence and whether it carries the guarantee now; cheapest packs first."),
    )  # fmt: skip
    def get(self, request: Request, product: UUID) -> Response:
        rows = WarungPrice.objects.filter(
            warung__in=shown_warungs(),
            replaced_at=None,
            pack__product=product_for(product),
            pack__product__is_active=True,
        ).select_related("warung", "pack__product__category", "evidence")
        page = page_of_rows(rows, name="product.prices", order=("price", "pk"), asked=self.asked)
        return listed(Page(goods_of(page.items, {}), page.next_cursor), OfferShape)


class Warungs(Endpoint):
    @operation(
        PUBLIC, gettext_lazy("Warungs, the nearest first"), answers=WarungShape, query=WarungQuery, paged=True,
        about=gettext_lazy("Near the place that the query names; open ones first among those equally near."),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = self.asked
        wanted = Wanted(open_now=asked["open_now"], point=point_asked(asked))
        if asked["only_here"]:
            wanted = replace(wanted, village_code=asked["village"], rw=asked["rw"], rt=asked["rt"])
        page = page_of_places(found_warungs(place_asked(asked), wanted), name="warungs", asked=asked)
        return listed(Page(nearby_of(page.items), page.next_cursor), WarungShape)


class OneWarung(Endpoint):
    @operation(PUBLIC, gettext_lazy("One warung"), answers=WarungShape)
    def get(self, request: Request, slug: str) -> Response:
        return Response(WarungShape(as_nearby(shown_warung(slug))).data)


class WarungGoods(Endpoint):
    @operation(PUBLIC, gettext_lazy("What a warung sells now"), answers=GoodShape, query=GoodsQuery, paged=True)
    def get(self, request: Request, slug: str) -> Response:
        rows = shelf_of(shown_warung(slug), text=self.asked["q"], category=self.asked["category"])
        order = ("pack__product__category__order", "pack__product__name", "pack__order", "pk")
        page = page_of_rows(rows, name="warung.goods", order=order, asked=self.asked)
        return listed(Page(goods_of(page.items, {}), page.next_cursor), GoodShape)


class Search(Endpoint):
    @operation(
        PUBLIC, gettext_lazy("Goods in all warungs, at the nearest first"), answers=FoundShape, query=SearchQuery, paged=True,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        found = search_page(
            place_asked(self.asked),
            text=self.asked["q"],
            category=self.asked["category"],
            open_now=self.asked["open_now"],
        )
        page = page_of_places(found, name="search", asked=self.asked)
        rows = [SimpleNamespace(nearby=one.nearby, goods=one.goods, more=max(one.more, 0)) for one in page.items]
        return listed(Page(rows, page.next_cursor), FoundShape)


def _with_packs(product: Product) -> Any:
    names = ("public_id", "sku", "name", "category", "kind", "base_unit", "by_weight", "large_photo")
    packs = product.packs.filter(use=Use.SELL).order_by("order", "pk")
    return SimpleNamespace(**{name: getattr(product, name) for name in names}, packs=packs)
