"""The Satker's pages for invoices of suppliers: order, receipt and invoice side by side; what is owed; and the cycle's end."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.procurement.agreed import standing_of
from tenant_apps.procurement.goods_forms import MatchForm, PayForm, ReasonField, SettleForm
from tenant_apps.procurement.goods_selectors import (
    cycle_of_number,
    invoice_of,
    invoices_of,
    payables,
    totals_by_good,
    totals_by_warung,
    trace_of_invoice,
    trace_of_warung,
)
from tenant_apps.procurement.matching import three_way
from tenant_apps.procurement.models import InvoiceMatch
from tenant_apps.procurement.services.settling import dispute, match, pay_supplier, settle_cycle, to_pay
from tenant_apps.procurement.views.satker import for_satker
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError


@for_satker
@never_cache
@require_safe
def invoices(request: RegionRequest, number: str) -> HttpResponse:
    """All invoices for a cycle's orders."""
    cycle = cycle_of_number(number)
    context = {"cycle": cycle, "rows": invoices_of(cycle)}
    return render(request, "procurement/goods/satker/invoices.html", context)


@for_satker
@never_cache
@require_safe
def invoice(request: RegionRequest, number: str, public_id: UUID) -> HttpResponse:
    """One invoice against its order and what came."""
    return _invoice_page(request, number, public_id)


def _invoice_page(
    request: RegionRequest,
    number: str,
    public_id: UUID,
    *,
    matching: MatchForm | None = None,
    reason: ReasonField | None = None,
    paying: PayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    cycle = cycle_of_number(number)
    purchase, found = invoice_of(cycle, public_id)
    matched = InvoiceMatch.objects.filter(invoice=public_id).select_related("payment").first()
    context: dict[str, Any] = {
        "cycle": cycle,
        "purchase": purchase,
        "invoice": found,
        "board": None if matched else three_way(standing_of(purchase), found),
        "matched": matched,
        "lines": matched.lines.select_related("line__offer", "line__good") if matched else [],
        "payment": getattr(matched, "payment", None),
        "to_pay": to_pay(matched) if matched else 0,
        "matching": matching or MatchForm(),
        "reason": reason or ReasonField(),
        "paying": paying or PayForm(today=clock.today(current_region().time_zone), key=uuid.uuid4()),
        "traces": trace_of_invoice(matched) if matched else [],
    }
    return render(request, "procurement/goods/satker/invoice.html", context, status=status)


@for_satker
@require_POST
def match_one(request: RegionRequest, number: str, public_id: UUID) -> HttpResponse:
    """It is right, or its difference is explained."""
    purchase, found = invoice_of(cycle_of_number(number), public_id)
    form = MatchForm(request.POST)
    if not form.is_valid():
        return _invoice_page(request, number, public_id, matching=form, status=400)
    try:
        match(purchase=purchase, invoice=found, by=request.member.actor, **form.cleaned_data)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _invoice_page(request, number, public_id, matching=form, status=refused.status)
    messages.success(request, _("Invoice %(number)s is matched and owed.") % {"number": found.number})
    return redirect("procurement:invoice", number, public_id)


@for_satker
@require_POST
def dispute_one(request: RegionRequest, number: str, public_id: UUID) -> HttpResponse:
    """It is not what was agreed or came."""
    purchase, found = invoice_of(cycle_of_number(number), public_id)
    form = ReasonField(request.POST)
    if not form.is_valid():
        return _invoice_page(request, number, public_id, reason=form, status=400)
    try:
        dispute(purchase=purchase, invoice=found, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request, _("Invoice %(number)s is disputed; the supplier reads why.") % {"number": found.number}
        )
    return redirect("procurement:invoice", number, public_id)


@for_satker
@require_POST
def pay_one(request: RegionRequest, number: str, public_id: UUID) -> HttpResponse:
    """It was paid."""
    invoice_of(cycle_of_number(number), public_id)
    matched = (
        InvoiceMatch.objects.select_related("purchase__supplier", "purchase__cycle").filter(invoice=public_id).first()
    )
    form = PayForm(request.POST, today=clock.today(current_region().time_zone))
    if not form.is_valid() or matched is None:
        return _invoice_page(request, number, public_id, paying=form, status=400)
    try:
        pay_supplier(found=matched, by=request.member.actor, **form.cleaned_data)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _invoice_page(request, number, public_id, paying=form, status=refused.status)
    messages.success(request, _("Invoice %(number)s is paid.") % {"number": matched.number})
    return redirect("procurement:invoice", number, public_id)


@for_satker
@never_cache
@require_safe
def payables_page(request: RegionRequest) -> HttpResponse:
    """What is owed to suppliers, by the day on which it is due."""
    rows = [(one, days, -days) for one, days in payables()]
    context = {"rows": rows, "total": sum(one.total for one, _days, _late in rows)}
    return render(request, "procurement/goods/satker/payables.html", context)


@for_satker
@never_cache
@require_safe
def recap(request: RegionRequest, number: str) -> HttpResponse:
    """What became of a cycle, by product and by warung."""
    return _recap_page(request, number)


def _recap_page(
    request: RegionRequest, number: str, form: SettleForm | None = None, *, status: int = 200
) -> HttpResponse:
    cycle = cycle_of_number(number)
    context = {
        "cycle": cycle,
        "goods": totals_by_good(cycle),
        "warungs": totals_by_warung(cycle),
        "form": form or SettleForm(),
    }
    return render(request, "procurement/goods/satker/recap.html", context, status=status)


@for_satker
@require_POST
def settle(request: RegionRequest, number: str) -> HttpResponse:
    """Nothing is open between Satker and suppliers."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _recap_page(request, number, form, status=400)
    try:
        settle_cycle(cycle=cycle_of_number(number), by=request.member.actor, **form.cleaned_data)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _recap_page(request, number, form, status=refused.status)
    messages.success(request, _("The cycle is settled."))
    return redirect("procurement:recap", number)


@for_satker
@never_cache
@require_safe
def trace(request: RegionRequest, number: str, public_id: UUID) -> HttpResponse:
    """A warung's lines, back to orders, arrivals and invoices."""
    cycle = cycle_of_number(number)
    warung, rows = trace_of_warung(cycle, public_id)
    return render(request, "procurement/goods/satker/trace.html", {"cycle": cycle, "warung": warung, "rows": rows})
