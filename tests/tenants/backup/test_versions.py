"""Archives outlive releases: one of an earlier release is restored as it was and then brought along."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenants.backup.errors import ArchiveUnfit
from tenants.backup.exporting import export_region
from tenants.backup.restoring import restore, swap
from tenants.context import in_region, on_platform
from tenants.models import Region, SchemaRelease
from tenants.provisioning import current_version, drift, migrate_schema
from tests.cast import person
from tests.tenants.backup.plaju import contents, names
from tests.tenants.fleet.fleets import applied, columns, sql
from tests.tenants.fleet.future import ADD_NOTE, later_release
from tests.world import schemas

FILL_NOTE = """
def fill(apps, schema_editor):
    apps.get_model("catalog", "Category").objects.update(note="filled")
"""


@pytest.fixture
def archive(plaju: Region, tmp_path: Path) -> Path:
    path = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=path)
    with in_region(plaju):
        person("Rini")
    return path


@pytest.mark.parametrize("known", [True, False], ids=["its release was captured", "its release is not known here"])
def test_an_older_archive_is_restored_and_upgraded(plaju: Region, archive: Path, tmp_path: Path, known: bool) -> None:
    if not known:
        with on_platform():
            SchemaRelease.objects.all().delete()
    with later_release(tmp_path, ADD_NOTE) as later:
        migrate_schema(plaju)
        _, found = restore(path=archive)
        assert [(one.table, one.total) for one in found] == [("identity_user", 1)]
        swap(region=plaju, drain_s=0)
        assert "Rini" not in names(plaju)
        assert "note" in columns(plaju)
        assert applied(plaju, later.migration)
        assert drift(plaju) == []
        # The state put aside is of the same release, and comes back as well.
        swap(region=plaju, drain_s=0)
        assert "Rini" in names(plaju)


def test_python_of_a_later_release_works_on_the_rows_that_came_back(
    plaju: Region, archive: Path, tmp_path: Path
) -> None:
    operations = f"{ADD_NOTE} migrations.RunPython(fill, migrations.RunPython.noop),"
    with later_release(tmp_path, operations, before=FILL_NOTE):
        restore(path=archive)
        swap(region=plaju, drain_s=0)
        assert {note for (note,) in sql(plaju, "SELECT note FROM catalog_category")} == {"filled"}
        assert drift(plaju) == []


def test_what_stood_beside_during_a_fleet_migration_is_brought_along_by_the_swap(
    plaju: Region, archive: Path, tmp_path: Path
) -> None:
    restore(path=archive)
    with later_release(tmp_path, ADD_NOTE):
        migrate_schema(plaju)
        swap(region=plaju, drain_s=0)
        assert drift(plaju) == []
        with on_platform():
            plaju.refresh_from_db()
        assert plaju.schema_version == current_version()


def test_an_archive_of_a_later_release_is_refused(plaju: Region, tmp_path: Path) -> None:
    path = tmp_path / "later.warsa"
    with later_release(tmp_path, ADD_NOTE):
        migrate_schema(plaju)
        export_region(region=plaju, path=path)
    before, existing = contents(plaju), schemas()
    with on_platform():
        SchemaRelease.objects.all().delete()
    with pytest.raises(ArchiveUnfit, match=r"catalog\.later_"):
        restore(path=path)
    assert contents(plaju) == before
    assert schemas() == existing
