"""The shared filters: money, weights and times look the same on every page."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import formats, timezone

from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text

register = template.Library()

ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


@register.filter
def rupiah(amount: int | None) -> str:
    """12500 -> "Rp 12.500"; nothing for None."""
    return "" if amount is None else rupiah_text(amount)


@register.filter
def quantity(amount: int | None, unit: str) -> str:
    """1500|quantity:"g" -> "1,5 kg"; nothing for None."""
    return "" if amount is None else quantity_text(amount, unit)


@register.filter
def local_time(moment: datetime | None) -> str:
    """24 Nov 2026 14.05 WIB, in the zone of the region whose page it is."""
    if moment is None:
        return ""
    zone = timezone.get_current_timezone_name()
    here = timezone.localtime(moment)
    return f"{here.day} {formats.date_format(here, 'M')} {here:%Y %H.%M} {ZONES.get(zone, zone)}"
