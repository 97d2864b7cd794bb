from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArchivesConfig(AppConfig):
    """All data of each region, every night in a file of its own; and the way of a region back to one of them."""

    name = "shared_apps.archives"
    label = "archives"
    verbose_name = _("Archives of regions")

    def ready(self) -> None:
        from shared_apps.archives import hooks  # noqa: F401
