from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliersConfig(AppConfig):
    """Which of the suppliers' articles a region buys."""

    name = "tenant_apps.suppliers"
    label = "suppliers"
    verbose_name = _("Suppliers")

    def ready(self) -> None:
        from tenant_apps.suppliers import navigation  # noqa: F401
