"""A unit of Bank Sampah at a warung closes before the warung leaves with its kecamatan; savings stay where they are."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from shared_apps.onboarding.moving_parts import MovingPart, moving_part
from tenant_apps.bank_sampah.models import WasteUnit
from tenant_apps.warungs.moving import leaving


@moving_part("waste_units", order=83)
class WasteUnitsPart(MovingPart):
    def obstacles(self, villages: Collection[str]) -> list[str]:
        weighing = WasteUnit.objects.filter(warung__in=leaving(villages), is_open=True)
        return [
            _("%(warung)s: close its unit of Bank Sampah first, and give its members another one.")
            % {"warung": one.warung}
            for one in weighing.select_related("warung").order_by("warung__name")
        ]
