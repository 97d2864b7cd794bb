"""Row locks of care, and the numbers of its works that only one process does at a time (`tenants.locks.alone`)."""

from __future__ import annotations

from collections.abc import Iterable

from shared_apps.care.models import Alert, DrillNight, Flag

JUDGING = 0x57_43_01  # "WC"
DRILLING = 0x57_43_02


def held_alerts(keys: Iterable[int]) -> list[Alert]:
    """These alerts as they are now, in one order."""
    return list(Alert.objects.select_for_update(no_key=True).filter(pk__in=list(keys)).order_by("pk"))


def held_alert(alert: Alert) -> Alert:
    return held_alerts([alert.pk])[0]


def held_night(night: DrillNight) -> DrillNight:
    row: DrillNight = DrillNight.objects.select_for_update(no_key=True).get(pk=night.pk)
    return row


def held_flag(flag: Flag) -> Flag:
    row: Flag = Flag.objects.select_for_update(no_key=True).get(pk=flag.pk)
    return row
