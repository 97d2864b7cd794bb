"""The store of a unit: what lies there, what is sent, received, sorted, written off and sold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.bank_sampah.forms import ArrivedForm, OffForm, SaleForm, SendForm, SortForm, base_units
from tenant_apps.bank_sampah.models import LossReason, Measure, SaleState, Settled, TransferState, WasteSale, WasteUnit
from tenant_apps.bank_sampah.selectors.books import cash_of
from tenant_apps.bank_sampah.selectors.prices import prices_of_buyer, taken_grades
from tenant_apps.bank_sampah.selectors.store import (
    StoreRow,
    buyers,
    rows_of,
    sale_for,
    sales_with,
    store_of,
    transfer_for,
    transfers_of,
)
from tenant_apps.bank_sampah.services import receive, sell, send, settle_sale, sort, take_back_sale, write_off
from tenant_apps.bank_sampah.views.doors import UnitRequest, at_unit, office, workers
from tenants.forms import ReasonForm, asked_text
from tenants.kernel.errors import DomainError

A_PAGE = 30


@workers
@never_cache
@require_safe
@at_unit
def store(request: UnitRequest) -> HttpResponse:
    """What lies here, and what is on its way."""
    rows = store_of(request.unit)
    page = Paginator(transfers_of(request.unit), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": request.unit,
        "rows": rows,
        "cost": sum(row.cost for row in rows),
        "page": page,
        "cash": cash_of(request.unit),
    }
    return render(request, "bank_sampah/store.html", context)


@workers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_unit
def send_waste(request: UnitRequest) -> HttpResponse:
    """Waste goes to another unit."""
    others = list(WasteUnit.objects.exclude(pk=request.unit.pk).order_by("kind", "name"))
    form = SendForm(others, store_of(request.unit), request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = send(
                sender=request.unit,
                receiver=form.units[told["receiver"]],
                key=told["key"],
                quantities=form.told,
                by=request.member.actor,
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = refused.status
        else:
            messages.success(request, _("It is on its way. Print the list for the driver."))
            return redirect("bank_sampah:transfer", request.unit.public_id, made.number)
    elif form.is_bound:
        status = 400
    return render(request, "bank_sampah/send.html", {"unit": request.unit, "form": form}, status=status)


@workers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_unit
def transfer(request: UnitRequest, number: str) -> HttpResponse:
    """What was sent; the receiver weighs it here."""
    found = transfer_for(request.unit, number)
    rows = rows_of(found)
    mine = found.receiver_id == request.unit.pk
    waits = mine and found.state == TransferState.SENT
    form = ArrivedForm(rows, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and not mine:
        raise Http404("another unit receives it")
    if form.is_valid():
        try:
            receive(transfer=found, arrived=form.arrived, by=request.member.actor)
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = refused.status
        else:
            messages.success(request, _("It lies in store now."))
            return redirect("bank_sampah:transfer", request.unit.public_id, number)
    elif form.is_bound:
        status = 400
    context = {"unit": request.unit, "transfer": found, "rows": rows, "waits": waits, "form": form}
    return render(request, "bank_sampah/transfer.html", context, status=status)


@workers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_unit
def work(request: UnitRequest, grade: UUID) -> HttpResponse:
    """One grade in store: sorted into others, or written off."""
    row = _row(request.unit, grade)
    by_weight = row.grade.type.measure == Measure.GRAM
    into = [one for one in taken_grades() if one != row.grade and one.type.measure == Measure.GRAM] if by_weight else []
    sorting, off = SortForm(into), OffForm()
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("do") == "sort":
                sorting = SortForm(into, request.POST)
                if sorting.is_valid():
                    sort(
                        unit=request.unit,
                        key=sorting.cleaned_data["key"],
                        grade=row.grade,
                        quantity=base_units(row.grade, sorting.cleaned_data["quantity"]),
                        into=sorting.outcome,
                        by=request.member.actor,
                    )
                    messages.success(request, _("It is sorted."))
                    return redirect("bank_sampah:store", request.unit.public_id)
            else:
                off = OffForm(request.POST)
                if off.is_valid():
                    write_off(
                        unit=request.unit,
                        key=off.cleaned_data["key"],
                        grade=row.grade,
                        quantity=base_units(row.grade, off.cleaned_data["quantity"]),
                        reason=LossReason(off.cleaned_data["reason"]),
                        note=off.cleaned_data["note"],
                        by=request.member.actor,
                    )
                    messages.success(request, _("It is written off."))
                    return redirect("bank_sampah:store", request.unit.public_id)
            status = 400
        except DomainError as refused:
            (sorting if request.POST.get("do") == "sort" else off).add_error("quantity", refused.message)
            status = refused.status
    context = {"unit": request.unit, "row": row, "sorting": sorting, "off": off}
    return render(request, "bank_sampah/work.html", context, status=status)


@office
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_unit
def sell_waste(request: UnitRequest) -> HttpResponse:
    """Waste goes to a buyer."""
    known, rows = list(buyers()), store_of(request.unit)
    wanted = request.GET.get("pengepul", "")
    buyer = next((one for one in known if str(one.public_id) == wanted), known[0] if known else None)
    paid = prices_of_buyer(buyer, (row.grade.pk for row in rows)) if buyer else {}
    initial: dict[str, Any] = {f"p-{grade}": price for grade, price in paid.items()}
    if buyer:
        initial["buyer"] = str(buyer.public_id)
    form = SaleForm(known, rows, request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = sell(
                unit=request.unit,
                buyer=form.buyers[told["buyer"]],
                key=told["key"],
                note_number=told["note_number"],
                lines=form.sold,
                settled=Settled(told["settled"]) if told["settled"] else None,
                by=request.member.actor,
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = refused.status
        else:
            return redirect("bank_sampah:sale", request.unit.public_id, made.number)
    elif form.is_bound:
        status = 400
    context = {"unit": request.unit, "form": form, "buyers": known}
    return render(request, "bank_sampah/sell.html", context, status=status)


@office
@never_cache
@require_safe
@at_unit
def sales(request: UnitRequest) -> HttpResponse:
    """What the unit sold."""
    wanted = asked_text(request)
    page = Paginator(sales_with(wanted, [request.unit]), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "bank_sampah/sales.html", {"unit": request.unit, "page": page, "wanted": wanted})


@office
@never_cache
@require_safe
@at_unit
def sale(request: UnitRequest, number: str) -> HttpResponse:
    """A sale with its margin and who shares it; made to be printed."""
    return _sale(request, sale_for(request.unit, number))


@office
@require_POST
@at_unit
def sale_paid(request: UnitRequest, number: str) -> HttpResponse:
    """The buyer paid."""
    way = request.POST.get("settled", "")
    if way not in Settled.values:
        raise Http404("no such way")
    found = settle_sale(sale=sale_for(request.unit, number), settled=Settled(way), by=request.member.actor)
    if found.state == SaleState.PAID:
        messages.success(request, _("Written down."))
    else:
        messages.error(request, _("This sale was taken back."))
    return redirect("bank_sampah:sale", request.unit.public_id, number)


@office
@require_POST
@at_unit
def sale_back(request: UnitRequest, number: str) -> HttpResponse:
    """The sale was wrong."""
    found, form = sale_for(request.unit, number), ReasonForm(request.POST)
    if not form.is_valid():
        return _sale(request, found, reason=form, status=400)
    try:
        take_back_sale(sale=found, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        return _sale(request, found, refused=refused.message, reason=form, status=refused.status)
    messages.success(request, _("The sale is taken back; the waste lies in store again."))
    return redirect("bank_sampah:sale", request.unit.public_id, number)


def _sale(request: UnitRequest, found: WasteSale, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "unit": request.unit,
        "sale": found,
        "lines": list(found.lines.all()),
        "shares": list(found.shares.select_related("unit")),
        "is_owed": found.state == SaleState.OWED,
        "ways": Settled.choices,
        "reason": ReasonForm(),
        **more,
    }
    return render(request, "bank_sampah/sale.html", context, status=status)


def _row(unit: WasteUnit, grade: UUID) -> StoreRow:
    found = next((row for row in store_of(unit) if row.grade.public_id == grade), None)
    if found is None:
        raise Http404("nothing of it in store")
    return found
