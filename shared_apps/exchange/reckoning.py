"""What an order comes to as things stand, and what of it is still to be sent or billed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from shared_apps.exchange.models import OrderState, SupplierOrder, SupplierOrderLine
from shared_apps.supplier_catalog.taxes import tax_on

# The day of an order, for PPN, where its region's own zone is not at hand.
ZONE = ZoneInfo("Asia/Jakarta")
NOTHING_MORE_COMES = (OrderState.RECEIVED, OrderState.INVOICED, OrderState.PAID)


@dataclass(frozen=True)
class Sum:
    """Rupiah: goods, PPN on top, freight."""

    goods: int
    tax: int
    freight: int

    @property
    def total(self) -> int:
        return self.goods + self.tax + self.freight


@dataclass(frozen=True)
class LineState:
    """A line; how many of its packs are still to be sent off and to be billed, and how many are to be paid."""

    line: SupplierOrderLine
    to_ship: int
    to_bill: int
    due: int

    @property
    def amount(self) -> int:
        """What it comes to as things stand, without PPN on top."""
        return self.due * self.line.price_agreed

    @property
    def is_changed(self) -> bool:
        return (self.line.packs_agreed, self.line.price_agreed) != (self.line.packs, self.line.price)


def packs_due(order: SupplierOrder, line: SupplierOrderLine) -> int:
    """Packs to be paid as things stand: those that were agreed; when nothing more comes, those that came and were kept."""
    return line.packs_shipped - line.packs_rejected if order.state in NOTHING_MORE_COMES else line.packs_agreed


def sum_of(order: SupplierOrder, lines: Iterable[SupplierOrderLine]) -> Sum:
    """As it was ordered until the supplier changes it, then as changed, at last what came. PPN by the day of the order."""
    lines = list(lines)
    if all((packs_due(order, line), line.price_agreed) == (line.packs, line.price) for line in lines):
        return Sum(order.goods, order.tax, order.freight)
    day = order.sent_at.astimezone(ZONE).date()
    amounts = [(packs_due(order, line) * line.price_agreed, line.tax) for line in lines]
    return Sum(sum(amount for amount, _tax in amounts), sum(tax_on(*one, day) for one in amounts), order.freight)


def states_of(order: SupplierOrder, lines: Iterable[SupplierOrderLine], billed: Mapping[int, int]) -> list[LineState]:
    """Each line with what is left; `billed` is packs by line id."""
    return [
        LineState(
            line,
            max(line.packs_agreed - line.packs_shipped, 0) if line.packs_confirmed is not None else 0,
            max(line.packs_shipped - billed.get(line.pk, 0), 0),
            packs_due(order, line),
        )
        for line in lines
    ]
