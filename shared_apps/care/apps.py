from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def _open_alerts(request: HttpRequest) -> int:
    from shared_apps.care.selectors import open_alerts

    return open_alerts()


class CareConfig(AppConfig):
    name = "shared_apps.care"
    label = "care"
    verbose_name = _("Care for regions")

    def ready(self) -> None:
        from shared_apps.care import hooks, rules  # noqa: F401
        from tenants.kernel.navigation import OPERATOR, NavItem, register

        who = frozenset({OPERATOR})
        register(
            NavItem("operator", _("Alerts"), "care:alerts", "bell-ring", 15, who, count=_open_alerts),
            NavItem("operator", _("Jobs"), "care:jobs", "list-checks", 42, who, also=("care:drills",)),
            NavItem("operator", _("Flags"), "care:flags", "flag", 50, who),
            NavItem("operator", _("Announcements"), "care:announcements", "megaphone", 52, who),
        )
