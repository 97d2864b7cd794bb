from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "shared_apps.support"
    label = "support"
    verbose_name = _("Support access")

    def ready(self) -> None:
        from tenants.kernel.navigation import OPERATOR, NavItem, register

        register(NavItem("operator", _("Support"), "support:accesses", "life-buoy", 30, frozenset({OPERATOR})))
