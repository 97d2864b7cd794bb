"""Row locks of archives, and the numbers of works that one process does at a time (`tenants.locks.alone`)."""

from __future__ import annotations

from django.db.models import F

from shared_apps.archives.models import KeptArchive, Restore

# "WK": lanes of making archives; restores, each by its own number.
MAKING, RESTORING = 0x57_4B_01, 0x57_4B_02


def next_waiting() -> KeptArchive | None:
    """The eldest archive that waits and that no other lane is taking just now. Inside atomic()."""
    rows = KeptArchive.objects.select_for_update(skip_locked=True, of=("self",)).select_related("region")
    # What an operator ordered goes before the night's work.
    return rows.filter(state=KeptArchive.State.WAITING).order_by(F("day").asc(nulls_first=True), "pk").first()


def held_restore(restore: Restore) -> Restore:
    row: Restore = (
        Restore.objects.select_for_update(no_key=True, of=("self",))
        .select_related("region", "archive")
        .get(pk=restore.pk)
    )
    return row
