"""The Satker's pages: who is an agent, what waits for its word, what it approves."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, roles_only
from tenant_apps.agent_banking.access import OFFICE, offered
from tenant_apps.agent_banking.forms import ApprovalForm
from tenant_apps.agent_banking.models import Agent, AgentState, MoveState, ReferralState
from tenant_apps.agent_banking.selectors.agents import (
    agent_for_satker,
    agents,
    day_at_work,
    day_for,
    days_of,
    days_to_approve,
    document_called,
    levels_of,
    move_for_satker,
    moves_for_satker,
    open_exceptions,
    referral_called,
    referrals,
)
from tenant_apps.agent_banking.services import (
    activate_referral,
    approve_agent,
    approve_day,
    approve_referral,
    confirm_move,
    end_agent,
    refuse_agent,
    refuse_move,
    reject_referral,
    resume_agent,
    send_back_day,
    suspend_agent,
)
from tenant_apps.agent_banking.views.days import day_context
from tenant_apps.agent_banking.views.home import file_of
from tenants.forms import ReasonForm, asked_text
from tenants.kernel.errors import DomainError
from tenants.support import closed_to_support

A_PAGE = 25
A_FEW_DAYS = 14

for_satker = roles_only(*OFFICE)


@for_satker
@never_cache
@require_safe
@offered
def agents_page(request: RegionRequest) -> HttpResponse:
    """All agents, and the days that wait for an approval."""
    words, state = asked_text(request), request.GET.get("state", "")
    page = Paginator(agents(words, state), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": words,
        "state": state if state in AgentState.values else "",
        "states": AgentState.choices,
        "waiting_days": list(days_to_approve()[:A_PAGE]),
        "waiting_moves": moves_for_satker(MoveState.SUBMITTED).count(),
        "waiting_referrals": referrals(state=ReferralState.SUBMITTED).count(),
    }
    return render(request, "agent_banking/satker/agents.html", context)


@for_satker
@never_cache
@require_safe
@offered
def agent_page(request: RegionRequest, number: str) -> HttpResponse:
    """One agent: papers, levels, days, steps."""
    return _agent_page(request, agent_for_satker(number))


@for_satker
@never_cache
@require_POST
@offered
def step_agent(request: RegionRequest, number: str, verb: str) -> HttpResponse:
    """`setujui`, `tolak`, `bekukan`, `lanjut`, `akhiri`."""
    agent, by = agent_for_satker(number), request.member.actor
    form: Any = ApprovalForm(request.POST) if verb == "setujui" else ReasonForm(request.POST)
    name = "approval" if verb == "setujui" else "reason"
    if verb not in ("setujui", "tolak", "bekukan", "lanjut", "akhiri"):
        raise Http404("no such step")
    if verb != "lanjut" and not form.is_valid():
        return _agent_page(request, agent, status=400, tried=verb, **{name: form})
    try:
        if verb == "setujui":
            approve_agent(agent=agent, bank_number=form.cleaned_data["bank_number"], by=by)
        elif verb == "lanjut":
            resume_agent(agent=agent, by=by)
        else:
            step = {"tolak": refuse_agent, "bekukan": suspend_agent, "akhiri": end_agent}[verb]
            step(agent=agent, reason=form.cleaned_data["reason"], by=by)
    except DomainError as refused:
        if verb == "lanjut":
            messages.error(request, str(refused.message))
            return redirect("agent_banking:satker_agent", number)
        form.add_error(None, refused.message)
        return _agent_page(request, agent_for_satker(number), status=refused.status, tried=verb, **{name: form})
    messages.success(request, _("Done. The owner is told."))
    return redirect("agent_banking:satker_agent", number)


@for_satker
@closed_to_support
@never_cache
@require_safe
@offered
def paper(request: RegionRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """A paper of an agent."""
    return file_of(document_called(public_id).file)


@for_satker
@never_cache
@require_safe
@offered
def day(request: RegionRequest, number: str, day: str) -> HttpResponse:
    """A day of an agent; its difference, where it waits."""
    return _day_page(request, number, day)


@for_satker
@never_cache
@require_POST
@offered
def judge_day(request: RegionRequest, number: str, day: str, verb: str) -> HttpResponse:
    """`setujui` the difference, or `kembalikan` to be counted again."""
    found = day_for(agent_for_satker(number), day)
    form = ReasonForm(request.POST)
    try:
        if verb == "setujui":
            approve_day(day=found, by=request.member.actor)
            messages.success(request, _("Approved. The day is closed."))
        elif verb == "kembalikan":
            if not form.is_valid():
                return _day_page(request, number, day, status=400, reason=form)
            send_back_day(day=found, reason=form.cleaned_data["reason"], by=request.member.actor)
            messages.success(request, _("The owner is asked to count again."))
        else:
            raise Http404("no such step")
    except DomainError as refused:
        if verb == "setujui":
            messages.error(request, str(refused.message))
            return _day_page(request, number, day, status=refused.status)
        form.add_error(None, refused.message)
        return _day_page(request, number, day, status=refused.status, reason=form)
    return redirect("agent_banking:satker_day", number, day)


@for_satker
@never_cache
@require_safe
@offered
def moves_page(request: RegionRequest) -> HttpResponse:
    """Cash and float between agents and the Satker."""
    return _moves_page(request)


@for_satker
@never_cache
@require_POST
@offered
def settle_move(request: RegionRequest, number: str, verb: str) -> HttpResponse:
    """`terima`, or `tolak` with a reason."""
    found, form = move_for_satker(number), ReasonForm(request.POST)
    try:
        if verb == "terima":
            confirm_move(float_move=found, by=request.member.actor)
            messages.success(request, _("Confirmed."))
        elif verb == "tolak":
            if not form.is_valid():
                return _moves_page(request, status=400, reason=form, tried=number)
            refuse_move(float_move=found, reason=form.cleaned_data["reason"], by=request.member.actor)
            messages.success(request, _("Refused. The owner is told."))
        else:
            raise Http404("no such step")
    except DomainError as refused:
        if verb == "terima":
            messages.error(request, str(refused.message))
            return _moves_page(request, status=refused.status)
        form.add_error(None, refused.message)
        return _moves_page(request, status=refused.status, reason=form, tried=number)
    return redirect("agent_banking:satker_moves")


@for_satker
@closed_to_support
@never_cache
@require_safe
@offered
def slip(request: RegionRequest, number: str) -> HttpResponseBase:
    """The photo of a slip."""
    return file_of(move_for_satker(number).document)


@for_satker
@never_cache
@require_safe
@offered
def referrals_page(request: RegionRequest) -> HttpResponse:
    """Who wants an account at the bank, of all agents."""
    return _referrals_page(request)


@for_satker
@never_cache
@require_POST
@offered
def step_referral(request: RegionRequest, number: str, verb: str) -> HttpResponse:
    """`setujui`, `aktif`, or `tolak` with a reason."""
    found, by, form = referral_called(number), request.member.actor, ReasonForm(request.POST)
    try:
        if verb == "setujui":
            approve_referral(referral=found, by=by)
        elif verb == "aktif":
            activate_referral(referral=found, by=by)
        elif verb == "tolak":
            if not form.is_valid():
                return _referrals_page(request, status=400, reason=form, tried=number)
            reject_referral(referral=found, reason=form.cleaned_data["reason"], by=by)
        else:
            raise Http404("no such step")
    except DomainError as refused:
        if verb != "tolak":
            messages.error(request, str(refused.message))
            return _referrals_page(request, status=refused.status)
        form.add_error(None, refused.message)
        return _referrals_page(request, status=refused.status, reason=form, tried=number)
    messages.success(request, _("Saved."))
    return redirect("agent_banking:satker_referrals")


def _agent_page(request: RegionRequest, agent: Agent, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "agent": agent,
        "papers": agent.documents.all(),
        "levels": levels_of(agent),
        "day": day_at_work(agent),
        "days": days_of(agent)[:A_FEW_DAYS],
        "exceptions": open_exceptions(agent),
        "history": agent.history.all(),
        "approval": ApprovalForm(),
        "reason": ReasonForm(),
        "tried": "",
        **forms,
    }
    return render(request, "agent_banking/satker/agent.html", context, status=status)


def _day_page(request: RegionRequest, number: str, day: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    agent = agent_for_satker(number)
    context = {"agent": agent, "reason": ReasonForm(), **day_context(day_for(agent, day)), **forms}
    return render(request, "agent_banking/satker/day.html", context, status=status)


def _moves_page(request: RegionRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    state = request.GET.get("state", MoveState.SUBMITTED)
    page = Paginator(moves_for_satker(state), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "states": [*MoveState.choices, ("all", _("All"))],
        "reason": ReasonForm(),
        "tried": "",
        **forms,
    }
    return render(request, "agent_banking/satker/moves.html", context, status=status)


def _referrals_page(request: RegionRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    words, state = asked_text(request), request.GET.get("state", "")
    page = Paginator(referrals(None, words, state), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": words,
        "state": state if state in ReferralState.values else "",
        "states": ReferralState.choices,
        "reason": ReasonForm(),
        "tried": "",
        **forms,
    }
    return render(request, "agent_banking/satker/referrals.html", context, status=status)
