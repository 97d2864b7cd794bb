from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """How an order is paid: cash, the balance at WARSA, or QRIS."""

    name = "tenant_apps.payments"
    label = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from tenant_apps.payments import deliveries, navigation  # noqa: F401
