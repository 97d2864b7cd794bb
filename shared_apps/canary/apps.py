from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class CanaryConfig(AppConfig):
    """One region in which a small trade is tried every quarter of an hour, as its people would do it."""

    name = "shared_apps.canary"
    label = "canary"
    verbose_name = pgettext_lazy("canary", "Canary")

    def ready(self) -> None:
        from shared_apps.canary import rules  # noqa: F401
        from tenants.kernel.navigation import OPERATOR, NavItem, register

        label = pgettext_lazy("canary", "Canary")
        register(NavItem("operator", label, "canary:canary", "bird", 43, frozenset({OPERATOR})))
