from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SatkerConfig(AppConfig):
    """The work unit of the kecamatan, and the services that this region offers."""

    name = "tenant_apps.satker"
    label = "satker"
    verbose_name = _("Satker")

    def ready(self) -> None:
        from tenant_apps.satker import hooks  # noqa: F401
