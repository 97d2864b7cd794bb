"""Where people can go among the pages of prices."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.models import Role
from tenant_apps.pricing.selectors import claims_waiting
from tenant_apps.pricing.worklist import urgent_in_region, urgent_of
from tenant_apps.warungs.counter import chosen_warung
from tenants.kernel.navigation import SIGNED_IN, NavItem, register

COUNTER = frozenset({Role.OWNER.value, Role.STAFF.value})
SATKER = frozenset({Role.SATKER.value})


def urgent_here(request: HttpRequest) -> int:
    """Prices of the warung where the person stands that need a look."""
    counter = getattr(request, "counter", None)
    warung = counter.warung if counter else chosen_warung(cast(RegionRequest, request))
    return urgent_of(warung) if warung is not None else 0


register(
    NavItem("shop", _("Savings"), "pricing:savings", "piggy-bank", order=70, roles=frozenset({SIGNED_IN})),
    NavItem("shop", _("Claims"), "pricing:own_claims", "shield-check", order=75, roles=frozenset({SIGNED_IN})),
    NavItem("satker", _("Savings"), "pricing:region_savings", "piggy-bank", order=65, roles=SATKER),
    NavItem("toko", _("Check prices"), "pricing:review", "shield-alert", order=65, roles=COUNTER, count=urgent_here),
    NavItem(
        "satker",
        _("Check prices"),
        "pricing:overview",
        "shield-alert",
        order=61,
        roles=SATKER,
        count=lambda request: urgent_in_region(),
    ),
    NavItem(
        "satker",
        _("Claims"),
        "pricing:claims",
        "receipt-text",
        order=62,
        roles=SATKER,
        count=lambda request: claims_waiting(),
    ),
)
