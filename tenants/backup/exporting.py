"""A region into an archive: one snapshot, read only, as the region's own role."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from tenants.backup import files, hooks, tables
from tenants.backup.archive import ArchiveWriter, Manifest, Origin, Sequence, Table, new_archive_id
from tenants.backup.errors import BackupError
from tenants.backup.models import Installation
from tenants.context import in_region, on_platform
from tenants.errors import SchemaMissing
from tenants.kernel import clock
from tenants.models import Domain, Region, SchemaRelease, SlugClaim
from tenants.schemas import fingerprint


def export_region(*, region: Region, path: Path, key: bytes | None = None) -> tuple[Manifest, float]:
    """The region as it is at one moment lies in a new file, readable by its owner alone.

    Writers are not held up and do not hold it up; a migration of the region waits for it. `key` is a shared key, so that
    another installation can check the archive.
    Returns: the manifest, and how long the snapshot was held in seconds.
    Raises:  BackupError when the file is there already, or the region is not here any more.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Archives are never written over.")
    with on_platform():
        origin, records = _origin(region), _records(region)
        installation, _ = Installation.objects.get_or_create(only=True)
        digest = release_digest(region.schema_version)
        version = region.schema_version
    writer = ArchiveWriter(path)
    try:
        with snapshot(region) as cursor:
            began = time.monotonic()
            made_at = clock.now()
            stored = [
                _save(cursor, region.schema_name, layout, writer)
                for layout in tables.layouts(cursor, region.schema_name)
            ]
            manifest_parts: dict[str, Any] = {
                "tables": stored,
                "sequences": _sequences(cursor, region.schema_name),
                "migrations": migrations_of(cursor, region.schema_name),
                "proofs": hooks.proofs(),
                "postgresql": int(cursor.connection.info.server_version),
            }
            held = time.monotonic() - began
        manifest = Manifest(
            archive_id=new_archive_id(),
            installation=str(installation.public_id),
            made_at=made_at.isoformat(),
            schema_version=version,
            release_digest=digest,
            region=origin,
            records=records,
            left_out=sorted(tables.LEFT_OUT),
            # After the rows: a file is written before the row that names it, so none that a row names is missing.
            files=files.save(writer, region.schema_name),
            **manifest_parts,
        )
        writer.close(manifest, key=key)
    except BaseException as failure:
        writer.abandon()
        if isinstance(failure, SchemaMissing):
            raise BackupError(
                f"{region.name} has no schema here: it was wiped, and its archive is all there is."
            ) from None
        raise
    return manifest, held


@contextmanager
def snapshot(region: Region) -> Iterator[Any]:
    """A cursor in one unchanging state of the region, which it cannot change either. Not inside a transaction."""
    with in_region(region):
        with connection.cursor() as cursor:
            # Binds the connection before the transaction: its kind must be said before anything is read in it.
            cursor.execute("SELECT 1")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield cursor


def content_digests(cursor: Any, schema: str) -> dict[str, str]:
    """SHA-256 of the rows of every table, left out those that archives leave out. Equal digests are equal rows."""
    return {one.name: _summed(cursor, schema, one)[2] for one in tables.layouts(cursor, schema)}


def _summed(
    cursor: Any, schema: str, layout: tables.Layout, write: Callable[[bytes], None] = lambda _: None
) -> tuple[int, int, str]:
    """Rows, bytes and SHA-256 of the table as it streams by."""
    digest, size = hashlib.sha256(), 0
    with cursor.copy(tables.copy_out(schema, layout)) as copy:
        for piece in copy:
            data = bytes(piece)
            digest.update(data)
            size += len(data)
            write(data)
    return cursor.rowcount, size, digest.hexdigest()


def table_digest(cursor: Any, schema: str, layout: tables.Layout) -> tuple[int, str]:
    """Rows and SHA-256 of one table."""
    rows, _, digest = _summed(cursor, schema, layout)
    return rows, digest


def _save(cursor: Any, schema: str, layout: tables.Layout, writer: ArchiveWriter) -> Table:
    with writer.member(f"tables/{layout.name}.copy") as member:
        rows, size, digest = _summed(cursor, schema, layout, member.write)
    return Table(
        name=layout.name,
        columns=layout.columns,
        types=layout.types,
        key=layout.key,
        rows=rows,
        bytes=size,
        sha256=digest,
    )


def _sequences(cursor: Any, schema: str) -> list[Sequence]:
    """Read after the snapshot was taken: a sequence is never behind a row that the snapshot shows."""
    names = [one.name for one in tables.sequences(cursor, schema)]
    if not names:
        return []
    parts = [
        sql.SQL("SELECT {}, last_value, is_called FROM {}").format(sql.Literal(name), sql.Identifier(schema, name))
        for name in names
    ]
    cursor.execute(sql.SQL(" UNION ALL ").join(parts))
    return [Sequence(*row) for row in cursor.fetchall()]


def migrations_of(cursor: Any, schema: str) -> list[str]:
    """app.name of every migration that the schema has, in the order in which they came."""
    cursor.execute(
        sql.SQL("SELECT app || '.' || name FROM {} ORDER BY id").format(sql.Identifier(schema, tables.MIGRATIONS))
    )
    return [name for (name,) in cursor.fetchall()]


def slug_of(region: Region) -> str:
    """The slug by which people know the region; empty when it never had one. Called on the platform."""
    claim = SlugClaim.objects.filter(region=region).first()
    if claim is not None:
        return claim.slug
    suffix = f".{settings.BASE_HOST}"
    hosts = Domain.objects.filter(tenant=region, domain__endswith=suffix).values_list("domain", flat=True)
    return next((host.removesuffix(suffix) for host in hosts if "." not in host.removesuffix(suffix)), "")


def release_digest(version: str) -> str:
    """The digest of the release's fingerprint; empty where this installation has not captured it. Called on the platform."""
    release = SchemaRelease.objects.filter(version=version).first()
    return fingerprint.digest(release.fingerprint) if release else ""


def _origin(region: Region) -> Origin:
    return Origin(
        public_id=str(region.public_id),
        schema_name=region.schema_name,
        name=region.name,
        slug=slug_of(region),
        time_zone=region.time_zone,
        status=region.status,
        created_at=region.created_at.isoformat(),
        ready_at=region.ready_at.isoformat() if region.ready_at else "",
    )


def _records(region: Region) -> dict[str, Any]:
    return {name: record.export(region) for name, record in hooks.records().items()}
