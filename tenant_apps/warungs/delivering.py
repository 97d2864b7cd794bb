"""Where a warung brings goods, for how much, and when: zones, slots, and the delivery days of Fresh Food stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tenant_apps.warungs.models import DeliverySlot, DeliveryZone, Kind, PreorderTerms, Warung
from tenants.context import current_region
from tenants.kernel import clock

# How far ahead a day of delivery can be chosen.
DAYS_AHEAD = 7
# A stand's own days: the week's longest lead and a week.
STAND_DAYS_AHEAD = 14


@dataclass(frozen=True)
class Reach:
    """What bringing goods to a place costs, and from how many rupiah of goods on. Whole rupiah."""

    fee: int
    minimum: int


@dataclass(frozen=True)
class OpenDay:
    """A day for which a stand still takes orders, and until when."""

    day: date
    until: datetime


@dataclass(frozen=True)
class OpenSlot:
    """A part of a coming day in which the warung brings goods."""

    day: date
    slot: DeliverySlot

    @property
    def value(self) -> str:
        """How forms name it."""
        return f"{self.day:%Y%m%d}-{self.slot.public_id}"


def reach_of(
    warung: Warung, village_code: str, rw: int | None, zones: Iterable[DeliveryZone] | None = None
) -> Reach | None:
    """What delivery there costs; None where the warung does not deliver. An RW's own zone comes before its kelurahan's."""
    if not warung.delivers:
        return None
    rows = list(warung.zones.all() if zones is None else zones)
    if not rows:
        return Reach(warung.delivery_fee, warung.minimum_order)
    fitting = [row for row in rows if row.village_code == village_code and row.rw in (None, rw)]
    best = max(fitting, key=lambda row: row.rw is not None, default=None)
    return None if best is None else Reach(best.fee, best.minimum_order)


def open_days(terms: Iterable[PreorderTerms], *, at: datetime, zone: str) -> list[OpenDay]:
    """The coming delivery days whose cut-off has not passed, nearest first. Each day follows the terms of its date."""
    here = at.astimezone(ZoneInfo(zone))
    rows = sorted(terms, key=lambda row: row.valid_from)
    found = []
    for ahead in range(STAND_DAYS_AHEAD + 1):
        day = here.date() + timedelta(days=ahead)
        row = next((row for row in reversed(rows) if row.valid_from <= day), None)
        if row is None or day.weekday() not in row.days:
            continue
        until = datetime.combine(day - timedelta(days=row.lead_days), row.cutoff, tzinfo=here.tzinfo)
        if here < until:
            found.append(OpenDay(day, until))
    return found


def days_of(warung: Warung) -> list[OpenDay]:
    """The days for which this stand takes orders now; none for a warung, which sells from its shelf."""
    if warung.kind != Kind.FRESH:
        return []
    return open_days(warung.terms.all(), at=clock.now(), zone=current_region().time_zone)


def slots_of(warung: Warung, slots: Iterable[DeliverySlot] | None = None) -> list[OpenSlot]:
    """The coming slots of a warung, those that have not begun; of a stand, on the days for which it takes orders."""
    rows = list(warung.slots.all() if slots is None else slots)
    if not rows:
        return []
    here = clock.now().astimezone(ZoneInfo(current_region().time_zone))
    if warung.kind == Kind.FRESH:
        days = [one.day for one in days_of(warung)]
    else:
        days = [here.date() + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    return [
        OpenSlot(day, row)
        for day in days
        for row in rows
        if row.weekday == day.weekday() and datetime.combine(day, row.starts, tzinfo=here.tzinfo) > here
    ]
