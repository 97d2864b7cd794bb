"""The file that one region fits into: a zip with one binary COPY per table, the region's files, a manifest and its signature.

    manifest.json           what is inside: names, sizes and SHA-256 of every other member, and what the region is
    signature.json          HMAC-SHA256 of manifest.json, by the installation's own key and by a shared key if there is one
    tables/<table>.copy     COPY … (FORMAT binary), rows in the order of the primary key
    files/<path>            the region's files

Nothing is held in memory: tables and files stream in and out. A reader believes nothing before the signature and every
checksum have been checked.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings

from tenants.backup.errors import ArchiveRefused

FORMAT = "warsa-region-archive"
FORMAT_VERSION = 1
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
CHUNK = 1 << 18
# A manifest names tables and files; one beyond this is not ours, and is not read into memory to find out.
MOST_MANIFEST_BYTES = 64 << 20
SHORTEST_KEY = 32
# What zipfile raises for files that are no archives, are cut, changed or encrypted.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True)
class Table:
    """A table as it was read: its columns in order with their types, and its COPY."""

    name: str
    columns: list[str]
    types: list[str]
    key: list[str]
    rows: int
    bytes: int
    sha256: str

    @property
    def member(self) -> str:
        return f"tables/{self.name}.copy"


@dataclass(frozen=True)
class Sequence:
    name: str
    last_value: int
    is_called: bool


@dataclass(frozen=True)
class StoredFile:
    """A file of the region, by its path inside the region's folder."""

    name: str
    bytes: int
    sha256: str

    @property
    def member(self) -> str:
        return f"files/{self.name}"


@dataclass(frozen=True)
class Origin:
    """The region as the registry knew it."""

    public_id: str
    schema_name: str
    name: str
    slug: str
    time_zone: str
    status: str
    created_at: str
    ready_at: str


@dataclass(frozen=True)
class Manifest:
    """Everything that an archive says about itself."""

    archive_id: str
    installation: str
    made_at: str
    postgresql: int
    schema_version: str
    # The digest of the release's fingerprint where this version was captured; empty where it is not known.
    release_digest: str
    # app.name of every migration that the schema has.
    migrations: list[str]
    region: Origin
    records: dict[str, Any]
    tables: list[Table]
    left_out: list[str]
    sequences: list[Sequence]
    proofs: dict[str, dict[str, int | str]]
    files: list[StoredFile]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def dumps(self) -> bytes:
        body = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1).encode()


def _loads(text: bytes) -> Manifest:
    """Raises ArchiveRefused for anything but a manifest of this format."""
    try:
        body = json.loads(text)
        if body.pop("format") != FORMAT:
            raise ArchiveRefused("This is not an archive of a region.")
        if (version := body.pop("format_version")) != FORMAT_VERSION:
            raise ArchiveRefused(f"The archive has format {version}; this release reads format {FORMAT_VERSION}.")
        return Manifest(
            **{
                **body,
                "region": Origin(**body["region"]),
                "tables": [Table(**one) for one in body["tables"]],
                "sequences": [Sequence(**one) for one in body["sequences"]],
                "files": [StoredFile(**one) for one in body["files"]],
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as bad:
        raise ArchiveRefused("The archive's manifest cannot be read.") from bad


def _own_keys() -> list[bytes]:
    """This installation's keys, the present one first."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.digest(str(secret).encode(), b"warsa.region-archive.1", "sha256") for secret in secrets]


def shared_key(text: str) -> bytes:
    """The key that two installations share, from what an operator gives.

    Raises:  ArchiveRefused for a text too short to be a secret.
    """
    text = text.strip()
    if len(text) < SHORTEST_KEY:
        raise ArchiveRefused(f"The shared key has {len(text)} characters; give at least {SHORTEST_KEY}.")
    return hmac.digest(text.encode(), b"warsa.region-archive.shared.1", "sha256")


def _sign(key: bytes, manifest: bytes) -> str:
    return hmac.new(key, manifest, hashlib.sha256).hexdigest()


class ArchiveWriter:
    """An archive in the making: `<path>.part` until it is whole, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(f"{path.name}.part")
        self._file = os.fdopen(os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Iterator[Member]:
        """A member to write to in pieces. `packed` is False for what is compressed already."""
        with self._zip.open(_info(name, packed=packed), "w", force_zip64=True) as target:
            yield Member(target)

    def close(self, manifest: Manifest, *, key: bytes | None) -> None:
        """The manifest and its signature are written, the file is on disk under its name."""
        text = manifest.dumps()
        signature = {"own": _sign(_own_keys()[0], text), "shared": _sign(key, text) if key else ""}
        self._zip.writestr(_info(MANIFEST), text)
        self._zip.writestr(_info(SIGNATURE), json.dumps(signature))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.rename(self.path)
        _sync_folder(self.path.parent)

    def abandon(self) -> None:
        """Nothing of it stays."""
        # It writes its end, and the disk may be full.
        with suppress(OSError, ValueError):
            self._zip.close()
        with suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


class Member:
    """Counts and sums what is written."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self._hash, self.bytes = target, hashlib.sha256(), 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._hash.update(data)
        self.bytes += len(data)
        self._target.write(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def _info(name: str, *, packed: bool = True) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.external_attr = 0o600 << 16
    return info


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ArchiveReader:
    """An archive whose signature, members and checksums have all been found right."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path, self.manifest, self._zip = path, manifest, archive

    def read(self, member: str) -> Iterator[bytes]:
        """The member in pieces. Raises ArchiveRefused at its end if it is not what the manifest says."""
        size, expected = _contents(self.manifest)[member]
        yield from _read(self._zip, member, size, expected)


@contextmanager
def opened(path: Path, *, key: bytes | None = None) -> Iterator[ArchiveReader]:
    """A checked archive, open for reading. `key` is the shared key for archives of other installations.

    Raises:  ArchiveRefused for a file that is cut, changed, forged or no archive at all.
    """
    with ExitStack() as stack:
        try:
            reader = _checked(stack.enter_context(zipfile.ZipFile(path)), path, key)
        except _UNREADABLE as bad:
            raise ArchiveRefused(f"{path} cannot be read as an archive: {bad}") from bad
        yield reader


def _checked(archive: zipfile.ZipFile, path: Path, key: bytes | None) -> ArchiveReader:
    text = _small(archive, MANIFEST)
    _check_signature(_small(archive, SIGNATURE), text, key)
    manifest = _loads(text)
    _check_members(archive, manifest)
    reader = ArchiveReader(path, archive, manifest)
    for member in _contents(manifest):
        for _ in reader.read(member):
            pass
    return reader


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise ArchiveRefused(f"The archive holds no {name}.") from None
    if info.file_size > MOST_MANIFEST_BYTES:
        raise ArchiveRefused(f"The archive's {name} is too large.")
    with archive.open(info) as source:
        return source.read(MOST_MANIFEST_BYTES)


def _check_signature(signature: bytes, manifest: bytes, key: bytes | None) -> None:
    try:
        given = json.loads(signature)
        own, shared = str(given["own"]), str(given["shared"])
    except (ValueError, KeyError, TypeError) as bad:
        raise ArchiveRefused("The archive's signature cannot be read.") from bad
    ours = any(hmac.compare_digest(own.encode(), _sign(one, manifest).encode()) for one in _own_keys())
    theirs = key is not None and hmac.compare_digest(shared.encode(), _sign(key, manifest).encode())
    if not (ours or theirs):
        raise ArchiveRefused(
            "The signature is not right: the archive was changed, or it comes from another installation whose shared key"
            " was not given."
        )


def _contents(manifest: Manifest) -> dict[str, tuple[int, str]]:
    members: list[Table | StoredFile] = [*manifest.tables, *manifest.files]
    return {one.member: (one.bytes, one.sha256) for one in members}


def _check_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = [info.filename for info in archive.infolist()]
    wanted = [*_contents(manifest), MANIFEST, SIGNATURE]
    if sorted(names) != sorted(wanted):
        raise ArchiveRefused("The archive does not hold exactly what its manifest lists.")
    for file in manifest.files:
        parts = PurePosixPath(file.name).parts
        if not parts or file.name.startswith("/") or any(part in ("..", ".") for part in parts) or "\x00" in file.name:
            raise ArchiveRefused(f"The archive names a file outside of the region's folder: {file.name!r}.")


def _read(archive: zipfile.ZipFile, member: str, size: int, expected: str) -> Iterator[bytes]:
    digest, seen = hashlib.sha256(), 0
    with archive.open(member) as source:
        while piece := source.read(CHUNK):
            seen += len(piece)
            if seen > size:
                break
            digest.update(piece)
            yield piece
    if seen != size or not hmac.compare_digest(digest.hexdigest(), expected):
        raise ArchiveRefused(f"{member} is not what the manifest says.")


def new_archive_id() -> str:
    return str(uuid.uuid4())
