from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnboardingConfig(AppConfig):
    name = "shared_apps.onboarding"
    label = "onboarding"
    verbose_name = "Onboarding"

    def ready(self) -> None:
        from shared_apps.onboarding import archives  # noqa: F401
        from shared_apps.onboarding.selectors import waiting_for_decision
        from tenants.kernel.navigation import OPERATOR, NavItem, register

        register(
            NavItem("platform", _("Register a region"), "onboarding:start", "map-pin", 10),
            NavItem(
                "operator",
                _("Registrations"),
                "onboarding:registrations",
                "inbox",
                20,
                frozenset({OPERATOR}),
                count=lambda request: waiting_for_decision(),
            ),
            NavItem("operator", _("Blueprints"), "onboarding:blueprints", "book-copy", 30, frozenset({OPERATOR})),
        )
