"""The entry of this app in the Satker's area."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Role
from tenant_apps.suppliers.selectors import count_waiting
from tenants.kernel.navigation import NavItem, register


def _waiting(request: HttpRequest) -> int:
    return count_waiting()


register(
    NavItem(
        "satker",
        _("Suppliers"),
        "suppliers:offers",
        "truck",
        order=45,
        roles=frozenset({str(Role.SATKER)}),
        count=_waiting,
    )
)
