"""The buyer's phone at the market: each entry is sent by itself, with a key that makes sending it again harmless."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.fresh_buying.forms import AbsentForm, PurchaseForm, TransportForm, base_units
from tenant_apps.fresh_buying.models import MarketTrip, TripState
from tenant_apps.fresh_buying.selectors.trips import (
    line_of,
    lines_at_market,
    purchase_of,
    purchase_with_photo,
    trip_for_buyer,
    trips_of_buyer,
)
from tenant_apps.fresh_buying.services import drop_purchase, mark_absent, set_transport, spent_on, write_purchase
from tenant_apps.pricing.pictures import redrawn
from tenants.kernel.errors import DomainError
from tenants.kernel.uuids import uuid_or_none

# Staff of a stand too: the door of the trip lets in its buyer alone.
buyers = roles_only(Role.SATKER, Role.STAFF)


@buyers
@never_cache
@require_safe
def own_trips(request: RegionRequest) -> HttpResponse:
    """Where somebody is sent now."""
    return render(request, "fresh_buying/own_trips.html", {"trips": trips_of_buyer(request.member)})


@buyers
@never_cache
@require_safe
def shopping(request: RegionRequest, number: str) -> HttpResponse:
    """The list, by section, with what is bought so far."""
    return _page(request, trip_for_buyer(request.member, number))


@buyers
@never_cache
@require_POST
def write(request: RegionRequest, number: str) -> HttpResponse:
    """Bought at a stall."""
    trip = trip_for_buyer(request.member, number)
    line = line_of(trip, _number(request.POST.get("line", "")))
    form = PurchaseForm(line, request.POST, request.FILES)
    status = 400
    if form.is_valid():
        told = form.cleaned_data
        try:
            write_purchase(
                line=line,
                key=told["key"],
                quantity=base_units(told["quantity"], line.base_unit),
                paid=told["paid"],
                seller=told["seller"],
                over_reason=told["over_reason"],
                photo=redrawn(told["photo"]) if told["photo"] else None,
                by=request.member.actor,
            )
        except DomainError as refusal:
            form.add_error("over_reason" if refusal.code == "over_limit" else None, refusal.message)
            status = refusal.status
        else:
            return _answered(request, trip, line.pk)
    if _by_script(request):
        reason = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"reason": reason}, status=status)
    return _page(request, trip, form, status=status)


@buyers
@require_POST
def drop(request: RegionRequest, number: str) -> HttpResponse:
    """The entry was wrong."""
    trip = trip_for_buyer(request.member, number)
    purchase = purchase_of(trip, uuid_or_none(request.POST.get("purchase", "")))
    try:
        drop_purchase(purchase=purchase, by=request.member.actor)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return _answered(request, trip, purchase.line_id)


@buyers
@require_POST
def absent(request: RegionRequest, number: str) -> HttpResponse:
    """It is not there, or is after all."""
    trip = trip_for_buyer(request.member, number)
    line = line_of(trip, _number(request.POST.get("line", "")))
    form = AbsentForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write at most 240 characters."))
        return redirect("fresh_buying:shopping", number)
    try:
        mark_absent(line=line, **form.cleaned_data)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return _answered(request, trip, line.pk)


@buyers
@never_cache
@require_POST
def transport(request: RegionRequest, number: str) -> HttpResponse:
    """What carrying and parking cost in all."""
    trip = trip_for_buyer(request.member, number)
    form = TransportForm(request.POST)
    if not form.is_valid():
        return _page(request, trip, transport=form, status=400)
    try:
        set_transport(trip=trip, amount=form.cleaned_data["amount"])
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, trip, transport=form, status=refusal.status)
    return redirect("fresh_buying:shopping", number)


@buyers
@require_safe
def photo(request: RegionRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The photo of a receipt, for who may see its trip."""
    found = purchase_with_photo(public_id)
    trip_for_buyer(request.member, found.line.trip.number)
    try:
        return FileResponse(found.photo.open(), content_type="image/jpeg", headers={"Cache-Control": "private"})
    except FileNotFoundError as lost:
        raise Http404("the photo is not there") from lost


def _answered(request: RegionRequest, trip: MarketTrip, line_id: int) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"spent": spent_on(trip)})
    return redirect(f"{reverse('fresh_buying:shopping', args=[trip.number])}#line-{line_id}")


def _by_script(request: RegionRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _page(
    request: RegionRequest,
    trip: MarketTrip,
    form: PurchaseForm | None = None,
    *,
    transport: TransportForm | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = lines_at_market(trip)
    spent = spent_on(trip)
    rows: list[tuple[Any, PurchaseForm]] = [
        (
            one,
            form
            if form is not None and form.line.pk == one.line.pk
            else PurchaseForm(one.line, initial={"key": uuid.uuid4()}),
        )
        for one in lines
    ]
    context = {
        "trip": trip,
        "rows": rows,
        "refused": form.line.pk if form is not None else 0,
        "spent": spent,
        "rest": trip.advance - spent,
        "done": sum(one.is_done for one in lines),
        "count": len(lines),
        "open": trip.state == TripState.BUYING,
        "transport": transport or TransportForm(initial={"amount": trip.transport}),
    }
    return render(request, "fresh_buying/shopping.html", context, status=status)
