"""One order at its supplier: reading it, answering it, sending it off, billing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.exchange.documents.paper import order_pdf, picking_pdf
from shared_apps.exchange.documents.sheet import order_sheet
from shared_apps.exchange.forms import ChangeForm, ConfirmForm, InvoiceForm, LinesForm, ReasonForm, ShipForm
from shared_apps.exchange.rooms import for_orders, order_or_404
from shared_apps.exchange.selectors import OrderView, view_of
from shared_apps.exchange.services import change, confirm, refuse, ship, submit_invoice
from shared_apps.supplier_catalog.access import SupplierRequest
from tenants.context import for_supplier
from tenants.kernel.errors import DomainError, StaleDocument

Step = Callable[[Any], Any]


@for_orders
@never_cache
@require_safe
def order_page(request: SupplierRequest, number: str) -> HttpResponse:
    """The order: what is in it, how far it is, and what can be done now."""
    return _page(request, _read(request, number))


@for_orders
@require_POST
def confirm_order(request: SupplierRequest, number: str) -> HttpResponse:
    """All of it, in one tap."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, _read(request, number), confirming=form, status=400)
    promised = form.cleaned_data["promised_on"]
    return _take(
        request,
        number,
        lambda order: confirm(order=order, promised_on=promised, by=request.supplier.actor),
        _("Order %(number)s is confirmed."),
    )


@for_orders
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_order(request: SupplierRequest, number: str) -> HttpResponse:
    """Fewer packs, another price, another day."""
    return _lines(
        request,
        number,
        "exchange/portal/change.html",
        lambda view: view.may_answer,
        lambda view, data: ChangeForm(view.lines, data),
        lambda order, form: change(
            order=order,
            answers=form.answers(),
            promised_on=form.cleaned_data["promised_on"],
            note=form.cleaned_data["note"],
            by=request.supplier.actor,
        ),
        _("The buyer was told what changes in order %(number)s, and answers."),
    )


@for_orders
@require_POST
def refuse_order(request: SupplierRequest, number: str) -> HttpResponse:
    """None of it, and why."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, _read(request, number), reason=form, status=400)
    reason = form.cleaned_data["reason"]
    return _take(
        request,
        number,
        lambda order: refuse(order=order, reason=reason, by=request.supplier.actor),
        _("Order %(number)s is refused; the buyer was told why."),
    )


@for_orders
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ship_order(request: SupplierRequest, number: str) -> HttpResponse:
    """The whole order leaves, or a part of it."""
    return _lines(
        request,
        number,
        "exchange/portal/ship.html",
        lambda view: view.may_ship,
        lambda view, data: ShipForm(view.lines, data),
        lambda order, form: ship(
            order=order,
            key=form.cleaned_data["key"],
            lines=form.shipped(),
            shipped_on=form.cleaned_data["shipped_on"],
            reference=form.cleaned_data["reference"],
            note=form.cleaned_data["note"],
            by=request.supplier.actor,
        ),
        _("The buyer was told that goods of order %(number)s are on the way."),
    )


@for_orders
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bill_order(request: SupplierRequest, number: str) -> HttpResponse:
    """A bill for what was shipped."""
    return _lines(
        request,
        number,
        "exchange/portal/bill.html",
        lambda view: view.may_bill,
        lambda view, data: InvoiceForm(view.lines, data, freight=view.freight_left),
        lambda order, form: submit_invoice(
            order=order,
            number=form.cleaned_data["number"],
            issued_on=form.cleaned_data["issued_on"],
            due_on=form.cleaned_data["due_on"],
            lines=form.billed(),
            freight=form.cleaned_data["freight"] or 0,
            by=request.supplier.actor,
        ),
        _("The buyer has your invoice for order %(number)s."),
    )


@for_orders
@require_safe
def print_order(request: SupplierRequest, number: str) -> HttpResponse:
    """The order on paper, by the browser."""
    return render(request, "exchange/portal/print.html", {"view": _read(request, number)})


@for_orders
@require_safe
def download(request: SupplierRequest, number: str, kind: str) -> HttpResponseBase:
    """The order as a file: a PDF for the buyer's order or for who picks the goods, a table for one's own programme."""
    view = _read(request, number)
    make = {"pesanan.pdf": order_pdf, "ambil.pdf": picking_pdf, "pesanan.csv": order_sheet}[kind]
    return make(view, request.supplier.organisation.name)


def _read(request: SupplierRequest, number: str) -> OrderView:
    with for_supplier(request.supplier.organisation.db_role):
        return view_of(order_or_404(number), for_its_supplier=True)


def _page(
    request: SupplierRequest,
    view: OrderView,
    *,
    confirming: ConfirmForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "view": view,
        "order": view.order,
        "confirming": confirming or ConfirmForm(initial={"promised_on": view.order.wanted_on}),
        "reason": reason or ReasonForm(),
    }
    return render(request, "exchange/portal/order.html", context, status=status)


def _take(request: SupplierRequest, number: str, step: Step, done: str) -> HttpResponse:
    """The step is taken, or the page says why not."""
    try:
        with for_supplier(request.supplier.organisation.db_role):
            step(order_or_404(number))
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done % {"number": number})
    return redirect("supplier_orders:order", number)


def _lines(
    request: SupplierRequest,
    number: str,
    template: str,
    possible: Callable[[OrderView], bool],
    make: Callable[[OrderView, Any], LinesForm],
    step: Callable[[Any, Any], Any],
    done: str,
) -> HttpResponse:
    """A page with a field for each line; what was written stands there still when it was refused."""
    view = _read(request, number)
    form: Form = make(view, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                with for_supplier(request.supplier.organisation.db_role):
                    step(view.order, form)
            except StaleDocument as late:
                messages.error(request, late.message)
                return redirect("supplier_orders:order", number)
            except DomainError as refused:
                form.add_error(_field_of(form, refused), refused.message)
                status = refused.status
            else:
                messages.success(request, done % {"number": number})
                return redirect("supplier_orders:order", number)
    elif not possible(view):
        messages.info(request, _("That step is not possible for this order now."))
        return redirect("supplier_orders:order", number)
    context = {"view": view, "order": view.order, "form": form}
    return render(request, template, context, status=status)


def _field_of(form: Form, refused: DomainError) -> str | None:
    name = f"packs-{refused.context.get('line_id')}"
    return name if name in form.fields else None
