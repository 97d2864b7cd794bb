from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentBankingConfig(AppConfig):
    """Agen BNI 46: the bank's agent at the warung. The bank's device executes, WARSA records."""

    name = "tenant_apps.agent_banking"
    label = "agent_banking"
    verbose_name = _("Agen BNI 46")

    def ready(self) -> None:
        from tenant_apps.agent_banking import hooks, moving, navigation  # noqa: F401
