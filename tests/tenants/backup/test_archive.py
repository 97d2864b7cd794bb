"""A cut, changed or forged archive is refused before anything is written; one of another installation needs a shared key."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenants.backup.archive import ArchiveReader, opened, shared_key
from tenants.backup.errors import ArchiveRefused, NotExact
from tenants.backup.exporting import export_region
from tenants.backup.importing import import_region
from tenants.backup.models import SideSchema
from tenants.backup.restoring import restore, wipe
from tenants.context import on_platform
from tenants.models import Region
from tests.tenants.backup.plaju import SLUG, contents
from tests.world import schemas

SHARED = "a key that two installations agreed upon"


@pytest.fixture
def archive(plaju: Region, tmp_path: Path) -> Path:
    path = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=path, key=shared_key(SHARED))
    return path


def rewritten(path: Path, change: Callable[[dict[str, bytes]], Any]) -> None:
    """The same zip with other members."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as new:
        for name, body in members.items():
            new.writestr(name, body)


def in_manifest(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, bytes]], None]:
    def work(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        members["manifest.json"] = json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=1).encode()

    return work


def richer(members: dict[str, bytes]) -> None:
    """A row's value is changed, and the manifest is made to agree with it."""
    name = "tables/ledger_journalline.copy"
    members[name] = members[name].replace((14_500).to_bytes(8, "big"), (99_500).to_bytes(8, "big"))

    def agree(manifest: dict[str, Any]) -> None:
        for table in manifest["tables"]:
            if f"tables/{table['name']}.copy" == name:
                table["sha256"] = hashlib.sha256(members[name]).hexdigest()

    in_manifest(agree)(members)


CHANGES: dict[str, Callable[[dict[str, bytes]], Any]] = {
    "a table's bytes": lambda m: m.update(
        {"tables/identity_user.copy": m["tables/identity_user.copy"][:-9] + b"x" * 9}
    ),
    "a table and its checksum": richer,
    "another slug": in_manifest(lambda m: m["region"].update(slug="jakabaring")),
    "another region": in_manifest(lambda m: m["region"].update(public_id="0" * 32)),
    "a table missing": lambda m: m.pop("tables/ledger_journalline.copy"),
    "a table too many": lambda m: m.update({"tables/pg_authid.copy": b""}),
    "a file out of its folder": lambda m: m.update({"files/../../evil": b"x"}),
    "no signature": lambda m: m.pop("signature.json"),
    "an empty signature": lambda m: m.update({"signature.json": b'{"own": "", "shared": ""}'}),
    "a signature of other shape": lambda m: m.update({"signature.json": b"[]"}),
    "no manifest": lambda m: m.pop("manifest.json"),
    "a manifest that is no JSON": lambda m: m.update({"manifest.json": b"\xff"}),
}


def test_a_changed_archive_is_refused(plaju: Region, archive: Path) -> None:
    body, before, schemas_before = archive.read_bytes(), contents(plaju), schemas()
    for case, change in CHANGES.items():
        archive.write_bytes(body)
        rewritten(archive, change)
        with pytest.raises(ArchiveRefused):
            restore(path=archive)
            pytest.fail(f"restored with {case}")
        with pytest.raises(ArchiveRefused):
            import_region(path=archive, key=shared_key(SHARED))
            pytest.fail(f"imported with {case}")
    assert contents(plaju) == before
    assert schemas() == schemas_before
    with on_platform():
        assert not SideSchema.objects.exists()


def test_a_cut_archive_is_refused_wherever_it_is_cut(archive: Path) -> None:
    body = archive.read_bytes()
    for share in (0, 1, 10, 50, 90, 99):
        archive.write_bytes(body[: len(body) * share // 100])
        with pytest.raises(ArchiveRefused), opened(archive):
            pass


def test_a_flipped_bit_is_found_wherever_it_is(archive: Path) -> None:
    """In what an archive says or holds; the zip's own notes about a member (time, rights) are believed by nobody."""
    body = bytearray(archive.read_bytes())
    whole = _all_of(archive)
    step = max(1, len(body) // 60)
    for at in range(0, len(body), step):
        body[at] ^= 0x10
        archive.write_bytes(body)
        body[at] ^= 0x10
        with contextlib.suppress(ArchiveRefused):
            assert _all_of(archive) == whole, at


def _all_of(path: Path) -> list[str]:
    with opened(path) as reader:
        return [reader.manifest.archive_id, *(_sum(reader, table.member) for table in reader.manifest.tables)]


def _sum(reader: ArchiveReader, member: str) -> str:
    return hashlib.sha256(b"".join(reader.read(member))).hexdigest()


def test_another_installation_needs_the_shared_key(plaju: Region, archive: Path, settings: Any, tmp_path: Path) -> None:
    before = contents(plaju)
    away = tmp_path / "away.warsa"
    shutil.copy(archive, away)
    wipe(region=plaju, typed_slug=SLUG, archive=archive, drain_s=0)
    ours, settings.SECRET_KEY = settings.SECRET_KEY, "another installation's own secret key, that signs nothing of ours"
    with pytest.raises(ArchiveRefused, match="shared key"):
        import_region(path=away)
    with pytest.raises(ArchiveRefused):
        import_region(path=away, key=shared_key(SHARED + "."))
    # Telephone numbers lie sealed in it: without their key nobody would find them again.
    with pytest.raises(NotExact, match="numbers"):
        import_region(path=away, key=shared_key(SHARED))
    settings.PERSONAL_KEYS = ["a key of this installation, first and alone until now", ours]
    back = import_region(path=away, key=shared_key(SHARED))
    assert contents(back) == before


def test_a_key_that_was_replaced_still_opens_what_it_signed(archive: Path, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key that came after, with as many characters as it takes"
    with opened(archive) as reader:
        assert reader.manifest.region.slug == SLUG


def test_a_short_shared_key_is_none() -> None:
    with pytest.raises(ArchiveRefused, match="at least 32"):
        shared_key("kunci")
