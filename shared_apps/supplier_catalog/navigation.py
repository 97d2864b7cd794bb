"""The entries of this app in the supplier portal. The price lists and the orders add their own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.access import ANY_ROLE
from tenants.kernel.navigation import NavItem, register

register(
    NavItem("pemasok", _("Overview"), "supplier_portal:home", "layout-dashboard", 10, frozenset({ANY_ROLE})),
)
