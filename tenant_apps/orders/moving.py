"""A warung that leaves with its kecamatan fills or rejects its orders before."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from shared_apps.onboarding.moving_parts import MovingPart, moving_part
from tenant_apps.orders.models import OPEN_STATES, Order
from tenant_apps.warungs.moving import leaving


@moving_part("orders", order=80)
class OrdersPart(MovingPart):
    def obstacles(self, villages: Collection[str]) -> list[str]:
        waiting = Order.objects.filter(warung__in=leaving(villages), state__in=OPEN_STATES).select_related("warung")
        return [
            _("%(warung)s: order %(number)s is open. Fill it or reject it first.")
            % {"warung": one.warung, "number": one.number}
            for one in waiting.order_by("warung__name", "pk")
        ]
