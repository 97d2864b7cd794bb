from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "warsa.ui"
    label = "ui"
    verbose_name = "Design system"

    def ready(self) -> None:
        from tenants.kernel.navigation import ANONYMOUS, OPERATOR, NavItem, register

        operator, stranger = frozenset({OPERATOR}), frozenset({ANONYMOUS})
        register(
            NavItem("platform", _("Register a region"), "onboarding:start", "map-pin", 10),
            NavItem("shop", _("Home"), "home", "house", 10),
            NavItem("shop", _("Sign in"), "account_login", "log-in", 90, stranger),
            NavItem("operator", _("Regions"), "operations:console", "map", 10, operator),
            NavItem("operator", _("Registrations"), "onboarding:registrations", "inbox", 20, operator),
        )
