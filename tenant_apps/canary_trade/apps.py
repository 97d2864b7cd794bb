from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CanaryTradeConfig(AppConfig):
    """What the canary trades in its region, by the services that pages use. Has no tables."""

    name = "tenant_apps.canary_trade"
    label = "canary_trade"
    verbose_name = _("Trade of the canary")

    def ready(self) -> None:
        from tenant_apps.canary_trade import trade  # noqa: F401
