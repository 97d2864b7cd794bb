"""What suppliers are told: the whole order as it stands after a step, by the platform's outbox."""

from __future__ import annotations

from collections.abc import Iterable

from shared_apps.exchange.documents import as_json
from shared_apps.exchange.models import SupplierInvoice, SupplierOrder, SupplierOrderEvent, SupplierOrderLine
from tenants.outbox.services import Message, put_for_platform

# The kinds of the outbox. A region's grant names what begins with "exchange.".
ORDER, STEP = "exchange.order", "exchange.step"


def send_out(
    order: SupplierOrder,
    event: SupplierOrderEvent,
    lines: Iterable[SupplierOrderLine] | None = None,
    invoice: SupplierInvoice | None = None,
) -> None:
    """From inside the region, in the transaction of the step: it leaves once, with all that whoever delivers it must know."""
    payload = as_json(order, list(order.lines.all()) if lines is None else lines, event=event, invoice=invoice)
    kind = ORDER if event.move == "send" else STEP
    put_for_platform([Message(kind, payload, f"{kind}:{order.public_id}:{event.pk}")])
