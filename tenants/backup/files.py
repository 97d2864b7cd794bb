"""The region's own folder, MEDIA_ROOT/regions/<schema name>, and how folders follow a swap of schemas.

Rows hold paths inside that folder, never the folder's own name: it changes when a region moves.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tenants.backup.archive import CHUNK, ArchiveReader, ArchiveWriter, StoredFile
from tenants.schemas.names import quoted

# Tells two folders apart that exchange their names. Not a file of the region.
MARK = ".warsa-mark"


def folder_of(schema: str) -> Path:
    """Where the files of this schema's region lie; it may not exist."""
    quoted(schema)
    return Path(settings.MEDIA_ROOT) / "regions" / schema


def _listed(folder: Path) -> Iterator[Path]:
    """Its files in order; links are not followed and not listed."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            if path.is_file() and not path.is_symlink() and not (name == MARK and Path(root) == folder):
                yield path


def save(writer: ArchiveWriter, schema: str) -> list[StoredFile]:
    """The region's files go into the archive. A file that is taken away meanwhile is left out."""
    folder, stored = folder_of(schema), []
    for path in _listed(folder):
        try:
            source = path.open("rb")
        except FileNotFoundError:
            continue
        name = path.relative_to(folder).as_posix()
        with source, writer.member(f"files/{name}", packed=False) as member:
            while piece := source.read(CHUNK):
                member.write(piece)
        stored.append(StoredFile(name, member.bytes, member.sha256))
    return stored


def place(reader: ArchiveReader, schema: str) -> None:
    """The archive's files lie in this schema's folder, and nothing else does."""
    folder = folder_of(schema)
    remove(schema)
    for file in reader.manifest.files:
        target = folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            for piece in reader.read(file.member):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())


def digests(schema: str) -> dict[str, str]:
    """SHA-256 of every file of the region, by its path inside the folder."""
    folder = folder_of(schema)
    found = {}
    for path in _listed(folder):
        with path.open("rb") as source:
            found[path.relative_to(folder).as_posix()] = hashlib.file_digest(source, "sha256").hexdigest()
    return found


def remove(schema: str) -> None:
    """The folder is gone."""
    shutil.rmtree(folder_of(schema), ignore_errors=True)


def mark(schema: str) -> str:
    """The mark of this schema's folder; folder and mark are made when they are not there."""
    folder = folder_of(schema)
    folder.mkdir(parents=True, exist_ok=True)
    place_of_mark = folder / MARK
    if not place_of_mark.exists():
        place_of_mark.write_text(secrets.token_hex(16))
    return place_of_mark.read_text()


def settle(live: str, side: str, wanted: str) -> None:
    """The folder that carries the mark `wanted` lies under `live`, the other one under `side`.

    Goes on wherever an earlier call was killed: each of its three renames leaves a state that only one step can follow.
    """
    here, there = folder_of(live), folder_of(side)
    moving = there.with_name(f"{side}.moving")
    if not moving.exists():
        if mark(live) == wanted:
            return
        here.rename(moving)
    if not here.exists():
        there.rename(here)
    moving.rename(there)
