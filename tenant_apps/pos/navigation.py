"""The entries of this app in the owner's area: selling comes first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Role
from tenants.kernel.navigation import NavItem, register

COUNTER = frozenset({str(Role.OWNER), str(Role.STAFF), str(Role.SATKER)})
OWNER = frozenset({str(Role.OWNER), str(Role.SATKER)})


register(
    NavItem("toko", _("Kasir"), "pos:till", "calculator", order=5, roles=COUNTER),
    NavItem("toko", _("Bon"), "pos:bons", "notebook-pen", order=45, roles=COUNTER),
    NavItem("toko", _("Close the day"), "pos:closing", "lock", order=55, roles=COUNTER),
    NavItem("toko", _("Sales charts"), "pos:charts", "chart-column", order=75, roles=OWNER),
)
