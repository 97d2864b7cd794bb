"""The agent's day: opened, counted, closed, looked at later."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import roles_only
from tenant_apps.agent_banking.access import COUNTER, AgentRequest, at_agent, owner_alone
from tenant_apps.agent_banking.forms import CountForm, OpeningForm
from tenant_apps.agent_banking.models import AgentDay, DayState
from tenant_apps.agent_banking.selectors.agents import (
    day_at_work,
    day_for,
    days_of,
    has_worked,
    levels_of,
    reckoning_of,
)
from tenant_apps.agent_banking.services import Opening, close_day, count_day, explain_day, open_day, recount_day
from tenant_apps.pos.reckoning import pieces_shown
from tenants.forms import ReasonForm
from tenants.kernel.errors import DomainError

PER_PAGE = 31

at_the_warung = roles_only(*COUNTER)


@at_the_warung
@never_cache
@require_safe
@at_agent
def day(request: AgentRequest) -> HttpResponse:
    """What is to be done with the day now."""
    return _page(request)


@at_the_warung
@require_POST
@at_agent
def begin(request: AgentRequest) -> HttpResponse:
    """The day is opened; on the first one with what there is."""
    opening = None
    form = OpeningForm(request.POST)
    if not has_worked(request.agent):
        if not form.is_valid():
            return _page(request, opening=form, status=400)
        opening = Opening(form.cleaned_data["cash"], form.cleaned_data["deposit"])
    try:
        open_day(agent=request.agent, opening=opening, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
        return _page(request, opening=form if form.is_bound else OpeningForm(), status=refused.status)
    messages.success(request, _("The agent's day is open."))
    return redirect("agent_banking:day")


@at_the_warung
@require_POST
@at_agent
def count(request: AgentRequest) -> HttpResponse:
    """Drawer and float are counted."""
    found, form = _at_work(request), CountForm(request.POST)
    if not form.is_valid():
        return _page(request, counting=form, status=400)
    told = form.cleaned_data
    try:
        count_day(
            day=found,
            cash=told["sum"],
            pieces=told["pieces"],
            shown_float=told["shown_float"],
            by=request.member.actor,
        )
    except DomainError as refused:
        form.add_error("counted", refused.message)
        return _page(request, counting=form, status=refused.status)
    return redirect("agent_banking:day")


@at_the_warung
@require_POST
@at_agent
def recount(request: AgentRequest) -> HttpResponse:
    """The count was wrong."""
    try:
        recount_day(day=_at_work(request), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    return redirect("agent_banking:day")


@at_the_warung
@require_POST
@at_agent
@owner_alone
def close(request: AgentRequest) -> HttpResponse:
    """The owner closes the day, or asks the Satker to approve what differs."""
    found = _at_work(request)
    form = ReasonForm({"reason": request.POST.get("reason", "").replace("\x00", "")[:240]})
    form.is_valid()
    reason = form.data["reason"]
    try:
        if found.state == DayState.COUNTED and found.needs_approval:
            explain_day(day=found, reason=reason, by=request.member.actor)
            messages.success(request, _("The Satker is asked to approve the difference."))
        else:
            close_day(day=found, reason=reason, by=request.member.actor)
            messages.success(request, _("The day is closed."))
    except DomainError as refused:
        form.errors["reason"] = form.error_class([str(refused.message)])
        return _page(request, reason=form, status=refused.status)
    return redirect("agent_banking:day")


@at_the_warung
@never_cache
@require_safe
@at_agent
@owner_alone
def past(request: AgentRequest) -> HttpResponse:
    """The days that were closed."""
    page = Paginator(days_of(request.agent), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "agent_banking/days.html", {"page": page})


@at_the_warung
@never_cache
@require_safe
@at_agent
@owner_alone
def one_day(request: AgentRequest, day: str) -> HttpResponse:
    """One of them, to be printed."""
    return render(request, "agent_banking/one_day.html", day_context(day_for(request.agent, day)))


def day_context(found: AgentDay) -> dict[str, Any]:
    """What a page of a day shows, to the warung and to the Satker."""
    return {
        "day": found,
        "steps": reckoning_of(found),
        "history": found.history.all(),
        "pieces": pieces_shown(found.pieces),
        "transactions": found.transactions.select_related("kind", "customer").order_by("pk")[:500],
    }


def _at_work(request: AgentRequest) -> AgentDay:
    found = day_at_work(request.agent)
    if found is None:
        raise Http404("no day is open")
    return found


def _page(request: AgentRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    found = day_at_work(request.agent)
    sent_back = found.history.filter(move="recount").exclude(reason="").last() if found else None
    context = {
        "agent": request.agent,
        "day": found,
        "first": found is None and not has_worked(request.agent),
        "levels": levels_of(request.agent),
        "steps": reckoning_of(found) if found else [],
        "pieces": pieces_shown(found.pieces) if found else [],
        "sent_back": sent_back,
        "opening": OpeningForm(),
        "counting": CountForm(),
        "reason": ReasonForm(),
        "is_owner": request.counter.is_owner,
        **forms,
    }
    return render(request, "agent_banking/day.html", context, status=status)
