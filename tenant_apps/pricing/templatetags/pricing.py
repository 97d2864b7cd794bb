"""How pages speak of the price guarantee."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.formats import date_format

from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.units import quantity_text

register = template.Library()


@register.filter
def short_day(day: date | None) -> str:
    """24 Nov; with the year when it is not this one."""
    if day is None:
        return ""
    this_year = day.year == clock.today(current_region().time_zone).year
    return date_format(day, "j M" if this_year else "j M Y")


@register.filter
def each(amount: int, unit: str) -> str:
    """What a price is for: 1000|each:"g" -> "kg", 500|each:"g" -> "500 g"."""
    text = quantity_text(amount, unit)
    return text.removeprefix("1\u00a0")
