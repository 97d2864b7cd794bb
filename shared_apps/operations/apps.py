from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def _is_owner(request: HttpRequest) -> bool:
    from shared_apps.operations.access import may
    from shared_apps.operations.models import OperatorRole

    return may(request, OperatorRole.OWNER)


class OperationsConfig(AppConfig):
    name = "shared_apps.operations"
    label = "operations"
    verbose_name = "Central operations"

    def ready(self) -> None:
        from shared_apps.operations import facts  # noqa: F401
        from tenants.kernel.navigation import OPERATOR, SUPERVISOR, NavItem, register

        register(
            NavItem("operator", _("Regions"), "operations:console", "map", 10, frozenset({OPERATOR})),
            NavItem(
                "operator",
                _("Map"),
                "operations:map",
                "layout-grid",
                17,
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
            NavItem("operator", _("Log"), "operations:audit", "scroll-text", 80, frozenset({OPERATOR})),
            NavItem(
                "operator", _("Operators"), "operations:people", "users", 85, frozenset({OPERATOR}), when=_is_owner
            ),
            NavItem("operator", _("My keys"), "operations:keys", "key-round", 90, frozenset({OPERATOR})),
        )
