from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FreshBuyingConfig(AppConfig):
    """Fresh Food from the pasar induk: ordered in the evening, bought at night, shared out by dawn."""

    name = "tenant_apps.fresh_buying"
    label = "fresh_buying"
    verbose_name = _("Fresh Food from the market")

    def ready(self) -> None:
        from tenant_apps.fresh_buying import hooks, navigation  # noqa: F401
