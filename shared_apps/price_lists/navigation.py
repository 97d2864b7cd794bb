"""The entry of the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.access import for_role
from shared_apps.supplier_catalog.models import SupplierRole
from tenants.kernel.navigation import NavItem, register

KEEPERS = frozenset({for_role(SupplierRole.ADMIN), for_role(SupplierRole.CATALOGUE)})

register(
    NavItem(
        "pemasok", _("Price lists"), "price_lists:lists", "file-spreadsheet", 40, KEEPERS, also=("price_lists:feeds",)
    )
)
