"""Which warungs there are, whose they are, and which are near."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from shared_apps.regions.models import Area
from tenant_apps.accounts.access import Member
from tenant_apps.warungs.models import Neighbourhood, Warung, WarungState
from tenant_apps.warungs.opening import OpenState, open_state
from tenants.context import current_region
from tenants.kernel import clock


@dataclass(frozen=True)
class Place:
    """Where somebody lives: a kelurahan, and as much of RW and RT as they told."""

    village_code: str
    rw: int | None = None
    rt: int | None = None


@dataclass(frozen=True)
class Nearby:
    """A warung as lists show it. `steps`: 0 same RT, 1 same RW, 2 same kelurahan, 3 elsewhere in the region."""

    warung: Warung
    opening: OpenState
    steps: int
    village_name: str


def warungs_of(member: Member) -> QuerySet[Warung]:
    """The warungs that this person owns or helps in."""
    if not member.is_signed_in:
        return Warung.objects.none()
    return Warung.objects.filter(Q(owner=member.user) | Q(staff__user=member.user)).distinct().order_by("name", "pk")


def warung_for(member: Member, public_id: UUID) -> Warung:
    """The access door of owners and staff. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    found = warungs_of(member).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such warung of theirs")
    return found


def shown_warungs() -> QuerySet[Warung]:
    """The warungs that citizens see: open ones, and those on a break."""
    return Warung.objects.filter(state__in=[WarungState.OPEN, WarungState.PAUSED])


def shown_warung(slug: str) -> Warung:
    """A warung's page for citizens.

    Raises:  Http404 for one that is not (or no longer) shown.
    """
    found = shown_warungs().filter(slug=slug).first()
    if found is None:
        raise Http404("no such warung")
    return found


def village_choices() -> list[tuple[str, str]]:
    """Code and name of each kelurahan of this region, by name."""
    codes = Neighbourhood.objects.values_list("village_code", flat=True).distinct()
    return list(Area.objects.filter(code__in=list(codes)).order_by("name", "code").values_list("code", "name"))


def village_names(codes: set[str]) -> dict[str, str]:
    """Names by code, in one query."""
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def opening_of(warung: Warung) -> OpenState:
    """Whether the warung takes orders now."""
    return open_state(warung, warung.hours.all(), at=clock.now(), zone=current_region().time_zone)


def nearest(place: Place | None, warungs: QuerySet[Warung] | None = None, limit: int = 50) -> list[Nearby]:
    """Warungs from the nearest on: same RT, same RW, same kelurahan, elsewhere; open ones first within each, then by name.

    Four queries, however many there are.
    """
    rows = list((shown_warungs() if warungs is None else warungs).prefetch_related("hours"))
    names = village_names({row.village_code for row in rows})
    now, zone = clock.now(), current_region().time_zone
    found = [
        Nearby(
            row,
            open_state(row, row.hours.all(), at=now, zone=zone),
            steps_between(place, row),
            names.get(row.village_code, ""),
        )
        for row in rows
    ]
    found.sort(key=lambda one: (one.steps, not one.opening.is_open, _doors(place, one.warung), one.warung.name))
    return found[:limit]


def steps_between(place: Place | None, warung: Warung) -> int:
    """0 same RT, 1 same RW, 2 same kelurahan, 3 elsewhere or unknown."""
    if place is None or place.village_code != warung.village_code:
        return 3
    if place.rw is None or place.rw != warung.rw:
        return 2
    return 0 if place.rt is not None and place.rt == warung.rt else 1


def _doors(place: Place | None, warung: Warung) -> int:
    """RT are numbered along the street: the difference of the numbers is a fair guess at the way."""
    if place is None or place.rt is None or warung.rt is None or place.rw != warung.rw:
        return 0
    return abs(place.rt - warung.rt)
