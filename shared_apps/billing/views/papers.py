"""Operators' desk of papers: invoices, payments to look up, quotations to send."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shared_apps.billing import paper, selectors
from shared_apps.billing.files import download
from shared_apps.billing.forms import ClaimForm, MoneyBackForm, ReasonForm
from shared_apps.billing.models import CreditNote, Invoice, InvoiceState, Payment, Quotation, QuotationState
from shared_apps.billing.services import invoicing, paying, quoting
from shared_apps.billing.views.operators import ROWS, actor
from shared_apps.operations.access import operators_only
from tenants.exports import csv_file
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

KINDS = ["open", "overdue", "paid", "credited"]


@operators_only
@require_safe
def invoices(request: HttpRequest) -> HttpResponseBase:
    """The newest first, by state and text; as CSV with ?csv=1."""
    text, kind = asked_text(request), request.GET.get("state", "")
    kind = kind if kind in KINDS else ""
    rows = selectors.invoices(text=text, kind=kind)
    if request.GET.get("csv"):
        return csv_file("faktur", selectors.invoice_rows(rows.iterator(chunk_size=500)))
    labels = {**dict(InvoiceState.choices), "overdue": _("overdue")}
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "tabs": [(code, labels[code]) for code in KINDS],
        "kind": kind,
        "q": text,
    }
    return render(request, "billing/operators/invoices.html", context)


@operators_only
@require_safe
def invoice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One invoice with lines, payments, credit notes."""
    return _invoice_page(request, _invoice(public_id))


@operators_only
@require_safe
def invoice_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return paper.invoice_pdf(_invoice(public_id))


@operators_only
@require_safe
def credit_note_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return paper.credit_note_pdf(get_object_or_404(CreditNote, public_id=public_id))


@operators_only
@require_POST
def credit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The invoice, or a part of it, is taken back."""
    one, form = _invoice(public_id), MoneyBackForm(request.POST)
    if not form.is_valid():
        return _invoice_page(request, one, credit_form=form)
    try:
        given = form.cleaned_data
        note = invoicing.credit(invoice=one, reason=given["reason"], total=given["amount"], by=actor(request))
    except DomainError as refusal:
        form.add_error("amount", str(refusal.message))
        return _invoice_page(request, one, credit_form=form)
    messages.success(request, _("Credit note %(number)s is issued.") % {"number": note.number})
    return redirect("billing:invoice", public_id)


@operators_only
@require_POST
def record_payment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A transfer that an operator has seen, with its proof: for sponsors, who have no page of their own."""
    one, form = _invoice(public_id), ClaimForm(request.POST, request.FILES, auto_id="paid-%s")
    if not form.is_valid():
        return _invoice_page(request, one, paid_form=form)
    try:
        paying.confirm(payment=paying.claim(invoice=one, **form.cleaned_data, by=actor(request)), by=actor(request))
    except DomainError as refusal:
        form.add_error(None, str(refusal.message))
        return _invoice_page(request, one, paid_form=form)
    messages.success(request, _("The payment of %(number)s is confirmed.") % {"number": one.number})
    return redirect("billing:invoice", public_id)


@operators_only
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """Payments to look up at the bank, the oldest first."""
    page = Paginator(selectors.claims(), ROWS).get_page(request.GET.get("page"))
    return render(request, "billing/operators/claims.html", {"page": page, "form": ReasonForm(auto_id=False)})


@operators_only
@require_safe
def proof(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The proof, as a download."""
    one = get_object_or_404(Payment, public_id=public_id)
    if not one.proof:
        raise Http404
    return download(one.proof, one.proof_type, "bukti")


@operators_only
@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It is at the bank."""
    one = get_object_or_404(Payment.objects.select_related("invoice__subscription__region"), public_id=public_id)
    try:
        paying.confirm(payment=one, by=actor(request))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The payment of %(number)s is confirmed.") % {"number": one.invoice.number})
    return redirect("billing:claims")


@operators_only
@require_POST
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It is not at the bank."""
    one = get_object_or_404(Payment.objects.select_related("invoice__subscription__region"), public_id=public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the reason; the payer is mailed it."))
        return redirect("billing:claims")
    try:
        paying.refuse(payment=one, by=actor(request), reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect("billing:claims")


@operators_only
@require_POST
def refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Money goes back."""
    one = get_object_or_404(Payment.objects.select_related("invoice__subscription__region"), public_id=public_id)
    form = MoneyBackForm(request.POST)
    if not form.is_valid():
        return _invoice_page(request, _invoice(one.invoice.public_id), refund_form=form)
    try:
        given = form.cleaned_data
        paying.refund(payment=one, amount=given["amount"], reason=given["reason"], by=actor(request))
    except DomainError as refusal:
        form.add_error("amount", str(refusal.message))
        return _invoice_page(request, _invoice(one.invoice.public_id), refund_form=form)
    messages.success(request, _("It is paid back, and a credit note is issued."))
    return redirect("billing:invoice", one.invoice.public_id)


@operators_only
@require_safe
def quotations(request: HttpRequest) -> HttpResponse:
    """Those to send first."""
    state = request.GET.get("state", QuotationState.ASKED)
    state = state if state in QuotationState.values else ""
    page = Paginator(selectors.quotations(state=state), ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "states": QuotationState.choices}
    return render(request, "billing/operators/quotations.html", context)


@operators_only
@require_safe
def quotation_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return paper.quotation_pdf(_quotation(public_id))


@operators_only
@require_safe
def po_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The purchase order, as a download."""
    one = _quotation(public_id)
    if not one.po_file:
        raise Http404
    return download(one.po_file, one.po_type, "pesanan")


@operators_only
@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The institution may order."""
    return _answered(request, _quotation(public_id), "send")


@operators_only
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Nobody orders by it any more."""
    return _answered(request, _quotation(public_id), "withdraw")


def _answered(request: HttpRequest, one: Quotation, what: str) -> HttpResponse:
    try:
        if what == "send":
            quoting.send_quotation(quotation=one, by=actor(request))
        else:
            quoting.withdraw_quotation(quotation=one, by=actor(request))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect("billing:quotations")


def _invoice(public_id: UUID) -> Invoice:
    rows = Invoice.objects.select_related("subscription__region", "sponsor", "quotation")
    return get_object_or_404(rows, public_id=public_id)


def _quotation(public_id: UUID) -> Quotation:
    return get_object_or_404(Quotation.objects.select_related("subscription__region", "plan"), public_id=public_id)


def _invoice_page(
    request: HttpRequest,
    one: Invoice,
    *,
    credit_form: forms.Form | None = None,
    refund_form: forms.Form | None = None,
    paid_form: forms.Form | None = None,
) -> HttpResponse:
    left = one.total - one.credited
    context = {
        "invoice": one,
        "lines": one.lines.select_related("subscription__region"),
        "payments": one.payments.prefetch_related("refunds"),
        "notes": one.credit_notes.all(),
        "left": left,
        "credit_form": credit_form or MoneyBackForm(initial={"amount": left}, auto_id="credit-%s"),
        "refund_form": refund_form or MoneyBackForm(initial={"amount": one.paid - one.refunded}, auto_id="refund-%s"),
        "paid_form": paid_form or ClaimForm(initial={"amount": one.due}, auto_id="paid-%s"),
        "paid_asked": paid_form is not None,
        "credit_asked": credit_form is not None,
        "refund_asked": refund_form is not None,
    }
    status = 400 if credit_form or refund_form or paid_form else 200
    return render(request, "billing/operators/invoice.html", context, status=status)
