"""Which time a page of insight speaks of: a month, a quarter, a cycle, or from one day to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.procurement.models import Cycle, CycleState
from tenants.context import current_region
from tenants.kernel import clock

MONTHS, QUARTERS, CYCLES = 12, 5, 12
MOST_DAYS = 731
# From here on a cycle has something to tell.
ORDERED = (CycleState.ORDERED, CycleState.RECEIVING, CycleState.DISTRIBUTED, CycleState.SETTLED)
RANGE = "rentang"
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER = re.compile(r"([0-9]{4})-T([1-4])")


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included. With a cycle, its documents alone."""

    key: str
    label: str
    first: date
    last: date
    cycle: Cycle | None = None

    @property
    def query(self) -> str:
        """What an address carries to speak of the same time."""
        told = {"periode": self.key}
        if self.key == RANGE:
            told |= {"dari": self.first.isoformat(), "sampai": self.last.isoformat()}
        return urlencode(told)

    @property
    def name(self) -> str:
        """For the name of a file."""
        return f"{self.first.isoformat()}_{self.last.isoformat()}" if self.key == RANGE else self.key.lower()

    def moments(self) -> tuple[datetime, datetime]:
        """From the first moment until before the end, as clocks in the region show it."""
        zone = ZoneInfo(current_region().time_zone)
        after = self.last + timedelta(days=1)
        return datetime.combine(self.first, time(0), tzinfo=zone), datetime.combine(after, time(0), tzinfo=zone)


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    return Period(f"{first:%Y-%m}", date_format(first, "F Y"), first, _next_month(first) - timedelta(days=1))


def quarter_of(day: date) -> Period:
    number = (day.month - 1) // 3 + 1
    first = date(day.year, 3 * number - 2, 1)
    last = _next_month(first.replace(month=first.month + 2)) - timedelta(days=1)
    label = _("Quarter %(number)s of %(year)s") % {"number": number, "year": day.year}
    return Period(f"{day.year}-T{number}", label, first, last)


def of_cycle(cycle: Cycle) -> Period:
    """From when the cycle was made until it was to be delivered."""
    made = cycle.made_at.astimezone(ZoneInfo(current_region().time_zone)).date()
    label = _("Cycle %(name)s (%(number)s)") % {"name": cycle.name, "number": cycle.number}
    return Period(f"P-{cycle.number}", label, made, max(cycle.deliver_on, made), cycle)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def today_here() -> date:
    return clock.today(current_region().time_zone)


class PeriodForm(forms.Form):
    """The choice of a period, by the address alone."""

    periode = forms.CharField(label=gettext_lazy("Period"), required=False)
    dari = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Write a day.")},
    )
    sampai = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Write a day.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.today = today_here()
        self.cycles = list(Cycle.objects.filter(state__in=ORDERED).order_by("-made_at", "-pk")[:CYCLES])
        self.fields["periode"].widget = forms.Select(choices=list(self._choices()))

    def _choices(self) -> Iterator[tuple[str, Any]]:
        yield _("Quarter"), [(one.key, one.label) for one in _back(quarter_of, self.today, QUARTERS)]
        yield _("Month"), [(one.key, one.label) for one in _back(month_of, self.today, MONTHS)]
        if self.cycles:
            yield _("Cycle"), [(one.key, one.label) for one in map(of_cycle, self.cycles)]
        yield RANGE, _("From one day to another")

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        first, last = told.get("dari"), told.get("sampai")
        if told.get("periode") == RANGE and not self.errors:
            if first is None or last is None:
                raise forms.ValidationError(_("Write down both days, from and until."))
            if first > last:
                raise forms.ValidationError(_("The first day comes after the last one."))
            if (last - first).days > MOST_DAYS:
                raise forms.ValidationError(_("Choose at most two years."))
        return told

    def period(self) -> Period:
        """What was chosen; the present quarter where nothing was, or what cannot be."""
        told = self.cleaned_data if self.is_valid() else {}
        key = told.get("periode", "")
        if key == RANGE:
            first, last = told["dari"], told["sampai"]
            label = _("%(first)s until %(last)s") % {"first": _day(first), "last": _day(last)}
            return Period(RANGE, label, first, last)
        if found := _MONTH.fullmatch(key):
            year, month = int(found[1]), int(found[2])
            if 2020 <= year <= self.today.year and 1 <= month <= 12:
                return month_of(date(year, month, 1))
        if (found := _QUARTER.fullmatch(key)) and 2020 <= int(found[1]) <= self.today.year:
            return quarter_of(date(int(found[1]), 3 * int(found[2]), 1))
        if key.startswith("P-"):
            cycle = Cycle.objects.filter(number=key[2:].replace("\x00", ""), state__in=ORDERED).first()
            if cycle is not None:
                return of_cycle(cycle)
        return quarter_of(self.today)


def _back(make: Any, today: date, number: int) -> Iterator[Period]:
    day = today
    for _nth in range(number):
        one: Period = make(day)
        yield one
        day = one.first - timedelta(days=1)


def _day(day: date) -> str:
    return date_format(day, "j M Y")
