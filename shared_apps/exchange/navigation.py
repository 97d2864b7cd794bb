"""The orders in the supplier portal, and what waits there."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shared_apps.exchange.rooms import has_role
from shared_apps.exchange.selectors import TABS, counts_by_tab
from shared_apps.supplier_catalog.access import Supplier, for_role
from shared_apps.supplier_catalog.models import SupplierRole
from shared_apps.supplier_catalog.todo import NextStep, next_steps
from tenants.context import for_supplier
from tenants.kernel.navigation import NavItem, register

register(
    NavItem(
        "pemasok",
        gettext_lazy("Joint purchases"),
        "supplier_orders:pools",
        "handshake",
        25,
        frozenset({for_role(SupplierRole.ORDERS)}),
    ),
)
register(
    NavItem(
        "pemasok",
        gettext_lazy("Orders"),
        "supplier_orders:inbox",
        "inbox",
        20,
        frozenset({for_role(SupplierRole.ORDERS)}),
    ),
    NavItem(
        "pemasok",
        gettext_lazy("Connection"),
        "supplier_orders:connector",
        "plug",
        80,
        frozenset({for_role(SupplierRole.ADMIN)}),
    ),
)


@next_steps(order=10)
def orders_that_wait(supplier: Supplier) -> list[NextStep]:
    """The tabs of the inbox where somebody should do something."""
    if not supplier.may(SupplierRole.ORDERS) or not has_role(supplier.organisation):
        return []
    with for_supplier(supplier.organisation.db_role):
        counts = counts_by_tab()
    titles = {
        "baru": _("Answer new orders"),
        "kirim": _("Send off what you confirmed"),
        "tagih": _("Look at what was received and bill it"),
    }
    return [
        NextStep(
            titles[tab.name],
            ngettext("%(count)s order", "%(count)s orders", counts[tab.name]) % {"count": counts[tab.name]},
            f"{reverse('supplier_orders:inbox')}?tab={tab.name}",
            "inbox",
            counts[tab.name],
        )
        for tab in TABS
        if tab.waits and counts[tab.name]
    ]
