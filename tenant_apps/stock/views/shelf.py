"""What lies on a warung's shelf or in the Satker's store room, counted by those who stand before it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Product, Use
from tenant_apps.catalog.selectors import product_for, search_products, traded_products
from tenant_apps.satker.selectors import the_satker
from tenant_apps.stock.forms import CountForm
from tenant_apps.stock.models import StockLevel, StockLocation
from tenant_apps.stock.reasons import REASONS
from tenant_apps.stock.selectors import levels_at, movements_at
from tenant_apps.stock.services import adjust, location_of_satker, location_of_warung
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

A_PAGE = 30
MOST_FOUND = 60

at_the_warung = roles_only(Role.OWNER, Role.STAFF)
officers = roles_only(Role.SATKER)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Place:
    """Whose shelf the page shows: its template and the names of its addresses."""

    shell: str
    list_url: str
    product_url: str


TOKO = Place("warungs/toko/page.html", "stock:shelf", "stock:shelf_product")
SATKER = Place("ui/shell_work.html", "stock:store_room", "stock:store_room_product")


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
    wanted = asked_text(request)
    levels = {level.product_id: level for level in levels_at(location)}
    stocked = [level.product for level in levels.values() if level.on_hand or level.product.is_active]
    tab = "all" if request.GET.get("tab") == "all" or not stocked else "here"
    products = search_products(wanted, MOST_FOUND) if wanted else list(traded_products()) if tab == "all" else stocked
    page = Paginator([(one, levels.get(one.pk)) for one in products], A_PAGE).get_page(request.GET.get("page"))
    context = {"place": place, "page": page, "wanted": wanted, "tab": tab, "here": len(stocked)}
    return render(request, "stock/levels.html", context)


def _product(request: RegionRequest, location: StockLocation, public_id: UUID, place: Place) -> HttpResponse:
    found = product_for(public_id)
    packs = sorted(found.packs.all(), key=lambda pack: (pack.use != Use.SELL, pack.order, pack.pk))
    form = CountForm(found, packs, request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = form.cleaned_data
        try:
            difference = adjust(
                location=location,
                product=found,
                counted=told["counted"],
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
    return _product_page(request, location, found, form, place)


def _product_page(
    request: RegionRequest, location: StockLocation, product: Product, form: CountForm, place: Place
) -> HttpResponse:
    level = StockLevel.objects.filter(location=location, product=product).first()
    page = Paginator(movements_at(location, product.pk), A_PAGE).get_page(request.GET.get("page"))
    moved = [(one, REASONS.get(one.reason, one.reason)) for one in page]
    context = {
        "place": place,
        "product": product,
        "level": level or StockLevel(location=location, product=product),
        "form": form,
        "page": page,
        "moved": moved,
    }
    return render(request, "stock/product.html", context)
