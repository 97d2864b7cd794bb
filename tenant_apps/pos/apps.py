from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PosConfig(AppConfig):
    """The kasir: counter sales, customer credit, and the closing of the day."""

    name = "tenant_apps.pos"
    label = "pos"
    verbose_name = _("Counter sales")

    def ready(self) -> None:
        from tenant_apps.pos import navigation  # noqa: F401
