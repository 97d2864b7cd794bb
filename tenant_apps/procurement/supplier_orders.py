"""The region's orders at suppliers, as its Satker reads them. The database shows this region no others."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shared_apps.exchange.models import OrderState, SupplierOrder
from shared_apps.exchange.reckoning import Sum
from shared_apps.exchange.selectors import rows_of
from tenant_apps.procurement.models import Cycle, Purchase


@dataclass(frozen=True)
class Tab:
    """A part of the list. `waits` where the Satker has something to do."""

    name: str
    label: str | Promise
    states: tuple[str, ...]
    waits: bool = False


TABS = (
    Tab("jawab", _("to be answered"), (OrderState.CHANGED,), True),
    Tab("terkirim", _("with the supplier"), (OrderState.SENT,)),
    Tab("datang", _("to come"), (OrderState.CONFIRMED, OrderState.SHIPPED)),
    Tab("tagih", _("received, to be paid"), (OrderState.RECEIVED, OrderState.INVOICED)),
    Tab("selesai", _("over"), (OrderState.PAID, OrderState.REFUSED, OrderState.CANCELLED)),
    Tab("semua", _("all"), tuple(OrderState.values)),
)


@dataclass(frozen=True)
class OrderRow:
    """An order in the list: what it comes to as things stand, and the cycle that it is for."""

    order: SupplierOrder
    sum: Sum
    cycle: Cycle | None


def tab_called(name: str) -> Tab:
    """The tab of that name; the first one that holds something, or else all, for any other."""
    found = next((tab for tab in TABS if tab.name == name), None)
    if found is not None:
        return found
    counts = counts_by_tab()
    return next((tab for tab in TABS if counts[tab.name]), TABS[-1])


def counts_by_tab() -> dict[str, int]:
    """How many orders each tab holds, in one query."""
    by_state = dict(SupplierOrder.objects.order_by().values_list("state").annotate(Count("pk")))
    return {tab.name: sum(by_state.get(state, 0) for state in tab.states) for tab in TABS}


def to_be_answered() -> int:
    """How many orders a supplier changed."""
    return SupplierOrder.objects.filter(state=OrderState.CHANGED).count()


def supplier_orders(tab: Tab, text: str = "") -> QuerySet[SupplierOrder]:
    """The tab's orders, newest first. `text`: the number, the supplier or the cycle."""
    rows = SupplierOrder.objects.select_related("supplier").filter(state__in=tab.states)
    for word in text.split()[:6]:
        rows = rows.filter(Q(number__iexact=word) | Q(supplier__name__icontains=word) | Q(cycle__icontains=word))
    return rows.order_by("-sent_at", "-pk")


def with_sums(orders: list[SupplierOrder]) -> list[OrderRow]:
    """The orders with sums and cycles, by two more queries however many they are."""
    cycles = {
        purchase.order: purchase.cycle
        for purchase in Purchase.objects.select_related("cycle").filter(order__in=[one.public_id for one in orders])
    }
    return [OrderRow(row.order, row.sum, cycles.get(row.order.public_id)) for row in rows_of(orders)]


def supplier_order(number: str) -> SupplierOrder:
    """One of the region's own.

    Raises:  Http404.
    """
    found = SupplierOrder.objects.select_related("supplier").filter(number=number).first()
    if found is None:
        raise Http404("no such order")
    return found


def purchase_of(order: SupplierOrder) -> Purchase | None:
    """The purchase of a cycle that it was sent for."""
    return Purchase.objects.select_related("cycle").filter(order=order.public_id).first()
