"""What was saved against the market: by year, month, order and line, from what the lines of orders carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tenant_apps.pricing.purchases import MonthSaved, WarungSaved, purchases
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock

FIRST_YEAR = 2020


@dataclass(frozen=True)
class YearSaved:
    """A year of somebody, or of the region."""

    year: int
    months: Sequence[MonthSaved]

    @property
    def saved(self) -> int:
        return sum(month.saved for month in self.months)

    @property
    def paid(self) -> int:
        return sum(month.paid for month in self.months)

    @property
    def documents(self) -> int:
        return sum(month.documents for month in self.months)


def this_year() -> int:
    return clock.today(current_region().time_zone).year


def asked_year(text: str) -> int:
    """The year that an address names; this one where it names none that can be."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return year if FIRST_YEAR <= year <= this_year() else this_year()


def asked_month(text: str) -> date | None:
    """ "2026-11" is the first of November 2026; None for anything else."""
    try:
        month = date.fromisoformat(f"{text}-01") if len(text) == 7 and text.isascii() else None
    except ValueError:
        return None
    return month if month and FIRST_YEAR <= month.year <= this_year() else None


def year_of(year: int, user: User | None = None) -> YearSaved:
    """What the person saved in this year; without one, everybody in the region."""
    since, until = _moment(date(year, 1, 1)), _moment(date(year + 1, 1, 1))
    return YearSaved(year, purchases().months(user=user, since=since, until=until))


def month_span(month: date) -> tuple[datetime, datetime]:
    """From the first moment of the month until the first of the next, as clocks in the region show it."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return _moment(month), _moment(after)


def warungs_of_year(year: int) -> Sequence[WarungSaved]:
    """By month and warung."""
    return purchases().warungs(since=_moment(date(year, 1, 1)), until=_moment(date(year + 1, 1, 1)))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(current_region().time_zone))
