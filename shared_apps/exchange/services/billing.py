"""The supplier's bills. Callers work inside `tenants.context.for_supplier`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from shared_apps.exchange.errors import BadInvoice, OtherContent
from shared_apps.exchange.locks import lock_order
from shared_apps.exchange.models import (
    InvoiceState,
    OrderState,
    Side,
    SupplierInvoice,
    SupplierInvoiceLine,
    SupplierOrder,
    SupplierOrderLine,
)
from shared_apps.exchange.services.steps import record, stale, take
from shared_apps.supplier_catalog.taxes import tax_on
from tenants.kernel import clock

BILLABLE = (OrderState.SHIPPED, OrderState.RECEIVED, OrderState.INVOICED)


@dataclass(frozen=True)
class Billed:
    """So many packs of a line, at the agreed price unless a lower one is named. Rupiah for one pack."""

    line: int
    packs: int
    price: int | None = None


def submit_invoice(
    *,
    order: SupplierOrder,
    number: str,
    issued_on: date,
    lines: Sequence[Billed],
    by: str,
    due_on: date | None = None,
    tax: int | None = None,
    freight: int = 0,
) -> SupplierInvoice:
    """The supplier bills what it shipped, or a part. The same number with the same content finds the same bill.

    States:  the bill is SUBMITTED; an order that was RECEIVED is INVOICED.
    Units:   rupiah. PPN on top is reckoned for each line unless it is given, and never more than that.
    Raises:  BadInvoice when it bills more packs than were shipped, a higher price than was agreed, or more PPN or freight
             than is due; OtherContent when the number was used for another bill; StaleDocument while nothing was shipped.
    Writes:  bill, its lines, order, event; the region is told.
    """
    number = number.strip()
    if not 0 < len(number) <= 60:
        raise BadInvoice(_("Write down the number of the invoice, with at most 60 characters."))
    if due_on is not None and due_on < issued_on:
        raise BadInvoice(_("An invoice is not due before its own day."))
    with transaction.atomic():
        order = lock_order(order)
        by_id = {line.pk: line for line in order.lines.all()}
        _must_be_lines(by_id, lines)
        priced = {one.line: by_id[one.line].price_agreed if one.price is None else one.price for one in lines}
        most_tax = sum(tax_on(one.packs * priced[one.line], by_id[one.line].tax, issued_on) for one in lines)
        goods = sum(one.packs * priced[one.line] for one in lines)
        tax = most_tax if tax is None else tax
        before = SupplierInvoice.objects.filter(order=order, number=number).first()
        if before is not None:
            return _the_same(before, lines, priced, (issued_on, due_on, goods, tax, freight))
        if order.state not in BILLABLE:
            raise stale()
        _must_be_due(order, by_id, lines, priced)
        if not 0 <= tax <= most_tax:
            raise BadInvoice(_("There is more PPN on this invoice than is due for these goods."))
        if not 0 <= freight <= order.freight - freight_billed(order):
            raise BadInvoice(_("There is more freight on this invoice than was agreed for the order."))
        moment = clock.now()
        invoice = SupplierInvoice.objects.create(
            order=order,
            number=number,
            issued_on=issued_on,
            due_on=due_on,
            goods=goods,
            tax=tax,
            freight=freight,
            by=by,
            at=moment,
            moved_at=moment,
        )
        SupplierInvoiceLine.objects.bulk_create(
            [
                SupplierInvoiceLine(invoice=invoice, line=by_id[one.line], packs=one.packs, price=priced[one.line])
                for one in lines
            ]
        )
        if order.state == OrderState.RECEIVED:
            take(order, "invoice", side=Side.SUPPLIER, by=by, reason=number)
        else:
            record(order, "invoice", side=Side.SUPPLIER, by=by, reason=number)
    return invoice


def packs_billed(order: SupplierOrder, *, besides: SupplierInvoice | None = None) -> dict[int, int]:
    """Packs by line id that bills in force name; a disputed one asks for nothing."""
    rows = SupplierInvoiceLine.objects.filter(invoice__order=order).exclude(invoice__state=InvoiceState.DISPUTED)
    if besides is not None:
        rows = rows.exclude(invoice=besides)
    return dict(rows.order_by().values("line").annotate(all=Sum("packs")).values_list("line", "all"))


def freight_billed(order: SupplierOrder) -> int:
    """Rupiah of freight on bills in force."""
    bills = SupplierInvoice.objects.filter(order=order).exclude(state=InvoiceState.DISPUTED)
    return bills.aggregate(all=Sum("freight"))["all"] or 0


def _must_be_lines(by_id: Mapping[int, SupplierOrderLine], lines: Sequence[Billed]) -> None:
    if not lines:
        raise BadInvoice(_("Write down at least one pack."))
    if len({one.line for one in lines}) != len(lines) or {one.line for one in lines} - by_id.keys():
        raise BadInvoice(_("This has a line that the order does not have. Look at it again."))


def _must_be_due(
    order: SupplierOrder,
    by_id: Mapping[int, SupplierOrderLine],
    lines: Sequence[Billed],
    priced: Mapping[int, int],
) -> None:
    billed = packs_billed(order)
    for one in lines:
        line = by_id[one.line]
        left = line.packs_shipped - billed.get(line.pk, 0)
        if not 1 <= one.packs <= left:
            raise BadInvoice(
                _("%(article)s: %(left)s packs are shipped and not billed yet.") % {"article": line.name, "left": left},
                line_id=line.pk,
            )
        if not 1 <= priced[one.line] <= line.price_agreed:
            raise BadInvoice(
                _("%(article)s: the price is not the one that was agreed.") % {"article": line.name}, line_id=line.pk
            )


def _the_same(
    invoice: SupplierInvoice,
    lines: Sequence[Billed],
    priced: Mapping[int, int],
    facts: tuple[date, date | None, int, int, int],
) -> SupplierInvoice:
    there = set(invoice.lines.values_list("line", "packs", "price"))
    same = there == {(one.line, one.packs, priced[one.line]) for one in lines}
    if not same or facts != (invoice.issued_on, invoice.due_on, invoice.goods, invoice.tax, invoice.freight):
        raise OtherContent(_("There is another invoice with this number. Look at it again."))
    return invoice
