"""The region's steps on a supplier's bill. Callers work inside the region."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.errors import BadInvoice
from shared_apps.exchange.locks import lock_order
from shared_apps.exchange.models import InvoiceState, OrderState, Side, SupplierInvoice, SupplierOrder
from shared_apps.exchange.services.billing import freight_billed, packs_billed
from shared_apps.exchange.services.outgoing import send_out
from shared_apps.exchange.services.steps import given, record, stale, take
from tenants.kernel import clock


def match_invoice(*, invoice: SupplierInvoice, by: str) -> SupplierInvoice:
    """Order, receipt and bill say the same: it will be paid.

    States:  SUBMITTED, DISPUTED -> MATCHED. Matching twice changes nothing.
    Raises:  StaleDocument for one that is paid; BadInvoice when another bill took the place of the disputed one.
    Writes:  bill, order, event; the supplier is told.
    """
    with transaction.atomic():
        order, invoice = _locked(invoice)
        if invoice.state in (InvoiceState.MATCHED, InvoiceState.PAID):
            return invoice
        if invoice.state == InvoiceState.DISPUTED:
            _must_not_be_billed_twice(order, invoice)
        _put(order, invoice, InvoiceState.MATCHED, "match_invoice", by)
    return invoice


def dispute_invoice(*, invoice: SupplierInvoice, reason: str, by: str) -> SupplierInvoice:
    """The bill does not say what was agreed or came; it asks for nothing until that is cleared up, or another one comes.

    States:  SUBMITTED, MATCHED -> DISPUTED. Disputing twice changes nothing.
    Raises:  ReasonMissing; StaleDocument for one that is paid.
    Writes:  bill, event; the supplier is told.
    """
    reason = given(reason)
    with transaction.atomic():
        order, invoice = _locked(invoice)
        if invoice.state == InvoiceState.PAID:
            raise stale()
        if invoice.state != InvoiceState.DISPUTED:
            _put(order, invoice, InvoiceState.DISPUTED, "dispute_invoice", by, reason)
    return invoice


def pay_invoice(*, invoice: SupplierInvoice, by: str, reference: str = "") -> SupplierInvoice:
    """The bill was paid.

    States:  MATCHED -> PAID; the order INVOICED -> PAID when all its bills are paid and nothing that came is unbilled.
    Paying twice changes nothing.
    Raises:  StaleDocument for one that was not matched.
    Writes:  bill, order, event; the supplier is told.
    """
    with transaction.atomic():
        order, invoice = _locked(invoice)
        if invoice.state == InvoiceState.PAID:
            return invoice
        if invoice.state != InvoiceState.MATCHED:
            raise stale()
        _put(order, invoice, InvoiceState.PAID, "pay_invoice", by, reference.strip()[:240])
    return invoice


def take_up_invoice(order: SupplierOrder, *, by: str) -> None:
    """A locked order that was received goes on: INVOICED when a bill asks for something, PAID when nothing is open."""
    in_force = list(
        SupplierInvoice.objects.filter(order=order).exclude(state=InvoiceState.DISPUTED).values_list("state", flat=True)
    )
    if order.state == OrderState.RECEIVED and in_force:
        take(order, "invoice", side=Side.REGION, by=by)
    if order.state != OrderState.INVOICED or not in_force or set(in_force) != {InvoiceState.PAID}:
        return
    billed = packs_billed(order)
    if all(billed.get(line, 0) >= received for line, received in order.lines.values_list("pk", "packs_received")):
        take(order, "pay", side=Side.REGION, by=by)


def _locked(invoice: SupplierInvoice) -> tuple[SupplierOrder, SupplierInvoice]:
    order = lock_order(invoice.order)
    return order, SupplierInvoice.objects.get(pk=invoice.pk, order=order)


def _put(
    order: SupplierOrder, invoice: SupplierInvoice, state: InvoiceState, name: str, by: str, reason: str = ""
) -> None:
    invoice.state, invoice.moved_at = state, clock.now()
    if state == InvoiceState.DISPUTED:
        invoice.reason = reason
    invoice.save(update_fields=["state", "reason", "moved_at"])
    event = record(
        order, name, side=Side.REGION, by=by, reason=f"{invoice.number}: {reason}"[:240] if reason else invoice.number
    )
    take_up_invoice(order, by=by)
    send_out(order, event, invoice=invoice)


def _must_not_be_billed_twice(order: SupplierOrder, invoice: SupplierInvoice) -> None:
    billed = packs_billed(order, besides=invoice)
    shipped = dict(order.lines.values_list("pk", "packs_shipped"))
    if any(
        billed.get(line, 0) + packs > shipped[line] for line, packs in invoice.lines.values_list("line", "packs")
    ) or (freight_billed(order) + invoice.freight > order.freight):
        raise BadInvoice(_("Another invoice bills the same goods already. Dispute that one first."))
