"""The supplier's own data and where it delivers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.regions.picker import FIELD, area_picker, is_search
from shared_apps.regions.selectors import area, path_of
from shared_apps.supplier_catalog.access import SupplierRequest, supplier_only
from shared_apps.supplier_catalog.forms import CompanyForm
from shared_apps.supplier_catalog.models import SupplierRole
from shared_apps.supplier_catalog.selectors import areas_of
from shared_apps.supplier_catalog.services.facts import DELIVERED, change_business, choose_areas
from shared_apps.supplier_catalog.views.registering import missing_place, place_in, place_picker, told
from tenants.kernel.errors import DomainError


@supplier_only()
@require_safe
def company(request: SupplierRequest) -> HttpResponse:
    one = request.supplier.organisation
    context = {"organisation": one, "place": path_of(area(one.area_id)), "areas": areas_of(one)}
    return render(request, "supplier_catalog/portal/company.html", context)


@supplier_only(SupplierRole.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SupplierRequest) -> HttpResponse:
    one = request.supplier.organisation
    form, problem, status = CompanyForm(initial=CompanyForm.initial_of(one)), "", 200
    if request.method == "POST" and is_search(request.POST):
        form = CompanyForm(initial=request.POST.dict())
    elif request.method == "POST":
        form, place, status = CompanyForm(request.POST), place_in(request), 400
        problem = "" if place else missing_place()
        if form.is_valid() and place:
            try:
                change_business(
                    organisation=one,
                    business=form.business(place),
                    minimum_order=form.cleaned_data["minimum_order"],
                    order_freight=form.cleaned_data["order_freight"],
                    allows_pooling=form.cleaned_data["allows_pooling"],
                    by=request.supplier.actor,
                )
            except DomainError as refusal:
                problem, status = told(form, refusal), refusal.status
            else:
                messages.success(request, _("Your data is kept."))
                return redirect("supplier_portal:company")
    context = {"form": form, "picker": place_picker(request, initial=one.area_id, problem=problem)}
    return render(request, "supplier_catalog/portal/company_form.html", context, status=status)


@supplier_only(SupplierRole.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def areas(request: SupplierRequest) -> HttpResponse:
    """Where the supplier delivers."""
    one, errors, status = request.supplier.organisation, [], 200
    sent = request.POST if request.method == "POST" else None
    if sent is not None and not is_search(sent):
        try:
            choose_areas(organisation=one, codes=sent.getlist(FIELD))
        except DomainError as refusal:
            errors, status = [str(refusal.message)], refusal.status
        else:
            messages.success(request, _("Your areas are kept."))
            return redirect("supplier_portal:company")
    picker = area_picker(
        sent,
        label=_("Areas where you deliver"),
        hint=_("Whole provinces, cities or regencies, or single kecamatan."),
        levels=DELIVERED,
        initial=one.areas.values_list("area_id", flat=True),
        errors=errors,
    )
    return render(request, "supplier_catalog/portal/areas.html", {"picker": picker}, status=status)
