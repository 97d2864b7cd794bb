"""The Satker's desk: units and their cash, types and prices, the terms, and whether the savings could be paid."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.bank_sampah.forms import BoxForm, CommitteeForm, GradeForm, PriceForm, TermsForm, TypeForm, UnitForm
from tenant_apps.bank_sampah.models import BankTerms, Composition, Group, Measure, WasteGrade, WasteUnit
from tenant_apps.bank_sampah.selectors.liquidity import liquidity, stands_of_units
from tenant_apps.bank_sampah.selectors.prices import all_grades, prices_over_time, terms_on
from tenant_apps.bank_sampah.selectors.store import buyers
from tenant_apps.bank_sampah.selectors.units import unit_for, units_of, warungs_without_unit
from tenant_apps.bank_sampah.services import (
    add_grade,
    add_type,
    change_unit,
    fill_box,
    make_unit,
    set_bank_terms,
    set_price,
    set_up,
    take_type,
)
from tenant_apps.bank_sampah.views.doors import office
from tenants.context import current_region
from tenants.kernel.errors import DomainError
from tenants.pictures import FORMATS

LAST_PRICES = 12


@office
@never_cache
@require_safe
def overview(request: RegionRequest) -> HttpResponse:
    """How the waste bank stands: savings against cash and unsold waste, unit by unit."""
    if not BankTerms.objects.exists():
        return render(request, "bank_sampah/office/begin.html")
    context = {"stand": liquidity(), "units": stands_of_units()}
    return render(request, "bank_sampah/office/overview.html", context)


@office
@require_POST
def begin(request: RegionRequest) -> HttpResponse:
    """The centre, the usual types with prices, and terms."""
    set_up(name=f"Bank Sampah {current_region().name}"[:120], by=request.member.actor)
    messages.success(request, _("The waste bank is set up. Look at the prices before the first weighing."))
    return redirect("bank_sampah:types")


@office
@never_cache
@require_safe
def types(request: RegionRequest) -> HttpResponse:
    """What is taken, and for how much."""
    return render(request, "bank_sampah/office/types.html", {"grades": all_grades()})


@office
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def type_new(request: RegionRequest) -> HttpResponse:
    """One more type."""
    form = TypeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = add_type(
                code=told["code"],
                name=told["name"],
                group=Group(told["group"]),
                composition=Composition(told["composition"]),
                measure=Measure(told["measure"]),
                piece_g=told["piece_g"],
                hint=told["hint"],
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = refused.status
        else:
            messages.success(request, _("Now set its price."))
            return redirect("bank_sampah:type", made.public_id)
    elif form.is_bound:
        status = 400
    return render(request, "bank_sampah/office/type_new.html", {"form": form}, status=status)


@office
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_type(request: RegionRequest, grade: UUID) -> HttpResponse:
    """One grade: its price over time, a new price, and whether it is taken."""
    found = WasteGrade.objects.select_related("type").filter(public_id=grade).first()
    if found is None:
        raise Http404("no such grade")
    units, known = list(units_of(request.member)), list(buyers())
    form, grading, status = PriceForm(units, known), GradeForm(), 200
    if request.method == "POST" and "taken" in request.POST:
        take_type(kind=found.type, is_taken=request.POST["taken"] == "1")
        return redirect("bank_sampah:type", grade)
    if request.method == "POST" and "name" in request.POST:
        grading = GradeForm(request.POST)
        if grading.is_valid():
            try:
                made = add_grade(kind=found.type, name=grading.cleaned_data["name"])
            except DomainError as refused:
                grading.add_error("name", refused.message)
            else:
                messages.success(request, _("Now set its price."))
                return redirect("bank_sampah:type", made.public_id)
        status = 400
    elif request.method == "POST":
        form = PriceForm(units, known, request.POST)
        if form.is_valid():
            set_price(grade=found, by=request.member.actor, **form.told)
            messages.success(request, _("The price holds from now on. Slips until now keep theirs."))
            return redirect("bank_sampah:type", grade)
        status = 400
    context = {"grade": found, "form": form, "grading": grading, "prices": prices_over_time(found)[:LAST_PRICES]}
    context["formats"] = ",".join(f"image/{kind.lower()}" for kind in FORMATS)
    return render(request, "bank_sampah/office/type.html", context, status=status)


@office
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unit_new(request: RegionRequest) -> HttpResponse:
    """One more unit."""
    form = UnitForm(list(warungs_without_unit()), request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = make_unit(
                name=told["name"],
                warung=form.warungs.get(told["warung"]),
                address=told["address"],
                hours=told["hours"],
            )
        except DomainError as refused:
            form.add_error("name", refused.message)
            status = refused.status
        else:
            messages.success(request, _("%(unit)s takes waste now.") % {"unit": made.name})
            return redirect("bank_sampah:unit", made.public_id)
    elif form.is_bound:
        status = 400
    return render(request, "bank_sampah/office/unit_new.html", {"form": form}, status=status)


@office
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """A unit: its name and hours, its cash box."""
    found = unit_for(request.member, public_id)
    form = None
    if request.method == "POST":
        form = UnitForm(None, request.POST)
        if not form.is_valid():
            return _unit(request, found, form=form, status=400)
        try:
            change_unit(
                unit=found, **{name: form.cleaned_data[name] for name in ("name", "address", "hours", "is_open")}
            )
        except DomainError as refused:
            form.add_error("name", refused.message)
            return _unit(request, found, form=form, status=refused.status)
        messages.success(request, _("Written down."))
        return redirect("bank_sampah:unit", public_id)
    return _unit(request, found)


@office
@require_POST
def box(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Cash into the unit's box, or out of it."""
    found, form = unit_for(request.member, public_id), BoxForm(request.POST)
    if not form.is_valid():
        return _unit(request, found, box=form, status=400)
    try:
        fill_box(unit=found, key=form.cleaned_data["key"], amount=form.signed, by=request.member.actor)
    except DomainError as refused:
        form.add_error("amount", refused.message)
        return _unit(request, found, box=form, status=refused.status)
    messages.success(request, _("Written down."))
    return redirect("bank_sampah:unit", public_id)


@office
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: RegionRequest) -> HttpResponse:
    """The rules, from now on."""
    present = terms_on()
    form = TermsForm(request.POST if request.method == "POST" else None, initial=TermsForm.of(present))
    status = 200
    if form.is_valid():
        try:
            set_bank_terms(by=request.member.actor, **form.told)
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = refused.status
        else:
            messages.success(request, _("The terms hold from now on."))
            return redirect("bank_sampah:terms")
    elif form.is_bound:
        status = 400
    context = {"form": form, "terms": present, "history": BankTerms.objects.all()[:LAST_PRICES]}
    return render(request, "bank_sampah/office/terms.html", context, status=status)


def _unit(request: RegionRequest, found: WasteUnit, *, status: int = 200, **forms: Any) -> HttpResponse:
    initial = {"name": found.name, "address": found.address, "hours": found.hours, "is_open": found.is_open}
    (stand,) = stands_of_units([found])
    context = {
        "unit": found,
        "stand": stand,
        "form": UnitForm(None, initial=initial),
        "box": BoxForm(),
        "paying": CommitteeForm(),
    }
    shown = {name: form for name, form in forms.items() if form is not None}
    return render(request, "bank_sampah/office/unit.html", {**context, **shown}, status=status)
