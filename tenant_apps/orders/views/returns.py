"""Goods that come back: asked by the customer, decided at the counter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.orders.forms import ReturnDaysForm, ReturnForm
from tenant_apps.orders.selectors import order_for, return_of_warung, returns_at
from tenant_apps.orders.services.returning import (
    accept_return,
    ask_return,
    left_to_return,
    refuse_return,
    return_days,
    returnable_until,
    set_return_days,
)
from tenants.access import signed_in
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

PER_PAGE = 20
REASONS = (
    gettext_lazy("It is spoiled."),
    gettext_lazy("It is broken."),
    gettext_lazy("I got the wrong thing."),
)
at_counter = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: RegionRequest, number: str) -> HttpResponse:
    """The customer says what comes back, and why."""
    found = order_for(request.member, number)
    left = left_to_return(found)
    lines = [line for line in found.lines.select_related("packed", "product") if line.pk in left]
    form = ReturnForm(lines, left, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_return(order=found, quantities=form.quantities(), reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The warung knows. It decides, and you hear from us."))
            return redirect("orders:return", found.number)
    until = returnable_until(found)
    context: dict[str, Any] = {
        "order": found,
        "warung": found.warung,
        "form": form,
        "reasons": REASONS,
        "until": until,
        "may_ask": found.state == "handed_over" and bool(left) and clock.now() < until,
        "returns": found.returns.prefetch_related("lines__line"),
    }
    return render(request, "orders/return.html", context, status=409 if form.errors else 200)


@at_counter
@never_cache
@require_safe
def returns(request: RegionRequest) -> HttpResponse:
    """What customers want to bring back to one's warungs; those that wait come first."""
    page = Paginator(returns_at(request.member), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "orders/returns.html", {"page": page, "days": return_days()})


@roles_only(Role.ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: RegionRequest) -> HttpResponse:
    """For how many days goods can be brought back, at every warung of the region."""
    form = ReturnDaysForm(request.POST if request.method == "POST" else None, initial={"days": return_days()})
    if form.is_valid():
        set_return_days(days=form.cleaned_data["days"])
        messages.success(request, _("Saved. It counts for everything that was handed over and not brought back yet."))
        return redirect("orders:return_terms")
    return render(request, "orders/return_terms.html", {"form": form}, status=400 if form.errors else 200)


@at_counter
@require_POST
def decide(request: RegionRequest, number: str, verb: str) -> HttpResponse:
    """The warung takes the goods back, or says why not."""
    found = return_of_warung(request.member, number)
    by = request.member.actor
    try:
        if verb == "terima":
            shelf = {line.line_id for line in found.lines.all() if f"shelf-{line.line_id}" in request.POST}
            accept_return(document=found, on_shelf=shelf, by=by)
        elif verb == "tolak":
            refuse_return(document=found, reason=request.POST.get("reason", ""), by=by)
        else:
            raise Http404("no such step")
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect("orders:returns")
