"""Filling a cart and ordering what is in it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.selectors import profile_of
from tenant_apps.accounts.services.passkeys import has_passkey
from tenant_apps.accounts.services.profiles import save_profile
from tenant_apps.catalog.models import Pack
from tenant_apps.orders.baskets import Basket, basket, brought_to, cart_at, carts_of, glance, in_carts
from tenant_apps.orders.errors import BadLine, BasketMoved, FeeMoved, NotOffered
from tenant_apps.orders.forms import CartForm, CheckoutForm, chosen_time, seen_lines
from tenant_apps.orders.models import MOST_OF_A_PACK, Method, Order, OrderState
from tenant_apps.orders.selectors import last_phone_of
from tenant_apps.orders.services.carting import change_line, put_in_cart
from tenant_apps.orders.services.placing import Address, SeenLine, place_order
from tenant_apps.orders.shelves import goods_of
from tenant_apps.orders.views.visitor import cart_key, new_cart_key, place_of, way_back
from tenant_apps.payments.services import payment_of, ways_to_pay
from tenant_apps.payments.sources import Agreed, purse_of
from tenant_apps.pricing.selectors import offers_of
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import shown_warung
from tenants.access import public_page, signed_in
from tenants.identity.passkeys import site_of
from tenants.kernel.errors import DomainError
from tenants.kernel.uuids import uuid_or_none


def _asked(request: RegionRequest) -> tuple[int, int]:
    """The id of the pack and the number that a form names.

    Raises:  BadLine; Http404 for what cannot be a pack.
    """
    form = CartForm(request.POST)
    if not form.is_valid():
        if "pack" in form.errors:
            raise Http404("no such pack")
        raise BadLine(_("Choose a number from 1 to %(most)s.") % {"most": MOST_OF_A_PACK})
    return form.cleaned_data["pack"], form.cleaned_data["quantity"]


def _fill(request: RegionRequest, warung: Warung, *, exactly: bool) -> tuple[int, int]:
    """What a form names lies in the cart: so many, or so many more. Returns the id of the pack and the number.

    Raises:  BadLine, NotOffered; Http404 for what is no pack.
    """
    pack_id, quantity = _asked(request)
    change = change_line if exactly else put_in_cart
    try:
        change(key=new_cart_key(request), warung=warung, pack_id=pack_id, quantity=quantity)
    except NotOffered:
        if not Pack.objects.filter(pk=pack_id).exists():
            raise Http404("no such pack") from None
        raise
    return pack_id, quantity


def _refused(request: RegionRequest, refusal: DomainError, back: str) -> HttpResponse:
    """The refusal on the page that the form came from; htmx shows it itself."""
    if request.headers.get("HX-Request"):
        raise refusal
    messages.error(request, str(refusal.message))
    return redirect(back)


@public_page
@require_POST
def put(request: RegionRequest, slug: str) -> HttpResponse:
    """A tile of a shelf: the first ones go into the cart, or the number in it changes."""
    warung = shown_warung(slug)
    try:
        pack_id, quantity = _fill(request, warung, exactly="change" in request.POST)
    except DomainError as refusal:
        return _refused(request, refusal, way_back(request, f"/warung/{warung.slug}/"))
    if not request.headers.get("HX-Request"):
        return redirect(way_back(request, f"/warung/{warung.slug}/"))
    key = cart_key(request)
    context: dict[str, Any] = {"warung": warung, "glance": glance(key), "here": way_back(request, "")}
    if "change" in request.POST and quantity:
        # The tile shows the number already; leaving it alone leaves the focus where it is.
        return reswap(render(request, "orders/_put.html", context), "none")
    # Prices as shelves read them, for the tile shows the category as well.
    offers = list(offers_of(warung).filter(pack=pack_id))
    context |= {"good": next(iter(goods_of(offers, in_carts(key))), None), "fresh": True}
    return render(request, "orders/_put.html", context)


@public_page
@require_safe
def carts(request: RegionRequest) -> HttpResponse:
    """Every cart of this person, one a warung."""
    return render(request, "orders/carts.html", {"baskets": carts_of(cart_key(request))})


@public_page
@require_POST
def change(request: RegionRequest, slug: str) -> HttpResponse:
    """Another number in a cart; 0 takes the line out."""
    warung = shown_warung(slug)
    try:
        pack_id, quantity = _fill(request, warung, exactly=True)
    except DomainError as refusal:
        return _refused(request, refusal, "/keranjang/")
    if not request.headers.get("HX-Request"):
        return redirect("orders:carts")
    now = cart_at(cart_key(request), warung)
    if quantity:
        # Only what the number changes: the focus stays on it.
        return reswap(
            render(request, "orders/_changed.html", {"basket": now, "pack_id": pack_id, "swap": True}), "none"
        )
    return render(request, "orders/_cart.html", {"basket": now})


@signed_in
@never_cache
@sensitive_post_parameters("pin")
def checkout(request: RegionRequest, slug: str) -> HttpResponse:
    """The last page before ordering at one warung, and the tap itself. When something moved, the same page shows what."""
    warung = shown_warung(slug)
    ways, purse = ways_to_pay(warung, request.member.user), purse_of(request.member.user)
    if request.method != "POST":
        now = cart_at(cart_key(request), warung)
        known = known_of(request)
        form = CheckoutForm(warung, ways, purse, initial=known)
        return _checkout_page(request, reached(now, known), form, uuid.uuid4())
    key = tap_key(request)
    form = CheckoutForm(warung, ways, purse, request.POST)
    lines: list[SeenLine] = []
    fee: FeeMoved | None = None
    try:
        lines = seen_lines(request.POST.getlist("line"), request.POST)
        if key is None:
            form.add_error(None, _("This page was open too long. Look at it again and order."))
        elif form.is_valid() and form.is_agreed(request, request.member.user):
            return redirect(next_page_of([_place(request, warung, key, lines, form.cleaned_data, form.agreed)]))
    except BasketMoved as refusal:
        fee = refusal.fee
        form.add_error(None, str(refusal.message))
    except DomainError as refusal:
        form.add_error(None, str(refusal.message))
        if "moved" in refusal.context:
            form.add_error(None, str(refusal.context["moved"].message))
    warung.refresh_from_db()
    now = reached(seen_basket(request, warung, lines), form.cleaned_data)
    return _checkout_page(request, now, form, key or uuid.uuid4(), fee)


def reached(now: Basket, told: Mapping[str, Any]) -> Basket:
    """The basket with the fee to where its customer says that they live."""
    return brought_to(now, told.get("village") or "", told.get("rw"))


def next_page_of(orders: Sequence[Order]) -> str:
    """Where ordering leads: to the code that waits for its money, to the order, or to all orders of the purchase."""
    if len(orders) > 1 and orders[0].purchase is not None:
        return reverse("orders:purchase", args=[orders[0].purchase.number])
    payment = payment_of(orders[0].reference) if orders[0].state == OrderState.UNPAID else None
    if payment is not None:
        return reverse("payments:pay", args=[payment.public_id])
    return reverse("orders:order", args=[orders[0].number])


def tap_key(request: RegionRequest) -> UUID | None:
    """The key of this tap, made when the page was shown; None for what no page of ours sends."""
    return uuid_or_none(request.POST.get("key", ""))


def _place(
    request: RegionRequest,
    warung: Warung,
    key: UUID,
    lines: list[SeenLine],
    told: dict[str, Any],
    agreed: Agreed | None,
) -> Order:
    user = request.member.user
    address = None
    if told["method"] == Method.DELIVERY:
        address = Address(told["village"], told["street"], told["rw"], told["rt"])
    order = place_order(
        customer=user,
        warung=warung,
        key=key,
        lines=lines,
        method=Method(told["method"]),
        name=told["name"],
        phone=told["phone"],
        address=address,
        fee=told["fee"] or 0,
        note=told["note"],
        pay=told["pay"],
        when=chosen_time(told.get("when", "")),
        by=request.member.actor,
        agreed=agreed,
    )
    remember_address(request, address)
    return order


def remember_address(request: RegionRequest, address: Address | None) -> None:
    """Nobody has to write it twice."""
    if address is not None:
        save_profile(
            user=request.member.user,
            village_code=address.village_code,
            rw=address.rw,
            rt=address.rt,
            address=address.street,
        )


def known_of(request: RegionRequest) -> dict[str, Any]:
    """What the form need not ask again."""
    user = request.member.user
    profile = profile_of(user)
    place = place_of(request, profile)
    known: dict[str, Any] = {"name": user.name, "phone": user.phone or last_phone_of(user), "street": profile.address}
    if place is not None:
        known |= {"village": place.village_code, "rw": place.rw, "rt": place.rt}
        if profile.village_code and profile.village_code != place.village_code:
            known["street"] = ""
    return known


def seen_basket(request: RegionRequest, warung: Warung, lines: list[SeenLine]) -> Basket:
    """What the customer tried to order, as it can be had now; their cart, when the form named nothing."""
    packs = Pack.objects.select_related("product").in_bulk([line.pack_id for line in lines])
    wanted = [(packs[line.pack_id], line.quantity) for line in lines if line.pack_id in packs]
    if not wanted:
        return cart_at(cart_key(request), warung)
    now = basket(warung, wanted, {line.pack_id: line.price for line in lines})
    said = {line.pack_id: line for line in lines}
    kept = (
        replace(line, may_replace=said[line.pack.pk].may_replace, note=said[line.pack.pk].note) for line in now.lines
    )
    return replace(now, lines=tuple(kept))


def _checkout_page(
    request: RegionRequest, now: Basket, form: CheckoutForm, key: UUID, fee_moved: FeeMoved | None = None
) -> HttpResponse:
    context = {
        "basket": now,
        "warung": now.warung,
        "opening": now.opening,
        "form": form,
        "key": key,
        "has_passkey": "pin" in form.fields and has_passkey(request.member.user, site_of(request)),
        "fee_moved": fee_moved,
        "village": dict(form.fields["village"].choices).get(now.warung.village_code, ""),  # type: ignore[attr-defined]
    }
    return render(request, "orders/checkout.html", context, status=409 if form.errors else 200)
