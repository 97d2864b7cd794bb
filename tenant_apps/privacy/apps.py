from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """What is kept of whom: who looked, what was agreed to, a copy for its owner, and forgetting."""

    name = "tenant_apps.privacy"
    label = "privacy"
    verbose_name = _("Personal data")

    def ready(self) -> None:
        from tenant_apps.accounts.models import Role
        from tenant_apps.privacy import hooks  # noqa: F401
        from tenants.kernel.navigation import NavItem, register

        # Each app says in its `personal.py` what it keeps of people.
        autodiscover_modules("personal")
        register(
            NavItem("wilayah", _("Erasures"), "privacy:erasures", "eraser", 75, frozenset({Role.ADMIN.value})),
        )
