"""The counter: what owners and staff do for their warung, through the same doors as on its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.api.documents import pack_for, whole
from tenant_apps.api.endpoint import Endpoint, listed, operation
from tenant_apps.api.paging import Page, page_of_list, page_of_rows
from tenant_apps.api.scopes import Scope
from tenant_apps.api.shapes import (
    AppliedSalesShape,
    ArrivedWish,
    BoardQuery,
    ConfirmWish,
    CountedShape,
    CountWish,
    HoursShape,
    OrderDetailShape,
    OrderShape,
    OwnWarungShape,
    PackedWish,
    PackWish,
    PauseWish,
    PaymentShape,
    PriceShape,
    PricesWish,
    PublishedShape,
    ReasonWish,
    RestockDetailShape,
    RestockShape,
    RestockWish,
    SaleShape,
    SalesWish,
    StockMovementShape,
    WholesaleShape,
)
from tenant_apps.api.shop_shapes import ReturnShape, TakenBackWish
from tenant_apps.api.toko_shapes import InsteadWish, StandInShape
from tenant_apps.api.views.around import returns_of
from tenant_apps.catalog.models import Pack
from tenant_apps.catalog.selectors import product_for
from tenant_apps.orders.errors import BadWeight
from tenant_apps.orders.models import Order, Return
from tenant_apps.orders.selectors import order_of_warung, return_of_warung, stand_ins_of
from tenant_apps.orders.services.filling import accept_order, call_off, hand_over, pack_order, reject_order
from tenant_apps.orders.services.replacing import replace_line
from tenant_apps.orders.services.returning import accept_return, refuse_return
from tenant_apps.payments.models import Payment
from tenant_apps.payments.selectors import payment_of_warung, waiting_at
from tenant_apps.payments.services import confirm_received, deny_received
from tenant_apps.pos.batches import apply_sale
from tenant_apps.pos.models import CounterSale
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import Guarantee, guarantee_of, offers_of
from tenant_apps.pricing.services import publish_prices, withdraw_price
from tenant_apps.pricing.services.publishing import Wish as PriceWished
from tenant_apps.procurement.errors import BadPacks
from tenant_apps.procurement.models import RestockRequest
from tenant_apps.procurement.selectors import offers, own_restock_for, requests_of
from tenant_apps.procurement.services import Wish, submit_restock
from tenant_apps.procurement.services.arriving import receive_restock
from tenant_apps.procurement.services.asking import cancel_restock
from tenant_apps.satker.selectors import the_satker
from tenant_apps.stock.models import StockLevel
from tenant_apps.stock.selectors import movements_at
from tenant_apps.stock.services import adjust, location_of_warung
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import warungs_of
from tenant_apps.warungs.services import open_warung, pause_warung, set_hours


@dataclass(frozen=True)
class JudgedPrice:
    """A price of the warung with what the guarantee says of it now."""

    pack: Pack
    price: int
    valid_from: Any
    guarantee: Guarantee


def judged(prices: list[WarungPrice]) -> list[JudgedPrice]:
    guarantees = guarantee_of(prices)
    return [JudgedPrice(one.pack, one.price, one.valid_from, guarantees[one.pk]) for one in prices]


class OwnWarungs(Endpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("Your warungs"), answers=OwnWarungShape, paged=True)
    def get(self, request: Request) -> Response:
        rows = warungs_of(self.member)
        return listed(page_of_rows(rows, name="toko.warungs", order=("name", "pk"), asked=self.asked), OwnWarungShape)


class Board(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("Orders of the warung, newest first"), answers=OrderShape, query=BoardQuery, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        rows = Order.objects.select_related("warung").filter(warung=self.warung(warung))
        if self.asked["state"]:
            rows = rows.filter(state=self.asked["state"])
        return listed(page_of_rows(rows, name="board", order=("-placed_at", "-pk"), asked=self.asked), OrderShape)


class BoardEndpoint(Endpoint):
    """An order of the warung that the address names."""

    def order(self, warung: UUID, number: str) -> Order:
        found = order_of_warung(self.member, number)
        if found.warung_id != self.warung(warung).pk:
            raise Http404("an order of their other warung")
        return found


class BoardOrder(BoardEndpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("One order of the warung"), answers=OrderDetailShape)
    def get(self, request: Request, warung: UUID, number: str) -> Response:
        return Response(OrderDetailShape(whole(self.order(warung, number))).data)


class Step(BoardEndpoint):
    """A step of an order that needs nothing but the tap."""

    step: ClassVar[Callable[..., Order]]

    def _take(self, warung: UUID, number: str) -> Response:
        order = type(self).step(order=self.order(warung, number), by=self.by)
        return Response(OrderDetailShape(whole(order)).data)


class AcceptOrder(Step):
    step = accept_order

    @operation(Scope.TOKO_WRITE, gettext_lazy("Promise to fill an order"), answers=OrderDetailShape, needs_key=True)
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        return self._take(warung, number)


class PackOrder(BoardEndpoint):
    @operation(
        Scope.TOKO_WRITE,
        gettext_lazy("The goods stand ready"),
        takes=PackedWish,
        answers=OrderDetailShape,
        needs_key=True,
        about=gettext_lazy("With what was weighed or left out, where that differs from the order."),
    )
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        found, told = self.order(warung, number), self.told.get("packed", [])
        by_pack = {line.pack_id: line.pk for line in found.lines.all()}
        if {one["pack"] for one in told} - by_pack.keys():
            raise BadWeight(_("This line is not part of the order. Look at it again."))
        packed = {by_pack[one["pack"]]: one["base_quantity"] for one in told}
        agreed = {by_pack[one["pack"]] for one in told if one["agreed"]}
        done = pack_order(order=found, packed=packed, agreed=agreed, by=self.by)
        return Response(OrderDetailShape(whole(done)).data)


class StandIns(BoardEndpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("What may come instead of a line"), answers=StandInShape, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID, number: str) -> Response:
        rows = stand_ins_of(self.order(warung, number))
        return listed(page_of_list(rows, name="stand_ins", key=_stand_in_key, asked=self.asked), StandInShape)


class ReplaceLine(BoardEndpoint):
    found: Order

    def find(self, *, warung: UUID, number: str, **names: Any) -> None:
        self.found = self.order(warung, number)

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Put something else in, where the customer allows it"), takes=InsteadWish,
        answers=OrderDetailShape, needs_key=True, about=gettext_lazy("It never costs more than what was ordered."),
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        told = self.told
        line = next((one.pk for one in self.found.lines.all() if one.pack_id == told["line"]), 0)
        replace_line(order=self.found, line_id=line, pack=pack_for(told["pack"]), quantity=told["quantity"], by=self.by)
        return Response(OrderDetailShape(whole(self.order(warung, number))).data)


class HandOver(Step):
    step = hand_over

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("The customer has the goods, the warung its money"), answers=OrderDetailShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        return self._take(warung, number)


class RefuseStep(BoardEndpoint):
    """A step of an order that needs a reason."""

    step: ClassVar[Callable[..., Order]]

    def _take(self, warung: UUID, number: str) -> Response:
        order = type(self).step(order=self.order(warung, number), reason=self.told["reason"], by=self.by)
        return Response(OrderDetailShape(whole(order)).data)


class RejectOrder(RefuseStep):
    step = reject_order

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Say why an order cannot be filled"), takes=ReasonWish, answers=OrderDetailShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        return self._take(warung, number)


class CallOff(RefuseStep):
    step = call_off

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Take the promise of an order back"), takes=ReasonWish, answers=OrderDetailShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        return self._take(warung, number)


class ReturnsHere(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("What customers want to bring back, newest first"), answers=ReturnShape, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        rows = Return.objects.filter(order__warung=self.here)
        return returns_of(rows, name="toko.returns", asked=self.asked)


class ReturnEndpoint(Endpoint):
    """A return to the warung that the address names."""

    back: Return

    def find(self, *, number: str, **names: Any) -> None:
        self.back = return_of_warung(self.member, number)
        if self.back.order.warung_id != self.here.pk:
            raise Http404("a return to their other warung")

    def answer(self, number: str) -> Response:
        return Response(ReturnShape(return_of_warung(self.member, number)).data)


class AcceptReturn(ReturnEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Take goods back"), takes=TakenBackWish, answers=ReturnShape, needs_key=True,
        about=gettext_lazy("The money goes to the customer's balance."),
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        packs = set(self.told.get("on_shelf", []))
        shelf = {line.line_id for line in self.back.lines.all() if line.line.pack_id in packs}
        accept_return(document=self.back, on_shelf=shelf, by=self.by)
        return self.answer(number)


class RefuseReturn(ReturnEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Say why goods are not taken back"), takes=ReasonWish, answers=ReturnShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        refuse_return(document=self.back, reason=self.told["reason"], by=self.by)
        return self.answer(number)


class WaitingPayments(Endpoint):
    @operation(
        Scope.TOKO_READ,
        gettext_lazy("Codes of your own QRIS that wait for your look at the phone"),
        answers=PaymentShape,
        paged=True,
    )
    def get(self, request: Request, warung: UUID) -> Response:
        rows = waiting_at(self.warung(warung))
        return listed(
            page_of_rows(rows, name="toko.payments", order=("created_at", "pk"), asked=self.asked), PaymentShape
        )


class PaymentEndpoint(Endpoint):
    """A payment of the warung that the address names."""

    def payment(self, warung: UUID, payment: UUID) -> Payment:
        found = payment_of_warung(self.member, payment)
        if found.warung_id != self.warung(warung).pk:
            raise Http404("a payment of their other warung")
        return found


class ConfirmPayment(PaymentEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("The money is there"), takes=ConfirmWish, answers=PaymentShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, payment: UUID) -> Response:
        found = self.payment(warung, payment)
        done = confirm_received(payment=found, by=self.by, amount=self.told["amount"])
        return Response(PaymentShape(done).data)


class DenyPayment(PaymentEndpoint):
    @operation(Scope.TOKO_WRITE, gettext_lazy("The money has not come"), answers=PaymentShape, needs_key=True)
    def post(self, request: Request, warung: UUID, payment: UUID) -> Response:
        return Response(PaymentShape(deny_received(payment=self.payment(warung, payment), by=self.by)).data)


class Sales(Endpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("Sales over the counter, newest first"), answers=SaleShape, paged=True)
    def get(self, request: Request, warung: UUID) -> Response:
        rows = CounterSale.objects.filter(warung=self.warung(warung))
        return listed(page_of_rows(rows, name="sales", order=("-at", "-pk"), asked=self.asked), SaleShape)

    @operation(
        Scope.TOKO_WRITE,
        gettext_lazy("Write down sales over the counter"),
        takes=SalesWish,
        answers=AppliedSalesShape,
        needs_key=True,
        about=gettext_lazy("Each for itself, once for its `id`: applied, duplicate, or refused with the reason."),
    )
    def post(self, request: Request, warung: UUID) -> Response:
        place = str(self.warung(warung).public_id)
        done = [apply_sale({**_sent(one), "warung": place}, self.member) for one in self.told["sales"]]
        return Response(AppliedSalesShape({"sales": done}).data)


class OwnPrices(Endpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("Prices of the warung"), answers=PriceShape, paged=True)
    def get(self, request: Request, warung: UUID) -> Response:
        rows = offers_of(self.warung(warung))
        page = page_of_rows(rows, name="toko.prices", order=("pack__product__name", "pk"), asked=self.asked)
        return listed(Page(judged(list(page.items)), page.next_cursor), PriceShape)

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Ask these prices from now on"), takes=PricesWish, answers=PublishedShape,
        about=gettext_lazy("Each price is judged for itself; those that do not undercut the market are told, with the reason."),
    )  # fmt: skip
    def put(self, request: Request, warung: UUID) -> Response:
        wished = self.told["prices"]
        packs = Pack.objects.select_related("product").in_bulk({one["pack"] for one in wished})
        if any(one["pack"] not in packs for one in wished):
            raise Http404("no such pack")
        done = publish_prices(
            warung=self.warung(warung),
            wishes=[PriceWished(packs[one["pack"]], one["price"]) for one in wished],
            by=self.by,
        )
        refused = [
            {"pack": pack, "code": error.code, "detail": str(error.message)} for pack, error in done.refusals.items()
        ]
        return Response(PublishedShape(SimpleNamespace(prices=judged(done.prices), refused=refused)).data)


class WithdrawPrice(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Offer a pack no longer"), takes=PackWish, status=204, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        withdraw_price(warung=self.warung(warung), pack=pack_for(self.told["pack"]))
        return Response(status=204)


class CountStock(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Write down what was counted"), takes=CountWish, answers=CountedShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, product: UUID) -> Response:
        location, found = location_of_warung(self.warung(warung)), product_for(product)
        difference = adjust(location=location, product=found, by=self.by, key=f"api:{self.key}", **self.told)
        level = StockLevel.objects.filter(location=location, product=found).first()
        level = level or StockLevel(location=location, product=found)
        return Response(CountedShape(SimpleNamespace(difference=difference, level=level)).data)


class StockMovements(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("How a product moved, newest first"), answers=StockMovementShape, paged=True
    )
    def get(self, request: Request, warung: UUID, product: UUID) -> Response:
        rows = movements_at(location_of_warung(self.warung(warung)), product_for(product).pk)
        return listed(page_of_rows(rows, name="movements", order=("-pk",), asked=self.asked), StockMovementShape)


class Hours(Endpoint):
    @staticmethod
    def _answer(warung: Warung) -> Response:
        return Response(HoursShape({"hours": list(warung.hours.all())}).data)

    @operation(Scope.TOKO_READ, gettext_lazy("Opening hours"), answers=HoursShape)
    def get(self, request: Request, warung: UUID) -> Response:
        return self._answer(self.warung(warung))

    @operation(Scope.TOKO_WRITE, gettext_lazy("Set the week's opening hours"), takes=HoursShape, answers=HoursShape)
    def put(self, request: Request, warung: UUID) -> Response:
        found = self.warung(warung)
        set_hours(warung=found, hours=[(one["weekday"], one["opens"], one["closes"]) for one in self.told["hours"]])
        return self._answer(found)


class OpenWarung(Endpoint):
    @operation(Scope.TOKO_WRITE, gettext_lazy("Open, or end the break"), answers=OwnWarungShape, needs_key=True)
    def post(self, request: Request, warung: UUID) -> Response:
        found = self.warung(warung)
        open_warung(warung=found, by=self.by)
        return Response(OwnWarungShape(found).data)


class PauseWarung(Endpoint):
    @operation(
        Scope.TOKO_WRITE,
        gettext_lazy("Take no orders for now"),
        takes=PauseWish,
        answers=OwnWarungShape,
        needs_key=True,
    )
    def post(self, request: Request, warung: UUID) -> Response:
        found = self.warung(warung)
        pause_warung(warung=found, by=self.by, reason=self.told["reason"])
        return Response(OwnWarungShape(found).data)


class Wholesale(Endpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("What the Satker sells to warungs"), answers=WholesaleShape, paged=True)
    def get(self, request: Request, warung: UUID) -> Response:
        self.warung(warung)
        rows = sorted(offers(the_satker()), key=_offer_key)
        return listed(page_of_list(rows, name="wholesale", key=_offer_key, asked=self.asked), WholesaleShape)


class Restocks(Endpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("Restocks, newest first"), answers=RestockShape, paged=True)
    def get(self, request: Request, warung: UUID) -> Response:
        rows = requests_of(self.warung(warung))
        return listed(page_of_rows(rows, name="restocks", order=("-asked_at", "-pk"), asked=self.asked), RestockShape)

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Ask the Satker for packs"), takes=RestockWish, answers=RestockDetailShape, status=201,
        needs_key=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        assert self.key is not None
        lines = [Wish(one["pack"], one["quantity"], one["price"]) for one in self.told["lines"]]
        asked = submit_restock(
            warung=self.warung(warung), key=self.key, lines=lines, by=self.by, note=self.told["note"]
        )
        return Response(RestockDetailShape(asked).data, status=201)


class RestockEndpoint(Endpoint):
    """A restock of the warung that the address names."""

    def restock(self, warung: UUID, number: str) -> RestockRequest:
        found = own_restock_for(self.member, number)
        if found.warung_id != self.warung(warung).pk:
            raise Http404("a restock of their other warung")
        return found


class OneRestock(RestockEndpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("One restock"), answers=RestockDetailShape)
    def get(self, request: Request, warung: UUID, number: str) -> Response:
        return Response(RestockDetailShape(self.restock(warung, number)).data)


class CancelRestock(RestockEndpoint):
    @operation(Scope.TOKO_WRITE, gettext_lazy("Cancel a restock"), answers=RestockDetailShape, needs_key=True)
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        found = cancel_restock(request=self.restock(warung, number), by=self.by)
        return Response(RestockDetailShape(found).data)


class ReceiveRestock(RestockEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Say what arrived"), takes=ArrivedWish, answers=RestockDetailShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        found = self.restock(warung, number)
        by_pack = {line.pack_id: line.pk for line in found.lines.all()}
        told = {one["pack"]: one["quantity"] for one in self.told["lines"]}
        if told.keys() - by_pack.keys() or len(told) != len(self.told["lines"]):
            raise BadPacks(_("This has a line that the request does not have. Look at it again."))
        quantities = {by_pack[pack]: quantity for pack, quantity in told.items()}
        return Response(RestockDetailShape(receive_restock(request=found, quantities=quantities, by=self.by)).data)


def _stand_in_key(price: WarungPrice) -> tuple[Any, ...]:
    return (price.pack.product.name, price.pack.order, price.pk)


def _offer_key(offer: Any) -> tuple[Any, ...]:
    return (offer.pack.product.name, offer.pack.pk)


def _sent(sale: dict[str, Any]) -> dict[str, Any]:
    """A checked sale as a till sends it."""
    customer = sale["customer"]
    return {
        **sale,
        "id": str(sale["id"]),
        "customer": str(customer) if customer else None,
        "at": sale["at"].isoformat(),
    }
