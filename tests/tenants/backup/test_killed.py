"""kill -9 in the middle of a restore, a swap or an import: the region is as it was, and the next act clears up."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tenants.backup import files, sides
from tenants.backup.archive import opened
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
from tests.tenants.hearing import settle
from tests.world import schemas

LOAD = "tenants.backup.loading:_set_sequences"
FILL = "tenants.backup.loading:_must_prove"
PLACE = "tenants.backup.files:place"


def answer() -> int:
    settle()
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


def test_a_sweep_leaves_living_work_alone(plaju: Region, archive: Path) -> None:
    told: list[list[str]] = []

    def elsewhere() -> None:
        told.append(sides.sweep())
        connection.close()

    with opened(archive) as reader, sides.new_side(reader.manifest, plaju):
        sweeper = threading.Thread(target=elsewhere)
        sweeper.start()
        sweeper.join()
        with on_platform():
            assert SideSchema.objects.count() == 1
    assert told == [[]]


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


# Where a swap dies, and on which state the region then works.
SWAPS = [
    ("tenants.backup.restoring:_exchange", 1, "as it was"),
    ("tenants.backup.restoring:_keep_deliveries", 1, "as it was"),
    ("tenants.backup.restoring:finish_swap", 1, "swapped"),
    ("pathlib:Path.rename", 1, "swapped"),
    ("pathlib:Path.rename", 2, "swapped"),
    ("pathlib:Path.rename", 3, "swapped"),
]


def test_a_killed_swap(plaju: Region, archive: Path) -> None:
    with in_region(plaju):
        person("Rini")
    (files.folder_of(plaju.schema_name) / "kosong.txt").write_bytes(b"since")
    restore(path=archive)
    for target, nth, then in SWAPS:
        kill_in("swap", plaju.pk, target, nth)
        # Shut, not half: nobody reads rows of one state beside files of the other.
        assert answer() == 503, target
        assert len(sides.sweep()) == 1
        assert answer() == 200
        assert state_of(plaju) == (then, then), (target, nth)
        assert drift(plaju) == []
        assert folders() == {plaju.schema_name, side_of(plaju).schema_name}
        if then == "swapped":
            swap(region=plaju, drain_s=0)
            assert state_of(plaju) == ("as it was", "as it was")
    with on_platform():
        assert Region.objects.get(pk=plaju.pk).status == RegionStatus.READY


def state_of(region: Region) -> tuple[str, str]:
    """By its rows, and by its files."""
    file = (files.folder_of(region.schema_name) / "kosong.txt").read_bytes()
    return (
        "as it was" if "Rini" in names(region) else "swapped",
        {b"since": "as it was", FILES["kosong.txt"]: "swapped"}[file],
    )
