"""At the unit: on which days it comes by, who asked, and the round of a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.bank_sampah.models import CollectionRule, PickupRequest, PickupState
from tenant_apps.bank_sampah.round_forms import DayForm, PickupForm, SkipForm
from tenant_apps.bank_sampah.selectors.rounds import (
    counts_of,
    days_for,
    days_of,
    exceptions_of,
    pickup_at,
    places_text,
    round_of,
    rules_of,
    stops_of,
)
from tenant_apps.bank_sampah.services import (
    ask_pickup,
    begin_round,
    come_after_all,
    end_collection_day,
    end_round,
    miss_pickup,
    move_stop,
    refuse_pickup,
    set_collection_day,
    skip_day,
)
from tenant_apps.bank_sampah.views.doors import UnitRequest, at_unit, workers
from tenant_apps.bank_sampah.views.members import member_here
from tenant_apps.privacy.models import Seen
from tenant_apps.privacy.services import note_looks
from tenants.context import current_region
from tenants.forms import ReasonForm
from tenants.kernel import clock
from tenants.kernel.errors import DomainError


@workers
@never_cache
@require_safe
@at_unit
def days(request: UnitRequest) -> HttpResponse:
    """When the unit comes by, and the days for which somebody asked."""
    return _days(request)


@workers
@require_POST
@at_unit
def day_new(request: UnitRequest) -> HttpResponse:
    """One more weekday."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return _days(request, form=form, status=400)
    try:
        set_collection_day(unit=request.unit, by=request.member.actor, **form.told)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _days(request, form=form, status=refused.status)
    messages.success(request, _("Members see this collection day now."))
    return redirect("bank_sampah:rounds", request.unit.public_id)


@workers
@require_POST
@at_unit
def day_end(request: UnitRequest, rule: UUID) -> HttpResponse:
    """The unit comes on this weekday no longer."""
    found = CollectionRule.objects.filter(unit=request.unit, public_id=rule).first()
    if found is None:
        raise Http404("no such rule of this unit")
    end_collection_day(rule=found)
    messages.success(request, _("This collection day ends today."))
    return redirect("bank_sampah:rounds", request.unit.public_id)


@workers
@require_POST
@at_unit
def day_off(request: UnitRequest) -> HttpResponse:
    """A single day without collection; with `come` the unit comes after all."""
    if "come" in request.POST:
        try:
            come_after_all(unit=request.unit, day=date.fromisoformat(request.POST["come"]))
        except ValueError:
            raise Http404("no day") from None
        messages.success(request, _("The unit comes on that day. Who had asked for it asks anew."))
        return redirect("bank_sampah:rounds", request.unit.public_id)
    form = SkipForm(request.POST)
    if not form.is_valid():
        return _days(request, skipping=form, status=400)
    try:
        skip_day(unit=request.unit, by=request.member.actor, **form.cleaned_data)
    except DomainError as refused:
        form.add_error("day", refused.message)
        return _days(request, skipping=form, status=refused.status)
    messages.success(request, _("The unit does not come on that day. Who asked for it is told."))
    return redirect("bank_sampah:rounds", request.unit.public_id)


@workers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_unit
def one_round(request: UnitRequest, day: date) -> HttpResponse:
    """The stops of a day in their order; setting off, and coming back."""
    if request.method != "POST":
        return _round(request, day)
    reason = ReasonForm(request.POST)
    told = reason.cleaned_data["reason"] if reason.is_valid() else ""
    try:
        if request.POST.get("step") == "begin":
            begin_round(unit=request.unit, day=day, by=request.member.actor)
            messages.success(request, _("Have a good round. Who waits for you is told."))
        else:
            end_round(unit=request.unit, day=day, by=request.member.actor, reason=told)
            messages.success(request, _("The round is over."))
    except DomainError as refused:
        return _round(request, day, refused=refused.message, status=refused.status)
    return redirect("bank_sampah:round", request.unit.public_id, day)


@workers
@require_POST
@at_unit
def stop(request: UnitRequest, number: str) -> HttpResponse:
    """One stop goes up or down, nobody was there, or nothing is taken."""
    found, step = pickup_at(request.unit, number), request.POST.get("step")
    if step in ("up", "down"):
        move_stop(pickup=found, up=step == "up")
        return _back_to(request, found)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _round(request, found.day, refused=_("Write down why nothing was collected."), status=400)
    try:
        ends = miss_pickup if step == "miss" else refuse_pickup
        ends(pickup=found, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        return _round(request, found.day, refused=refused.message, status=refused.status)
    messages.success(request, _("Written down. The member is told."))
    return _back_to(request, found)


@workers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_unit
def enter(request: UnitRequest, number: str) -> HttpResponse:
    """A member without an account asks at the unit, or by telephone."""
    member = member_here(request, number)
    offered = days_for(member)
    initial = {"rw": member.rw, "rt": member.rt, "address": member.address}
    form, status = PickupForm(offered, request.POST if request.method == "POST" else None, initial=initial), 200
    if form.is_valid():
        try:
            made = ask_pickup(member=member, by=request.member.actor, **form.told)
        except DomainError as refused:
            form.add_error("day", refused.message)
            status = refused.status
        else:
            messages.success(request, _("The pick-up is on the list."))
            return redirect("bank_sampah:round", made.unit.public_id, made.day)
    elif form.is_bound:
        status = 400
    context = {"unit": request.unit, "waste_member": member, "form": form, "days": offered}
    return render(request, "bank_sampah/pickup_new.html", context, status=status)


def _back_to(request: UnitRequest, pickup: PickupRequest) -> HttpResponse:
    answer = redirect("bank_sampah:round", request.unit.public_id, pickup.day)
    # People stay where they tapped.
    answer["Location"] += f"#titik-{pickup.number}"
    return answer


def _days(request: UnitRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "unit": request.unit,
        "rules": [(rule, places_text(rule.places)) for rule in rules_of(request.unit)],
        "exceptions": exceptions_of(request.unit),
        "counts": counts_of(request.unit),
        "next": days_of([request.unit])[0].days,
        "today": clock.today(current_region().time_zone),
        "form": DayForm(),
        "skipping": SkipForm(),
        **forms,
    }
    return render(request, "bank_sampah/rounds.html", context, status=status)


def _round(request: UnitRequest, day: date, *, refused: object = "", status: int = 200) -> HttpResponse:
    stops, found = stops_of(request.unit, day), round_of(request.unit, day)
    note_looks(subjects=[one.member.public_id for one in stops], what=Seen.RECORD, reader=request.member)
    settled = [one for one in stops if one.state not in (PickupState.ASKED, PickupState.ON_ROUND)]
    is_on = found is not None and found.ended_at is None
    left = len(stops) - len(settled)
    context = {
        "unit": request.unit,
        "day": day,
        "stops": stops,
        "round": found,
        "is_on": is_on,
        "left": left,
        "settled": len(settled),
        "may_begin": found is None and left and day == clock.today(current_region().time_zone),
        "refused": refused,
    }
    return render(request, "bank_sampah/round.html", context, status=status)
