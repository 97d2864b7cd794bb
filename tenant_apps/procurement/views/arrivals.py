"""The Satker's pages for goods that come in: counting at the door, what was counted, what goes back."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.pricing.pictures import redrawn
from tenant_apps.procurement import papers
from tenant_apps.procurement.agreed import standing_of, standings, waits_for_nothing
from tenant_apps.procurement.goods_forms import CountForm, KeyForm, ReasonField, ReturnForm, scanned
from tenant_apps.procurement.goods_selectors import (
    arrival_of,
    arrivals_of,
    cycle_of_number,
    photo_of,
    purchase_of,
    returns_of,
)
from tenant_apps.procurement.models import Purchase
from tenant_apps.procurement.selectors import names_of
from tenant_apps.procurement.services.advancing import go_on_with
from tenant_apps.procurement.services.receiving import (
    close_purchase,
    receive_purchase,
    return_to_supplier,
    take_back_arrival,
)
from tenant_apps.procurement.views.satker import for_satker
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@for_satker
@never_cache
@require_safe
def arrivals(request: RegionRequest, number: str) -> HttpResponse:
    """What was bought, and how much of it has come."""
    cycle = cycle_of_number(number)
    own = arrivals_of(cycle)
    rows = [
        (
            one,
            [(terms, one.tallies[pk], terms.more(one.tallies[pk])) for pk, terms in one.terms.items()],
            own.get(one.purchase.pk, []),
        )
        for one in standings(cycle.purchases.select_related("supplier"))
    ]
    context = {
        "cycle": cycle,
        "rows": rows,
        "reason": ReasonField(),
        "stuck": waits_for_nothing(cycle, [row[0] for row in rows]),
    }
    return render(request, "procurement/goods/satker/arrivals.html", context)


@for_satker
@never_cache
@read_or_send
def count(request: RegionRequest, number: str, supplier: UUID) -> HttpResponse:
    """Count what stands at the door. Scanning adds one; without a script the page does it."""
    purchase = purchase_of(cycle_of_number(number), supplier)
    standing, today = standing_of(purchase), clock.today(current_region().time_zone)
    if request.method != "POST":
        return _count_page(request, purchase, CountForm(standing, today=today, key=uuid.uuid4()))
    if request.POST.get("do") == "scan":
        told, known = scanned(request.POST, standing)
        form = CountForm(standing, told, today=today)
        note = "" if known else _("No carton of this order has this barcode.")
        return _count_page(request, purchase, form, note=note)
    form = CountForm(standing, request.POST, request.FILES, today=today)
    if form.is_valid():
        told = form.cleaned_data
        try:
            arrival = receive_purchase(
                purchase=purchase,
                key=told["key"],
                counts=form.counts(),
                received_on=told["received_on"],
                reference=told["reference"],
                note=told["note"],
                by=request.member.actor,
            )
        except DomainError as refused:
            line = refused.context.get("line_id")
            form.add_error(f"cartons-{line}" if f"cartons-{line}" in form.fields else None, refused.message)
            return _count_page(request, purchase, form, status=refused.status)
        messages.success(
            request, _("Arrival %(number)s is written down; the goods are in stock.") % {"number": arrival.number}
        )
        return redirect("procurement:arrival", number, arrival.number)
    return _count_page(request, purchase, form, status=400)


def _count_page(
    request: RegionRequest, purchase: Purchase, form: CountForm, *, note: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "cycle": purchase.cycle,
        "purchase": purchase,
        "standing": form.standing,
        "form": form,
        "rows": [row for row in form.rows() if row.more or row.fields["cartons"].errors],
        "note": note,
    }
    return render(request, "procurement/goods/satker/count.html", context, status=status)


@for_satker
@require_POST
def go_on(request: RegionRequest, number: str) -> HttpResponse:
    """Suppliers refused, or their orders were cancelled elsewhere: the cycle is where its goods are."""
    go_on_with(cycle=cycle_of_number(number), by=request.member.actor)
    return redirect("procurement:arrivals", number)


@for_satker
@require_POST
def close(request: RegionRequest, number: str, supplier: UUID) -> HttpResponse:
    """Wait for no more."""
    purchase = purchase_of(cycle_of_number(number), supplier)
    try:
        close_purchase(purchase=purchase, reason=request.POST.get("reason", ""), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Nothing more is waited for."))
    return redirect("procurement:arrivals", number)


@for_satker
@never_cache
@require_safe
def arrival(request: RegionRequest, number: str, arrival: str) -> HttpResponse:
    """One arrival."""
    return _arrival_page(request, number, arrival)


def _arrival_page(
    request: RegionRequest, number: str, arrival: str, reason: ReasonField | None = None, *, status: int = 200
) -> HttpResponse:
    found = arrival_of(cycle_of_number(number), arrival)
    context = {
        "cycle": found.purchase.cycle,
        "arrival": found,
        "corrected": getattr(found, "corrected_by", None),
        "lines": found.lines.select_related("line__offer", "line__good"),
        "by": names_of([found.by]).get(found.by, ""),
        "reason": reason or ReasonField(),
        "key": uuid.uuid4(),
    }
    return render(request, "procurement/goods/satker/arrival.html", context, status=status)


@for_satker
@require_POST
def take_back(request: RegionRequest, number: str, arrival: str) -> HttpResponse:
    """It was counted wrongly."""
    found = arrival_of(cycle_of_number(number), arrival)
    reason, key = ReasonField(request.POST), KeyForm(request.POST)
    if not reason.is_valid() or not key.is_valid():
        return _arrival_page(request, number, arrival, reason, status=400)
    try:
        taken = take_back_arrival(
            arrival=found, key=key.cleaned_data["key"], reason=reason.cleaned_data["reason"], by=request.member.actor
        )
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("procurement:arrival", number, arrival)
    messages.success(request, _("The arrival is taken back. Count the goods anew."))
    return redirect("procurement:arrival", number, taken.number)


@for_satker
@require_safe
def arrival_pdf(request: RegionRequest, number: str, arrival: str) -> HttpResponse:
    """Bukti penerimaan barang."""
    return papers.receipt_of_goods(arrival_of(cycle_of_number(number), arrival))


@for_satker
@require_safe
def photo(request: RegionRequest, number: str, public_id: UUID) -> HttpResponseBase:
    """The photo of what was rejected or went back."""
    found: Any = photo_of(cycle_of_number(number), public_id)
    try:
        return FileResponse(found.open(), content_type="image/jpeg", headers={"Cache-Control": "private"})
    except FileNotFoundError as lost:
        raise Http404("the photo is not there") from lost


@for_satker
@never_cache
@read_or_send
def give_back(request: RegionRequest, number: str, supplier: UUID) -> HttpResponse:
    """Cartons that go back to the supplier, and those that went."""
    purchase = purchase_of(cycle_of_number(number), supplier)
    standing = standing_of(purchase)
    here = [terms for pk, terms in standing.terms.items() if standing.tallies[pk].good > 0]
    sent = request.method == "POST"
    form = ReturnForm(
        here, request.POST if sent else None, request.FILES if sent else None, initial={"key": uuid.uuid4()}
    )
    status = 200
    if sent:
        status = 400
        if form.is_valid():
            told = form.cleaned_data
            try:
                back = return_to_supplier(
                    line=standing.terms[int(told["line"])].line,
                    key=told["key"],
                    cartons=told["cartons"],
                    grams=int(told["weight"] * 1_000) if told.get("weight") else None,
                    reason=told["reason"],
                    photo=redrawn(told["photo"]) if told["photo"] else None,
                    by=request.member.actor,
                )
            except DomainError as refused:
                form.add_error("photo" if refused.code == "bad_picture" else None, refused.message)
                status = refused.status
            else:
                messages.success(request, _("Return %(number)s is written down.") % {"number": back.number})
                return redirect("procurement:give_back", number, supplier)
    context = {
        "cycle": purchase.cycle,
        "purchase": purchase,
        "form": form,
        "here": here,
        "returns": returns_of(purchase),
    }
    return render(request, "procurement/goods/satker/give_back.html", context, status=status)
