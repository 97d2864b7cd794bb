from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """API v1 of a region: what the pages do, for programs."""

    name = "tenant_apps.api"
    label = "api"
    verbose_name = _("API")
