"""Proving that a region comes back: saved, restored into a schema that nobody looks into, compared, and dropped again.

The schema is one of `sides` without a region: it is in nobody's way, and a killed process's is dropped by the next sweep.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tenants.backup import files, hooks, loading, sides, tables
from tenants.backup.archive import Manifest, opened
from tenants.backup.errors import BackupError, NotExact
from tenants.backup.exporting import content_digests, export_region
from tenants.context import as_owner, in_region
from tenants.kernel import clock
from tenants.models import Region
from tenants.provisioning import drift

MOST_DIFFERENCES = 50
_PREFIX = "warsa-drill-"


@dataclass
class Drill:
    """What was restored and compared. It came back exactly when `differences` is empty."""

    archive_made_at: datetime | None = None
    seconds: float = 0.0
    tables: int = 0
    rows: int = 0
    files: int = 0
    # Sums that region apps prove, by app: the ledger's entries, lines and debits in rupiah.
    totals: dict[str, dict[str, Any]] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def drill(region: Region) -> Drill:
    """A fresh archive of the region is restored beside it and compared with its manifest: every row, the sums of the
    books, the files, the shape of the schema. Nothing of it stays, and the region does not notice.

    Not inside a transaction. A difference is a result; Raises:  BackupError when there could be no drill, such as for a
    region whose schema is gone.
    """
    sides.sweep()
    began, found = time.monotonic(), Drill()
    # Not in /tmp, which is memory in a container: an archive may be as large as the region.
    root = Path(settings.ARCHIVES_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(root)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=root) as folder:
        path = Path(folder) / "drill.warsa"
        export_region(region=region, path=path)
        with opened(path) as reader:
            manifest = reader.manifest
            found.archive_made_at = manifest.when
            found.tables, found.files = len(manifest.tables), len(manifest.files)
            found.rows = sum(table.rows for table in manifest.tables)
            found.totals = {
                name: {key: value for key, value in proof.items() if isinstance(value, int)}
                for name, proof in manifest.proofs.items()
            }
            with sides.new_side(manifest, None) as side:
                try:
                    loading.fill_schema(reader=reader, schema=side.schema_name, region=region)
                    files.place(reader, side.schema_name)
                    found.differences = compared(manifest, region, side.schema_name)[:MOST_DIFFERENCES]
                except NotExact as inexact:
                    found.differences = [str(inexact)]
                sides.drop(side)
    found.seconds = time.monotonic() - began
    return found


def _sweep(root: Path) -> None:
    """Folders that killed drills left, once they are a day old."""
    for left in root.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < clock.now().timestamp() - 86_400:
                shutil.rmtree(left, ignore_errors=True)


def compared(manifest: Manifest, region: Region, schema: str) -> list[str]:
    """How the restored schema differs from what the manifest says, a line each. It is read anew, whatever loading has checked."""
    told = []
    if not loading.recipe_for(manifest).rest:
        # A schema that was brought up since has other tables than its archive.
        told += _rows_that_differ(manifest, schema)
    with in_region(loading.standing_in(region, schema)):
        proofs = hooks.proofs()
    for name, proof in sorted(manifest.proofs.items()):
        for key, value in sorted(proof.items()):
            now = proofs.get(name, {}).get(key)
            if now != value:
                told.append(f"{name}.{key}: {now} instead of {value}")
    there = files.digests(schema)
    told += [f"file {one.name}" for one in manifest.files if there.get(one.name) != one.sha256]
    told += drift(loading.standing_in(region, schema))
    return told


def _rows_that_differ(manifest: Manifest, schema: str) -> list[str]:
    with as_owner(), connection.cursor() as cursor:
        now = content_digests(cursor, schema)
    then = {table.name: table.sha256 for table in manifest.tables}
    names = sorted((now.keys() | then.keys()) - tables.LEFT_OUT)
    return [f"table {name}" for name in names if now.get(name) != then.get(name)]


__all__ = ["BackupError", "Drill", "compared", "drill"]
