"""The entries of this app in the work areas."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Role
from tenant_apps.fresh_buying.selectors.trips import trips_to_tend
from tenants.kernel.navigation import NavItem, register

# Their addresses lie under those of the markets.
OF_A_TRIP: tuple[str, ...] = (
    *("trip", "start", "advance", "weigh", "shrink", "cancel_trip", "picking"),
    *("shopping", "write", "transport", "work_preorder", "call_off"),
)


def _to_tend(request: HttpRequest) -> int:
    return trips_to_tend()


register(
    NavItem(
        "satker",
        _("Market trips"),
        "fresh_buying:trips",
        "shopping-basket",
        order=52,
        roles=frozenset({str(Role.SATKER)}),
        count=_to_tend,
        also=tuple(f"fresh_buying:{page}" for page in OF_A_TRIP),
    ),
    NavItem(
        "toko",
        _("To the market"),
        "fresh_buying:own_trips",
        "shopping-basket",
        order=90,
        roles=frozenset({str(Role.STAFF)}),
    ),
)
