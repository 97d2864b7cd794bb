"""The Satker's pages for joint purchases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.exchange.models import Pool
from tenant_apps.accounts.access import RegionRequest
from tenant_apps.procurement.forms import ReasonForm
from tenant_apps.procurement.pool_forms import InviteForm, PoolForm, PoolJoinForm
from tenant_apps.procurement.pool_selectors import (
    cycles_to_join,
    neighbours_of,
    pool_for,
    pool_view,
    pools_at_satker,
    suppliers_to_pool,
)
from tenant_apps.procurement.services.pooling import (
    cancel_joint,
    close_joint,
    invite_region,
    join_pool,
    leave_pool,
    start_pool,
)
from tenant_apps.procurement.views.satker import for_satker
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

PER_PAGE = 25


@for_satker
@require_safe
def pools_page(request: RegionRequest) -> HttpResponse:
    """All joint purchases of the region, newest first."""
    page = Paginator(pools_at_satker(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "procurement/pools/pools.html", {"page": page})


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: RegionRequest) -> HttpResponse:
    """A new joint purchase, for a cycle."""
    cycles = cycles_to_join()
    suppliers = suppliers_to_pool(cycles)
    if request.method != "POST":
        form = PoolForm(cycles, suppliers, initial={"key": uuid4(), "closes_at": _first_time(cycles)})
        return render(request, "procurement/pools/new.html", {"form": form})
    form = PoolForm(cycles, suppliers, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            pool = start_pool(
                cycle=form.chosen(),
                supplier=form.seller(),
                key=told["key"],
                name=told["name"],
                closes_at=told["closes_at"],
                by=request.member.actor,
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The joint purchase is open. Invite other regions now."))
            return redirect("procurement:pool", pool.number)
    return render(request, "procurement/pools/new.html", {"form": form}, status=400)


def _first_time(cycles: list[Any]) -> Any:
    """Two hours after the first cycle closes, and not before tomorrow."""
    first = max([clock.now() + timedelta(days=1), *(cycle.closes_at + timedelta(hours=2) for cycle in cycles[:1])])
    return timezone.localtime(first).replace(minute=0, second=0, microsecond=0)


@for_satker
@never_cache
@require_safe
def pool_page(request: RegionRequest, number: str) -> HttpResponse:
    """One joint purchase: who takes part, own packs, the tier, and what can be done now."""
    return _page(request, pool_for(number))


def _page(request: RegionRequest, pool: Pool, *, status: int = 200, **forms: Any) -> HttpResponse:
    view = pool_view(pool)
    context = {
        "view": view,
        "pool": pool,
        "invite": forms.get("invite") or InviteForm(),
        "joining": forms.get("joining") or PoolJoinForm(cycles_to_join(pool.supplier)),
        "reason": forms.get("reason") or _reason_form(),
        "neighbours": neighbours_of(view) if view.hosts and view.gathers else [],
    }
    return render(request, "procurement/pools/pool.html", context, status=status)


def _reason_form(data: Any = None) -> ReasonForm:
    return ReasonForm(data, missing=_("Write down why; the other regions read it."))


@for_satker
@require_POST
def invite(request: RegionRequest, number: str) -> HttpResponse:
    """Another region is asked."""
    pool, form = pool_for(number), InviteForm(request.POST)
    if form.is_valid():
        try:
            member = invite_region(pool=pool, who=form.cleaned_data["who"], by=request.member.actor)
        except DomainError as refused:
            form.add_error("who", refused.message)
        else:
            messages.success(request, _("%(region)s is invited.") % {"region": member.region_name})
            return redirect("procurement:pool", number)
    return _page(request, pool, invite=form, status=400)


@for_satker
@require_POST
def join(request: RegionRequest, number: str) -> HttpResponse:
    """This region takes part."""
    pool = pool_for(number)
    form = PoolJoinForm(cycles_to_join(pool.supplier), request.POST)
    if form.is_valid():
        try:
            join_pool(pool=pool, cycle=form.chosen(), by=request.member.actor)
        except DomainError as refused:
            form.add_error("cycle", refused.message)
        else:
            messages.success(request, _("Your cycle takes part. What its plan buys counts from now on."))
            return redirect("procurement:pool", number)
    return _page(request, pool, joining=form, status=400)


@for_satker
@require_POST
def leave(request: RegionRequest, number: str) -> HttpResponse:
    """This region takes no part."""
    return _step(request, number, leave_pool, _("You take no part in it. Your cycle orders alone."))


@for_satker
@require_POST
def close(request: RegionRequest, number: str) -> HttpResponse:
    """The tiers are frozen."""
    return _step(request, number, close_joint, _("The joint purchase is closed, and its prices stand."))


def _step(request: RegionRequest, number: str, act: Callable[..., Any], done: str) -> HttpResponse:
    try:
        act(pool=pool_for(number), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("procurement:pool", number)


@for_satker
@require_POST
def cancel(request: RegionRequest, number: str) -> HttpResponse:
    """Nothing comes of it."""
    pool, form = pool_for(number), _reason_form(request.POST)
    if not form.is_valid():
        return _page(request, pool, reason=form, status=400)
    try:
        cancel_joint(pool=pool, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The joint purchase is cancelled. The other regions read why."))
    return redirect("procurement:pool", number)
