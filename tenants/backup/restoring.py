"""Taking a region back to an archive's state: into a side schema, looked at, then swapped."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import DeadlockDetected, LockNotAvailable

from tenants.backup import files, hooks, loading, sides
from tenants.backup.archive import Manifest, opened
from tenants.backup.differences import TableDifference, compare, differences
from tenants.backup.errors import ArchiveUnfit, BackupError, NotConfirmed, StillBusy
from tenants.backup.exporting import content_digests, slug_of
from tenants.backup.models import SideSchema
from tenants.cache import forget_region
from tenants.context import as_owner, in_region, on_platform
from tenants.models import Region, RegionStatus
from tenants.outbox.services import leave_now
from tenants.schemas import grants, release
from tenants.schemas.names import filled, quoted

State = SideSchema.State
Done = TypeVar("Done")
SHUT = RegionStatus.SUSPENDED
# Processes may serve a region from memory for so long after its status has changed; see tenants.sites.
DRAIN_S = 5.0
_TRIES = 5


def restore(*, path: Path, key: bytes | None = None) -> tuple[SideSchema, list[TableDifference]]:
    """The archive's state of its region stands in a side schema that no host leads to; the region itself is untouched.

    Returns: the side schema, and how the restored state (first) differs from the present one (second).
    Raises:  ArchiveRefused, ArchiveUnfit, NotExact, Occupied.
    """
    sides.sweep()
    with opened(path, key=key) as reader:
        region = _region_of(reader.manifest)
        loading.recipe_for(reader.manifest)
        with sides.new_side(reader.manifest, region) as side:
            loading.fill_schema(reader=reader, schema=side.schema_name, region=region)
            files.place(reader, side.schema_name)
            with on_platform():
                SideSchema.objects.filter(pk=side.pk).update(
                    state=State.RESTORED, schema_version=release.current_version()
                )
                side.refresh_from_db()
    return side, differences(side.schema_name, region.schema_name)


def _region_of(manifest: Manifest) -> Region:
    with on_platform():
        region: Region | None = Region.objects.filter(public_id=manifest.region.public_id).first()
    if region is None:
        raise ArchiveUnfit(f"No region here is {manifest.region.name} of the archive: import it instead.")
    if region.status not in (RegionStatus.READY, RegionStatus.SUSPENDED):
        raise ArchiveUnfit(f"{region.name} is {region.status}: import the archive to bring it back.")
    return region


def side_of(region: Region) -> SideSchema:
    """The region's side schema. Raises BackupError when it has none."""
    with on_platform():
        side = SideSchema.objects.select_related("region").filter(region=region).exclude(state=State.BUILDING).first()
    if side is None:
        raise BackupError(f"{region.name} has no side schema: restore an archive first.")
    return side


def present_differences(region: Region) -> list[TableDifference]:
    """How the state beside the region (first) differs from the region's own (second) now."""
    return differences(side_of(region).schema_name, region.schema_name)


def swap(*, region: Region, drain_s: float = DRAIN_S) -> list[TableDifference]:
    """The region works on the state of its side schema, and its former state stands aside. Swapping again takes it back.

    The region is shut (suspended) meanwhile and has its status back at the end; requests and tasks that are under way are
    waited for. Messages that the region has sent since are not sent again. Everybody signs in again: accounts may have been
    shut or changed hands between the two states.
    Units:   `drain_s`: seconds between shutting the region and touching its tables.
    Returns: how the new state (first) differs from the one put aside (second).
    Raises:  BackupError without a side schema; StillBusy when its tables stay in use, and then nothing has changed.
    """
    sides.sweep()
    side = side_of(region)
    with sides.held(side):
        _bring_up(side)
        _shut(side)
        try:
            time.sleep(drain_s)
            found = _with_patience(partial(_exchange, side))
        finally:
            with on_platform():
                side.refresh_from_db()
            finish_swap(side)
    return found


def _bring_up(side: SideSchema) -> None:
    """The fleet may have been migrated since the state was put beside."""
    loading.bring_up(side.schema_name, side.schema_version)
    with on_platform():
        SideSchema.objects.filter(pk=side.pk).update(schema_version=release.current_version())
        side.refresh_from_db()


def _shut(side: SideSchema) -> None:
    with on_platform(), transaction.atomic():
        region = Region.objects.select_for_update().get(pk=side.region_id)
        if region.status not in (RegionStatus.READY, RegionStatus.SUSPENDED):
            raise BackupError(f"{region.name} is {region.status}: only an open or a suspended region is swapped.")
        # Their marks tell the two folders apart whatever happens to this process.
        files.mark(region.schema_name)
        files.mark(side.schema_name)
        SideSchema.objects.filter(pk=side.pk).update(status_before=region.status)
        Region.objects.filter(pk=region.pk).update(status=SHUT)


def _with_patience(act: Callable[[], Done]) -> Done:
    """Runs an act that wants tables to itself, again while others use them. Raises StillBusy after the last try."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return act()
        except OperationalError as busy:
            if not isinstance(busy.__cause__, LockNotAvailable | DeadlockDetected):
                raise
            if not tries_left:
                raise StillBusy("The region's tables stayed in use. Nothing has changed; try again later.") from busy
            time.sleep(0.5)
    raise AssertionError("unreachable")


def _exchange(side: SideSchema) -> list[TableDifference]:
    """Two schemas exchange their names, in one transaction that first has every table of both to itself."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        # Short, for whoever wants a table that we have waits behind us.
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        region = Region.objects.select_for_update().get(pk=side.region_id)
        live, other = region.schema_name, side.schema_name
        for schema in (live, other):
            _lock_all(cursor, schema)
        found = compare(cursor, other, live)
        _keep_deliveries(cursor, live, other)
        for carry in hooks.carry_overs():
            carry(cursor, live, other)
        for schema in (live, other):
            cursor.execute(f"TRUNCATE {quoted(schema)}.django_session")
            for statement in grants.withdrawal_statements():
                cursor.execute(filled(statement, schema))
        between = f"{other}x"
        for before, after in ((live, between), (other, live), (between, other)):
            cursor.execute(f"ALTER SCHEMA {quoted(before)} RENAME TO {quoted(after)}")
        for schema in (live, other):
            for statement in [*grants.repair_statements(), *grants.pin_statements(cursor, schema, all_of_them=True)]:
                cursor.execute(filled(statement, schema))
        Region.objects.filter(pk=region.pk).update(schema_version=side.schema_version)
        SideSchema.objects.filter(pk=side.pk).update(
            state=State.ASIDE if side.state == State.RESTORED else State.RESTORED,
            schema_version=region.schema_version,
            # From the commit on, the folder of the side schema belongs to the region.
            files_mark=files.mark(other),
        )
    return found


def _lock_all(cursor: Any, schema: str) -> None:
    """Nobody else reads or writes the schema until the end of the transaction."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind IN ('r', 'p') ORDER BY relname",
        [quoted(schema)],
    )
    names = [sql.Identifier(schema, name) for (name,) in cursor.fetchall()]
    cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(", ").join(names)))


def _keep_deliveries(cursor: Any, live: str, other: str) -> None:
    """What has left the house since the archive was made does not leave it a second time."""
    cursor.execute(
        f"UPDATE {quoted(other)}.outbox_outboxmessage AS back SET state = here.state, delivered_at = here.delivered_at,"
        f" attempts = here.attempts FROM {quoted(live)}.outbox_outboxmessage AS here"
        " WHERE here.dedupe = back.dedupe AND back.state = 'waiting' AND here.state <> 'waiting'"
    )


def finish_swap(side: SideSchema) -> None:
    """Folders follow what the database says, then the region has its status back. Safe to repeat."""
    with on_platform():
        region = Region.objects.get(pk=side.region_id)
    if side.files_mark:
        files.settle(region.schema_name, side.schema_name, side.files_mark)
    with in_region(region):
        # Before it opens again: nothing kept from the other state is believed.
        forget_region()
    with on_platform(), transaction.atomic():
        locked = SideSchema.objects.select_for_update().get(pk=side.pk)
        if locked.status_before:
            Region.objects.filter(pk=region.pk, status=SHUT).update(status=locked.status_before)
            if locked.status_before == RegionStatus.READY:
                # Workers refused it while the region was shut.
                leave_now(region)
        SideSchema.objects.filter(pk=side.pk).update(status_before="", files_mark="")
    with in_region(region):
        for act in hooks.after_swaps():
            act()


def discard(*, region: Region, typed_slug: str) -> None:
    """The region's side schema is gone for good.

    Raises:  NotConfirmed unless the region's slug was typed; BackupError without a side schema.
    """
    sides.sweep()
    side = side_of(region)
    must_be_typed(region, typed_slug)
    with sides.held(side):
        sides.drop(side)


def must_be_typed(region: Region, typed_slug: str) -> None:
    """Raises NotConfirmed unless it is the region's slug."""
    with on_platform():
        slug = slug_of(region)
    if not slug or typed_slug != slug:
        raise NotConfirmed(f"Type the region's slug to confirm: {slug!r}, not {typed_slug!r}.")


def wipe(
    *,
    region: Region,
    typed_slug: str,
    archive: Path,
    key: bytes | None = None,
    drain_s: float = DRAIN_S,
    must_hold: Callable[[], object] | None = None,
) -> None:
    """The region is closed, and its schema and files are gone from here; its name, address and areas stay its own.

    Refused unless the archive holds every row and every file that the region has at the end, so nothing is lost.
    `must_hold` raises where the reason for it is gone; it is called before the region is shut, and again, so that it may lock
    what it looks at, in the transaction that drops the schema.
    Raises:  NotConfirmed; ArchiveRefused; ArchiveUnfit when the archive is not this region as it is now, and then the region
             has its former status again; StillBusy.
    """
    sides.sweep()
    must_be_typed(region, typed_slug)
    with on_platform():
        if SideSchema.objects.filter(region=region).exists():
            raise BackupError(f"{region.name} has a side schema: discard it first.")
    with opened(archive, key=key) as reader:
        with on_platform(), transaction.atomic():
            if must_hold is not None:
                must_hold()
            before = Region.objects.get(pk=region.pk).status
            Region.objects.filter(pk=region.pk).update(status=RegionStatus.CLOSED)
        try:
            time.sleep(drain_s)
            _with_patience(partial(_drop_what_is_held, reader.manifest, region, must_hold))
        except BaseException:
            with on_platform():
                # Whoever has given it another status meanwhile knew why.
                Region.objects.filter(pk=region.pk, status=RegionStatus.CLOSED).update(status=before)
            raise
    files.remove(region.schema_name)


def _drop_what_is_held(manifest: Manifest, region: Region, must_hold: Callable[[], object] | None) -> None:
    """Compared and dropped in one transaction: nobody writes in between."""
    schema = region.schema_name
    if manifest.region.public_id != str(region.public_id):
        raise ArchiveUnfit(f"The archive is of {manifest.region.name}, not of {region.name}.")
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        if must_hold is not None:
            must_hold()
        _lock_all(cursor, schema)
        now, then = content_digests(cursor, schema), {table.name: table.sha256 for table in manifest.tables}
        changed = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
        kept = {(one.name, one.sha256) for one in manifest.files}
        changed += sorted(name for name, digest in files.digests(schema).items() if (name, digest) not in kept)
        if changed:
            raise ArchiveUnfit(
                f"The region has changed since the archive was made ({', '.join(changed[:5])}): export it again."
            )
        release.drop(schema)
