from __future__ import annotations

from django.conf import settings

from shared_apps.archives.services import archiving, returning
from tenants.tasks import platform_task


@platform_task()
def archive_nightly() -> None:
    """Beat: every region gets an archive; they are made as tasks of their own, one a task."""
    archiving.forget_old()
    archiving.plan_night(archiving.today())
    go_on_archiving()


@platform_task()
def make_archives(lane: int) -> None:
    """The next archive of this lane, and then the one after it."""
    if archiving.make_next(lane):
        make_archives.apply_async((lane,))


@platform_task()
def go_on_archiving() -> None:
    """Beat: every lane goes on, also after a worker that was killed. Safe to repeat."""
    for lane in range(settings.ARCHIVE_LANES):
        make_archives.apply_async((lane,), expires=600)


@platform_task()
def go_on(restore_id: int) -> None:
    """The restore's next step; safe to repeat."""
    returning.go_on(restore_id)


@platform_task()
def go_on_restoring() -> None:
    """Beat: restores whose worker was killed."""
    for restore_id in returning.waiting():
        go_on.apply_async((restore_id,), expires=60)
