from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarungsConfig(AppConfig):
    """The neighbourhood shops: who, where and when open."""

    name = "tenant_apps.warungs"
    label = "warungs"
    verbose_name = _("Warungs")

    def ready(self) -> None:
        from tenant_apps.warungs import hooks  # noqa: F401
