"""The drawer's day: opened in the morning, counted and closed in the evening, looked at later."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import Role, roles_only
from tenant_apps.payments.selectors import carried_at
from tenant_apps.payments.services import deposit_cash
from tenant_apps.pos.forms import CashMoveForm, CountingForm, OpeningForm
from tenant_apps.pos.models import CashDay, CashMoveKind
from tenant_apps.pos.reckoning import pieces_shown, reckoning_of
from tenant_apps.pos.selectors import (
    business_day,
    day_at_work,
    day_for,
    days_of,
    in_the_drawer,
    moves_of,
    takings_of,
)
from tenant_apps.pos.services import close_day, count_day, move_cash, open_day, recount_day
from tenant_apps.warungs.counter import CounterRequest, at_counter, owners_only
from tenants.forms import ReasonForm
from tenants.kernel.errors import DomainError
from tenants.kernel.money import rupiah_text

PER_PAGE = 31

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)
owners = roles_only(Role.OWNER, Role.SATKER)


@at_the_warung
@never_cache
@require_safe
@at_counter
def closing(request: CounterRequest) -> HttpResponse:
    """What is to be done with the drawer now."""
    return _page(request)


@at_the_warung
@require_POST
@at_counter
def begin(request: CounterRequest) -> HttpResponse:
    """The day is opened with what lies in the drawer."""
    form = OpeningForm(request.POST)
    if not form.is_valid():
        return _page(request, opening=form, status=400)
    told = form.cleaned_data
    try:
        open_day(warung=request.counter.warung, opening=told["opening"], reason=told["reason"], by=request.member.actor)
    except DomainError as refused:
        form.add_error("reason", refused.message)
        return _page(request, opening=form, status=refused.status)
    return redirect("pos:closing")


@at_the_warung
@require_POST
@at_counter
def count(request: CounterRequest) -> HttpResponse:
    """The drawer is counted."""
    day, form = _at_work(request), CountingForm(request.POST)
    if not form.is_valid():
        return _page(request, counting=form, status=400)
    try:
        count_day(
            day=day, counted=form.cleaned_data["sum"], pieces=form.cleaned_data["pieces"], by=request.member.actor
        )
    except DomainError as refused:
        form.add_error("counted", refused.message)
        return _page(request, counting=form, status=refused.status)
    return redirect("pos:closing")


@at_the_warung
@require_POST
@at_counter
def recount(request: CounterRequest) -> HttpResponse:
    """The count was wrong."""
    try:
        recount_day(day=_at_work(request), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    return redirect("pos:closing")


@at_the_warung
@require_POST
@at_counter
def close(request: CounterRequest) -> HttpResponse:
    """The day is closed, with a reason for what differs."""
    day = _at_work(request)
    reason = request.POST.get("reason", "").replace("\x00", "")[:240]
    try:
        close_day(day=day, reason=reason, by=request.member.actor)
    except DomainError as refused:
        form = ReasonForm({"reason": reason})
        form.is_valid()
        form.errors["reason"] = form.error_class([str(refused.message)])
        return _page(request, reason=form, status=refused.status)
    messages.success(request, _("The day is closed."))
    return redirect("pos:closing")


@at_the_warung
@require_POST
@at_counter
def take(request: CounterRequest) -> HttpResponse:
    """Money goes out of the drawer, or into it."""
    form = CashMoveForm(request.POST)
    if not form.is_valid():
        return _page(request, moving=form, status=400)
    told = form.cleaned_data
    try:
        move_cash(
            warung=request.counter.warung,
            key=told["key"],
            kind=CashMoveKind(told["kind"]),
            amount=told["amount"],
            note=told["note"],
            by=request.member.actor,
        )
    except DomainError as refused:
        form.add_error("amount", refused.message)
        return _page(request, moving=form, status=refused.status)
    messages.success(request, _("Written down."))
    return redirect("pos:closing")


@at_the_warung
@require_POST
@at_counter
def deposit(request: CounterRequest) -> HttpResponse:
    """What somebody took at the door lies in the drawer now. Staff say so of their own money alone."""
    told = request.POST.get("courier", "")
    carried = carried_at(request.counter.warung, told_to=request.member)
    one = next((one for one in carried if str(one.courier.public_id) == told), None)
    if one is not None:
        amount = deposit_cash(courier=one.courier, warung=request.counter.warung, by=request.member.actor)
        messages.success(request, _("%(amount)s now lies in the drawer.") % {"amount": rupiah_text(amount)})
    else:
        messages.info(request, _("That money was put into the drawer before."))
    return redirect("pos:closing")


@owners
@never_cache
@require_safe
@at_counter
@owners_only
def past(request: CounterRequest) -> HttpResponse:
    """The days that were closed."""
    page = Paginator(days_of(request.counter.warung), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "pos/days.html", {"page": page})


@owners
@never_cache
@require_safe
@at_counter
@owners_only
def one_day(request: CounterRequest, day: str) -> HttpResponse:
    """One of them, to be printed."""
    try:
        found = day_for(request.counter.warung, date.fromisoformat(day))
    except ValueError as wrong:
        raise Http404("no such day") from wrong
    context = {
        "day": found,
        "takings": takings_of(found.warung, found.day),
        "reckoning": reckoning_of(found),
        "moves": moves_of(found.warung, found.day),
        "events": found.events.all(),
        "pieces": pieces_shown(found.pieces),
    }
    return render(request, "pos/day.html", context)


def _at_work(request: CounterRequest) -> CashDay:
    found = day_at_work(request.counter.warung)
    if found is None:
        raise Http404("no day is open")
    return found


def _page(request: CounterRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    warung = request.counter.warung
    day = day_at_work(warung)
    shown_day = day.day if day else business_day(warung)
    last = days_of(warung).first()
    context = {
        "day": day,
        "shown_day": shown_day,
        "first": last is None,
        "drawer": in_the_drawer(warung),
        "carried": carried_at(warung, told_to=request.member),
        "takings": takings_of(warung, shown_day),
        "moves": moves_of(warung, shown_day),
        "pieces": pieces_shown(day.pieces) if day else [],
        "reckoning": reckoning_of(day) if day and day.counted is not None else [],
        "opening": OpeningForm(),
        "counting": CountingForm(),
        "moving": CashMoveForm(),
        "reason": ReasonForm(),
        "is_owner": request.counter.is_owner,
        **forms,
    }
    return render(request, "pos/closing.html", context, status=status)
