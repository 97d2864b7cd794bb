"""Archives of every night: planned for all regions at once, made one by one in lanes, thinned out afterwards."""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shared_apps.archives.errors import NotToBeRestored
from shared_apps.archives.locks import MAKING, next_waiting
from shared_apps.archives.models import KeptArchive, Restore
from shared_apps.operations.noting import note_backup
from tenants.audit.services import record
from tenants.backup.archive import Manifest
from tenants.backup.exporting import export_region
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.locks import alone
from tenants.models import Region, RegionStatus

log = logging.getLogger(__name__)

STATE = KeptArchive.State
LIVING = (RegionStatus.READY, RegionStatus.SUSPENDED)
NIGHTLY = "system:archives"
MOST_ATTEMPTS = 3
# Free bytes of the archives' disk below which none is begun.
ROOM = 2 * 1024**3
# Rows of archives that are gone stay so long, as the jobs page shows nights.
ROWS_STAY = timedelta(days=60)
FOLDER = "nightly"
_ZONE = ZoneInfo("Asia/Jakarta")


def plan_night(day: date) -> int:
    """Every region that lives gets an archive of this day; how many wait now. Planning a day again adds only what is missing."""
    regions = Region.objects.filter(status__in=LIVING).exclude(schema_version="")
    rows = [
        KeptArchive(region_id=pk, day=day, by=NIGHTLY) for pk in regions.order_by("pk").values_list("pk", flat=True)
    ]
    # One that an operator ordered and that still waits is as fresh as the night's would be.
    KeptArchive.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    return KeptArchive.objects.filter(day=day, state=STATE.WAITING).count()


def order_archive(*, region: Region, by: str) -> KeptArchive:
    """An operator has the region archived now. One that waits already is not ordered a second time.

    Raises:  NotToBeRestored for a region that is not here any more.
    """
    from shared_apps.archives.tasks import make_archives

    if region.status not in LIVING:
        raise NotToBeRestored(_("Only an open or a suspended region can be archived."))
    try:
        with transaction.atomic():
            archive = KeptArchive.objects.create(region=region, by=by)
            make_archives.on_commit(0)
            record(
                "region.archived", by=by, target=f"region:{region.public_id}", region=region.public_id,
                details={"archive": str(archive.public_id)},
            )  # fmt: skip
    except IntegrityError as twice:
        if "archive_one_at_a_time" not in str(twice):
            raise
        archive = KeptArchive.objects.get(region=region, state__in=KeptArchive.UNDER_WAY)
    return archive


def make_next(lane: int) -> bool | None:
    """The next archive that waits is made. False when none does, None while another process works in this lane.

    On the platform, not inside a transaction. What a killed process was at is begun anew, three times at most.
    """
    with alone(MAKING, lane) as mine:
        if not mine:
            return None
        archive = _take(lane)
        if archive is not None:
            _make(archive)
        return archive is not None


def _take(lane: int) -> KeptArchive | None:
    """Nobody else works in this lane, so what is under way in it belongs to a dead process."""
    while True:
        with transaction.atomic():
            left = KeptArchive.objects.select_related("region").filter(state=STATE.RUNNING, lane=lane).first()
            archive = left or next_waiting()
            if archive is None:
                return None
            if archive.region.status not in LIVING:
                _end(archive, state=STATE.SKIPPED)
            elif archive.attempts >= MOST_ATTEMPTS:
                _end(archive, state=STATE.FAILED, error="CutOff")
            else:
                archive.state, archive.lane, archive.begun_at = STATE.RUNNING, lane, clock.now()
                archive.attempts += 1
                archive.save(update_fields=["state", "lane", "begun_at", "attempts"])
                return archive


def _make(archive: KeptArchive) -> None:
    region, root = archive.region, Path(settings.ARCHIVES_ROOT)
    folder = root / FOLDER / str(region.public_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Left by processes that were killed in the middle of this region's archive.
    for half in folder.glob("*.half"):
        half.unlink(missing_ok=True)
    if shutil.disk_usage(root).free < ROOM:
        _end(archive, state=STATE.FAILED, error="NoRoom")
        return
    half = folder / f"{secrets.token_hex(8)}.half"
    try:
        manifest, _held = export_region(region=region, path=half)
        whole = half.rename(folder / f"{manifest.when.astimezone(_ZONE):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.warsa")
    except Exception as failure:
        log.exception("the archive of %s failed", region.schema_name)
        half.unlink(missing_ok=True)
        with on_platform():
            _end(archive, state=STATE.FAILED, error=type(failure).__name__)
        return
    with on_platform():
        _keep(archive, manifest, whole)
        thin(region)


def _keep(archive: KeptArchive, manifest: Manifest, whole: Path) -> None:
    with whole.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    with transaction.atomic():
        _end(
            archive,
            state=STATE.MADE,
            made_at=manifest.when,
            archive_id=manifest.archive_id,
            path=str(whole.relative_to(settings.ARCHIVES_ROOT)),
            sha256=digest,
            bytes=whole.stat().st_size,
            rows=manifest.rows,
        )
        note_backup(region=archive.region, at=manifest.when)


def _end(archive: KeptArchive, *, state: str, **values: object) -> None:
    KeptArchive.objects.filter(pk=archive.pk).update(state=state, ended_at=clock.now(), **values)


def file_of(archive: KeptArchive) -> Path:
    """Where it lies."""
    return Path(settings.ARCHIVES_ROOT) / archive.path


def thin(region: Region) -> int:
    """Kept are the newest of each of the last days that have one, and of each of the last weeks; how many files went.

    Units:   settings.ARCHIVE_DAYS and ARCHIVE_WEEKS count days and weeks with an archive, so that a region whose archives
             have failed for a month keeps what it has. What a restore under way works with stays.
    """
    made = list(KeptArchive.objects.filter(region=region, state=STATE.MADE).order_by("-made_at"))
    kept = to_keep([one.made_at for one in made if one.made_at], settings.ARCHIVE_DAYS, settings.ARCHIVE_WEEKS)
    used = set(Restore.objects.filter(region=region, state__in=Restore.OPEN).values_list("archive_id", flat=True))
    gone = [one for one in made if one.made_at not in kept and one.pk not in used]
    for one in gone:
        file_of(one).unlink(missing_ok=True)
    return KeptArchive.objects.filter(pk__in=[one.pk for one in gone]).update(state=STATE.REMOVED)


def to_keep(moments: list[datetime], days: int, weeks: int) -> set[datetime]:
    """Of moments, newest first, those that are the last of their day or week among the newest so many of these."""
    kept: set[datetime] = set()
    for count, named in ((days, _day), (weeks, _week)):
        last: dict[object, datetime] = {}
        for moment in moments:
            last.setdefault(named(moment.astimezone(_ZONE)), moment)
        kept |= set(list(last.values())[:count])
    return kept


def _day(local: datetime) -> object:
    return local.date()


def _week(local: datetime) -> object:
    return local.isocalendar()[:2]


def forget_old() -> int:
    """Rows of files that are long gone, and of tries that came to nothing; how many went. What a restore names stays."""
    old = KeptArchive.objects.filter(
        state__in=[STATE.REMOVED, STATE.FAILED, STATE.SKIPPED], asked_at__lt=clock.now() - ROWS_STAY, restores=None
    )
    return old.delete()[0]


def today() -> date:
    """The day by which a night is named."""
    return clock.now().astimezone(_ZONE).date()


def remove_all(region: Region) -> None:
    """No file of the region's nightly archives is left. Safe to repeat."""
    shutil.rmtree(Path(settings.ARCHIVES_ROOT) / FOLDER / str(region.public_id), ignore_errors=True)
    with on_platform():
        KeptArchive.objects.filter(region=region, state=STATE.MADE).update(state=STATE.REMOVED)
