"""The Satker's markets, every price that was written down, and tables of prices as files."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.selectors import search_products
from tenant_apps.pricing.forms import MarketForm, TableForm, WithdrawForm
from tenant_apps.pricing.models import ImportState, Market, MarketKind, MarketObservation, ObservationImport
from tenant_apps.pricing.selectors import import_for, known_markets, market_for, observation_with_photo
from tenant_apps.pricing.services import save_market, withdraw_observation
from tenant_apps.pricing.services.importing import drop_table, read_table, take_back, take_over, upload_table
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

A_PAGE = 30
MOST_FOUND = 60

officers = roles_only(Role.SATKER)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@officers
@read_or_send
def markets(request: RegionRequest) -> HttpResponse:
    """Where prices are seen; one more."""
    return _edit(request, None)


@officers
@read_or_send
def market(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One market."""
    return _edit(request, market_for(public_id))


def _edit(request: RegionRequest, market: Market | None) -> HttpResponse:
    names = ("name", "kind", "village_name", "address", "is_active")
    initial = {name: getattr(market, name) for name in names} if market else {}
    form = MarketForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        try:
            save_market(**{**told, "kind": MarketKind(told["kind"])}, market=market)
        except DomainError as refused:
            form.add_error("name", refused.message)
        else:
            messages.success(request, _("The market is saved."))
            return redirect("pricing:markets")
    rows = Market.objects.order_by("-is_active", "name")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pricing/markets.html", {"page": page, "form": form, "market": market})


@officers
@require_safe
def observations(request: RegionRequest) -> HttpResponse:
    """Every price that was written down, newest first; searched by product or market."""
    wanted = asked_text(request)
    rows = MarketObservation.objects.filter(is_estimate=False).select_related("product", "imported")
    if wanted:
        products = [product.pk for product in search_products(wanted, MOST_FOUND)]
        rows = rows.filter(product__in=products) | rows.filter(market__icontains=wanted)
    page = Paginator(rows.order_by("-observed_on", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pricing/observations.html", {"page": page, "wanted": wanted})


@officers
@require_POST
def withdraw(request: RegionRequest) -> HttpResponse:
    """A price was written down wrongly."""
    form = WithdrawForm(request.POST)
    found = MarketObservation.objects.filter(pk=form.cleaned_data["seen"]).first() if form.is_valid() else None
    if found is None:
        messages.error(request, _("Write down what is wrong with the price."))
        return redirect("pricing:observations")
    if withdraw_observation(observation=found, reason=form.cleaned_data["reason"], by=request.member.actor):
        messages.success(request, _("The price is withdrawn and is no evidence any more. Write down the right one."))
    return redirect("pricing:market_product", found.product.public_id)


@officers
@require_safe
def photo(request: RegionRequest, public_id: UUID) -> HttpResponseBase:
    """The photo of a price."""
    found = observation_with_photo(f"market/{public_id}.jpg")
    try:
        return FileResponse(found.photo.open(), content_type="image/jpeg", headers={"Cache-Control": "private"})
    except FileNotFoundError as lost:
        raise Http404("the photo is not there") from lost


@officers
@read_or_send
def tables(request: RegionRequest) -> HttpResponse:
    """Upload a table of prices; those that were uploaded before."""
    sent = request.method == "POST"
    form = TableForm(request.POST if sent else None, request.FILES if sent else None)
    if form.is_valid():
        file = cast("UploadedFile[bytes]", form.cleaned_data["file"])
        try:
            table = upload_table(
                data=file.read(),
                name=file.name or "",
                market=form.cleaned_data["market"],
                observed_on=form.cleaned_data["observed_on"],
                by=request.member.actor,
            )
        except DomainError as refused:
            form.add_error("file", refused.message)
        else:
            return redirect("pricing:table", table.public_id)
    page = Paginator(ObservationImport.objects.defer("text"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pricing/tables.html", {"page": page, "form": form, "markets": known_markets()})


@officers
@read_or_send
def table(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Look at a table line by line; take over what is good, or take all of it back."""
    found = import_for(public_id)
    if request.method == "POST":
        try:
            _step(request, found)
        except DomainError as refused:
            messages.error(request, refused.message)
        return redirect("pricing:table", public_id)
    if found.state != ImportState.DRAFT:
        rows = found.observations.select_related("product").order_by("pk")
        taken = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
        return render(request, "pricing/table_done.html", {"table": found, "page": taken})
    read = read_table(found)
    tab = request.GET.get("tab") or ("good" if read.good else "wrong" if read.wrong else "known")
    shown = {"wrong": read.wrong, "known": read.known}.get(tab, read.good)
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pricing/table.html", {"table": found, "read": read, "tab": tab, "page": page})


def _step(request: RegionRequest, table: ObservationImport) -> None:
    wanted, by = request.POST.get("do"), request.member.actor
    if wanted == "take_over":
        done = take_over(table=table, observer=str(request.member.user)[:120], by=by)
        words = ngettext("%(count)s price is taken over.", "%(count)s prices are taken over.", done.taken_over)
        messages.success(request, words % {"count": done.taken_over})
    elif wanted == "take_back":
        take_back(table=table, reason=request.POST.get("reason", "").replace("\x00", ""), by=by)
        messages.success(request, _("The table is taken back. None of its prices is evidence any more."))
    elif wanted == "drop" and drop_table(table=table):
        messages.info(request, _("The table is dropped."))
