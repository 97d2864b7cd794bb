"""The Satker's pages for pre-orders: the list for the ways, and the hand-over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.fresh_buying.forms import HandOverForm, ReasonForm
from tenant_apps.fresh_buying.models import PreOrder, PreOrderState
from tenant_apps.fresh_buying.selectors.preorders import preorder_for_satker
from tenant_apps.fresh_buying.selectors.trips import ordered_lines, picking_list, trip_for_satker
from tenant_apps.fresh_buying.services import call_off_preorder, hand_over_preorder
from tenants.kernel.errors import DomainError

for_satker = roles_only(Role.SATKER)


@for_satker
@require_safe
def picking(request: RegionRequest, number: str) -> HttpResponse:
    """What goes where, by delivery time and way; to be printed."""
    trip = trip_for_satker(number)
    return render(request, "fresh_buying/satker/picking.html", {"trip": trip, "stops": picking_list(trip)})


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preorder(request: RegionRequest, number: str) -> HttpResponse:
    """One pre-order; handing it over by weight."""
    found = preorder_for_satker(number)
    if request.method != "POST":
        return _page(request, found)
    form = HandOverForm(ordered_lines(found), request.POST)
    if found.state not in (PreOrderState.READY, PreOrderState.HANDED_OVER) or not form.is_valid():
        return _page(request, found, form if found.state == PreOrderState.READY else None, status=400)
    try:
        hand_over_preorder(preorder=found, given=form.given(), by=request.member.actor)
    except DomainError as refusal:
        line = refusal.context.get("line_id")
        form.add_error(f"given-{line}" if line else None, refusal.message)
        return _page(request, found, form, status=refusal.status)
    messages.success(request, _("Pre-order %(number)s is handed over.") % {"number": found.number})
    if found.trip is not None:
        return redirect("fresh_buying:picking", found.trip.number)
    return redirect("fresh_buying:work_preorder", number)


@for_satker
@never_cache
@require_POST
def call_off(request: RegionRequest, number: str) -> HttpResponse:
    """It cannot be filled, or nobody takes it."""
    found = preorder_for_satker(number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, reason=form, status=400)
    try:
        call_off_preorder(preorder=found, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, found, reason=form, status=refusal.status)
    messages.success(request, _("Pre-order %(number)s is called off; the customer is told.") % {"number": number})
    return redirect("fresh_buying:work_preorder", number)


def _page(
    request: RegionRequest,
    preorder: PreOrder,
    form: HandOverForm | None = None,
    *,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = ordered_lines(preorder)
    if form is None and preorder.state == PreOrderState.READY:
        form = HandOverForm(lines)
    due = sum((line.price_due or 0) * (line.allocated or 0) // line.base_quantity for line in lines)
    context = {
        "preorder": preorder,
        "lines": lines,
        "form": form,
        "due": due + preorder.delivery_fee,
        "reason": reason or ReasonForm(),
        "history": preorder.history.all(),
    }
    return render(request, "fresh_buying/satker/preorder.html", context, status=status)
