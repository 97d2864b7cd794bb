"""Which warungs there are, whose they are, and which are near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import cos, radians
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Abs, Cast, Sqrt
from django.http import Http404

from shared_apps.regions.models import Area
from tenant_apps.accounts.access import Member
from tenant_apps.accounts.models import Invitation, Role
from tenant_apps.accounts.selectors import open_invitations
from tenant_apps.warungs.models import (
    DeliverySlot,
    DeliveryZone,
    Kind,
    Neighbourhood,
    OpeningHours,
    Warung,
    WarungState,
)
from tenant_apps.warungs.opening import OpenState, open_state
from tenants.context import current_region
from tenants.identity.models import User
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
    metres: float | None = None


def warungs_of(member: Member) -> QuerySet[Warung]:
    """The warungs that this person owns or helps in; for the people of the Satker, the Fresh Food stands too."""
    if not member.is_signed_in:
        return Warung.objects.none()
    theirs = Q(owner=member.user) | Q(staff__user=member.user)
    if Role.SATKER in member.roles:
        theirs |= Q(kind=Kind.FRESH)
    return Warung.objects.filter(theirs).distinct().order_by("name", "pk")


def warung_for(member: Member, public_id: UUID) -> Warung:
    """The access door of owners and staff. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    found = warungs_of(member).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such warung of theirs")
    return found


def owns(member: Member, warung: Warung) -> bool:
    """What is the owner's alone is theirs: the owner's own, and at a Fresh Food stand the people of the Satker."""
    return warung.owner_id == member.user.pk or (warung.kind == Kind.FRESH and Role.SATKER in member.roles)


def shown_warungs() -> QuerySet[Warung]:
    """The warungs that citizens see: open ones, and those on a break."""
    return Warung.objects.filter(state__in=[WarungState.OPEN, WarungState.PAUSED])


def shown_warung(slug: str, *, with_village: bool = False) -> Warung:
    """A warung's page for citizens. `with_village`: the name of its kelurahan is read along.

    Raises:  Http404 for one that is not (or no longer) shown.
    """
    rows = shown_warungs().filter(slug=slug)
    if with_village:
        village = Area.objects.filter(code=OuterRef("village_code")).values("name")
        rows = rows.annotate(read_along=Subquery(village))
    try:
        found = rows.get()
    except Warung.DoesNotExist:
        raise Http404("no such warung") from None
    if with_village:
        found.village_name = found.__dict__["read_along"] or ""
    return found


def village_choices() -> list[tuple[str, str]]:
    """Code and name of each kelurahan of this region, by name."""
    codes = Neighbourhood.objects.order_by().values("village_code")
    return list(Area.objects.filter(code__in=codes).order_by("name", "code").values_list("code", "name"))


def village_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The kelurahan of this region by kecamatan, both by name: kelurahan of two kecamatan often share a name."""
    codes = Neighbourhood.objects.values_list("village_code", flat=True).distinct()
    rows = Area.objects.filter(code__in=list(codes)).order_by("parent__name", "parent_id", "name", "code")
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for code, name, parent, around in rows.values_list("code", "name", "parent_id", "parent__name"):
        groups.setdefault(parent or "", (around or "", []))[1].append((code, name))
    return list(groups.values())


@dataclass(frozen=True)
class VillageRow:
    """A kelurahan with what was entered for it."""

    code: str
    name: str
    district: str
    rw: int
    rt: int


def village_rows(wanted: str = "") -> list[VillageRow]:
    """Every kelurahan of the region with its counts of RW and RT, by kecamatan and name; `wanted` is part of a name."""
    counts = Neighbourhood.objects.values("village_code").annotate(
        rws=Count("pk", filter=Q(rw__gt=0)), rts=Sum("rt_count", filter=Q(rw__gt=0))
    )
    entered = {row["village_code"]: row for row in counts}
    areas = Area.objects.filter(code__in=list(entered))
    if wanted:
        areas = areas.filter(Q(name__icontains=wanted) | Q(parent__name__icontains=wanted))
    rows = areas.order_by("parent__name", "parent_id", "name", "code").values_list("code", "name", "parent__name")
    return [
        VillageRow(code, name, around or "", entered[code]["rws"], entered[code]["rts"] or 0)
        for code, name, around in rows
    ]


def rw_of_village(code: str) -> list[Neighbourhood]:
    """The RW of a kelurahan that somebody has entered, in order.

    Raises:  Http404 for a kelurahan that is not this region's.
    """
    rows = list(Neighbourhood.objects.filter(village_code=code).order_by("rw"))
    if not rows:
        raise Http404("not this region's")
    return [row for row in rows if row.rw]


def registry(*, wanted: str = "", state: str = "", village: str = "") -> QuerySet[Warung]:
    """Every warung for the region's admins, by name; `wanted` is part of its, its owner's or its street's name."""
    rows = Warung.objects.select_related("owner").order_by("name", "pk")
    if wanted:
        rows = rows.filter(Q(name__icontains=wanted) | Q(address__icontains=wanted) | Q(owner__name__icontains=wanted))
    if state:
        rows = rows.filter(state=state)
    if village:
        rows = rows.filter(village_code=village)
    return rows


def warung_for_admin(public_id: UUID) -> Warung:
    """The door of admins to a warung of their region.

    Raises:  Http404.
    """
    found = Warung.objects.select_related("owner").filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such warung")
    return found


def invitations_to(warung: Warung, role: Role) -> QuerySet[Invitation]:
    """Invitations to this role in the warung that nobody accepted or withdrew, newest first."""
    return open_invitations().filter(subject=warung.public_id, role=role)


def invitation_to(warung: Warung, role: Role, public_id: UUID) -> Invitation:
    """One of them.

    Raises:  Http404.
    """
    found = invitations_to(warung, role).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such invitation")
    return found


def staff_member(warung: Warung, public_id: UUID) -> User:
    """Somebody who helps in this warung.

    Raises:  Http404.
    """
    found = warung.staff.select_related("user").filter(user__public_id=public_id).first()
    if found is None:
        raise Http404("nobody of this warung")
    return found.user


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """How people are called, by the words that history rows have for them ("user:<uuid>")."""
    wanted: dict[UUID, str] = {}
    for actor in set(actors):
        kind, _colon, number = actor.partition(":")
        if kind == "user":
            with suppress(ValueError):
                wanted[UUID(number)] = actor
    return {wanted[person.public_id]: str(person) for person in User.objects.filter(public_id__in=wanted)}


def village_names(codes: set[str]) -> dict[str, str]:
    """Names by code, in one query."""
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def zone_of(warung: Warung, public_id: UUID) -> DeliveryZone:
    """One of a warung's zones.

    Raises:  Http404.
    """
    found = warung.zones.filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such zone")
    return found


def slot_of(warung: Warung, public_id: UUID) -> DeliverySlot:
    """One of a warung's slots.

    Raises:  Http404.
    """
    found = warung.slots.filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such slot")
    return found


def opening_of(warung: Warung) -> OpenState:
    """Whether the warung takes orders now."""
    return openings_of([warung])[warung.pk]


def openings_of(warungs: Sequence[Warung]) -> dict[int, OpenState]:
    """The same of several warungs by their ids, in one query, and one more where a stand is among them."""
    if stands := [warung for warung in warungs if warung.kind == Kind.FRESH]:
        prefetch_related_objects(stands, "terms")
    hours: dict[int, list[OpeningHours]] = {warung.pk: [] for warung in warungs}
    for row in OpeningHours.objects.filter(warung__in=list(hours)):
        hours[row.warung_id].append(row)
    now, zone = clock.now(), current_region().time_zone
    return {warung.pk: open_state(warung, hours[warung.pk], at=now, zone=zone) for warung in warungs}


@dataclass(frozen=True)
class Point:
    """Where somebody's phone says that they are, in degrees."""

    latitude: float
    longitude: float


def ranked(
    place: Place | None, warungs: QuerySet[Warung] | None = None, point: Point | None = None
) -> QuerySet[Warung]:
    """Warungs from the nearest on: same RT, same RW, same kelurahan, elsewhere; open ones first within each, then by name.

    With a point, those that are on the map come first, by distance (`metres`). `open_now` and `steps` stand with each row.
    """
    rows = (shown_warungs() if warungs is None else warungs).annotate(
        open_now=_is_open(), steps=_steps(place), doors=_doors(place)
    )
    if point is None:
        return rows.order_by("steps", "-open_now", "doors", "name", "pk")
    return rows.annotate(metres=_metres(point)).order_by(F("metres").asc(nulls_last=True), "steps", "name", "pk")


def nearby_of(warungs: Iterable[Warung]) -> list[Nearby]:
    """`ranked` warungs as lists show them. Three queries, however many there are, and one more for Fresh Food stands."""
    rows = list(warungs)
    openings = openings_of(rows)
    names = village_names({row.village_code for row in rows})
    return [
        Nearby(
            row,
            openings[row.pk],
            row.steps,  # type: ignore[attr-defined]
            names.get(row.village_code, ""),
            getattr(row, "metres", None),
        )
        for row in rows
    ]


def nearest(place: Place | None, warungs: QuerySet[Warung] | None = None, limit: int = 50) -> list[Nearby]:
    """The first of `ranked`, with all that lists show."""
    return nearby_of(ranked(place, warungs)[:limit])


def _is_open() -> Q:
    """`open_state` as the database says it: within the hours of today, or of a yesterday that ends after midnight."""
    now, zone = clock.now(), current_region().time_zone
    here = now.astimezone(ZoneInfo(zone))
    today, clock_time = here.weekday(), here.time()
    over_midnight = Q(closes__lte=F("opens"))
    hours = OpeningHours.objects.filter(warung=OuterRef("pk")).filter(
        Q(weekday=today, opens__lte=clock_time) & (over_midnight | Q(closes__gt=clock_time))
        | Q(weekday=(today - 1) % 7, closes__gt=clock_time) & over_midnight
    )
    # The cut-offs of stands follow dated terms; there are one or two stands in a region.
    stands = shown_warungs().filter(kind=Kind.FRESH, state=WarungState.OPEN).prefetch_related("terms")
    taking = [stand.pk for stand in stands if open_state(stand, (), at=now, zone=zone).is_open]
    return Q(state=WarungState.OPEN) & (~Q(kind=Kind.FRESH) & Q(Exists(hours)) | Q(pk__in=taking))


def _steps(place: Place | None) -> Any:
    """`steps_between` as the database says it."""
    if place is None:
        return Value(3, output_field=IntegerField())
    here = Q(village_code=place.village_code)
    ways = [When(here & Q(rw=place.rw, rt=place.rt), then=0)] if None not in (place.rw, place.rt) else []
    if place.rw is not None:
        ways.append(When(here & Q(rw=place.rw), then=1))
    return Case(*ways, When(here, then=2), default=3, output_field=IntegerField())


def _doors(place: Place | None) -> Any:
    """RT are numbered along the street: the difference of the numbers is a fair guess at the way."""
    if place is None or place.rt is None:
        return Value(0, output_field=IntegerField())
    apart = Abs(F("rt") - place.rt)
    return Case(When(rw=place.rw, rt__isnull=False, then=apart), default=0, output_field=IntegerField())


def _metres(point: Point) -> Any:
    """The way as a crow flies: within a region the earth is flat enough."""
    degree = 111_195.0
    north = (Cast("latitude", FloatField()) - point.latitude) * degree
    east = (Cast("longitude", FloatField()) - point.longitude) * (degree * cos(radians(point.latitude)))
    return Sqrt(north * north + east * east, output_field=FloatField())


def steps_between(place: Place | None, warung: Warung) -> int:
    """0 same RT, 1 same RW, 2 same kelurahan, 3 elsewhere or unknown."""
    if place is None or place.village_code != warung.village_code:
        return 3
    if place.rw is None or place.rw != warung.rw:
        return 2
    return 0 if place.rt is not None and place.rt == warung.rt else 1
