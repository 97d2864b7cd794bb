from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarungsConfig(AppConfig):
    """The neighbourhood shops: who, where and when open."""

    name = "tenant_apps.warungs"
    label = "warungs"
    verbose_name = _("Warungs")

    def ready(self) -> None:
        from tenant_apps.accounts.models import Role
        from tenant_apps.warungs import hooks, moving  # noqa: F401
        from tenants.kernel.navigation import NavItem, register

        counter = frozenset({Role.OWNER.value, Role.STAFF.value, Role.SATKER.value})
        register(NavItem("toko", _("Delivery"), "warungs:delivery", "bike", 75, counter))
