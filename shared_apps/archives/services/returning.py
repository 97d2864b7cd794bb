"""The way of a region back to an archive. Operators order steps; a worker takes them, and goes on where a killed one stopped."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.archives.errors import NotToBeRestored, NotTyped
from shared_apps.archives.locks import RESTORING, held_restore
from shared_apps.archives.models import KeptArchive, Restore
from shared_apps.archives.services.archiving import LIVING, file_of
from tenants.backup import restoring
from tenants.backup.differences import TableDifference, rows_of
from tenants.backup.errors import BackupError
from tenants.backup.exporting import slug_of
from tenants.backup.models import SideSchema
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.lifecycle.history import note
from tenants.lifecycle.hooks import Admin, admins_of
from tenants.lifecycle.letters import tell_admins
from tenants.locks import alone
from tenants.models import Region

log = logging.getLogger(__name__)

STATE = Restore.State
BY = "system:archives"
MOST_ATTEMPTS = 3
# Of each table that differs so many rows are named, by their keys.
ROWS_NAMED = 20
_ASIDE = SideSchema.State.ASIDE


def ask(*, archive: KeptArchive, by: str, reason: str, typed_slug: str) -> Restore:
    """A worker puts the archive's state beside its region. The region itself is not touched.

    Raises:  NotToBeRestored while another restore of the region is open, or without the file; NotTyped.
    Writes:  the restore; history of the region, on the platform and in its own log.
    """
    from shared_apps.archives.tasks import go_on

    region = archive.region
    _must_be_typed(region, typed_slug)
    if archive.state != KeptArchive.State.MADE or not file_of(archive).is_file():
        raise NotToBeRestored(_("The file of this archive is not there any more. Choose another archive."))
    if region.status not in LIVING:
        raise NotToBeRestored(_("Only an open or a suspended region goes back to an archive."))
    try:
        with transaction.atomic():
            restore: Restore = Restore.objects.create(region=region, archive=archive, by=by, reason=reason.strip())
            go_on.on_commit(restore.pk)
            note(
                region, "restore_ask", by=by, reason=reason,
                details={"restore": str(restore.public_id), "archive": str(archive.public_id)},
            )  # fmt: skip
    except IntegrityError as twice:
        if "restore_one_at_a_time" not in str(twice):
            raise
        raise NotToBeRestored(_("Another restore of this region is open. Finish that first.")) from twice
    return restore


def order(*, restore: Restore, step: str, by: str, reason: str = "", typed_slug: str = "") -> None:
    """A worker takes this step: `swap`, `take_back`, `finish` or `drop`.

    States:  as the moves of Restore.
    Raises:  NotTyped; StaleDocument when somebody else was quicker.
    """
    from shared_apps.archives.tasks import go_on

    _must_be_typed(restore.region, typed_slug)
    with transaction.atomic():
        held = held_restore(restore)
        held.error, held.attempts, held.since = "", 0, clock.now()
        held.save(update_fields=["error", "attempts", "since"])
        go_on.on_commit(held.pk)
        move(held, step, by=by, reason=reason)
    restore.refresh_from_db()


def _must_be_typed(region: Region, typed_slug: str) -> None:
    if not typed_slug or typed_slug.strip() != slug_of(region):
        raise NotTyped(_("Type the region's short name exactly, to show that you mean this one."))


def waiting() -> list[int]:
    """Restores in which a worker has something to do."""
    return list(Restore.objects.filter(state__in=Restore.WORKING).order_by("pk").values_list("pk", flat=True))


def go_on(restore_id: int) -> None:
    """Does what the restore's state asks for; safe to repeat, and to be killed anywhere. On the platform, not inside a transaction."""
    with alone(RESTORING, restore_id) as mine:
        if not mine:
            return
        restore = Restore.objects.select_related("region", "archive").filter(pk=restore_id).first()
        if restore is None or not restore.working:
            return
        work, after, otherwise = _WORK[restore.state]
        if restore.attempts >= MOST_ATTEMPTS:
            _step(restore, otherwise, error="CutOff")
            return
        Restore.objects.filter(pk=restore.pk).update(attempts=restore.attempts + 1)
        admins = admins_of(restore.region)
        try:
            found = work(restore)
        except BackupError as refused:
            log.warning("restore %s of %s: %s", restore.pk, restore.region.schema_name, refused)
            with on_platform():
                _step(restore, otherwise, error=type(refused).__name__)
            return
        except FileNotFoundError:
            with on_platform():
                _step(restore, otherwise, error="FileMissing")
            return
        with on_platform():
            _step(restore, after, admins=admins, **found)


def _step(restore: Restore, name: str, *, admins: list[Admin] | None = None, error: str = "", **values: Any) -> None:
    with transaction.atomic():
        held = held_restore(restore)
        held.error, held.attempts, held.since = error, 0, clock.now()
        for field, value in values.items():
            setattr(held, field, value)
        held.save(update_fields=["error", "attempts", "since", *values])
        if admins and name in _LETTERS:
            subject, body = _LETTERS[name]
            tell_admins(
                admins, subject, body, dedupe=f"restore:{held.public_id}:{name}:{held.since.timestamp()}",
                name=held.region.name, moment=date_format(localtime(held.archive.made_at), "j F Y H.i"), reason=held.reason,
            )  # fmt: skip
        move(held, name, by=BY)


def _side(region: Region) -> SideSchema | None:
    with on_platform():
        return SideSchema.objects.filter(region=region).exclude(state=SideSchema.State.BUILDING).first()


def _put_beside(restore: Restore) -> dict[str, Any]:
    side = _side(restore.region)
    if side is not None and side.archive_id == restore.archive.archive_id and side.state != _ASIDE:
        # A worker put it there and was killed before it could say so.
        found = restoring.present_differences(restore.region)
    else:
        path = file_of(restore.archive)
        if not path.is_file():
            raise FileNotFoundError(path)
        side, found = restoring.restore(path=path)
    return {"differences": _told(found, side.schema_name, restore.region.schema_name)}


def _swap(restore: Restore) -> dict[str, Any]:
    side = restoring.side_of(restore.region)
    if side.state != _ASIDE:
        restoring.swap(region=restore.region)
    return {}


def _take_back(restore: Restore) -> dict[str, Any]:
    side = restoring.side_of(restore.region)
    if side.state == _ASIDE:
        found = restoring.swap(region=restore.region)
        # As they were read: the region's state first. On the page the state beside it is the first.
        turned = [TableDifference(one.table, one.only_second, one.only_first, one.changed) for one in found]
        return {"differences": _told(turned, side.schema_name, restore.region.schema_name)}
    return {}


def _discard(restore: Restore) -> dict[str, Any]:
    if _side(restore.region) is not None:
        with on_platform():
            slug = slug_of(restore.region)
        restoring.discard(region=restore.region, typed_slug=slug)
    return {}


def _told(found: list[TableDifference], beside: str, living: str) -> list[dict[str, Any]]:
    told = []
    for one in found:
        try:
            rows = rows_of(beside, living, one.table, limit=ROWS_NAMED)
        except LookupError:
            rows = []
        told.append({**asdict(one), "rows": [asdict(row) for row in rows]})
    return told


_Work = Callable[[Restore], dict[str, Any]]
# By state: what is done, the move when it is done, the move when it cannot be.
_WORK: dict[str, tuple[_Work, str, str]] = {
    STATE.ASKED: (_put_beside, "put_beside", "fail"),
    STATE.SWAPPING: (_swap, "swapped", "stay"),
    STATE.RETURNING: (_take_back, "taken_back", "stay_swapped"),
    STATE.FINISHING: (_discard, "finished", "stay_swapped"),
    STATE.DROPPING: (_discard, "dropped", "stay_beside"),
}
_LETTERS = {
    "swapped": (
        gettext_lazy("%(name)s is as it was on %(moment)s"),
        gettext_lazy(
            "%(name)s works again on its data as of %(moment)s, because: %(reason)s\n\n"
            "What was entered since then is not in it; operators still have it beside the region and can take this back."
            " Everybody signs in again. Look whether everything is as you expect, and tell the operators."
        ),
    ),
    "taken_back": (
        gettext_lazy("%(name)s has its newer data again"),
        gettext_lazy(
            "Going back to %(moment)s was taken back: %(name)s works on the data that it had before, with everything that was"
            " entered until then. What was entered meanwhile is not in it. Everybody signs in again."
        ),
    ),
}
