from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """What this region trades, in which packs."""

    name = "tenant_apps.catalog"
    label = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from tenant_apps.catalog import hooks, moving  # noqa: F401
