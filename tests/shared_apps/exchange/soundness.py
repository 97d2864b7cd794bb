"""What holds for every order at every moment, whoever did what."""

from __future__ import annotations

from collections import Counter

from shared_apps.exchange.models import InvoiceState, OrderState, SupplierInvoiceLine, SupplierOrder
from shared_apps.supplier_catalog.taxes import tax_on

# From which state to which, and by whom. What counts within a state is no move.
MOVES = {
    ("sent", "confirmed", "supplier"),
    ("sent", "changed", "supplier"),
    ("sent", "refused", "supplier"),
    ("changed", "refused", "supplier"),
    ("confirmed", "shipped", "supplier"),
    ("received", "invoiced", "supplier"),
    ("changed", "confirmed", "region"),
    ("sent", "cancelled", "region"),
    ("changed", "cancelled", "region"),
    ("confirmed", "cancelled", "region"),
    ("confirmed", "shipped", "region"),
    ("shipped", "received", "region"),
    ("received", "invoiced", "region"),
    ("invoiced", "paid", "region"),
}
PROMISED = {"confirmed", "shipped", "received", "invoiced", "paid"}


def faults_of(order_id: int) -> list[str]:
    """Everything that is wrong with the order; nothing, hopefully. Inside its region."""
    order = SupplierOrder.objects.get(pk=order_id)
    lines = list(order.lines.all())
    wrong = []
    for line in lines:
        came, agreed = line.packs_received + line.packs_rejected, line.packs_confirmed or 0
        if not came <= line.packs_shipped <= agreed <= line.packs:
            wrong.append(f"counters of line {line.position}")
    if order.state in PROMISED and any(line.packs_confirmed is None for line in lines):
        wrong.append("promised without an answer")
    if order.state in ("refused", "cancelled") and any(line.packs_shipped for line in lines):
        wrong.append("ended with goods on the way")
    wrong += _history(order)
    announced: Counter[int] = Counter()
    for shipment in order.shipments.prefetch_related("lines"):
        announced.update({one.line_id: one.packs for one in shipment.lines.all()})
    for line in lines:
        if announced[line.pk] > line.packs_shipped:
            wrong.append(f"deliveries of line {line.position} hold more than left")
        came = line.packs_received + line.packs_rejected
        if line.packs_shipped > announced[line.pk] + came:
            wrong.append(f"line {line.position} left by nobody")
    return wrong + _bills(order)


def _history(order: SupplierOrder) -> list[str]:
    wrong, state = [], ""
    for event in order.history.order_by("pk"):
        if event.move == "send":
            state = event.after
            continue
        if event.before != state:
            wrong.append(f"{event.move} left {event.before} while the order was {state}")
        if event.before != event.after and (event.before, event.after, event.side) not in MOVES:
            wrong.append(f"{event.side} moved {event.before} to {event.after}")
        state = event.after
    if state != order.state:
        wrong.append(f"the history ends {state}, the order is {order.state}")
    return wrong


def _bills(order: SupplierOrder) -> list[str]:
    wrong, lines = [], {line.pk: line for line in order.lines.all()}
    bills = list(order.invoices.exclude(state=InvoiceState.DISPUTED))
    billed: Counter[int] = Counter()
    for one in SupplierInvoiceLine.objects.filter(invoice__in=bills):
        billed[one.line_id] += one.packs
        if one.price > lines[one.line_id].price_agreed:
            wrong.append("billed above the agreed price")
    if any(billed[pk] > line.packs_shipped for pk, line in lines.items()):
        wrong.append("more is billed than left")
    due = sum(line.packs_shipped * line.price_agreed for line in lines.values())
    if sum(bill.goods for bill in bills) > due or sum(bill.freight for bill in bills) > order.freight:
        wrong.append("the bills ask for more than is due")
    for bill in bills:
        own = list(bill.lines.all())
        if bill.goods != sum(one.packs * one.price for one in own):
            wrong.append(f"bill {bill.number} does not add up")
        if bill.tax > sum(tax_on(one.packs * one.price, lines[one.line_id].tax, bill.issued_on) for one in own):
            wrong.append(f"bill {bill.number} has too much PPN")
    if order.state == OrderState.PAID and (
        not bills
        or any(bill.state != InvoiceState.PAID for bill in bills)
        or any(billed[pk] < line.packs_received for pk, line in lines.items())
    ):
        wrong.append("paid, and something is open")
    return wrong
