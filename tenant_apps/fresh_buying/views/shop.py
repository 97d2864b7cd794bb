"""What citizens and warungs pre-order."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.services.passkeys import has_passkey
from tenant_apps.fresh_buying.forms import PreOrderForm, Written, written
from tenant_apps.fresh_buying.selectors.goods import (
    Offer,
    offers_on_order,
    open_days_on_order,
    stand_on_order,
    stands_on_order,
)
from tenant_apps.fresh_buying.selectors.preorders import own_preorder, preorders_of_customer
from tenant_apps.fresh_buying.selectors.trips import ordered_lines
from tenant_apps.fresh_buying.services import Buyer, cancel_preorder, place_preorder
from tenant_apps.fresh_buying.services.ordering import WAYS_TO_PAY
from tenant_apps.orders.forms import chosen_time
from tenant_apps.orders.models import Method
from tenant_apps.orders.services.placing import Address
from tenant_apps.orders.views.baskets import known_of, remember_address
from tenant_apps.payments.services import ways_to_pay
from tenant_apps.payments.sources import purse_of
from tenant_apps.warungs.delivering import OpenDay, reach_of
from tenant_apps.warungs.models import Warung, WarungState
from tenant_apps.warungs.selectors import owns, warungs_of
from tenants.access import public_page, signed_in
from tenants.identity.passkeys import site_of
from tenants.kernel.errors import DomainError

A_PAGE = 20


@public_page
@require_safe
def preorders(request: RegionRequest) -> HttpResponse:
    """Where something can be pre-ordered, and what the person has pre-ordered."""
    stands = [(stand, open_days_on_order(stand)) for stand in stands_on_order()]
    page = None
    if request.member.is_signed_in:
        page = Paginator(preorders_of_customer(request.member), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "fresh_buying/preorders.html", {"stands": stands, "page": page})


@signed_in
@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: RegionRequest, slug: str) -> HttpResponse:
    """Goods and everything that goes with them on one page, and the tap itself."""
    stand = stand_on_order(slug)
    days = open_days_on_order(stand) if stand.state == WarungState.OPEN else []
    offers = offers_on_order(stand, days)
    user = request.member.user
    warungs = [one for one in warungs_of(request.member) if owns(request.member, one)]
    ways, purse = [way for way in ways_to_pay(stand, user) if way in WAYS_TO_PAY], purse_of(user)
    if request.method != "POST":
        known = known_of(request)
        reach = reach_of(stand, known.get("village", ""), known.get("rw"))
        initial = {**known, "key": uuid.uuid4(), "fee": reach.fee if reach else 0}
        form = PreOrderForm(stand, warungs, ways, purse, days, initial=initial)
        return _page(request, stand, days, offers, form, Written({}, {}))
    form = PreOrderForm(stand, warungs, ways, purse, days, request.POST)
    wanted = written(request.POST)
    if wanted.unreadable:
        form.add_error(None, _("Write whole numbers."))
    if form.is_valid() and not wanted.unreadable and form.is_agreed(request, user):
        fee = None
        try:
            found = _place(request, stand, form, wanted)
        except DomainError as refusal:
            form.add_error(None, str(refusal.message))
            if "fee" in refusal.context:
                # The next tap is for what the page shows now.
                fee = refusal.context["fee"]
            return _page(request, stand, days, offers, form, wanted, status=refusal.status, fee=fee)
        messages.success(request, _("Pre-order %(number)s is noted.") % {"number": found.number})
        return redirect("fresh_buying:preorder", found.number)
    return _page(request, stand, days, offers, form, wanted, status=400)


@signed_in
@never_cache
@require_safe
def preorder(request: RegionRequest, number: str) -> HttpResponse:
    """One pre-order of the person."""
    found = own_preorder(request.member, number)
    context = {"preorder": found, "lines": ordered_lines(found), "history": found.history.all()}
    return render(request, "fresh_buying/preorder.html", context)


@signed_in
@require_POST
def cancel(request: RegionRequest, number: str) -> HttpResponse:
    """The person no longer wants it."""
    found = own_preorder(request.member, number)
    try:
        cancel_preorder(preorder=found, by=request.member.actor)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Pre-order %(number)s is cancelled.") % {"number": found.number})
    return redirect("fresh_buying:preorder", number)


def _place(request: RegionRequest, stand: Warung, form: PreOrderForm, wanted: Written) -> Any:
    told = form.cleaned_data
    address = None
    if told["method"] == Method.DELIVERY:
        address = Address(told["village"], told["street"], told["rw"], told["rt"])
    when = chosen_time(told.get("when", ""))
    if when is None:
        raise DomainError(_("Choose when you want it."))
    found = place_preorder(
        stand=stand,
        key=told["key"],
        buyer=Buyer(
            user=request.member.user,
            name=told["name"],
            phone=told["phone"],
            method=Method(told["method"]),
            pay=told["pay"],
            address=address,
            fee=told["fee"] or 0,
            note=told["note"],
            for_warung=form.chosen_warung(),
            agreed=form.agreed,
        ),
        when=when,
        wishes=list(wanted.wishes.values()),
        agrees_to_more=told["agrees"],
        by=request.member.actor,
    )
    remember_address(request, address)
    return found


@dataclass(frozen=True)
class Row:
    """A pack on the page: the offer, and what was written for it."""

    offer: Offer
    value: str

    @property
    def section(self) -> str:
        return self.offer.good.section


def _page(
    request: RegionRequest,
    stand: Warung,
    days: list[OpenDay],
    offers: list[Offer],
    form: PreOrderForm,
    wanted: Written,
    status: int = 200,
    fee: int | None = None,
) -> HttpResponse:
    values = {pack: str(wish.quantity) for pack, wish in wanted.wishes.items()} | wanted.unreadable
    rows = [Row(offer, values.get(offer.price.pack_id, "")) for offer in offers]
    total = sum(
        row.offer.price.price * wish.quantity for row in rows if (wish := wanted.wishes.get(row.offer.price.pack_id))
    )
    context = {
        "stand": stand,
        "days": days,
        "rows": rows,
        "has_passkey": "pin" in form.fields and has_passkey(request.member.user, site_of(request)),
        "form": form,
        "total": total,
        "fee": _rupiah(form["fee"].value()) if fee is None else fee,
    }
    return render(request, "fresh_buying/order.html", context, status=status)


def _rupiah(value: Any) -> int:
    """The fee of the form, which may be what somebody typed into an address bar."""
    text = str(value if value is not None else "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0
