"""A whole belanja: ordering at several warungs in one tap, and how all of it stands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.services.passkeys import has_passkey
from tenant_apps.orders.baskets import Basket, carts_of
from tenant_apps.orders.errors import BasketMoved, FeeMoved, PurchaseMoved
from tenant_apps.orders.forms import BuyerForm, ShopForm, chosen_time, seen_lines
from tenant_apps.orders.models import Method
from tenant_apps.orders.selectors import progress_of, purchase_for
from tenant_apps.orders.services.placing import Address, SeenLine, Shopping, place_purchase
from tenant_apps.orders.views.baskets import known_of, next_page_of, reached, remember_address, seen_basket, tap_key
from tenant_apps.orders.views.visitor import cart_key
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.services import ways_to_pay
from tenant_apps.payments.sources import purse_of
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import shown_warungs
from tenants.access import signed_in
from tenants.identity.models import User
from tenants.identity.passkeys import site_of
from tenants.kernel.errors import DomainError

# More shops than anybody walks to.
MOST_SHOPS = 20


@dataclass
class Stall:
    """One warung of the checkout page."""

    basket: Basket
    form: ShopForm
    taken: bool = True
    problem: str = ""
    fee_moved: FeeMoved | None = None

    @property
    def warung(self) -> Warung:
        return self.basket.warung


@signed_in
@never_cache
@sensitive_post_parameters("pin")
def checkout(request: RegionRequest) -> HttpResponse:
    """Every cart on one page, ordered in one tap. When something moved, the same page shows everything that did."""
    purse = purse_of(request.member.user)
    if request.method != "POST":
        known = known_of(request)
        carts = carts_of(cart_key(request))[:MOST_SHOPS]
        stalls = [_stall(reached(now, known), None) for now in carts if now.orderable]
        form = BuyerForm(_ways([one.warung for one in stalls], request.member.user), purse, initial=known)
        return _page(request, stalls, form, uuid.uuid4())
    key = tap_key(request)
    slugs = request.POST.getlist("shown")[:MOST_SHOPS]
    shown = list(shown_warungs().filter(slug__in=slugs))
    taken = {warung for warung in shown if warung.slug in request.POST.getlist("shop")}
    form = BuyerForm(_ways(list(taken), request.member.user), purse, request.POST)
    seen: dict[Warung, list[SeenLine]] = {}
    stalls = []
    try:
        for warung in shown:
            seen[warung] = seen_lines(request.POST.getlist(f"line-{warung.slug}"), request.POST, f"{warung.slug}-")
    except DomainError as refusal:
        form.add_error(None, str(refusal.message))
    forms = {warung: ShopForm(warung, request.POST, prefix=warung.slug) for warung in shown}
    refusals: dict[int, DomainError] = {}
    if key is None:
        form.add_error(None, _("This page was open too long. Look at it again and order."))
    elif not taken:
        form.add_error(None, _("Choose at least one warung to order at."))
    elif all([form.is_valid(), *(forms[warung].is_valid() for warung in taken)]):
        ways = {warung: Method(forms[warung].cleaned_data["method"]) for warung in taken}
        if Method.DELIVERY in ways.values():
            form.need_address()
        if form.is_valid() and form.is_agreed(request, request.member.user):
            try:
                return _placed(request, key, {w: seen[w] for w in taken}, forms, form)
            except PurchaseMoved as moved:
                refusals = moved.shops
                form.add_error(None, str(moved.message))
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
    for warung in shown:
        warung.refresh_from_db()
        basket = reached(seen_basket(request, warung, seen.get(warung, [])), form.cleaned_data)
        stalls.append(_stall(basket, forms[warung], warung in taken, refusals.get(warung.pk)))
    return _page(request, stalls, form, key or uuid.uuid4())


def _stall(basket: Basket, form: ShopForm | None, taken: bool = True, refusal: DomainError | None = None) -> Stall:
    warung = basket.warung
    own = form or ShopForm(warung, prefix=warung.slug)
    stall = Stall(basket, own, taken and (form is not None or basket.opening.is_open))
    if isinstance(refusal, BasketMoved):
        stall.fee_moved = refusal.fee
    if refusal is not None:
        stall.problem = str(refusal.message)
    return stall


def _ways(warungs: list[Warung], payer: User) -> list[Pay]:
    """What any of these warungs takes: who is ticked decides, and a warung that does not take it says so."""
    known = {way for warung in warungs for way in ways_to_pay(warung, payer)} | {Pay.CASH}
    return [way for way in Pay if way in known]


def _placed(
    request: RegionRequest,
    key: UUID,
    seen: dict[Warung, list[SeenLine]],
    forms: dict[Warung, ShopForm],
    buyer: BuyerForm,
) -> HttpResponse:
    told: dict[str, Any] = buyer.cleaned_data
    shops = []
    for warung, lines in seen.items():
        own = forms[warung].cleaned_data
        when = chosen_time(own.get("when", ""))
        shops.append(Shopping(warung, lines, Method(own["method"]), own["fee"] or 0, own["note"], when))
    address = None
    if any(shop.method == Method.DELIVERY for shop in shops):
        address = Address(told["village"], told["street"], told["rw"], told["rt"])
    purchase = place_purchase(
        customer=request.member.user,
        key=key,
        shops=shops,
        name=told["name"],
        phone=told["phone"],
        address=address,
        pay=told["pay"],
        by=request.member.actor,
        agreed=buyer.agreed,
    )
    remember_address(request, address)
    return redirect(next_page_of(list(purchase.orders.select_related("purchase", "warung"))))


def _page(request: RegionRequest, stalls: list[Stall], form: BuyerForm, key: UUID) -> HttpResponse:
    context = {
        "stalls": stalls,
        "form": form,
        "has_passkey": "pin" in form.fields and has_passkey(request.member.user, site_of(request)),
        "key": key,
        "delivers": any(stall.warung.delivers for stall in stalls),
        "goods_total": sum(stall.basket.goods_total for stall in stalls if stall.taken),
    }
    return render(request, "orders/checkout_all.html", context, status=409 if request.method == "POST" else 200)


@signed_in
@never_cache
@require_safe
def purchase(request: RegionRequest, number: str) -> HttpResponse:
    """All orders of one tap, and how they stand together."""
    found = purchase_for(request.member, number)
    return render(request, "orders/purchase.html", {"purchase": found, "progress": progress_of(found)})
