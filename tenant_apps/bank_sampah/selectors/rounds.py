"""When a unit comes by, and the stops of a round in their order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from tenant_apps.bank_sampah.models import (
    CollectionException,
    CollectionRound,
    CollectionRule,
    Every,
    Member,
    PickupRequest,
    PickupState,
    WasteUnit,
)
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock

# How far ahead a pick-up is asked for, and how many of the next days are offered.
AHEAD = 60
OFFERED = 4


@dataclass(frozen=True)
class CollectionDay:
    """A day on which the unit comes by. `places`: 100 × RW + RT, with 0 for all RTs of an RW; none means everywhere."""

    day: date
    starts: time
    ends: time
    places: tuple[int, ...]

    def reaches(self, rw: int | None, rt: int | None) -> bool:
        """Whether the unit comes to this place."""
        return not self.places or (rw is not None and bool({100 * rw, 100 * rw + (rt or 0)} & set(self.places)))

    @property
    def where(self) -> str:
        return places_text(self.places)


@dataclass
class UnitDays:
    """A unit with the next days on which it comes by."""

    unit: WasteUnit
    days: list[CollectionDay] = field(default_factory=list)


@dataclass(frozen=True)
class DayCount:
    """A day with how many asked for it."""

    day: date
    asked: int
    begun: bool
    ended: bool


def places_text(places: Iterable[int]) -> str:
    """As people write it: "RW 1, RT 3/RW 2"."""
    return ", ".join(f"RT {one % 100}/RW {one // 100}" if one % 100 else f"RW {one // 100}" for one in places)


def falls_on(rule: CollectionRule, day: date) -> bool:
    """Whether the rule makes this day a collection day."""
    if day.weekday() != rule.weekday or day < rule.valid_from:
        return False
    if rule.valid_until is not None and day > rule.valid_until:
        return False
    if rule.every == Every.OTHER:
        first = rule.valid_from + timedelta(days=(rule.weekday - rule.valid_from.weekday()) % 7)
        return (day - first).days // 7 % 2 == 0
    return rule.every != Every.FIRST_THIRD or (day.day - 1) // 7 in (0, 2)


def rules_of(unit: WasteUnit) -> QuerySet[CollectionRule]:
    """Rules that hold today or later."""
    today = clock.today(current_region().time_zone)
    return CollectionRule.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today), unit=unit)


def exceptions_of(unit: WasteUnit) -> QuerySet[CollectionException]:
    """Days from today on which the unit does not come by."""
    return CollectionException.objects.filter(unit=unit, day__gte=clock.today(current_region().time_zone))


def days_of(units: Sequence[WasteUnit], most: int = OFFERED) -> list[UnitDays]:
    """The next collection days of each unit, from those of today that are not over. Three queries, however many units."""
    here = clock.now().astimezone(ZoneInfo(current_region().time_zone))
    until = here.date() + timedelta(days=AHEAD)
    ids = [one.pk for one in units]
    span = {"unit__in": ids, "day__range": (here.date(), until)}
    closed = set(CollectionException.objects.filter(**span).values_list("unit", "day"))
    closed |= set(CollectionRound.objects.filter(**span).values_list("unit", "day"))
    rules: dict[int, list[CollectionRule]] = defaultdict(list)
    alive = Q(valid_until__isnull=True) | Q(valid_until__gte=here.date())
    for rule in CollectionRule.objects.filter(alive, unit__in=ids, valid_from__lte=until).order_by("starts", "pk"):
        rules[rule.unit_id].append(rule)
    return [
        UnitDays(one, _days(rules[one.pk], {day for unit, day in closed if unit == one.pk}, here, most))
        for one in units
    ]


def days_for(member: Member) -> list[CollectionDay]:
    """The next days on which the member's unit comes by their place; all of them where no place of theirs is known."""
    (found,) = days_of([member.unit], most=AHEAD)
    near = [one for one in found.days if member.rw is None or one.reaches(member.rw, member.rt)]
    return near[:OFFERED]


def _days(rules: Sequence[CollectionRule], closed: set[date], here: datetime, most: int) -> list[CollectionDay]:
    found: list[CollectionDay] = []
    for ahead in range(AHEAD + 1):
        day = here.date() + timedelta(days=ahead)
        if day in closed:
            continue
        for rule in rules:
            if falls_on(rule, day) and (ahead or rule.ends > here.time()):
                found.append(CollectionDay(day, rule.starts, rule.ends, tuple(rule.places)))
        if len(found) >= most:
            break
    return found[:most]


def pickups_of(member: Member) -> QuerySet[PickupRequest]:
    """The member's pick-ups, newest day first."""
    rows = PickupRequest.objects.filter(member=member).select_related("unit", "deposit")
    return rows.order_by("-day", "-pk")


def pickup_of_theirs(user: User, number: str) -> PickupRequest:
    """The access door of a citizen. Another's and not there answer alike.

    Raises:  Http404.
    """
    found = PickupRequest.objects.filter(number=number, member__user=user).first()
    if found is None:
        raise Http404("no such pick-up of theirs")
    return found


def pickup_at(unit: WasteUnit, number: str) -> PickupRequest:
    """A pick-up of the unit.

    Raises:  Http404.
    """
    found = PickupRequest.objects.select_related("member", "unit").filter(unit=unit, number=number).first()
    if found is None:
        raise Http404("no such pick-up of this unit")
    return found


def round_of(unit: WasteUnit, day: date) -> CollectionRound | None:
    """The unit's round of the day, if its people have set off."""
    return CollectionRound.objects.filter(unit=unit, day=day).first()


def stops_of(unit: WasteUnit, day: date) -> list[PickupRequest]:
    """Who is to be visited that day, in order: as people moved them, then by RW, RT and street. What was cancelled is left out."""
    rows = PickupRequest.objects.filter(unit=unit, day=day).exclude(state=PickupState.CANCELLED)
    return in_order(rows.select_related("member", "deposit"))


def in_order(rows: Iterable[PickupRequest]) -> list[PickupRequest]:
    """The order of a route."""
    return sorted(rows, key=_place)


def counts_of(unit: WasteUnit) -> list[DayCount]:
    """Days from a week ago on for which somebody asked, the last one first. Two queries."""
    since = clock.today(current_region().time_zone) - timedelta(days=7)
    rows = PickupRequest.objects.filter(unit=unit, day__gte=since).exclude(state=PickupState.CANCELLED)
    rounds = {one.day: one for one in CollectionRound.objects.filter(unit=unit, day__gte=since)}
    asked = dict(rows.order_by().values_list("day").annotate(n=Count("pk")))
    return [
        DayCount(day, asked.get(day, 0), day in rounds, day in rounds and rounds[day].ended_at is not None)
        for day in sorted({*asked, *rounds})
    ]


def _place(pickup: PickupRequest) -> tuple[bool, int, int, int, list[tuple[int, str]], int]:
    return (
        pickup.rank is None,
        pickup.rank or 0,
        pickup.rw or 1_000,
        pickup.rt or 0,
        # Lorong 2 comes before Lorong 10.
        [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", pickup.address.lower())],
        pickup.pk,
    )
