"""Operators answer alerts: acknowledge them with a note, or keep them quiet for a time."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.care.errors import NoteNeeded
from shared_apps.care.locks import held_alert
from shared_apps.care.models import Alert, AlertEvent
from tenants.audit.services import record
from tenants.kernel import clock
from tenants.kernel.moves import move

SHORTEST_NOTE = 5
LONGEST_SILENCE = timedelta(days=30)


def acknowledge(*, alert: Alert, by: str, note: str) -> bool:
    """Somebody looks after it, and says what they do. False if it was acknowledged before.

    States:  open -> acknowledged.
    Raises:  NoteNeeded; StaleDocument when it has been resolved.
    """
    told = " ".join(note.split())[:400]
    if len(told) < SHORTEST_NOTE:
        raise NoteNeeded(_("Say in a few words what you do about it: the next operator reads it."))
    with transaction.atomic():
        moved = move(alert, "acknowledge", by=by, reason=told)
        if moved:
            Alert.objects.filter(pk=alert.pk).update(acknowledged_by=by, note=told)
            _write(alert, "acknowledged", by=by, reason=told)
    return moved


def silence(*, alert: Alert, by: str, hours: int) -> Alert:
    """It is neither mailed nor counted for so long, nor is the next one of its rule and region; 0 hears it again.

    Units:   whole hours, at most 30 days.
    """
    asked = max(timedelta(hours=hours), timedelta())
    until = clock.now() + min(asked, LONGEST_SILENCE) if hours > 0 else None
    with transaction.atomic():
        alert = held_alert(alert)
        alert.silenced_until = until
        alert.save(update_fields=["silenced_until"])
        if until is None:
            # Earlier ones of the same kind would silence the next.
            same = Alert.objects.filter(rule=alert.rule, region=alert.region_id, silenced_until__isnull=False)
            same.update(silenced_until=None)
        AlertEvent.objects.create(
            alert=alert,
            move="silence",
            before=alert.state,
            after=alert.state,
            by=by,
            note=until.isoformat(timespec="minutes") if until else "",
        )
        _write(alert, "silenced" if until else "heard_again", by=by, hours=hours)
    return alert


def _write(alert: Alert, what: str, *, by: str, reason: str = "", **details: int) -> None:
    record(
        f"alert.{what}",
        by=by,
        target=f"alert:{alert.public_id}",
        region=alert.region.public_id if alert.region else None,
        reason=reason,
        details={"rule": alert.rule, **details},
    )
