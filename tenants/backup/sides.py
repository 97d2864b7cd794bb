"""Schemas beside the regions' own: one act at a time on each, and nothing left of acts that were killed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from tenants.backup import files
from tenants.backup.archive import Manifest
from tenants.backup.errors import Occupied
from tenants.backup.models import SideSchema
from tenants.context import as_owner, on_platform
from tenants.models import Region, new_schema_name
from tenants.schemas import release

log = logging.getLogger(__name__)

State = SideSchema.State
_LOCK_SPACE = 0x57_52_41  # "WRA"


@contextmanager
def held(side: SideSchema) -> Iterator[None]:
    """This process alone works on the side schema. The database frees it when the process dies.

    Raises:  Occupied while another process does.
    """
    if not _take(side):
        raise Occupied(f"Another process is working on {side.schema_name}. Wait for it to end.")
    try:
        yield
    finally:
        _free(side)


def _take(side: SideSchema) -> bool:
    with on_platform(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, side.pk])
        return bool(cursor.fetchone()[0])


def _free(side: SideSchema) -> None:
    with on_platform(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_SPACE, side.pk])


@contextmanager
def new_side(manifest: Manifest, region: Region | None) -> Iterator[SideSchema]:
    """A side schema to be filled; when the block fails, nothing of it stays.

    Raises:  Occupied when the region has one already.
    """
    with on_platform(), transaction.atomic():
        if region is not None:
            # Two at once: the second waits here and then sees the first.
            Region.objects.select_for_update().get(pk=region.pk)
            before = SideSchema.objects.filter(region=region).first()
            if before is not None:
                raise Occupied(
                    f"{region.name} has a side schema ({before.state}) already: swap it or discard it first."
                )
        side: SideSchema = SideSchema.objects.create(
            schema_name=new_schema_name(),
            region=region,
            archive_id=manifest.archive_id,
            archive_made_at=manifest.when,
        )
        # Before anybody can see the row: a sweep takes a row that nobody holds for a dead process's.
        if not _take(side):
            raise Occupied(f"Another process is working on {side.schema_name}.")
    try:
        yield side
    except BaseException:
        drop(side)
        raise
    finally:
        _free(side)


def drop(side: SideSchema) -> None:
    """The schema, its role, its files and its row are gone. May run again after a crash.

    Raises:  OperationalError when somebody uses its tables for two seconds.
    """
    files.remove(side.schema_name)
    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        # Under another name by now, if a region has been opened with it.
        if Region.objects.filter(schema_name=side.schema_name).exists():
            raise Occupied(f"{side.schema_name} is a region's own schema and is not dropped.")
        release.drop(side.schema_name)
        SideSchema.objects.filter(pk=side.pk).delete()


def sweep() -> list[str]:
    """What killed processes left half done is dropped or finished. Returns a line for each.

    Called at the start of every act; safe at any moment, for a living process holds what it works on.
    """
    from tenants.backup.restoring import finish_swap

    with on_platform():
        suspects = list(SideSchema.objects.filter(state=State.BUILDING))
        suspects += SideSchema.objects.exclude(status_before="")
    told = []
    for side in suspects:
        if not _take(side):
            continue
        try:
            with on_platform():
                now = SideSchema.objects.select_related("region").filter(pk=side.pk).first()
            if now is None:
                continue
            if now.state == State.BUILDING:
                drop(now)
                told.append(f"dropped {now.schema_name}, which was never filled")
            elif now.status_before:
                finish_swap(now)
                told.append(f"opened {now.region} again after a swap that was cut off")
        finally:
            _free(side)
    for line in told:
        log.warning("backup sweep: %s", line)
    return told
