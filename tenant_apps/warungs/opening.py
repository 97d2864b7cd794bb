"""When a warung is open, in the region's own time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tenant_apps.warungs.delivering import open_days
from tenant_apps.warungs.models import Kind, OpeningHours, Warung, WarungState


@dataclass(frozen=True)
class OpenState:
    """Open now, and until when; or closed, and until when. `changes_at` is None where no hours are known (or it never closes)."""

    is_open: bool
    changes_at: datetime | None


def open_state(warung: Warung, hours: Iterable[OpeningHours], *, at: datetime, zone: str) -> OpenState:
    """Whether the warung takes orders at this moment. `hours` are its own, `at` is aware, `zone` is the region's.

    A Fresh Food stand has no hours: it is open while there is a day to order for, and changes at that day's cut-off.
    """
    if warung.kind == Kind.FRESH:
        days = open_days(warung.terms.all(), at=at, zone=zone) if warung.state == WarungState.OPEN else []
        return OpenState(bool(days), days[0].until if days else None)
    here = at.astimezone(ZoneInfo(zone))
    spans = _spans(list(hours), here)
    if warung.state != WarungState.OPEN:
        return OpenState(False, None)
    until = next((end for start, end in spans if start <= here < end), None)
    if until is None:
        return OpenState(False, min((start for start, _end in spans if start > here), default=None))
    # Hours that touch are one span: open until the last of them ends, unless it goes on for a week.
    while following := next((end for start, end in spans if start <= until < end), None):
        until = following
    return OpenState(True, until if until < here + timedelta(days=7) else None)


def _spans(hours: list[OpeningHours], here: datetime) -> list[tuple[datetime, datetime]]:
    """Every opening from yesterday to a week ahead, in order."""
    spans = []
    for offset in range(-1, 9):
        day = here.date() + timedelta(days=offset)
        for row in hours:
            if row.weekday != day.weekday():
                continue
            start = datetime.combine(day, row.opens, tzinfo=here.tzinfo)
            # A closing time that is not later in the day lies on the next one.
            ends_on = day if row.closes > row.opens else day + timedelta(days=1)
            spans.append((start, datetime.combine(ends_on, row.closes, tzinfo=here.tzinfo)))
    return sorted(spans)
