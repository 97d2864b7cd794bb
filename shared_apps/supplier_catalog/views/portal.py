"""The first page of the portal, and the choice between several suppliers."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.supplier_catalog.access import SupplierRequest, choose_supplier, members_only
from shared_apps.supplier_catalog.selectors import last_reason, memberships_of, offers_in_force
from shared_apps.supplier_catalog.todo import steps_of


@members_only
@require_safe
def home(request: SupplierRequest) -> HttpResponse:
    """What waits for the supplier; for a refused one, why."""
    supplier = request.supplier
    context = {
        "organisation": supplier.organisation,
        "articles": supplier.organisation.articles.filter(is_active=True).count(),
        "offers": offers_in_force(supplier.organisation).count(),
        "reason": last_reason(supplier.organisation),
        "steps": [] if supplier.is_refused else list(steps_of(supplier)),
    }
    return render(request, "supplier_catalog/portal/home.html", context)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SupplierRequest) -> HttpResponse:
    """For whom the person works from now on; a form names it as every form of the portal does."""
    if request.method == "POST":
        if not request.POST.get("supplier"):
            raise Http404("no supplier was named")
        choose_supplier(request, request.supplier.organisation)
        return redirect("supplier_portal:home")
    context = {"memberships": memberships_of(request.supplier.user)}
    return render(request, "supplier_catalog/portal/choose.html", context)
