"""The agent's first page: becoming one, what there is, what is to be done."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import roles_only
from tenant_apps.agent_banking.access import COUNTER, AgentRequest, at_agent, offered, owner_alone
from tenant_apps.agent_banking.forms import DocumentForm, MarksForm
from tenant_apps.agent_banking.models import Agent, AgentState, DocumentKind
from tenant_apps.agent_banking.selectors.agents import (
    A_GLANCE,
    agent_of,
    day_at_work,
    document_called,
    levels_of,
    open_exceptions,
    transactions_of,
)
from tenant_apps.agent_banking.selectors.rules import offers_referrals, rules_are_there
from tenant_apps.agent_banking.services import add_document, apply_as_agent, set_marks
from tenant_apps.pricing.pictures import redrawn
from tenant_apps.warungs.counter import CounterRequest, at_counter, owners_only
from tenants.kernel.errors import DomainError

at_the_warung = roles_only(*COUNTER)


@at_the_warung
@never_cache
@require_safe
@offered
@at_counter
def home(request: CounterRequest) -> HttpResponse:
    """Where the agent stands now."""
    return _page(request)


@at_the_warung
@require_POST
@offered
@at_counter
@owners_only
def register(request: CounterRequest) -> HttpResponse:
    """The owner wants to become an agent."""
    try:
        apply_as_agent(warung=request.counter.warung, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    return redirect("agent_banking:home")


@at_the_warung
@require_POST
@offered
@at_counter
@owners_only
def add_paper(request: CounterRequest) -> HttpResponse:
    """One more paper, as a photo."""
    agent = _agent(request)
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, paper=form, status=400)
    try:
        kind = DocumentKind(form.cleaned_data["kind"])
        add_document(agent=agent, kind=kind, photo=redrawn(form.cleaned_data["photo"]), by=request.member.actor)
    except DomainError as refused:
        form.add_error("photo", refused.message)
        return _page(request, paper=form, status=refused.status)
    messages.success(request, _("The paper is kept."))
    return redirect("agent_banking:home")


@at_the_warung
@never_cache
@require_safe
@offered
@at_counter
@owners_only
def paper(request: CounterRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One of the agent's own papers."""
    return file_of(document_called(public_id, _agent(request)).file)


@at_the_warung
@require_POST
@at_agent
@owner_alone
def marks(request: AgentRequest) -> HttpResponse:
    """When the owner wants to be told."""
    form = MarksForm(request.POST)
    if not form.is_valid():
        return _page(request, marks=form, status=400)
    told = form.cleaned_data
    set_marks(agent=request.agent, float_low=told["float_low"] or 0, cash_high=told["cash_high"] or 0)
    messages.success(request, _("Saved."))
    return redirect("agent_banking:home")


def file_of(kept: Any) -> HttpResponseBase:
    """A photo of this app, for who may see it.

    Raises:  Http404.
    """
    if not kept:
        raise Http404("no photo")
    try:
        return FileResponse(kept.open(), content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
    except FileNotFoundError as lost:
        raise Http404("the photo is not there") from lost


def _agent(request: CounterRequest) -> Agent:
    found = agent_of(request.counter.warung)
    if found is None:
        raise Http404("no agent yet")
    return found


def _page(request: Any, *, status: int = 200, **forms: Any) -> HttpResponse:
    agent = agent_of(request.counter.warung)
    context: dict[str, Any] = {
        "agent": agent,
        "is_owner": request.counter.is_owner,
        "paper": DocumentForm(),
        **forms,
    }
    if agent is None or agent.state in (AgentState.APPLIED, AgentState.REFUSED):
        if agent is not None:
            context["papers"] = agent.documents.all()
            context["history"] = agent.history.all()
        return render(request, "agent_banking/becoming.html", context, status=status)
    context |= {
        "levels": levels_of(agent),
        "day": day_at_work(agent),
        "recent": transactions_of(agent)[:A_GLANCE],
        "exceptions": open_exceptions(agent),
        "referrals": offers_referrals(),
        "has_rules": rules_are_there(),
        "papers": agent.documents.all() if request.counter.is_owner else [],
    }
    context.setdefault("marks", MarksForm({"float_low": agent.float_low, "cash_high": agent.cash_high}))
    return render(request, "agent_banking/home.html", context, status=status)
