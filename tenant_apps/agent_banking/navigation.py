"""The entries of this app in the work areas, where the region offers the service."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Role
from tenant_apps.agent_banking.access import service_is_on
from tenant_apps.agent_banking.selectors.agents import waiting_for_satker
from tenants.kernel.navigation import NavItem, register


def _waiting(request: HttpRequest) -> int:
    return waiting_for_satker()


register(
    NavItem(
        "toko",
        _("Bank agent"),
        "agent_banking:home",
        "landmark",
        order=58,
        roles=frozenset({str(Role.OWNER), str(Role.STAFF)}),
        when=service_is_on,
    ),
    NavItem(
        "satker",
        _("Bank agents"),
        "agent_banking:satker_agents",
        "landmark",
        order=70,
        roles=frozenset({str(Role.SATKER)}),
        count=_waiting,
        when=service_is_on,
    ),
    NavItem(
        "wilayah",
        _("Rules of bank agents"),
        "agent_banking:rules",
        "landmark",
        order=70,
        roles=frozenset({str(Role.ADMIN)}),
        when=service_is_on,
    ),
)
