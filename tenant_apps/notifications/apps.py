from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """What people are told inside the app."""

    name = "tenant_apps.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from tenant_apps.notifications import services  # noqa: F401  registers its deliverer
        from tenant_apps.notifications.selectors import unread_here
        from tenants.kernel.navigation import SIGNED_IN, NavItem, register

        register(NavItem("shop", _("News"), "notifications:news", "bell", 60, frozenset({SIGNED_IN}), unread_here))
