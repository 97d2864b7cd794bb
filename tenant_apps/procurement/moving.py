"""A warung that leaves with its kecamatan has no goods on the way from the Satker."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from shared_apps.onboarding.moving_parts import MovingPart, moving_part
from tenant_apps.procurement.models import RestockRequest
from tenant_apps.procurement.models.restocks import OPEN_STATES
from tenant_apps.warungs.moving import leaving


@moving_part("restocks", order=81)
class RestocksPart(MovingPart):
    def obstacles(self, villages: Collection[str]) -> list[str]:
        waiting = RestockRequest.objects.filter(warung__in=leaving(villages), state__in=OPEN_STATES)
        return [
            _("%(warung)s: restock %(number)s is open. Hand it over or cancel it first.")
            % {"warung": one.warung, "number": one.number}
            for one in waiting.select_related("warung").order_by("warung__name", "pk")
        ]
