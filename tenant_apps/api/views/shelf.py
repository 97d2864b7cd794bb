"""The warung's shelf beyond its levels: marks, arrivals, unopened packs, dates, and whole counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.api.endpoint import Endpoint, listed, operation
from tenant_apps.api.paging import page_of_rows
from tenant_apps.api.scopes import Scope
from tenant_apps.api.toko_shapes import (
    ApplyWish,
    ArrivalWish,
    CountedWish,
    CountLineShape,
    DiscardedShape,
    LotQuery,
    LotShape,
    MarkWish,
    NoteWish,
    OpenPackWish,
    SealWish,
    ShelfCountShape,
    ShelfLevelShape,
    ShelfProductShape,
    ShelfQuery,
)
from tenant_apps.catalog.models import Pack, Product
from tenant_apps.catalog.selectors import product_for
from tenant_apps.stock.forms import LONGEST_LIFE
from tenant_apps.stock.models import StockCount, StockLevel, StockLocation, StockLot
from tenant_apps.stock.selectors import (
    count_for,
    counts_at,
    expiring_at,
    levels_at,
    lines_of,
    lot_for,
    lots_at,
    openable_packs,
    running_low,
    unopened_at,
)
from tenant_apps.stock.services import (
    Line,
    apply_count,
    begin_count,
    discard_lot,
    drop_count,
    forget_count_of,
    location_of_warung,
    open_pack,
    receive,
    seal_packs,
    set_low_mark,
    write_counts,
)
from tenants.context import current_region
from tenants.kernel import clock


class ShelfEndpoint(Endpoint):
    """The shelf of the warung that the address names."""

    shelf: StockLocation

    def find(self, *args: Any, **names: Any) -> None:
        self.shelf = location_of_warung(self.here)


class ProductEndpoint(ShelfEndpoint):
    """A product on it."""

    product: Product

    def find(self, *, product: UUID, **names: Any) -> None:
        super().find()
        self.product = product_for(product)

    def level(self) -> StockLevel:
        found = levels_at(self.shelf).filter(product=self.product).first()
        return found or StockLevel(location=self.shelf, product=self.product)

    def answer(self) -> Response:
        unopened = unopened_at(self.shelf, self.product.pk)
        told = {
            "level": self.level(),
            "unopened": [{"pack": pack, "count": count} for pack, count in sorted(unopened.items())],
            "lots": lots_at(self.shelf, self.product.pk),
        }
        return Response(ShelfProductShape(told).data)

    def pack(self) -> Pack:
        """The pack that the body names, which is one of the product's."""
        found = Pack.objects.select_related("product").filter(product=self.product, pk=self.told["pack"]).first()
        if found is None:
            raise Http404("no such pack")
        return found


class Stock(ShelfEndpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("What lies on the shelf"), answers=ShelfLevelShape, query=ShelfQuery, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        rows = levels_at(self.shelf)
        if self.asked["low"]:
            rows = rows.filter(product__in=running_low(self.shelf))
        page = page_of_rows(rows, name="toko.stock", order=("product__name", "pk"), asked=self.asked)
        return listed(page, ShelfLevelShape)


class StockOfProduct(ProductEndpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("One product on the shelf, with unopened packs and dates"), answers=ShelfProductShape
    )  # fmt: skip
    def get(self, request: Request, warung: UUID, product: UUID) -> Response:
        return self.answer()


class Mark(ProductEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Say below what a product runs out"), takes=MarkWish, answers=ShelfLevelShape
    )  # fmt: skip
    def put(self, request: Request, warung: UUID, product: UUID) -> Response:
        set_low_mark(location=self.shelf, product=self.product, low_at=self.told["low_at"])
        return Response(ShelfLevelShape(self.level()).data)


class Arrive(ProductEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Goods came in that are not from the Satker"), takes=ArrivalWish,
        answers=ShelfProductShape, needs_key=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, product: UUID) -> Response:
        told, today = self.told, clock.today(current_region().time_zone)
        if told["expires_on"] and told["expires_on"] > today + LONGEST_LIFE:
            raise ValidationError({"expires_on": [_("Write a date from today on, at most ten years ahead.")]})
        if told["pack"] is not None:
            pack = next((one for one in openable_packs(self.product.pk) if one.pk == told["pack"]), None)
            if pack is None or told["base_quantity"] % pack.base_quantity:
                raise ValidationError({"pack": [_("Unopened packs are whole packs of something that is opened.")]})
        line = Line(self.product.pk, told["base_quantity"], told["expires_on"], told["pack"])
        receive(location=self.shelf, lines=[line], reference=f"shelf:{self.key}", by=self.by)
        return self.answer()


class OpenPack(ProductEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Open an unopened pack"), takes=OpenPackWish, answers=ShelfProductShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, product: UUID) -> Response:
        open_pack(location=self.shelf, pack=self.pack(), by=self.by, key=str(self.key))
        return self.answer()


class SealPacks(ProductEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Say that packs are unopened"), takes=SealWish, answers=ShelfProductShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, product: UUID) -> Response:
        seal_packs(location=self.shelf, pack=self.pack(), count=self.told["count"], by=self.by, key=str(self.key))
        return self.answer()


class Lots(ShelfEndpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("What goes bad soon, and what has"), answers=LotShape, query=LotQuery, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        until = clock.today(current_region().time_zone) + timedelta(days=self.asked["days"])
        order = ("expires_on", "product__name", "pk")
        return listed(
            page_of_rows(expiring_at(self.shelf, until), name="lots", order=order, asked=self.asked), LotShape
        )


class DiscardLot(ShelfEndpoint):
    lot: StockLot

    def find(self, *, lot: UUID, **names: Any) -> None:
        super().find()
        self.lot = lot_for(self.shelf, lot)

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Throw away what is left of a date"), takes=NoteWish, answers=DiscardedShape,
        needs_key=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, lot: UUID) -> Response:
        gone = discard_lot(lot=self.lot, by=self.by, key=str(self.key), note=self.told["note"])
        return Response({"discarded": gone})


class Counts(ShelfEndpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("Counts of the whole shelf, newest first"), answers=ShelfCountShape, paged=True
    )
    def get(self, request: Request, warung: UUID) -> Response:
        page = page_of_rows(counts_at(self.shelf), name="counts", order=("-pk",), asked=self.asked)
        return listed(page, ShelfCountShape)

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Begin to count, or go on with what is open"), answers=ShelfCountShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        return Response(ShelfCountShape(begin_count(location=self.shelf, by=self.by)).data)


class CountEndpoint(ShelfEndpoint):
    """A count of the shelf."""

    count: StockCount

    def find(self, *, number: str, **names: Any) -> None:
        super().find()
        self.count = count_for(self.shelf, number)


class OneCount(CountEndpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("One count"), answers=ShelfCountShape)
    def get(self, request: Request, warung: UUID, number: str) -> Response:
        return Response(ShelfCountShape(self.count).data)


class CountLines(CountEndpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("What was counted"), answers=CountLineShape, paged=True)
    def get(self, request: Request, warung: UUID, number: str) -> Response:
        order = ("product__category__order", "product__name", "pk")
        page = page_of_rows(lines_of(self.count), name="count.lines", order=order, asked=self.asked)
        return listed(page, CountLineShape)

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Write down what lies there"), takes=CountedWish, status=204, refusals=(409,),
        about=gettext_lazy("The stock changes when the count is applied. Counting again takes the place of what was written."),
    )  # fmt: skip
    def put(self, request: Request, warung: UUID, number: str) -> Response:
        told = {one["product"]: one["counted"] for one in self.told["lines"]}
        if len(told) != len(self.told["lines"]):
            raise ValidationError({"lines": [_("Name each of them once.")]})
        products = Product.objects.filter(public_id__in=told)
        counted = {product: told[product.public_id] for product in products.order_by("pk")}
        if len(counted) != len(told):
            raise Http404("no such product")
        write_counts(count=self.count, counted=counted, by=self.by)
        return Response(status=204)


class ForgetCountLine(CountEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("A product is as if nobody had counted it"), status=204, refusals=(409,)
    )  # fmt: skip
    def delete(self, request: Request, warung: UUID, number: str, product: UUID) -> Response:
        forget_count_of(count=self.count, product=product_for(product))
        return Response(status=204)


class ApplyCount(CountEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("The count becomes the stock"), takes=ApplyWish, answers=ShelfCountShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        told = {one["product"]: one["reason"] for one in self.told.get("reasons", [])}
        lines = lines_of(self.count).filter(product__public_id__in=told)
        reasons = {line.product_id: told[line.product.public_id] for line in lines}
        done = apply_count(count=self.count, reasons=reasons, by=self.by)
        return Response(ShelfCountShape(done).data)


class DropCount(CountEndpoint):
    @operation(Scope.TOKO_WRITE, gettext_lazy("Give a count up"), answers=ShelfCountShape, needs_key=True)
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        return Response(ShelfCountShape(drop_count(count=self.count, by=self.by)).data)
