from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcurementConfig(AppConfig):
    """How goods come to the shelf: from suppliers to the Satker, from the Satker to the warungs."""

    name = "tenant_apps.procurement"
    label = "procurement"
    verbose_name = _("Restock")

    def ready(self) -> None:
        from tenant_apps.procurement import hooks, moving, navigation  # noqa: F401
