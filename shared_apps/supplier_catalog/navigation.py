"""The entries of this app. The price lists and the orders add their own to the portal."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.access import ANY_ROLE, for_role
from shared_apps.supplier_catalog.models import SupplierRole
from shared_apps.supplier_catalog.selectors import waiting_for_operator
from tenants.kernel.navigation import OPERATOR, NavItem, register


def _waiting(request: HttpRequest) -> int:
    return waiting_for_operator()


ADMINS = frozenset({for_role(SupplierRole.ADMIN)})
# All but the people of a refused supplier.
ANY_MEMBER = frozenset(for_role(role) for role in SupplierRole)

register(
    NavItem("platform", _("Become a supplier"), "supplier_registration:areas", "truck", 20),
    NavItem("operator", _("Suppliers"), "supplier_operators:queue", "truck", 25, frozenset({OPERATOR}), count=_waiting),
    NavItem("pemasok", _("Overview"), "supplier_portal:home", "layout-dashboard", 10, frozenset({ANY_ROLE})),
    NavItem("pemasok", _("Articles"), "supplier_portal:articles", "package", 30, ANY_MEMBER),
    NavItem("pemasok", _("Business"), "supplier_portal:company", "building-2", 60, ANY_MEMBER),
    NavItem("pemasok", _("People"), "supplier_portal:members", "users", 70, ADMINS),
)
