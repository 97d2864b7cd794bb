"""The operators' entry; the region's is with its other pages, in region_setup."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shared_apps.billing.selectors import waiting_for_operator
from tenants.kernel.navigation import OPERATOR, NavItem, register


def _waiting(request: HttpRequest) -> int:
    return waiting_for_operator()


register(
    NavItem("operator", _("Billing"), "billing:subscriptions", "receipt", 30, frozenset({OPERATOR}), count=_waiting),
)
