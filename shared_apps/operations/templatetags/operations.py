"""How long something took or is ago, numbers with dots, and charts of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shared_apps.operations.maps import short_rupiah

register = template.Library()


@register.filter
def duration(seconds: float | None) -> str:
    """95 -> "1 min 35 s"; nothing for None."""
    if seconds is None:
        return ""
    if seconds < 1:
        return _("less than a second")
    whole = round(seconds)
    if whole < 60:
        return ngettext("%(number)d second", "%(number)d seconds", whole) % {"number": whole}
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": whole % 60}


@register.filter
def age(moment: object) -> str:
    """How long ago, in its largest unit alone: "3 hours"; nothing for None."""
    return timesince(moment, depth=1) if isinstance(moment, datetime) else ""


@register.filter
def number(value: object) -> str:
    """12345 -> "12.345"; a dash for what is no number."""
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else "–"


@register.filter
def short_money(amount: object) -> str:
    """Rupiah for a tile: in full below a million, in millions and more above; a dash for what is no number."""
    return short_rupiah(amount) if isinstance(amount, int) else "–"


@register.filter
def short_day(day: date) -> str:
    """24 Nov."""
    return f"{day.day} {date_format(day, 'M')}"


@register.simple_tag
def share_bar(percent: int | None) -> SafeString:
    """A bar of how much of a target is reached, as decoration; the words stand beside it."""
    if percent is None:
        return SafeString("")
    return format_html(
        '<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="share-whole" width="100" height="10"/><rect width="{}" height="10"/></svg>',
        max(0, min(percent, 100)),
    )


WIDE, HIGH = 600, 120


@register.simple_tag
def day_chart(days: Sequence[date], values: Sequence[int | None], label: str) -> SafeString:
    """A column a day; `label` says in words what they show. A day of which nothing is known has none."""
    top = max((value for value in values if value), default=0)
    if not days:
        return format_html('<p class="soft">{}</p>', _("Nothing to show yet."))
    step = WIDE / len(days)
    columns = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        (
            (f"{place * step:.1f}", f"{HIGH - high:.1f}", f"{step * 0.8:.1f}", f"{high:.1f}")
            for place, value in enumerate(values)
            if value and (high := max(value * (HIGH - 4) / top, 1))
        ),
    )
    return format_html(
        '<svg class="day-chart" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<line x1="0" x2="{}" y1="{}" y2="{}"/>{}</svg><div class="day-axis" aria-hidden="true"><span>{}</span><span>{}</span></div>',
        WIDE,
        HIGH,
        label,
        WIDE,
        HIGH,
        HIGH,
        columns,
        short_day(days[0]),
        short_day(days[-1]),
    )


@register.simple_tag
def chart_series(days: Sequence[Any]) -> dict[str, list[Any]]:
    """What `day_chart` takes, of days with `day`, `orders`, `gmv` and `warungs`."""
    return {
        "days": [one.day for one in days],
        "orders": [one.orders for one in days],
        "gmv": [one.gmv for one in days],
        "warungs": [one.warungs for one in days],
    }
