"""A citizen's own: profile, carts, orders, balance."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.accounts.selectors import profile_of
from tenant_apps.accounts.services.profiles import save_person, save_profile
from tenant_apps.api.documents import PARTS, pack_for, when_told, whole
from tenant_apps.api.endpoint import Endpoint, listed, operation
from tenant_apps.api.paging import Page, page_of_list, page_of_rows
from tenant_apps.api.scopes import Scope
from tenant_apps.api.shapes import (
    AgainShape,
    BalanceShape,
    CartLineWish,
    CartShape,
    ClaimableShape,
    ClaimShape,
    ClaimWish,
    MeShape,
    MeWish,
    MovementShape,
    OrderDetailShape,
    OrderShape,
    OrderWish,
    OwnPaymentShape,
    PlaceShape,
    PurchaseShape,
    PurchaseWish,
)
from tenant_apps.ledger.models import JournalLine
from tenant_apps.ledger.selectors import account_of, balance_of_citizen
from tenant_apps.orders.baskets import cart_at, carts_of
from tenant_apps.orders.models import Method, Purchase
from tenant_apps.orders.selectors import order_for, orders_of, purchase_for
from tenant_apps.orders.services.carting import change_line, empty_cart, fill_again
from tenant_apps.orders.services.filling import cancel_order
from tenant_apps.orders.services.placing import Address, SeenLine, Shopping, place_order, place_purchase
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.models import Payment
from tenant_apps.payments.selectors import payment_of
from tenant_apps.payments.services import claim_paid
from tenant_apps.payments.sources import SAVINGS, Agreed, agree
from tenant_apps.pricing.pictures import redrawn
from tenant_apps.pricing.purchases import BoughtLine
from tenant_apps.pricing.selectors import claims_of, own_claim_for
from tenant_apps.pricing.services import claimable_lines, submit_claim, withdraw_claim
from tenant_apps.warungs.selectors import shown_warung
from tenants.identity.phones import clean_phone


def _seen(lines: list[dict[str, Any]]) -> list[SeenLine]:
    return [SeenLine(one["pack"], one["quantity"], one["price"], one["may_replace"], one["note"]) for one in lines]


def _phone(told: dict[str, Any]) -> str:
    return clean_phone(told["phone"]) if told["phone"] else ""


def _address(told: dict[str, Any]) -> Address | None:
    address = told["address"]
    return Address(address["village"], address["street"], address["rw"], address["rt"]) if address else None


class Buying(Endpoint):
    """Orders that savings may pay."""

    agreed: Agreed | None = None

    def find(self, *args: Any, **names: Any) -> None:
        told = self.request.data
        if self.request.method == "POST" and isinstance(told, dict) and told.get("pay") == SAVINGS:
            # Before the transaction in which a POST's answer is kept: wrong tries must stay counted.
            self.agreed = agree(self.member.user, str(told.get("pin", "")))

    @property
    def pay(self) -> Pay:
        """Savings pay by way of the balance."""
        return Pay.BALANCE if self.told["pay"] == SAVINGS else Pay(self.told["pay"])


class Me(Endpoint):
    def _answer(self) -> Response:
        user = self.member.user
        me = SimpleNamespace(user=user, roles=sorted(self.member.roles), place=profile_of(user))
        return Response(MeShape(me).data)

    @operation(Scope.SHOP_READ, gettext_lazy("You"), answers=MeShape)
    def get(self, request: Request) -> Response:
        return self._answer()

    @operation(Scope.SHOP_WRITE, gettext_lazy("Change your name and language"), takes=MeWish, answers=MeShape)
    def put(self, request: Request) -> Response:
        save_person(user=self.member.user, **self.told)
        return self._answer()


class MyPlace(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("Where you live"), answers=PlaceShape)
    def get(self, request: Request) -> Response:
        return Response(PlaceShape(profile_of(self.member.user)).data)

    @operation(Scope.SHOP_WRITE, gettext_lazy("Say where you live"), takes=PlaceShape, answers=PlaceShape)
    def put(self, request: Request) -> Response:
        return Response(PlaceShape(save_profile(user=self.member.user, **self.told)).data)


class Carts(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("Your carts, one a warung"), answers=CartShape, paged=True)
    def get(self, request: Request) -> Response:
        rows = sorted(carts_of(self.member.user.public_id), key=lambda one: one.warung.slug)
        return listed(page_of_list(rows, name="carts", key=lambda one: (one.warung.slug,), asked=self.asked), CartShape)


class OneCart(Endpoint):
    def _answer(self, slug: str) -> Response:
        return Response(CartShape(cart_at(self.member.user.public_id, shown_warung(slug))).data)

    @operation(Scope.SHOP_READ, gettext_lazy("Your cart at a warung"), answers=CartShape)
    def get(self, request: Request, slug: str) -> Response:
        return self._answer(slug)

    @operation(
        Scope.SHOP_WRITE, gettext_lazy("Put a pack into the cart, change its number, take it out"), takes=CartLineWish,
        answers=CartShape, refusals=(409,),
    )  # fmt: skip
    def put(self, request: Request, slug: str) -> Response:
        change_line(
            key=self.member.user.public_id,
            warung=shown_warung(slug),
            pack_id=pack_for(self.told["pack"]).pk,
            quantity=self.told["quantity"],
        )
        return self._answer(slug)

    @operation(Scope.SHOP_WRITE, gettext_lazy("Empty the cart"), answers=CartShape)
    def delete(self, request: Request, slug: str) -> Response:
        empty_cart(key=self.member.user.public_id, warung=shown_warung(slug))
        return self._answer(slug)


class Orders(Buying):
    @operation(Scope.SHOP_READ, gettext_lazy("Your orders, newest first"), answers=OrderShape, paged=True)
    def get(self, request: Request) -> Response:
        page = page_of_rows(orders_of(self.member.user), name="orders", order=("-placed_at", "-pk"), asked=self.asked)
        return listed(page, OrderShape)

    @operation(
        Scope.SHOP_WRITE, gettext_lazy("Order at one warung"), takes=OrderWish, answers=OrderDetailShape, status=201, needs_key=True,
        about=gettext_lazy("With the prices that you showed. When anything moved since, nothing is ordered and the problem names"
        " every line (`basket_moved`). With `savings`, exactly the total leaves your savings in the same step, or nothing at all"
        " (`savings_short`, `outside_terms`, `pin_wrong`, `pin_locked`, `pin_missing`)."),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        told = self.told
        assert self.key is not None
        order = place_order(
            customer=self.member.user,
            warung=shown_warung(told["warung"]),
            key=self.key,
            lines=_seen(told["lines"]),
            method=Method(told["method"]),
            name=told["name"],
            phone=_phone(told),
            address=_address(told),
            fee=told["fee"],
            note=told["note"],
            pay=self.pay,
            agreed=self.agreed,
            when=when_told(told["when"]),
            by=self.by,
        )
        return Response(OrderDetailShape(whole(order)).data, status=201)


class Purchases(Buying):
    @operation(
        Scope.SHOP_WRITE,
        gettext_lazy("Order at several warungs in one tap"),
        takes=PurchaseWish,
        answers=PurchaseShape,
        status=201,
        needs_key=True,
        about=gettext_lazy(
            "One order a warung. When one warung cannot fill it as you showed it, nothing is ordered anywhere"
            " (`purchase_moved`). Savings pay all of them together, or nothing."
        ),
    )
    def post(self, request: Request) -> Response:
        told = self.told
        assert self.key is not None
        purchase = place_purchase(
            customer=self.member.user,
            key=self.key,
            shops=[
                Shopping(
                    shown_warung(one["warung"]),
                    _seen(one["lines"]),
                    Method(one["method"]),
                    one["fee"],
                    one["note"],
                    when_told(one["when"]),
                )
                for one in told["shops"]
            ],
            name=told["name"],
            phone=_phone(told),
            address=_address(told),
            pay=self.pay,
            agreed=self.agreed,
            by=self.by,
        )
        return Response(PurchaseShape(_whole(purchase)).data, status=201)


class OnePurchase(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("One of your purchases with its orders"), answers=PurchaseShape)
    def get(self, request: Request, number: str) -> Response:
        return Response(PurchaseShape(_whole(purchase_for(self.member, number))).data)


class OrderPayment(Endpoint):
    def payment(self, number: str) -> Payment:
        found = payment_of(order_for(self.member, number).reference)
        if found is None:
            raise Http404("nothing to pay")
        return found

    @operation(Scope.SHOP_READ, gettext_lazy("How an order is paid, with its QRIS code"), answers=OwnPaymentShape)
    def get(self, request: Request, number: str) -> Response:
        return Response(OwnPaymentShape(self.payment(number)).data)

    @operation(
        Scope.SHOP_WRITE, gettext_lazy("Say that you have paid the code"), answers=OwnPaymentShape, needs_key=True
    )
    def post(self, request: Request, number: str) -> Response:
        return Response(OwnPaymentShape(claim_paid(payment=self.payment(number), by=self.by)).data)


class Claims(Endpoint):
    @operation(
        Scope.SHOP_READ, gettext_lazy("Your claims of a lower price, newest first"), answers=ClaimShape, paged=True
    )
    def get(self, request: Request) -> Response:
        rows = claims_of(self.member.user)
        return listed(page_of_rows(rows, name="claims", order=("-pk",), asked=self.asked), ClaimShape)

    @operation(
        Scope.SHOP_WRITE,
        gettext_lazy("Claim that something costs less elsewhere"),
        takes=ClaimWish,
        answers=ClaimShape,
        status=201,
        needs_key=True,
    )
    def post(self, request: Request) -> Response:
        told = dict(self.told)
        try:
            photo = base64.b64decode(told.pop("photo"), validate=True)
        except ValueError as wrong:
            raise ValidationError({"photo": [_("This is not base64.")]}) from wrong
        drawn = redrawn(SimpleUploadedFile("photo", photo))
        return Response(ClaimShape(submit_claim(user=self.member.user, photo=drawn, **told)).data, status=201)


class ClaimableLines(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("What you bought and can claim"), answers=ClaimableShape, paged=True)
    def get(self, request: Request) -> Response:
        rows = sorted(claimable_lines(self.member.user), key=_claim_key)
        return listed(page_of_list(rows, name="claimable", key=_claim_key, asked=self.asked), ClaimableShape)


class OneClaim(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("One of your claims"), answers=ClaimShape)
    def get(self, request: Request, claim: UUID) -> Response:
        return Response(ClaimShape(own_claim_for(self.member.user, claim)).data)


class WithdrawClaim(Endpoint):
    @operation(Scope.SHOP_WRITE, gettext_lazy("Take a claim back"), answers=ClaimShape, needs_key=True)
    def post(self, request: Request, claim: UUID) -> Response:
        found = withdraw_claim(claim=own_claim_for(self.member.user, claim), by=self.by)
        return Response(ClaimShape(found).data)


class OneOrder(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("One of your orders"), answers=OrderDetailShape)
    def get(self, request: Request, number: str) -> Response:
        return Response(OrderDetailShape(whole(order_for(self.member, number))).data)


class CancelOrder(Endpoint):
    @operation(Scope.SHOP_WRITE, gettext_lazy("Cancel an order"), answers=OrderDetailShape, needs_key=True)
    def post(self, request: Request, number: str) -> Response:
        order = cancel_order(order=order_for(self.member, number), by=self.by)
        return Response(OrderDetailShape(whole(order)).data)


class OrderAgain(Endpoint):
    @operation(
        Scope.SHOP_WRITE, gettext_lazy("Put the goods of an order into the cart again"), answers=AgainShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        order, key = order_for(self.member, number), self.member.user.public_id
        gone = fill_again(key=key, order=order)
        told = SimpleNamespace(cart=cart_at(key, order.warung), no_longer_sold=[line.product_name for line in gone])
        return Response(AgainShape(told).data)


class Balance(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("Your WARSA balance"), answers=BalanceShape)
    def get(self, request: Request) -> Response:
        return Response({"amount": balance_of_citizen(self.member.user)})


class Statement(Endpoint):
    @operation(
        Scope.SHOP_READ,
        gettext_lazy("What came and went on your balance, newest first"),
        answers=MovementShape,
        paged=True,
    )
    def get(self, request: Request) -> Response:
        account = account_of(self.member.user)
        if account is None:
            return listed(Page([], None), MovementShape)
        rows = JournalLine.objects.select_related("entry").filter(account=account)
        return listed(page_of_rows(rows, name="statement", order=("-pk",), asked=self.asked), MovementShape)


def _whole(purchase: Purchase) -> SimpleNamespace:
    """A purchase with its orders, in the order in which they were placed."""
    orders = purchase.orders.select_related("warung").prefetch_related(*PARTS).order_by("pk")
    return SimpleNamespace(number=purchase.number, placed_at=purchase.placed_at, orders=orders)


def _claim_key(line: BoughtLine) -> tuple[Any, ...]:
    """Newest first; unique."""
    return (-line.bought_at.timestamp(), line.line)
