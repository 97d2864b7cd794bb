"""One region goes back to what it was before a run, or stays and is told why."""

from __future__ import annotations

from pathlib import Path

from tenant_apps.catalog.models import Category
from tenants.context import in_region, on_platform
from tenants.fleet.models import FleetRun, ParkedRegion
from tests.tenants.fleet.fleets import applied, build_fleet, columns, fleet, sql, version
from tests.tenants.fleet.future import ADD_NOTE, later_release

PYTHON = """
def fill(apps, schema_editor):
    pass
"""


def test_a_region_goes_back_and_stays_there(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(3)
    before = version(regions[1])
    with in_region(regions[1]):
        Category.objects.create(name="Beras", slug="beras")
    with later_release(tmp_path) as later:
        assert fleet("migrate")[0] == 0
        after = version(regions[1])
        code, text = fleet("rollback", "--region", regions[1].schema_name)
        assert code == 0 and f"catalog.{later.migration} taken back" in text
        assert (version(regions[1]), "note" in columns(regions[1])) == (before, False)
        assert not applied(regions[1], later.migration)
        # The others are where they were, and so it stays.
        assert [version(region) for region in regions] == [after, before, after]
        assert fleet("verify")[0] == 0
        assert fleet("migrate")[0] == 0
        assert version(regions[1]) == before
        with on_platform():
            assert "taken back by hand" in ParkedRegion.objects.get(region=regions[1]).reason
        with in_region(regions[1]):
            assert Category.objects.get().name == "Beras"
        assert fleet("migrate", "--retry-parked", "--region", regions[1].schema_name)[0] == 0
        assert version(regions[1]) == after
        with on_platform():
            assert FleetRun.objects.filter(kind="migrate").count() == 2


def test_what_cannot_be_reversed_is_refused_and_nothing_moves(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(1)
    with later_release(tmp_path, ADD_NOTE + 'migrations.RunSQL("SELECT 1"),') as later:
        assert fleet("migrate")[0] == 0
        code, text = fleet("rollback", "--region", regions[0].schema_name)
        assert code == 1 and f"catalog.{later.migration} cannot be reversed: RunSQL" in text
        assert "note" in columns(regions[0]) and applied(regions[0], later.migration)
    code, text = fleet("rollback", "--region", regions[0].schema_name)
    assert code == 1 and "this code does not hold" in text
    with on_platform():
        assert not ParkedRegion.objects.exists()


def test_a_failure_on_the_way_back_changes_nothing(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(1)
    operations = 'migrations.RunSQL("SELECT 1", "SELECT 1 / 0"),' + ADD_NOTE
    with later_release(tmp_path, operations):
        assert fleet("migrate")[0] == 0
        after = version(regions[0])
        code, text = fleet("rollback", "--region", regions[0].schema_name)
        assert (code, "division by zero" in text) == (1, True)
        assert version(regions[0]) == after and "note" in columns(regions[0])
    with on_platform():
        assert not ParkedRegion.objects.exists()


def test_what_the_run_did_not_do_is_refused(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(1)
    assert "did not come to its version" in fleet("rollback", "--region", regions[0].schema_name)[1]
    assert "no region has" in fleet("rollback", "--region", "tidak-ada")[1]
    with later_release(tmp_path, before=PYTHON):
        assert fleet("migrate")[0] == 0
        assert "by run 999999" in fleet("rollback", "--region", regions[0].schema_name, "--run", "999999")[1]
    assert sql(regions[0], "SELECT count(*) FROM catalog_category") == [(0,)]
