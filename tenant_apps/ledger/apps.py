from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Whole rupiah in balanced, append-only double entries."""

    name = "tenant_apps.ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        from tenant_apps.ledger import hooks  # noqa: F401
