"""Around shopping: delivery times, favourites, news, returns, receipts, and what it saved."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.api.documents import with_lines
from tenant_apps.api.endpoint import PUBLIC, Endpoint, listed, operation
from tenant_apps.api.paging import Page, page_of_list, page_of_rows
from tenant_apps.api.scopes import Scope
from tenant_apps.api.shapes import ProductShape, WarungShape
from tenant_apps.api.shop_shapes import (
    HistoryShape,
    MonthQuery,
    NewsQuery,
    NoticeShape,
    OrderLinesSavedShape,
    OrderSavedShape,
    ReachQuery,
    ReadShape,
    ReadUntilWish,
    ReceiptShape,
    ReturnableShape,
    ReturnShape,
    ReturnWish,
    ShareShape,
    UnreadShape,
    WaysShape,
    YearQuery,
    YearSavedShape,
)
from tenant_apps.catalog.models import Product
from tenant_apps.catalog.selectors import first_pack, product_for
from tenant_apps.notifications.models import Notice
from tenant_apps.notifications.selectors import notice_for, notices_of, unread_of
from tenant_apps.notifications.services import mark_all_read, mark_read
from tenant_apps.orders.errors import BadLine
from tenant_apps.orders.finding import product_on_sale
from tenant_apps.orders.models import Order, OrderState
from tenant_apps.orders.selectors import favourites_of, order_for
from tenant_apps.orders.services.delivering import free_slots
from tenant_apps.orders.services.liking import like, unlike
from tenant_apps.orders.services.returning import ask_return, left_to_return, returnable_until
from tenant_apps.orders.services.sharing import share_receipt, shared_order, stop_sharing, token_of
from tenant_apps.payments.services import ways_to_pay
from tenant_apps.payments.sources import SAVINGS, purse_of
from tenant_apps.pricing.history import prices_by_day
from tenant_apps.pricing.purchases import DocumentSaved, purchases
from tenant_apps.pricing.savings import asked_month, month_span, this_year, year_of
from tenant_apps.warungs.delivering import days_of, reach_of
from tenant_apps.warungs.models import Kind
from tenant_apps.warungs.selectors import Nearby, shown_warung
from tenants.kernel import clock


class WarungWays(Endpoint):
    @operation(
        PUBLIC, gettext_lazy("How a warung's goods reach you, when, for how much, and how they are paid"), answers=WaysShape,
        query=ReachQuery,
    )  # fmt: skip
    def get(self, request: Request, slug: str) -> Response:
        warung = shown_warung(slug)
        zones, times = list(warung.zones.all()), list(warung.slots.all())
        user = self.member.user if self.member.is_signed_in else None
        purse = purse_of(user) if user is not None else None
        ways = SimpleNamespace(
            pay=[*ways_to_pay(warung, user), *([SAVINGS] if purse is not None and purse.amount else [])],
            pickup=warung.pickup,
            delivers=warung.delivers,
            reach=reach_of(warung, self.asked["village"], self.asked["rw"], zones),
            zones=zones,
            wants_day=warung.kind == Kind.FRESH,
            days=days_of(warung),
            wants_slot=warung.delivers and bool(times),
            slots=free_slots(warung) if times else [],
        )
        return Response(WaysShape(ways).data)


class PriceHistory(Endpoint):
    @operation(PUBLIC, gettext_lazy("How a product's price went, here and at the market"), answers=HistoryShape)
    def get(self, request: Request, product: UUID) -> Response:
        pack = first_pack(product_for(product))
        return Response(HistoryShape({"pack": pack, "days": prices_by_day(pack) if pack else []}).data)


class LikedWarungs(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("Warungs that you marked, by name"), answers=WarungShape, paged=True)
    def get(self, request: Request) -> Response:
        rows = sorted(favourites_of(self.member.user).warungs, key=_warung_key)
        page = page_of_list(rows, name="liked.warungs", key=_warung_key, asked=self.asked)
        return listed(page, WarungShape)


class LikedProducts(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("Products that you marked, by name"), answers=ProductShape, paged=True)
    def get(self, request: Request) -> Response:
        rows = sorted(favourites_of(self.member.user).products, key=_product_key)
        page = page_of_list(rows, name="liked.products", key=_product_key, asked=self.asked)
        return listed(page, ProductShape)


class LikeWarung(Endpoint):
    @operation(Scope.SHOP_WRITE, gettext_lazy("Mark a warung"), status=204, refusals=(409,))
    def put(self, request: Request, slug: str) -> Response:
        like(user=self.member.user, thing=shown_warung(slug))
        return Response(status=204)

    @operation(Scope.SHOP_WRITE, gettext_lazy("Mark a warung no longer"), status=204)
    def delete(self, request: Request, slug: str) -> Response:
        unlike(user=self.member.user, thing=shown_warung(slug))
        return Response(status=204)


class LikeProduct(Endpoint):
    @operation(Scope.SHOP_WRITE, gettext_lazy("Mark a product"), status=204, refusals=(409,))
    def put(self, request: Request, product: UUID) -> Response:
        like(user=self.member.user, thing=product_on_sale(product))
        return Response(status=204)

    @operation(Scope.SHOP_WRITE, gettext_lazy("Mark a product no longer"), status=204)
    def delete(self, request: Request, product: UUID) -> Response:
        unlike(user=self.member.user, thing=product_for(product))
        return Response(status=204)


class News(Endpoint):
    @operation(
        Scope.SHOP_READ, gettext_lazy("What you were told, newest first"), answers=NoticeShape, query=NewsQuery, paged=True
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        rows = notices_of(self.member.user)
        if self.asked["unread"]:
            rows = rows.filter(read_at=None)
        return listed(page_of_rows(rows, name="news", order=("-created_at", "-pk"), asked=self.asked), NoticeShape)


class UnreadNews(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("How much of it you have not read"), answers=UnreadShape)
    def get(self, request: Request) -> Response:
        return Response({"unread": unread_of(self.member.user)})


class ReadNews(Endpoint):
    @operation(
        Scope.SHOP_WRITE, gettext_lazy("Mark all news as read"), takes=ReadUntilWish, answers=ReadShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        now = clock.now()
        return Response({"read": mark_all_read(user=self.member.user, until=min(self.told["until"] or now, now))})


class ReadNotice(Endpoint):
    notice: Notice

    def find(self, *, notice: UUID, **names: Any) -> None:
        self.notice = notice_for(self.member.user, notice)

    @operation(Scope.SHOP_WRITE, gettext_lazy("Mark one piece of news as read"), answers=NoticeShape, needs_key=True)
    def post(self, request: Request, notice: UUID) -> Response:
        mark_read(notice=self.notice)
        self.notice.refresh_from_db()
        return Response(NoticeShape(self.notice).data)


class OrderEndpoint(Endpoint):
    """An order of this person."""

    order: Order

    def find(self, *, number: str, **names: Any) -> None:
        self.order = order_for(self.member, number)


class Returnable(OrderEndpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("What of an order can still be brought back"), answers=ReturnableShape)
    def get(self, request: Request, number: str) -> Response:
        order = self.order
        handed = order.state == OrderState.HANDED_OVER
        left = left_to_return(order) if handed else {}
        until = returnable_until(order) if handed else None
        lines = [SimpleNamespace(line=one, base_quantity=left[one.pk]) for one in order.lines.all() if one.pk in left]
        may_ask = until is not None and bool(lines) and clock.now() < until
        return Response(ReturnableShape({"may_ask": may_ask, "until": until, "lines": lines}).data)


class Returns(OrderEndpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("Returns of an order, newest first"), answers=ReturnShape, paged=True)
    def get(self, request: Request, number: str) -> Response:
        return returns_of(self.order.returns.all(), name="returns", asked=self.asked)

    @operation(
        Scope.SHOP_WRITE, gettext_lazy("Ask to bring goods back"), takes=ReturnWish, answers=ReturnShape, status=201,
        needs_key=True, about=gettext_lazy("While one return of the order waits for the warung, asking again finds it."),
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        order, told = self.order, self.told
        by_pack = {line.pack_id: line.pk for line in order.lines.all()}
        asked = {one["pack"]: one["base_quantity"] for one in told["lines"]}
        if asked.keys() - by_pack.keys() or len(asked) != len(told["lines"]):
            raise BadLine(_("Choose at least one thing, and no more than you bought."))
        quantities = {by_pack[pack]: quantity for pack, quantity in asked.items()}
        made = ask_return(order=order, quantities=quantities, reason=told["reason"])
        return Response(ReturnShape(with_lines([made])[0]).data, status=201)


class Share(OrderEndpoint):
    @staticmethod
    def _answer(order: Order) -> Response:
        token = token_of(order)
        address = reverse("orders:shared_receipt", args=[token]) if token else ""
        return Response(ShareShape({"address": address, "token": token}).data)

    @operation(Scope.SHOP_READ, gettext_lazy("The link to an order's receipt"), answers=ShareShape)
    def get(self, request: Request, number: str) -> Response:
        return self._answer(self.order)

    @operation(
        Scope.SHOP_WRITE, gettext_lazy("Give an order's receipt a link"), answers=ShareShape,
        about=gettext_lazy("Whoever has it sees what was bought, without who bought it. The same link while it is shared."),
    )  # fmt: skip
    def put(self, request: Request, number: str) -> Response:
        share_receipt(order=self.order)
        return self._answer(self.order)

    @operation(Scope.SHOP_WRITE, gettext_lazy("Switch the link off"), status=204)
    def delete(self, request: Request, number: str) -> Response:
        stop_sharing(order=self.order)
        return Response(status=204)


class SharedReceipt(Endpoint):
    @operation(PUBLIC, gettext_lazy("A receipt that somebody shared"), answers=ReceiptShape)
    def get(self, request: Request, token: str) -> Response:
        order = shared_order(token)
        if order is None:
            raise Http404("no such receipt")
        prefetch_related_objects([order], "lines__packed")
        return Response(ReceiptShape(order).data)


class Savings(Endpoint):
    @operation(
        Scope.SHOP_READ, gettext_lazy("What you saved in a year, by month"), answers=YearSavedShape, query=YearQuery
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return Response(YearSavedShape(year_of(self.asked["year"] or this_year(), self.member.user)).data)


class SavedOrders(Endpoint):
    @operation(
        Scope.SHOP_READ, gettext_lazy("What you saved in a month, by order, newest first"), answers=OrderSavedShape,
        query=MonthQuery, paged=True,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        month = asked_month(self.asked["month"])
        if month is None:
            raise ValidationError({"month": [_("There is nothing of this month.")]})
        since, until = month_span(month)
        rows = sorted(purchases().documents(user=self.member.user, since=since, until=until), key=_saved_key)
        page = page_of_list(rows, name=f"saved.{month:%Y-%m}", key=_saved_key, asked=self.asked)
        return listed(page, OrderSavedShape)


class SavedLines(OrderEndpoint):
    @operation(
        Scope.SHOP_READ, gettext_lazy("What you saved with an order, by line"), answers=OrderLinesSavedShape
    )  # fmt: skip
    def get(self, request: Request, number: str) -> Response:
        lines = purchases().lines_of(user=self.member.user, document=self.order.number)
        return Response(OrderLinesSavedShape({"lines": lines}).data)


def returns_of(rows: QuerySet[Any], *, name: str, asked: dict[str, Any]) -> Response:
    """A page of returns, newest first."""
    page = page_of_rows(rows, name=name, order=("-pk",), asked=asked)
    return listed(Page(with_lines(page.items), page.next_cursor), ReturnShape)


def _warung_key(one: Nearby) -> tuple[Any, ...]:
    return (one.warung.name, one.warung.pk)


def _product_key(one: Product) -> tuple[Any, ...]:
    return (one.name, one.pk)


def _saved_key(one: DocumentSaved) -> tuple[Any, ...]:
    """Newest first; unique."""
    return (-one.bought_at.timestamp(), one.document)
