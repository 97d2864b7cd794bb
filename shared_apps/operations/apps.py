from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "shared_apps.operations"
    label = "operations"
    verbose_name = "Central operations"

    def ready(self) -> None:
        from shared_apps.operations import facts  # noqa: F401
        from tenants.kernel.navigation import OPERATOR, NavItem, register

        register(
            NavItem("operator", _("Regions"), "operations:console", "map", 10, frozenset({OPERATOR})),
            NavItem("operator", _("Fleet"), "operations:fleet", "layers", 40, frozenset({OPERATOR})),
        )
