from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FleetConfig(AppConfig):
    name = "tenants.fleet"
    label = "fleet"
    verbose_name = _("Fleet of regions")

    def ready(self) -> None:
        from tenants.fleet import facts  # noqa: F401
