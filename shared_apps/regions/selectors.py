"""Reads of the official areas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shared_apps.regions.errors import AreaRetired, AreaTooSmall, UnknownArea
from shared_apps.regions.models import Area, AreaChange, ChangeKind, Level
from shared_apps.regions.search import found_codes

_AROUND = "parent__parent__parent"


@dataclass(frozen=True, slots=True)
class AreaHit:
    """An area as a list of choices shows it."""

    area: Area
    path: str


def search_areas(text: str, *, levels: Iterable[Level] = (), within: str = "", limit: int = 10) -> list[AreaHit]:
    """Areas in force whose name fits the text, best first; spelling is forgiven.

    Words may name the areas around ("kalidoni palembang"). A code or a postal code is found as well. Fewer than two
    letters find nothing. `within` keeps what lies in that area.
    """
    return hits_of(found_codes(text, levels=levels, within=within, limit=limit))


def hits_of(codes: Iterable[str]) -> list[AreaHit]:
    """The areas of these codes with their paths, in the given order; unknown codes are left out."""
    wanted = list(dict.fromkeys(codes))
    areas = Area.objects.select_related(_AROUND).in_bulk(wanted)
    return [AreaHit(areas[code], path_of(areas[code])) for code in wanted if code in areas]


def area(code: str) -> Area:
    """The area of this code, also when it is retired; the areas around it come along.

    Raises:  UnknownArea.
    """
    try:
        return Area.objects.select_related(_AROUND).get(pk=code)
    except Area.DoesNotExist:
        raise _unknown(code) from None


def path_of(area: Area) -> str:
    """The names from the area outwards: "Kalidoni, Kota Palembang, Sumatera Selatan"."""
    names: list[str] = []
    step: Area | None = area
    while step is not None:
        names.append(step.name)
        step = step.parent
    return ", ".join(names)


def children_of(code: str) -> list[Area]:
    """The areas in force right below; with an empty code, the provinces.

    Raises:  UnknownArea.
    """
    inside = Area.objects.filter(parent_id=code or None, retired_on__isnull=True).order_by("code")
    children = list(inside)
    if code and not children:
        area(code)
    return children


def districts_under(codes: Iterable[str]) -> list[str]:
    """Codes of all districts in force that these areas cover, each once, in order.

    Raises:  UnknownArea, AreaRetired; AreaTooSmall for a village, which covers no district.
    """
    covered = _in_force(codes)
    for one in covered:
        if one.level == Level.VILLAGE:
            raise AreaTooSmall(
                _("%(name)s is only part of a district. Choose the whole district.") % {"name": one.name},
                area=one.code,
            )
    return _codes_inside(covered, Level.DISTRICT)


def villages_under(codes: Iterable[str]) -> list[str]:
    """Codes of all villages in force that these areas cover, each once, in order.

    Raises:  UnknownArea, AreaRetired.
    """
    return _codes_inside(_in_force(codes), Level.VILLAGE)


def successors_of(code: str) -> list[Area]:
    """The areas in force that follow this one; the area itself while it is in force.

    Raises:  UnknownArea.
    """
    found: dict[str, Area] = {}
    seen: set[str] = set()
    waiting = [area(code)]
    while waiting:
        one = waiting.pop(0)
        if one.code in seen:
            continue
        seen.add(one.code)
        if one.retired_on is None:
            found[one.code] = one
            continue
        follows = _changes((ChangeKind.MOVED, ChangeKind.MERGED, ChangeKind.SPLIT)).filter(old_code=one.code)
        waiting += Area.objects.filter(code__in=follows.values("new_code")).order_by("code")
    return list(found.values())


def history_of(code: str) -> list[AreaChange]:
    """What updates did to this area, in the order it happened. For the platform only."""
    return list(AreaChange.objects.filter(Q(old_code=code) | Q(new_code=code)).order_by("pk"))


def _changes(kinds: Iterable[ChangeKind]) -> QuerySet[AreaChange]:
    return AreaChange.objects.filter(kind__in=[kind.value for kind in kinds])


def _unknown(code: str) -> UnknownArea:
    return UnknownArea(_("There is no area with the code %(code)s.") % {"code": code}, area=code)


def _in_force(codes: Iterable[str]) -> list[Area]:
    """The areas of these codes; every one must be known and in force."""
    wanted = list(dict.fromkeys(codes))
    known = Area.objects.in_bulk(wanted)
    for code in wanted:
        if code not in known:
            raise _unknown(code)
        if known[code].retired_on is not None:
            raise AreaRetired(
                _("%(name)s (%(code)s) is no longer an official area. Choose the one that follows it.")
                % {"name": known[code].name, "code": code},
                area=code,
            )
    return [known[code] for code in wanted]


def _codes_inside(areas: list[Area], level: Level) -> list[str]:
    if not areas:
        return []
    # A code begins with the codes of all areas around it; the dot keeps 16.7 from covering 16.71.
    inside = reduce(or_, (Q(code=one.code) | Q(code__startswith=f"{one.code}.") for one in areas))
    found = Area.objects.filter(inside, level=level, retired_on__isnull=True)
    return list(found.order_by("code").values_list("code", flat=True))
