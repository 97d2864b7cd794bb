"""Official areas that have figures: provinces, regencies and kecamatan in force."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from shared_apps.operations.errors import NoSuchArea
from shared_apps.regions.models import Area, Level

AREA_CODE = re.compile(r"[0-9]{2}(\.[0-9]{2}){0,2}")
LEVELS = (Level.PROVINCE, Level.REGENCY, Level.DISTRICT)


def area_with_figures(code: str) -> Area | None:
    """The area with this code, in force; the areas around it come along."""
    if not AREA_CODE.fullmatch(code):
        return None
    return Area.objects.select_related("parent__parent").filter(code=code, retired_on__isnull=True).first()


def area_of_figures(code: str) -> Area:
    """The same, for what somebody chose.

    Raises:  NoSuchArea.
    """
    found = area_with_figures(code)
    if found is None:
        raise NoSuchArea(_("Choose a province, a regency or city, or a district."), area=code)
    return found
