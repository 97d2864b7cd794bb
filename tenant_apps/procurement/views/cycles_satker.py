"""The Satker's pages for cycles: preparing, watching orders come in, putting together, ordering from suppliers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.procurement.cycle_forms import ClosesForm, CycleForm, PlanForm
from tenant_apps.procurement.cycle_selectors import (
    cycle_for_satker,
    cycles_at_satker,
    exchange_orders,
    orderable,
    orders_in,
    plan_of,
    sums_of,
)
from tenant_apps.procurement.forms import ReasonForm
from tenant_apps.procurement.models import Cycle, CycleOrder, CycleState
from tenant_apps.procurement.pool_selectors import pools_of
from tenant_apps.procurement.selectors import names_of
from tenant_apps.procurement.services import (
    cancel_cycle,
    change_draft,
    close_cycle,
    draft_cycle,
    extend_cycle,
    open_cycle,
    replan,
    send_purchases,
)
from tenant_apps.procurement.views.cycles_owner import OrderPage
from tenant_apps.procurement.views.satker import for_satker
from tenant_apps.satker.selectors import the_satker
from tenants.forms import asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

PER_PAGE = 25
PLANNED = (CycleState.LOCKED, CycleState.ORDERED, CycleState.RECEIVING, CycleState.DISTRIBUTED, CycleState.SETTLED)


@for_satker
@require_safe
def cycles_page(request: RegionRequest) -> HttpResponse:
    """All cycles, newest first."""
    page = Paginator(cycles_at_satker(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "procurement/cycles/satker/cycles.html", {"page": page})


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: RegionRequest) -> HttpResponse:
    """A new cycle: everything that can be bought is ticked at first."""
    satker = the_satker()
    offered = orderable(satker, clock.today())
    if request.method != "POST":
        return _form_page(request, CycleForm(offered, initial=_first_terms(offered)), None)
    form = CycleForm(offered, request.POST)
    if form.is_valid():
        try:
            cycle = draft_cycle(satker=satker, terms=form.terms(), packs=form.pack_ids(), by=request.member.actor)
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The cycle is prepared. Look at it, then open it for the warungs."))
            return redirect("procurement:cycle", cycle.number)
    return _form_page(request, form, None, status=400)


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: RegionRequest, number: str) -> HttpResponse:
    """What is being prepared is prepared otherwise."""
    cycle = cycle_for_satker(number)
    if cycle.state != CycleState.DRAFT:
        return redirect("procurement:cycle", number)
    offered = orderable(cycle.satker, clock.today())
    if request.method != "POST":
        return _form_page(request, CycleForm.of(cycle, offered), cycle)
    form = CycleForm(offered, request.POST)
    if form.is_valid():
        try:
            change_draft(cycle=cycle, terms=form.terms(), packs=form.pack_ids(), by=request.member.actor)
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("procurement:cycle", number)
    return _form_page(request, form, cycle, status=400)


def _first_terms(offered: Any) -> dict[str, Any]:
    """A cycle that closes the day after tomorrow in the evening, and is delivered two days later."""
    closes = timezone.localtime(clock.now() + timedelta(days=2)).replace(hour=20, minute=0, second=0, microsecond=0)
    return {
        "closes_at": closes,
        "deliver_on": closes.date() + timedelta(days=2),
        "packs": [str(one.pack.pk) for one in offered],
    }


def _form_page(request: RegionRequest, form: CycleForm, cycle: Cycle | None, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "cycle": cycle}
    return render(request, "procurement/cycles/satker/form.html", context, status=status)


@for_satker
@never_cache
@require_safe
def cycle_page(request: RegionRequest, number: str) -> HttpResponse:
    """One cycle: how far it is, what is ordered, the plan, and what the Satker can do now."""
    return _cycle_page(request, cycle_for_satker(number))


def _cycle_page(
    request: RegionRequest,
    cycle: Cycle,
    *,
    closes: ClosesForm | None = None,
    reason: ReasonForm | None = None,
    plan_form: PlanForm | None = None,
    status: int = 200,
) -> HttpResponse:
    planned = cycle.state in PLANNED
    plan = plan_of(cycle) if planned else None
    orders = exchange_orders(cycle) if planned else {}
    events = list(cycle.history.all())
    names = names_of(event.by for event in events)
    later = cycle.closes_at + timedelta(days=1)
    context = {
        "cycle": cycle,
        "sums": sums_of(cycle),
        "warungs": cycle.orders.filter(warung__isnull=False).count(),
        "total": sum(cycle.orders.values_list("total", flat=True)),
        "plan": plan,
        "purchases": [(one, orders.get(one.order_number)) for one in plan.purchases] if plan else [],
        "history": [(event, names.get(event.by, "")) for event in events],
        "closes": closes or ClosesForm(initial={"closes_at": max(later, clock.now() + timedelta(hours=1))}),
        "reason": reason or _reason_form(),
        "plan_form": plan_form or _plan_form(cycle),
        "pools": pools_of(cycle),
    }
    return render(request, "procurement/cycles/satker/cycle.html", context, status=status)


def _reason_form(data: Any = None) -> ReasonForm:
    return ReasonForm(data, missing=_("Write down why; the warungs read it."))


def _plan_form(cycle: Cycle, data: Any = None) -> PlanForm:
    suppliers = [(str(row.supplier), row.name) for row in cycle.suppliers.all()]
    return PlanForm(suppliers, data, initial={"below": cycle.below, "left_out": cycle.left_out})


@for_satker
@require_safe
def orders_page(request: RegionRequest, number: str) -> HttpResponse:
    """Who ordered for how much."""
    cycle, text = cycle_for_satker(number), asked_text(request)
    page = Paginator(orders_in(cycle, text), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "procurement/cycles/satker/orders.html", {"cycle": cycle, "page": page, "wanted": text})


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_order(request: RegionRequest, number: str) -> HttpResponse:
    """What the Satker takes for its own store, as to fill a carton or to reach the next tier."""
    cycle = cycle_for_satker(number)
    if cycle.state != CycleState.OPEN:
        return redirect("procurement:cycle", number)
    order = CycleOrder.objects.filter(cycle=cycle, warung=None).first()
    page = OrderPage(cycle, None, order, "procurement/cycles/satker/own_order.html", "procurement:cycle_own_order")
    return page.answer(request, request.member.actor)


@for_satker
@require_POST
def open_(request: RegionRequest, number: str) -> HttpResponse:
    """Warungs may order."""
    return _step(request, number, open_cycle, _("The cycle is open. The owners are told."))


@for_satker
@require_POST
def close(request: RegionRequest, number: str) -> HttpResponse:
    """No more orders; the plan is made."""
    return _step(request, number, close_cycle, _("The cycle is closed. This is what it comes to."))


@for_satker
@require_POST
def send(request: RegionRequest, number: str) -> HttpResponse:
    """The orders leave for the suppliers."""
    return _step(request, number, send_purchases, _("The orders are on their way to the suppliers."))


def _step(request: RegionRequest, number: str, act: Callable[..., Any], done: str) -> HttpResponse:
    try:
        act(cycle=cycle_for_satker(number), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("procurement:cycle", number)


@for_satker
@require_POST
def extend(request: RegionRequest, number: str) -> HttpResponse:
    """Warungs may order for a while longer."""
    cycle, form = cycle_for_satker(number), ClosesForm(request.POST)
    if form.is_valid():
        try:
            extend_cycle(cycle=cycle, closes_at=form.cleaned_data["closes_at"], by=request.member.actor)
        except DomainError as refused:
            form.add_error("closes_at", refused.message)
        else:
            messages.success(request, _("The cycle stays open longer. The owners are told."))
            return redirect("procurement:cycle", number)
    return _cycle_page(request, cycle, closes=form, status=400)


@for_satker
@require_POST
def cancel(request: RegionRequest, number: str) -> HttpResponse:
    """Nothing is bought."""
    cycle, form = cycle_for_satker(number), _reason_form(request.POST)
    if not form.is_valid():
        return _cycle_page(request, cycle, reason=form, status=400)
    try:
        cancel_cycle(cycle=cycle, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The cycle is cancelled. Who ordered is told why."))
    return redirect("procurement:cycle", number)


@for_satker
@require_POST
def plan(request: RegionRequest, number: str) -> HttpResponse:
    """The plan is made anew, as told."""
    cycle = cycle_for_satker(number)
    form = _plan_form(cycle, request.POST)
    if not form.is_valid():
        return _cycle_page(request, cycle, plan_form=form, status=400)
    try:
        replan(
            cycle=cycle,
            below=form.cleaned_data["below"],
            left_out=form.cleaned_data["left_out"],
            by=request.member.actor,
        )
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The plan is made anew."))
    return redirect("procurement:cycle", number)
