"""The Satker's pages for trips to the market: from the cut-off to the settled advance, and how goods went over time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.fresh_buying.forms import AdvanceForm, ReasonForm, ShrinkForm, StartForm, WeighForm, base_units
from tenant_apps.fresh_buying.models import MarketTrip, ShrinkReason, TripState
from tenant_apps.fresh_buying.selectors.goods import stand_for_satker
from tenant_apps.fresh_buying.selectors.trips import (
    buyer_called,
    buyers_of,
    line_of,
    lines_at_market,
    preorders_of,
    products_over_time,
    still_to_hand_over,
    trip_for_satker,
    trips,
    waiting_days,
)
from tenant_apps.fresh_buying.services import (
    Weighed,
    cancel_trip,
    close_day,
    come_back,
    distribute,
    give_advance,
    record_shrink,
    set_transport,
    settle_trip,
    spent_on,
    start_trip,
)
from tenant_apps.ledger.sheets import Cell, sheet
from tenant_apps.warungs.selectors import names_of
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError
from tenants.kernel.money import rupiah_text

A_PAGE = 25

for_satker = roles_only(Role.SATKER)


@for_satker
@never_cache
@require_safe
def trips_page(request: RegionRequest) -> HttpResponse:
    """Days that are still ordered for, and all trips."""
    text, state = asked_text(request), request.GET.get("state", "")
    page = Paginator(trips(text, state), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "waiting": waiting_days() if not text and page.number == 1 else [],
        "wanted": text,
        "state": state if state in TripState.values else "",
        "states": TripState.choices,
    }
    return render(request, "fresh_buying/satker/trips.html", context)


@for_satker
@require_POST
def close(request: RegionRequest) -> HttpResponse:
    """Nobody orders for that day any more; the list is ready."""
    try:
        day, stand = date.fromisoformat(request.POST.get("day", "")), uuid.UUID(request.POST.get("stand", ""))
    except ValueError as wrong:
        raise Http404("no such day") from wrong
    try:
        trip = close_day(stand=stand_for_satker(stand), day=day, by=request.member.actor, early=True)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("fresh_buying:trips")
    messages.success(request, _("The shopping list %(number)s is ready.") % {"number": trip.number})
    return redirect("fresh_buying:trip", trip.number)


@for_satker
@never_cache
@require_safe
def trip_page(request: RegionRequest, number: str) -> HttpResponse:
    """One trip: how far it is, and what can be done now."""
    return _trip_page(request, trip_for_satker(number))


@for_satker
@never_cache
@require_POST
def start(request: RegionRequest, number: str) -> HttpResponse:
    """Somebody goes."""
    trip = trip_for_satker(number)
    form = _start_form(trip, request.POST)
    if not form.is_valid():
        return _trip_page(request, trip, start=form, status=400)
    told = form.cleaned_data
    buyer = buyer_called(trip.stand, uuid.UUID(told["buyer"]))
    if buyer is None:
        raise Http404("nobody of this stand")
    try:
        start_trip(trip=trip, buyer=buyer, advance=told["amount"], key=told["key"], by=request.member.actor)
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _trip_page(request, trip, start=form, status=refusal.status)
    messages.success(request, _("%(name)s has the list on the phone.") % {"name": str(buyer)})
    return redirect("fresh_buying:trip", number)


@for_satker
@never_cache
@require_POST
def advance(request: RegionRequest, number: str) -> HttpResponse:
    """More cash for the buyer."""
    trip = trip_for_satker(number)
    form = AdvanceForm(request.POST)
    if not form.is_valid():
        return _trip_page(request, trip, more=form, status=400)
    try:
        give_advance(trip=trip, by=request.member.actor, **form.cleaned_data)
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _trip_page(request, trip, more=form, status=refusal.status)
    return redirect("fresh_buying:trip", number)


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def weigh(request: RegionRequest, number: str) -> HttpResponse:
    """The buyer is back: what the scales say of everything that was bought."""
    trip = trip_for_satker(number)
    shown = lines_at_market(trip)
    bought = [(one.line, one.bought) for one in shown if one.bought]
    form = WeighForm(bought, trip.transport, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                if trip.state == TripState.BUYING:
                    set_transport(trip=trip, amount=form.cleaned_data["transport"])
                weighed = {pk: Weighed(quantity, reason) for pk, (quantity, reason) in form.weighed().items()}
                come_back(trip=trip, weighed=weighed, by=request.member.actor)
            except DomainError as refusal:
                line = refusal.context.get("line_id")
                form.add_error(f"got-{line}" if line else None, refusal.message)
                status = refusal.status
            else:
                messages.success(request, _("The goods are weighed in and lie at the stand."))
                return redirect("fresh_buying:trip", number)
    elif trip.state != TripState.BUYING:
        return redirect("fresh_buying:trip", number)
    context = {"trip": trip, "form": form, "missing": [one.line for one in shown if not one.bought]}
    return render(request, "fresh_buying/satker/weigh.html", context, status=status)


@for_satker
@never_cache
@require_POST
def shrink(request: RegionRequest, number: str) -> HttpResponse:
    """Something is thrown away or cleaned off."""
    trip = trip_for_satker(number)
    form = ShrinkForm(request.POST)
    if not form.is_valid():
        return _trip_page(request, trip, shrink=form, status=400)
    told = form.cleaned_data
    line = line_of(trip, told["line"])
    try:
        record_shrink(
            line=line,
            quantity=base_units(told["quantity"], line.base_unit),
            reason=told["reason"],
            key=told["key"],
            note=told["note"],
            by=request.member.actor,
        )
    except DomainError as refusal:
        form.add_error("quantity", refusal.message)
        return _trip_page(request, trip, shrink=form, status=refusal.status)
    messages.success(request, _("%(product)s: the shrink is written down.") % {"product": line.product_name})
    return redirect("fresh_buying:trip", number)


@for_satker
@require_POST
def share(request: RegionRequest, number: str) -> HttpResponse:
    """What came is shared out."""
    words = _("What came is shared out. Print the list and bring it to the people.")
    return _stepped(request, number, lambda trip: distribute(trip=trip, by=request.member.actor), words)


@for_satker
@require_POST
def settle(request: RegionRequest, number: str) -> HttpResponse:
    """The advance is settled."""
    words = _("The advance is settled.")
    return _stepped(request, number, lambda trip: settle_trip(trip=trip, by=request.member.actor), words)


@for_satker
@never_cache
@require_POST
def cancel(request: RegionRequest, number: str) -> HttpResponse:
    """Nobody goes."""
    trip = trip_for_satker(number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _trip_page(request, trip, reason=form, status=400)
    try:
        cancel_trip(trip=trip, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _trip_page(request, trip, reason=form, status=refusal.status)
    messages.success(request, _("The trip is cancelled; everybody who ordered is told."))
    return redirect("fresh_buying:trip", number)


@for_satker
@require_safe
def insight(request: RegionRequest) -> HttpResponse:
    """Price and shrink of each product over the last trips."""
    products = products_over_time()
    wanted = request.GET.get("barang", "")
    one = next((product for product in products if str(product.public_id) == wanted), None)
    context: dict[str, Any] = {"products": products, "one": one}
    if one is not None:
        context["prices"] = [
            (formats.date_format(line.trip.for_day, "j M"), line.landed_price or 0, rupiah_text(line.landed_price or 0))
            for line in one.lines
        ]
        context["shrink"] = [
            (formats.date_format(line.trip.for_day, "j M"), gone, f"{gone // 10},{gone % 10} %")
            for line in one.lines
            for gone in [max(line.lost_on_the_way + line.shrunk, 0) * 1_000 // (line.bought or 1)]
        ]
    return render(request, "fresh_buying/satker/insight.html", context)


@for_satker
@require_safe
def insight_sheet(request: RegionRequest) -> HttpResponse:
    """The same numbers for a spreadsheet, a row for each product of each trip."""
    rows: list[tuple[Cell, ...]] = [
        (_("Day"), _("Trip"), _("Product"), _("Unit"), _("Bought"), _("Paid"), _("Received"), _("Shrink"), _("Cost"))
    ]
    for product in products_over_time():
        for line in product.lines:
            trip = line.trip
            rows.append(
                (
                    trip.for_day.isoformat(),
                    trip.number,
                    line.product_name,
                    line.base_unit,
                    line.bought or 0,
                    line.paid or 0,
                )
                + (line.received or 0, line.lost_on_the_way + line.shrunk, line.cost or 0)
            )
    answer = sheet("belanja-pasar", rows)
    return HttpResponse(b"".join(answer), headers=dict(answer.headers))


def _stepped(request: RegionRequest, number: str, step: Callable[[MarketTrip], MarketTrip], words: str) -> HttpResponse:
    trip = trip_for_satker(number)
    try:
        step(trip)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, words)
    return redirect("fresh_buying:trip", number)


def _start_form(trip: MarketTrip, data: Any = None) -> StartForm:
    buyers = [(str(one.public_id), str(one)) for one in buyers_of(trip.stand)]
    return StartForm(buyers, data, initial={"key": uuid.uuid4()})


def _trip_page(
    request: RegionRequest,
    trip: MarketTrip,
    *,
    start: StartForm | None = None,
    more: AdvanceForm | None = None,
    shrink: ShrinkForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    spent = spent_on(trip)
    history = list(trip.history.all())
    names = names_of([one.by for one in history])
    context = {
        "trip": trip,
        "lines": lines_at_market(trip),
        "preorders": preorders_of(trip),
        "is_back": trip.state in (TripState.BACK, TripState.DISTRIBUTED, TripState.SETTLED),
        "spent": spent,
        "rest": trip.advance - spent,
        "owing": spent - trip.advance,
        "history": [(one, names.get(one.by, "")) for one in history],
        "start": start or _start_form(trip),
        "more": more or AdvanceForm(initial={"key": uuid.uuid4()}),
        "shrink": shrink,
        "shrink_key": uuid.uuid4(),
        "shrink_reasons": ShrinkReason.choices,
        "reason": reason or ReasonForm(),
        "waiting": still_to_hand_over(trip),
    }
    return render(request, "fresh_buying/satker/trip.html", context, status=status)
