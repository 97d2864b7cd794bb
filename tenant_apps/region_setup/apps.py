from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionSetupConfig(AppConfig):
    """The first pages of those who work here, and the admin's way to a market that trades. Has no tables."""

    name = "tenant_apps.region_setup"
    label = "region_setup"
    verbose_name = _("Setting up the region")

    def ready(self) -> None:
        from tenant_apps.region_setup import navigation  # noqa: F401
