"""A region's whole data in a file that its admins fetch by a mailed link, whether the region answers or not."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy

from tenants import signing
from tenants.backup.exporting import export_region
from tenants.context import on_platform
from tenants.errors import BadToken
from tenants.hosts import platform_url
from tenants.kernel import clock
from tenants.lifecycle.history import note
from tenants.lifecycle.hooks import admins_of
from tenants.lifecycle.letters import tell_admins
from tenants.lifecycle.locks import hold_archive
from tenants.lifecycle.models import Closing, HandedArchive
from tenants.models import Region

log = logging.getLogger(__name__)

GOOD_FOR = timedelta(days=90)
# No export takes so long.
LEFTOVERS_STAY = timedelta(days=1)
_KIND = "region-archive"
_HALF = ".half"
_OURS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{16,32}\.warsa(?:\.half)?")


def order_archive(*, region: Region, by: str, reason: str, closing: Closing | None = None) -> HandedArchive:
    """A worker makes an archive of the region and mails the link to its admins. On the platform.

    Writes:  the row; history. An archive that is still being made is not ordered a second time.
    """
    from tenants.lifecycle.tasks import make_archive

    with transaction.atomic():
        if closing is None:
            waiting = HandedArchive.objects.filter(region=region, made_at=None, closing=None).first()
            if waiting is not None:
                make_archive.on_commit(waiting.pk)
                return waiting
        archive = HandedArchive.objects.create(region=region, closing=closing, by=by)
        note(region, "order_archive", by=by, reason=reason, details={"archive": str(archive.public_id)})
        make_archive.on_commit(archive.pk)
    return archive


def fulfil(archive: HandedArchive, *, drain_s: float = 0.0) -> bool:
    """The file lies there and the admins have the link. False if it was there before, or another worker makes it.

    One whose file is gone is made anew, with a link of its own.
    Units:   `drain_s`: seconds to wait first, where the region has just been shut.
    Writes:  the file, its checksum, mail. Not inside a transaction. A killed worker's half file is left to `sweep`.
    """
    region = archive.region
    folder = Path(settings.ARCHIVES_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if drain_s:
        time.sleep(drain_s)
    # A name for each try: only one that a row names is a whole file that somebody may fetch.
    name = f"{archive.public_id}-{secrets.token_hex(8)}.warsa"
    half = folder / f"{name}{_HALF}"
    _manifest, _held = export_region(region=region, path=half)
    digest, size = _digest(half), half.stat().st_size
    admins = admins_of(region)
    with on_platform(), transaction.atomic():
        held = hold_archive(archive)
        if held is None or is_there(held):
            half.unlink()
            return False
        half.rename(folder / name)
        held.path, held.sha256, held.bytes = name, digest, size
        held.made_at = clock.now()
        held.until, held.removed_at = held.made_at + GOOD_FOR, None
        held.save()
        tell_admins(
            admins,
            gettext_lazy("The data of %(name)s are ready"),
            gettext_lazy(
                "All data of %(name)s lie in a file that you can fetch for 90 days:\n\n%(link)s\n\n"
                "It holds people's personal data: keep it where only those who must can read it.\nSHA-256: %(sha256)s"
            ),
            dedupe=f"archive:{held.public_id}:{digest[:16]}",
            name=region.name,
            link=link_to(held),
            sha256=digest,
        )
        archive.refresh_from_db(from_queryset=HandedArchive.objects.select_related("region"))
    return True


def link_to(archive: HandedArchive) -> str:
    """The address at which whoever has it fetches the file. On the platform."""
    return platform_url(f"/arsip/{signing.dumps(_KIND, str(archive.public_id))}/")


def opened(token: str) -> HandedArchive | None:
    """The archive that the link names; None for a link that is forged, too old or whose file is gone. On the platform."""
    try:
        public_id = str(signing.loads(_KIND, token, max_age=GOOD_FOR))
    except BadToken:
        return None
    found = HandedArchive.objects.filter(public_id=public_id, removed_at=None, until__gt=clock.now())
    archive = found.select_related("region").first()
    return archive if archive is not None and file_of(archive).is_file() else None


def fetched(archive: HandedArchive) -> None:
    """Somebody with the link fetches the file: noted each time. On the platform."""
    with transaction.atomic():
        HandedArchive.objects.filter(pk=archive.pk).update(fetched_at=clock.now())
        note(
            archive.region, "fetch_archive", by=f"link:{archive.public_id}", details={"archive": str(archive.public_id)}
        )


def file_of(archive: HandedArchive) -> Path:
    """Where it lies."""
    return Path(settings.ARCHIVES_ROOT) / archive.path


def is_there(archive: HandedArchive) -> bool:
    """Whether it was made, and its file has not been removed since."""
    return archive.made_at is not None and archive.removed_at is None and file_of(archive).is_file()


def holds(archive: HandedArchive) -> bool:
    """Whether the file is there, as it was made."""
    path = file_of(archive)
    return bool(archive.path) and path.is_file() and _digest(path) == archive.sha256


def sweep() -> int:
    """Files whose day has passed are gone. Returns how many. On the platform; safe to repeat.

    The file of a closing stays until the data are deleted, for nothing is deleted without it. What killed workers left goes
    after a day, and is not counted.
    """
    count = 0
    _sweep_leftovers()
    over = HandedArchive.objects.filter(removed_at=None, until__lt=clock.now())
    over = over.exclude(closing__state__in=[Closing.State.CLOSED, Closing.State.DELETING])
    for archive in over.select_related("region"):
        file_of(archive).unlink(missing_ok=True)
        with transaction.atomic():
            if HandedArchive.objects.filter(pk=archive.pk, removed_at=None).update(removed_at=clock.now()):
                note(
                    archive.region, "remove_archive", by="system:lifecycle", details={"archive": str(archive.public_id)}
                )
                count += 1
    return count


def _sweep_leftovers() -> None:
    """Only files with names as `fulfil` gives them: people put archives of their own into the folder too."""
    root = Path(settings.ARCHIVES_ROOT)
    known = set(HandedArchive.objects.filter(removed_at=None).values_list("path", flat=True))
    for path in root.iterdir() if root.is_dir() else ():
        if path.name in known or not _OURS.fullmatch(path.name):
            continue
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < clock.now().timestamp() - LEFTOVERS_STAY.total_seconds():
                path.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
