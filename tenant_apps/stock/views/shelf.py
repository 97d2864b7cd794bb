"""What lies on a warung's shelf or in the Satker's store room, counted by those who stand before it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.conversion import broken_down
from tenant_apps.catalog.models import Pack, Product, Use
from tenant_apps.catalog.selectors import product_for, search_products, traded_products
from tenant_apps.satker.selectors import the_satker
from tenant_apps.stock.forms import ArrivalForm, CountForm, MarkForm, PackTapForm
from tenant_apps.stock.models import StockLevel, StockLocation
from tenant_apps.stock.reasons import REASONS
from tenant_apps.stock.selectors import (
    expiring_at,
    is_low,
    levels_at,
    lot_for,
    lots_at,
    movements_at,
    openable_packs,
    openings_at,
    running_low,
    sold_lately,
    stocked_at,
    unopened_at,
)
from tenant_apps.stock.services import (
    Line,
    adjust,
    discard_lot,
    location_of_satker,
    location_of_warung,
    open_pack,
    receive,
    seal_packs,
    set_low_mark,
)
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenants.context import current_region
from tenants.forms import asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

A_PAGE = 30
MOST_FOUND = 60
# How far ahead the list of what expires may look, in days; the first is what it shows unasked.
AHEAD = (3, 7, 30)

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)
officers = roles_only(Role.SATKER)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Place:
    """Whose shelf the page shows: its template and the names of its addresses. `sells`: to customers."""

    shell: str
    list_url: str
    product_url: str
    sells: bool


TOKO = Place("warungs/toko/page.html", "stock:shelf", "stock:shelf_product", True)
SATKER = Place("ui/shell_work.html", "stock:store_room", "stock:store_room_product", False)


@at_the_warung
@require_safe
@at_counter
def shelf(request: CounterRequest) -> HttpResponse:
    """What is on the warung's shelf."""
    return _levels(request, location_of_warung(request.counter.warung), TOKO)


@at_the_warung
@read_or_send
@at_counter
def shelf_product(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """One product on the warung's shelf: count it, see how it moved."""
    return _product(request, location_of_warung(request.counter.warung), public_id, TOKO)


@at_the_warung
@require_POST
@at_counter
def arrive(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """Goods that did not come from the Satker."""
    found, location = product_for(public_id), location_of_warung(request.counter.warung)
    form = ArrivalForm(found, packs_of(found), openable_packs(found.pk), request.POST)
    if not form.is_valid():
        return _product_page(request, location, found, TOKO, arrival=form)
    told = form.cleaned_data
    pack = told.get("pack")
    line = Line(found.pk, told["quantity"], told["expires_on"], pack.pk if pack else None)
    try:
        receive(location=location, lines=[line], reference=f"shelf:{told['key']}", by=request.member.actor)
    except DomainError as refused:
        form.add_error("amount", refused.message)
        return _product_page(request, location, found, TOKO, arrival=form)
    messages.success(request, _("Saved."))
    return redirect("stock:shelf_product", public_id)


@at_the_warung
@require_POST
@at_counter
def open_one(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """Open a pack ("pecah kemasan")."""

    def act(location: StockLocation, pack: Pack, told: dict[str, Any]) -> str:
        open_pack(location=location, pack=pack, by=request.member.actor, key=str(told["key"]))
        return _("“%(pack)s” is open; its goods lie loose now.") % {"pack": pack.label}

    return _tap(request, public_id, act)


@at_the_warung
@require_POST
@at_counter
def seal(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """Packs are unopened: a tap that was a mistake, or something that nobody had written down."""

    def act(location: StockLocation, pack: Pack, told: dict[str, Any]) -> str:
        count = told["count"] or 1
        seal_packs(location=location, pack=pack, count=count, by=request.member.actor, key=str(told["key"]))
        return _("Saved.")

    return _tap(request, public_id, act)


def _tap(
    request: CounterRequest, public_id: UUID, act: Callable[[StockLocation, Pack, dict[str, Any]], str]
) -> HttpResponse:
    found, form = product_for(public_id), PackTapForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write down a quantity above zero."))
        return redirect("stock:shelf_product", public_id)
    pack = Pack.objects.select_related("product").filter(product=found, pk=form.cleaned_data["pack"]).first()
    if pack is None:
        raise Http404("no such pack")
    try:
        messages.success(request, act(location_of_warung(request.counter.warung), pack, form.cleaned_data))
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("stock:shelf_product", public_id)


@at_the_warung
@require_POST
@at_counter
def mark(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """When the owner wants to be told that it runs out."""
    found, location = product_for(public_id), location_of_warung(request.counter.warung)
    form = MarkForm(found, packs_of(found), None, request.POST)
    if form.is_valid():
        try:
            set_low_mark(location=location, product=found, low_at=form.cleaned_data.get("quantity"))
        except DomainError as refused:
            form.add_error("amount", refused.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("stock:shelf_product", public_id)
    return _product_page(request, location, found, TOKO, mark=form)


@at_the_warung
@require_safe
@at_counter
def expiring(request: CounterRequest) -> HttpResponse:
    """What goes bad within some days, and what has."""
    asked = request.GET.get("hari", "")
    days = next((one for one in AHEAD if str(one) == asked), AHEAD[0])
    today = clock.today(current_region().time_zone)
    lots = expiring_at(location_of_warung(request.counter.warung), today + timedelta(days=days))
    page = Paginator(lots, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "days": days, "ahead": AHEAD, "today": today, "key": uuid.uuid4()}
    return render(request, "stock/expiring.html", context)


@at_the_warung
@require_POST
@at_counter
def discard(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """Throw away what is left of a lot."""
    lot = lot_for(location_of_warung(request.counter.warung), public_id)
    try:
        gone = discard_lot(lot=lot, by=request.member.actor, key=f"{lot.public_id}:{_key(request)}")
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        told = {"product": lot.product.name}
        messages.success(
            request,
            _("%(product)s is written off.") % told if gone else _("%(product)s was written off already.") % told,
        )
    return (
        redirect("stock:expiring")
        if request.POST.get("from") == "list"
        else redirect("stock:shelf_product", lot.product.public_id)
    )


def _key(request: RegionRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as wrong:
        raise Http404("no such tap") from wrong


@officers
@require_safe
def store_room(request: RegionRequest) -> HttpResponse:
    """What lies in the Satker's store room."""
    return _levels(request, location_of_satker(the_satker()), SATKER)


@officers
@read_or_send
def store_room_product(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One product in the store room: count it, see how it moved."""
    return _product(request, location_of_satker(the_satker()), public_id, SATKER)


def _levels(request: RegionRequest, location: StockLocation, place: Place) -> HttpResponse:
    wanted, stocked = asked_text(request), stocked_at(location)
    here, low = stocked.count(), running_low(location) if place.sells else []
    tab = request.GET.get("tab", "")
    if tab not in ("all", "low") or (tab == "low" and not place.sells):
        tab = "here" if here else "all"
    rows: Any = stocked.filter(product__in=low) if tab == "low" else stocked
    if wanted:
        rows = search_products(wanted, MOST_FOUND)
    elif tab == "all":
        rows = traded_products()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    page.object_list = _with_levels(location, list(page.object_list))
    context = {"place": place, "page": page, "wanted": wanted, "tab": tab, "here": here, "low": low}
    if place.sells:
        soon = clock.today(current_region().time_zone) + timedelta(days=AHEAD[0])
        context["expiring"] = expiring_at(location, soon).count()
    return render(request, "stock/levels.html", context)


def _with_levels(
    location: StockLocation, found: Sequence[Product | StockLevel]
) -> list[tuple[Product, StockLevel | None]]:
    """Each product of a page with its level here, in as many queries for thirty as for one."""
    products = [one.product if isinstance(one, StockLevel) else one for one in found]
    levels = {level.product_id: level for level in found if isinstance(level, StockLevel)}
    if len(levels) < len(products):
        levels |= {level.product_id: level for level in levels_at(location).filter(product__in=products)}
    return [(product, levels.get(product.pk)) for product in products]


def packs_of(product: Product) -> list[Pack]:
    """All packs of a product, selling packs first."""
    return sorted(product.packs.all(), key=lambda pack: (pack.use != Use.SELL, pack.order, pack.pk))


def _product(request: RegionRequest, location: StockLocation, public_id: UUID, place: Place) -> HttpResponse:
    found = product_for(public_id)
    form = CountForm(found, packs_of(found), request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = form.cleaned_data
        try:
            difference = adjust(
                location=location,
                product=found,
                counted=told["quantity"],
                reason=told["reason"],
                by=request.member.actor,
                key=f"count:{told['key']}",
                note=told["note"],
            )
        except DomainError as refused:
            form.add_error("amount", refused.message)
        else:
            messages.success(request, _("Saved.") if difference else _("That is what was written down already."))
            return redirect(place.product_url, public_id)
    return _product_page(request, location, found, place, form=form)


def _product_page(
    request: RegionRequest,
    location: StockLocation,
    product: Product,
    place: Place,
    *,
    form: CountForm | None = None,
    arrival: ArrivalForm | None = None,
    mark: MarkForm | None = None,
) -> HttpResponse:
    level = StockLevel.objects.filter(location=location, product=product).first()
    level = level or StockLevel(location=location, product=product)
    packs, page = packs_of(product), Paginator(movements_at(location, product.pk), A_PAGE)
    page_now = page.get_page(request.GET.get("page"))
    openable, unopened = openable_packs(product.pk), unopened_at(location, product.pk)
    context: dict[str, Any] = {
        "place": place,
        "product": product,
        "level": level,
        "form": form or CountForm(product, packs),
        "page": page_now,
        "moved": [(one, REASONS.get(one.reason, one.reason)) for one in page_now],
        "breakdown": broken_down(level.on_hand, openable),
    }
    if place.sells:
        sold = sold_lately(location, product.pk).get(product.pk, 0)
        context |= {
            "arrival": arrival or ArrivalForm(product, packs, openable),
            "mark": mark or MarkForm(product, packs, level.low_at),
            "low": product.is_active and is_low(level, sold),
            "sold": sold,
            "packs": [(pack, unopened.get(pack.pk, 0)) for pack in openable],
            "sealable": [pack for pack in openable if pack.base_quantity <= level.loose],
            "lots": lots_at(location, product.pk),
            "openings": [(one, REASONS.get(one.reason, one.reason)) for one in openings_at(location, product.pk)],
            "today": clock.today(current_region().time_zone),
            "keys": [uuid.uuid4() for _one in range(3)],
        }
    return render(request, "stock/product.html", context)
