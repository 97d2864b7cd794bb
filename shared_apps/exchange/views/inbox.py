"""The supplier's inbox: the orders of all regions in one list, and as a table to keep."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shared_apps.exchange.models import SupplierOrder, SupplierOrderLine
from shared_apps.exchange.rooms import for_orders
from shared_apps.exchange.selectors import (
    MOST_EXPORTED,
    TABS,
    counts_by_tab,
    inbox,
    rows_of,
    tab_called,
    table_of,
)
from shared_apps.supplier_catalog.access import SupplierRequest
from tenants.context import for_supplier
from tenants.exports import csv_file, xlsx_file
from tenants.forms import asked_text
from tenants.kernel.cells import Cell
from tenants.kernel.paging import CountedPaginator

PER_PAGE = 25


@for_orders
@require_safe
def inbox_page(request: SupplierRequest) -> HttpResponse:
    """One list for all regions, a tab for each thing to do."""
    tab, text = tab_called(request.GET.get("tab", "")), asked_text(request)
    with for_supplier(request.supplier.organisation.db_role):
        counts = counts_by_tab()
        page = CountedPaginator(inbox(tab, text), PER_PAGE).get_page(request.GET.get("page"))
        rows = rows_of(list(page.object_list))
    tabs = [(one, counts[one.name] if one.waits else 0) for one in TABS]
    context = {"page": page, "rows": rows, "tabs": tabs, "tab": tab, "wanted": text}
    return render(request, "exchange/portal/inbox.html", context)


@for_orders
@require_safe
def export(request: SupplierRequest, kind: str) -> HttpResponseBase:
    """What the list shows, a line for each article, for spreadsheets."""
    tab, text = tab_called(request.GET.get("tab", "semua")), asked_text(request)
    with for_supplier(request.supplier.organisation.db_role):
        found = table_of(inbox(tab, text)[:MOST_EXPORTED])
    rows = [_head(), *_rows(found)]
    return xlsx_file(_("orders"), rows) if kind == "xlsx" else csv_file(_("orders"), rows)


def _head() -> list[Cell]:
    return [
        _("Number"), _("State"), _("Buyer"), _("Address"), _("Phone"), _("Cycle"), _("Ordered at"), _("Wanted on"), _("SKU"),
        _("Article"), _("Pack"), _("Ordered"), _("Price"), _("Confirmed"), _("Confirmed price"), _("Shipped"),
        _("Received"), _("Rejected"), _("Note"),
    ]  # fmt: skip


def _rows(found: list[tuple[SupplierOrder, list[SupplierOrderLine]]]) -> Iterator[list[Cell]]:
    for order, lines in found:
        for line in lines:
            yield [
                order.number, str(order.get_state_display()), order.buyer, order.buyer_address, order.buyer_phone,
                order.cycle, order.sent_at.isoformat(timespec="minutes"), order.wanted_on.isoformat(), line.sku, line.name,
                line.pack_label, line.packs, line.price, line.packs_confirmed, line.price_confirmed, line.packs_shipped,
                line.packs_received, line.packs_rejected, order.note,
            ]  # fmt: skip
