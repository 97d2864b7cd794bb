"""What a supplier reads of its orders. Callers work inside `tenants.context.for_supplier`: there are no other rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shared_apps.exchange.models import (
    InvoiceState,
    OrderState,
    Shipment,
    SupplierInvoice,
    SupplierOrder,
    SupplierOrderEvent,
    SupplierOrderLine,
)
from shared_apps.exchange.reckoning import LineState, Sum, states_of, sum_of
from shared_apps.exchange.services.billing import packs_billed


@dataclass(frozen=True)
class Tab:
    """Some states of the inbox, under one word."""

    name: str
    label: str | Promise
    states: tuple[str, ...]
    # Whether somebody should do something there.
    waits: bool = False


TABS = (
    Tab("baru", _("new"), (OrderState.SENT,), True),
    Tab("diubah", _("waiting for the buyer"), (OrderState.CHANGED,)),
    Tab("kirim", _("to be sent"), (OrderState.CONFIRMED,), True),
    Tab("jalan", _("on the way"), (OrderState.SHIPPED,)),
    Tab("tagih", _("received"), (OrderState.RECEIVED, OrderState.INVOICED), True),
    Tab("selesai", _("over"), (OrderState.PAID, OrderState.REFUSED, OrderState.CANCELLED)),
    Tab("semua", _("all"), tuple(OrderState.values)),
)
# A table that is longer is asked for in parts.
MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class InboxRow:
    """An order in the list, with what it comes to."""

    order: SupplierOrder
    sum: Sum


@dataclass(frozen=True)
class OrderView:
    """One order with all that belongs to it, read at once."""

    order: SupplierOrder
    lines: list[LineState]
    sum: Sum
    shipments: list[Shipment]
    invoices: list[SupplierInvoice]
    history: list[SupplierOrderEvent]

    @property
    def may_answer(self) -> bool:
        return self.order.state == OrderState.SENT

    @property
    def may_refuse(self) -> bool:
        return self.order.state in (OrderState.SENT, OrderState.CHANGED)

    @property
    def may_ship(self) -> bool:
        return self.order.state in (OrderState.CONFIRMED, OrderState.SHIPPED) and any(one.to_ship for one in self.lines)

    @property
    def may_bill(self) -> bool:
        return any(one.to_bill for one in self.lines) and self.order.state in (
            OrderState.SHIPPED,
            OrderState.RECEIVED,
            OrderState.INVOICED,
        )

    @property
    def is_answered(self) -> bool:
        """Whether the supplier said what will come."""
        return any(one.line.packs_confirmed is not None for one in self.lines)

    @property
    def freight_left(self) -> int:
        """Rupiah of freight that no bill in force asks for yet."""
        return self.order.freight - sum(bill.freight for bill in self.invoices if bill.state != InvoiceState.DISPUTED)


def tab_called(name: str) -> Tab:
    """The tab of that name; the new ones for any other."""
    return next((tab for tab in TABS if tab.name == name), TABS[0])


def counts_by_tab() -> dict[str, int]:
    """How many orders each tab holds, in one query."""
    by_state = dict(SupplierOrder.objects.order_by().values_list("state").annotate(Count("pk")))
    return {tab.name: sum(by_state.get(state, 0) for state in tab.states) for tab in TABS}


def inbox(tab: Tab, text: str = "") -> QuerySet[SupplierOrder]:
    """The orders of a tab, newest first; with `text` those whose number begins so, or whose buyer or cycle has it."""
    orders = SupplierOrder.objects.filter(state__in=tab.states).order_by("-sent_at", "-pk")
    if text:
        orders = orders.filter(Q(number__startswith=text.upper()) | Q(buyer__icontains=text) | Q(cycle__icontains=text))
    return orders


def rows_of(orders: Sequence[SupplierOrder]) -> list[InboxRow]:
    """The orders with their sums, by one more query however many they are."""
    lines: dict[int, list[SupplierOrderLine]] = defaultdict(list)
    for line in SupplierOrderLine.objects.filter(order__in=orders):
        lines[line.order_id].append(line)
    return [InboxRow(order, sum_of(order, lines[order.pk])) for order in orders]


def order_called(number: str) -> SupplierOrder | None:
    """The supplier's order with this number, if it is one of its own."""
    return SupplierOrder.objects.filter(number=number).first()


def view_of(order: SupplierOrder, *, for_its_supplier: bool = False) -> OrderView:
    """Everything of an order, by a fixed number of queries."""
    # What all pledged together is the supplier's to read; a region asks for its own part.
    lines = list(order.lines.select_related("pooled__line__total" if for_its_supplier else "pooled"))
    return OrderView(
        order=order,
        lines=states_of(order, lines, packs_billed(order)),
        sum=sum_of(order, lines),
        shipments=list(order.shipments.prefetch_related("lines__line")),
        invoices=list(order.invoices.all()),
        history=list(order.history.all()),
    )


def table_of(orders: Iterable[SupplierOrder]) -> list[tuple[SupplierOrder, list[SupplierOrderLine]]]:
    """The orders with their lines, for a table."""
    chosen = list(orders)
    lines: dict[int, list[SupplierOrderLine]] = defaultdict(list)
    for line in SupplierOrderLine.objects.filter(order__in=chosen).order_by("order", "position"):
        lines[line.order_id].append(line)
    return [(order, lines[order.pk]) for order in chosen]
