from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The people of this region: what they may do, who invited them, where they live."""

    name = "tenant_apps.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from tenant_apps.accounts import hooks  # noqa: F401
