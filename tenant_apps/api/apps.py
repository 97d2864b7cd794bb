from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tenants.kernel.navigation import SIGNED_IN, NavItem, register


class ApiConfig(AppConfig):
    """API v1 of a region: what the pages do, for programs."""

    name = "tenant_apps.api"
    label = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        register(NavItem("shop", _("Programs"), "api_access:keys", "plug", order=99, roles=frozenset({SIGNED_IN})))
