from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "warsa.ui"
    label = "ui"
    verbose_name = "Design system"

    def ready(self) -> None:
        from tenants.kernel.navigation import ANONYMOUS, NavItem, register

        register(
            NavItem("platform", _("How it works"), "about", "info", 20),
            NavItem("shop", _("Home"), "home", "house", 10),
            NavItem("shop", _("Sign in"), "account_login", "log-in", 90, frozenset({ANONYMOUS})),
        )
