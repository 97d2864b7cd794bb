from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StockConfig(AppConfig):
    """How many of each product are where, and every movement that made it so."""

    name = "tenant_apps.stock"
    label = "stock"
    verbose_name = _("Stock")

    def ready(self) -> None:
        from tenant_apps.stock import moving  # noqa: F401
