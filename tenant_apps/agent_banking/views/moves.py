"""Money between drawer, float, owner, bank and Satker, as the warung sees it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import roles_only
from tenant_apps.agent_banking.access import COUNTER, AgentRequest, at_agent
from tenant_apps.agent_banking.forms import MoveForm
from tenant_apps.agent_banking.models import MoveKind
from tenant_apps.agent_banking.selectors.agents import levels_of, move_for, moves_of
from tenant_apps.agent_banking.services import submit_move, withdraw_move
from tenant_apps.agent_banking.views.home import file_of
from tenant_apps.pricing.pictures import redrawn
from tenants.kernel.errors import DomainError

A_PAGE = 25

at_the_warung = roles_only(*COUNTER)
_FIELDS = {"not_enough": "amount", "reference_used": "reference", "bad_picture": "photo"}


@at_the_warung
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_agent
def moves(request: AgentRequest) -> HttpResponse:
    """What moved, and a form for the next."""
    if request.method != "POST":
        return _page(request, MoveForm(request.counter.is_owner))
    form = MoveForm(request.counter.is_owner, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=400)
    told = form.cleaned_data
    try:
        done = submit_move(
            agent=request.agent,
            key=told["key"],
            kind=MoveKind(told["kind"]),
            amount=told["amount"],
            reference=told["reference"],
            note=told["note"],
            document=redrawn(told["photo"]) if told["photo"] else None,
            by=request.member.actor,
        )
    except DomainError as refused:
        form.add_error(_FIELDS.get(refused.code), refused.message)
        return _page(request, form, status=refused.status)
    if MoveKind(done.kind).with_satker:
        messages.success(request, _("Sent to the Satker, which confirms it."))
    else:
        messages.success(request, _("Written down."))
    return redirect("agent_banking:moves")


@at_the_warung
@require_POST
@at_agent
def withdraw(request: AgentRequest, number: str) -> HttpResponse:
    """It is taken back before the Satker said anything."""
    try:
        withdraw_move(float_move=move_for(request.agent, number), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    return redirect("agent_banking:moves")


@at_the_warung
@never_cache
@require_safe
@at_agent
def slip(request: AgentRequest, number: str) -> HttpResponseBase:
    """The photo of a slip."""
    return file_of(move_for(request.agent, number).document)


def _page(request: AgentRequest, form: MoveForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(moves_of(request.agent), A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "form": form, "levels": levels_of(request.agent)}
    return render(request, "agent_banking/moves.html", context, status=status)
