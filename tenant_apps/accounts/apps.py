from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tenants.kernel.navigation import ANONYMOUS, SIGNED_IN, NavItem, register


class AccountsConfig(AppConfig):
    """The people of this region: what they may do, who invited them, where they live."""

    name = "tenant_apps.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from shared_apps.care.audience import add_audience
        from tenant_apps.accounts import hooks  # noqa: F401
        from tenant_apps.accounts.models import Role

        for role in Role:
            add_audience(role.value, role.label)

        register(
            NavItem("shop", _("Account"), "account_home", "user", order=90, roles=frozenset({SIGNED_IN})),
            NavItem("shop", _("Sign in"), "account_login", "log-in", order=90, roles=frozenset({ANONYMOUS})),
            NavItem("wilayah", _("People"), "people", "users", order=60, roles=frozenset({"admin"})),
        )
