"""The one place that asks for the time, so that a test can set it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return timezone.now()


def today(zone: str = "Asia/Jakarta") -> date:
    """The calendar day in a region's time zone (WIB unless told)."""
    return now().astimezone(ZoneInfo(zone)).date()
