from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeakProbeConfig(AppConfig):
    """A token of each region, looked for in the answers of all others."""

    name = "shared_apps.leak_probe"
    label = "leak_probe"
    verbose_name = _("Leak probe")

    def ready(self) -> None:
        from shared_apps.leak_probe import rules  # noqa: F401
        from tenants.kernel.navigation import OPERATOR, NavItem, register

        register(NavItem("operator", _("Leak probe"), "leak_probe:probe", "scan-search", 44, frozenset({OPERATOR})))
