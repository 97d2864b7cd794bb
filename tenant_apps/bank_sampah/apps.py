from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BankSampahConfig(AppConfig):
    """Bank Sampah: sorted waste becomes savings."""

    name = "tenant_apps.bank_sampah"
    label = "bank_sampah"
    verbose_name = _("Bank Sampah")

    def ready(self) -> None:
        from tenant_apps.bank_sampah import hooks, moving, navigation, purses, wallets  # noqa: F401
