"""Operators look at suppliers and decide."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shared_apps.operations.access import operators_only
from shared_apps.regions.selectors import area, path_of
from shared_apps.supplier_catalog.forms import ReasonForm
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierState
from shared_apps.supplier_catalog.selectors import (
    UNCONFIRMED,
    areas_of,
    history_of,
    members_of,
    offers_in_force,
    suppliers,
    suppliers_by_state,
)
from shared_apps.supplier_catalog.services import deciding
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

TABS = [
    (SupplierState.REGISTERED.value, _("to verify")),
    (SupplierState.VERIFIED.value, SupplierState.VERIFIED.label),
    (SupplierState.SUSPENDED.value, SupplierState.SUSPENDED.label),
    (SupplierState.REFUSED.value, SupplierState.REFUSED.label),
    (UNCONFIRMED, _("address not confirmed")),
]


@operators_only
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Suppliers to decide first, then all others."""
    text, wanted = asked_text(request), request.GET.get("state", SupplierState.REGISTERED)
    wanted = wanted if wanted in dict(TABS) else ""
    page = Paginator(suppliers(text=text, state=wanted), 25).get_page(request.GET.get("page"))
    counts = suppliers_by_state()
    tabs = [(code, label, counts.get(code, 0)) for code, label in TABS]
    context = {"page": page, "wanted": wanted, "tabs": tabs, "q": text}
    return render(request, "supplier_catalog/operators/queue.html", context)


@operators_only
@require_safe
def supplier(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything an operator needs to decide."""
    return _page(request, get_object_or_404(SupplierOrganisation, public_id=public_id))


@operators_only
@require_POST
def decide(request: HttpRequest, public_id: UUID, verdict: str) -> HttpResponse:
    """Verify, refuse with a reason, suspend with a reason, or restore."""
    one = get_object_or_404(SupplierOrganisation, public_id=public_id)
    by: str = request.user.actor  # type: ignore[union-attr]
    try:
        if verdict == "verifikasi":
            deciding.verify(organisation=one, by=by)
        elif verdict == "pulihkan":
            deciding.restore(organisation=one, by=by)
        elif verdict in ("tolak", "tangguhkan"):
            form = ReasonForm(request.POST)
            if not form.is_valid():
                return _page(request, one, form, verdict, status=400)
            step = deciding.refuse if verdict == "tolak" else deciding.suspend
            step(organisation=one, by=by, reason=form.cleaned_data["reason"])
        else:
            raise Http404("no such verdict")
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect("supplier_operators:supplier", public_id)


def _page(
    request: HttpRequest,
    one: SupplierOrganisation,
    form: ReasonForm | None = None,
    asked: str = "",
    status: int = 200,
) -> HttpResponse:
    people = list(members_of(one)[:50])
    context = {
        "organisation": one,
        "place": path_of(area(one.area_id)),
        "areas": areas_of(one),
        "people": people,
        "articles": one.articles.filter(is_active=True).count(),
        "offers": offers_in_force(one).count(),
        "history": history_of(one),
        "form": form or ReasonForm(),
        "asked": asked,
    }
    return render(request, "supplier_catalog/operators/supplier.html", context, status=status)
