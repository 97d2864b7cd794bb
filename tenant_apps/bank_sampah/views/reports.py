"""The year of the waste bank, and its buyers."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.bank_sampah.forms import BuyerForm, CommitteeForm, YearForm
from tenant_apps.bank_sampah.selectors.reports import YearReport, year_report
from tenant_apps.bank_sampah.selectors.store import buyers
from tenant_apps.bank_sampah.selectors.units import unit_for
from tenant_apps.bank_sampah.services import make_buyer, pay_committee
from tenant_apps.bank_sampah.views.doors import office
from tenant_apps.ledger.sheets import Cell, sheet
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.kernel.units import quantity_text


@office
@never_cache
@require_safe
def year(request: RegionRequest) -> HttpResponse:
    """What a year brought, with its chart."""
    report = year_report(_asked(request))
    bars = [(str(MONTHS_3[month]), grams, quantity_text(grams, "g")) for month, grams in report.months]
    context = {"report": report, "bars": bars if report.slips else []}
    return render(request, "bank_sampah/office/year.html", context)


@office
@never_cache
@require_safe
def year_sheet(request: RegionRequest) -> HttpResponseBase:
    """The year as a table."""
    report = year_report(_asked(request))
    return sheet(f"bank-sampah-{report.year}", _rows(report))


@office
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def buyers_page(request: RegionRequest) -> HttpResponse:
    """Who buys waste."""
    form = BuyerForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            made = make_buyer(**form.cleaned_data)
        except DomainError as refused:
            form.add_error("name", refused.message)
            status = refused.status
        else:
            messages.success(request, _("%(name)s can be sold to now.") % {"name": made.name})
            return redirect("bank_sampah:buyers")
    elif form.is_bound:
        status = 400
    return render(request, "bank_sampah/office/buyers.html", {"form": form, "buyers": buyers()}, status=status)


@office
@require_POST
def committee(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The committee of a unit takes of its shares."""
    unit, form = unit_for(request.member, public_id), CommitteeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write whole rupiah, such as 12.500."))
        return redirect("bank_sampah:unit", public_id)
    told = form.cleaned_data
    try:
        pay_committee(unit=unit, key=told["key"], amount=told["amount"], by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Paid out."))
    return redirect("bank_sampah:unit", public_id)


def _asked(request: RegionRequest) -> int:
    form = YearForm(request.GET)
    chosen: int | None = form.cleaned_data["tahun"] if form.is_valid() else None
    return chosen or clock.today(current_region().time_zone).year


def _rows(report: YearReport) -> Iterator[list[Cell]]:
    yield [
        _("Code"),
        _("Waste"),
        _("Kind in SIPSN"),
        _("Weighed in (kg)"),
        _("Value"),
        _("Sold (kg)"),
        _("Sold for"),
        _("Shrink (kg)"),
        _("CO₂e avoided (kg)"),
    ]
    for one in report.types:
        yield [
            one.code,
            one.name,
            one.composition,
            _kg(one.weighed_g),
            one.value,
            _kg(one.sold_g),
            one.sold,
            _kg(one.shrunk_g),
            "" if one.co2e_g is None else _kg(one.co2e_g),
        ]


def _kg(grams: int) -> str:
    return f"{grams // 1_000},{grams % 1_000:03}"
