"""An order as JSON, the same in messages, for connectors and in files. Amounts are whole rupiah, quantities whole packs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared_apps.exchange.models import SupplierInvoice, SupplierOrder, SupplierOrderEvent, SupplierOrderLine

VERSION = 1


def as_json(
    order: SupplierOrder,
    lines: Iterable[SupplierOrderLine],
    *,
    event: SupplierOrderEvent,
    invoice: SupplierInvoice | None = None,
) -> dict[str, Any]:
    """The whole order after a step. `step.sequence` grows with each step, so a reader knows which document is the newer one."""
    told: dict[str, Any] = {
        "version": VERSION,
        "number": order.number,
        "id": str(order.public_id),
        # Whose it is, for who delivers it.
        "supplier": order.supplier_id,
        "state": order.state,
        "step": {
            "name": event.move,
            "sequence": event.pk,
            "at": event.at.isoformat(),
            "reason": event.reason,
        },
        "buyer": {"name": order.buyer, "address": order.buyer_address, "phone": order.buyer_phone},
        "cycle": order.cycle,
        "sent_at": order.sent_at.isoformat(),
        "wanted_on": order.wanted_on.isoformat(),
        "promised_on": order.promised_on.isoformat() if order.promised_on else None,
        "note": order.note,
        "goods": order.goods,
        "tax": order.tax,
        "freight": order.freight,
        "total": order.total,
        "lines": [_line(line) for line in lines],
    }
    if invoice is not None:
        told["invoice"] = {
            "number": invoice.number,
            "state": invoice.state,
            "reason": invoice.reason,
            "total": invoice.total,
        }
    return told


def _line(line: SupplierOrderLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "sku": line.sku,
        "name": line.name,
        "pack": line.pack_label,
        "base_unit": line.base_unit,
        "base_quantity": line.base_quantity,
        "barcode": line.barcode,
        "tax": line.tax,
        "weighed": line.catch_weight,
        "offer": str(line.offer),
        "article_version": str(line.version),
        "packs": line.packs,
        "price": line.price,
        "packs_confirmed": line.packs_confirmed,
        "price_confirmed": line.price_confirmed,
        "packs_shipped": line.packs_shipped,
        "packs_received": line.packs_received,
        "packs_rejected": line.packs_rejected,
    }
