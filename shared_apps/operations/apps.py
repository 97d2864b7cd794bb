from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OperationsConfig(AppConfig):
    name = "shared_apps.operations"
    label = "operations"
    verbose_name = "Central operations"

    def ready(self) -> None:
        from tenants.kernel.navigation import OPERATOR, SUPERVISOR, NavItem, register

        register(
            NavItem("operator", _("Regions"), "operations:console", "map", 10, frozenset({OPERATOR})),
            NavItem(
                "operator",
                _("Map"),
                "operations:map",
                "layout-grid",
                12,
                frozenset({OPERATOR}),
                also=("operations:targets", "operations:supervisors"),
            ),
            NavItem(
                "pembina",
                pgettext_lazy("of a supervisor", "My area"),
                "pembina:home",
                "map",
                10,
                frozenset({SUPERVISOR}),
            ),
            NavItem("operator", _("Fleet"), "operations:fleet", "layers", 40, frozenset({OPERATOR})),
        )
