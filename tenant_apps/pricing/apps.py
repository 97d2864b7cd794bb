from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PricingConfig(AppConfig):
    """What things cost, and the evidence that it is less than at the market."""

    name = "tenant_apps.pricing"
    label = "pricing"
    verbose_name = _("Prices")

    def ready(self) -> None:
        from tenant_apps.pricing import hooks, moving, navigation  # noqa: F401
