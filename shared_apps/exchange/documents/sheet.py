"""An order as a table, for the supplier's own programme."""

from __future__ import annotations

from django.http import FileResponse

from shared_apps.exchange.selectors import OrderView
from tenants.exports import csv_file
from tenants.kernel.cells import Cell

# The same words as in the JSON document: programmes read them.
HEAD: list[Cell] = [
    "number", "buyer", "buyer_address", "buyer_phone", "wanted_on", "position", "sku", "name", "pack", "barcode", "packs",
    "price", "packs_confirmed", "price_confirmed", "packs_shipped", "packs_received", "packs_rejected", "tax", "note",
]  # fmt: skip


def order_sheet(view: OrderView, seller: str) -> FileResponse:
    """A line for each article."""
    order = view.order
    rows: list[list[Cell]] = [HEAD]
    for one in view.lines:
        line = one.line
        rows.append(
            [
                order.number, order.buyer, order.buyer_address, order.buyer_phone, order.wanted_on.isoformat(), line.position,
                line.sku, line.name, line.pack_label, line.barcode, line.packs, line.price, line.packs_confirmed,
                line.price_confirmed, line.packs_shipped, line.packs_received, line.packs_rejected, line.tax, order.note,
            ]
        )  # fmt: skip
    return csv_file(order.number, rows)
