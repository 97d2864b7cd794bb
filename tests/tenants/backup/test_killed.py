"""kill -9 in the middle of a restore, a swap or an import: the region is as it was, and the next act clears up."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tenants.backup import files, sides
from tenants.backup.exporting import export_region
from tenants.backup.importing import import_region
from tenants.backup.models import SideSchema
from tenants.backup.restoring import restore, side_of, swap, wipe
from tenants.context import in_region, on_platform
from tenants.hosts import host_of_slug
from tenants.models import Region, RegionStatus
from tenants.provisioning import drift
from tests.cast import person
from tests.tenants.backup.killed import kill_in
from tests.tenants.backup.plaju import FILES, SLUG, contents, names
from tests.world import schemas

LOAD = "tenants.backup.loading:_set_sequences"
FILL = "tenants.backup.loading:_must_prove"
PLACE = "tenants.backup.files:place"


def answer() -> int:
    return Client(headers={"host": host_of_slug(SLUG)}).get("/").status_code


def folders() -> set[str]:
    return {path.name for path in files.folder_of("t_0000").parent.iterdir()}


@pytest.fixture
def archive(plaju: Region, tmp_path: Path) -> Path:
    path = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=path)
    return path


def test_a_killed_restore(plaju: Region, lombok: Region, archive: Path) -> None:
    before, there, existing = contents(plaju), contents(lombok), schemas()
    for target in (LOAD, FILL, PLACE):
        kill_in("restore", archive, target)
        assert len(schemas() - existing) == 1
        assert contents(plaju) == before
        assert answer() == 200
        assert len(sides.sweep()) == 1
        assert schemas() == existing
        assert folders() == {plaju.schema_name}
    assert contents(lombok) == there
    side, found = restore(path=archive)
    assert found == [] and side.state == SideSchema.State.RESTORED


def test_a_killed_import(plaju: Region, archive: Path) -> None:
    before = contents(plaju)
    wipe(region=plaju, typed_slug=SLUG, archive=archive, drain_s=0)
    existing = schemas()
    for target in (LOAD, PLACE, "tenants.backup.importing:_enter", "tenants.models:SlugClaim.objects.get_or_create"):
        kill_in("import", archive, target)
        assert len(schemas() - existing) == 1
        assert answer() == 410
    # One more clears up after all of the others.
    back = import_region(path=archive)
    assert contents(back) == before
    assert schemas() == existing | {back.schema_name}
    assert folders() == {back.schema_name}
    assert answer() == 200
    with on_platform():
        assert not SideSchema.objects.exists()


@pytest.mark.parametrize(
    ("target", "nth", "swapped"),
    [
        ("tenants.backup.restoring:_exchange", 1, False),
        ("tenants.backup.restoring:_keep_deliveries", 1, False),
        ("tenants.backup.restoring:finish_swap", 1, True),
        ("pathlib:Path.rename", 1, True),
        ("pathlib:Path.rename", 2, True),
        ("pathlib:Path.rename", 3, True),
    ],
)
def test_a_killed_swap(plaju: Region, archive: Path, target: str, nth: int, swapped: bool) -> None:
    with in_region(plaju):
        person("Rini")
    (files.folder_of(plaju.schema_name) / "kosong.txt").write_bytes(b"since")
    restore(path=archive)
    kill_in("swap", plaju.pk, target, nth)
    # Shut, not half: nobody reads rows of one state beside files of the other.
    assert answer() == 503
    assert len(sides.sweep()) == 1
    assert answer() == 200
    assert ("Rini" in names(plaju)) is not swapped
    assert (files.folder_of(plaju.schema_name) / "kosong.txt").read_bytes() == (
        FILES["kosong.txt"] if swapped else b"since"
    )
    assert drift(plaju) == []
    assert folders() == {plaju.schema_name, side_of(plaju).schema_name}
    swap(region=plaju, drain_s=0)
    assert ("Rini" in names(plaju)) is swapped
    with on_platform():
        assert Region.objects.get(pk=plaju.pk).status == RegionStatus.READY
