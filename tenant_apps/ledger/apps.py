from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Whole rupiah in balanced, append-only double entries."""

    name = "tenant_apps.ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        from tenant_apps.accounts.models import Role
        from tenant_apps.ledger import hooks, moving  # noqa: F401
        from tenants.kernel.navigation import SIGNED_IN, NavItem, register

        owner, satker, admin = (frozenset({role.value}) for role in (Role.OWNER, Role.SATKER, Role.ADMIN))
        register(
            NavItem("shop", _("Balance"), "ledger:balance", "wallet", 95, frozenset({SIGNED_IN})),
            NavItem("toko", _("Books"), "ledger:warung_books", "book-open", 80, owner),
            NavItem("satker", _("Books"), "ledger:region_books", "book-open", 80, satker),
            NavItem("wilayah", _("Books"), "ledger:region_books", "book-open", 75, admin),
        )
