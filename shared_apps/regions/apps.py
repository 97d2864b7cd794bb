from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionsConfig(AppConfig):
    """The official areas of Indonesia, one table for all regions."""

    name = "shared_apps.regions"
    label = "regions"
    verbose_name = _("Official areas")
    default_auto_field = "django.db.models.BigAutoField"
