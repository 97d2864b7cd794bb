"""An agency of the bank ends before its warung leaves with its kecamatan: the bank knows it under this region."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from shared_apps.onboarding.moving_parts import MovingPart, moving_part
from tenant_apps.agent_banking.models import Agent, AgentState
from tenant_apps.warungs.moving import leaving


@moving_part("agents", order=82)
class AgentsPart(MovingPart):
    def obstacles(self, villages: Collection[str]) -> list[str]:
        running = Agent.objects.filter(
            warung__in=leaving(villages), state__in=(AgentState.ACTIVE, AgentState.SUSPENDED)
        )
        return [
            _("%(warung)s: end its agency of the bank first.") % {"warung": one.warung}
            for one in running.select_related("warung").order_by("warung__name")
        ]
