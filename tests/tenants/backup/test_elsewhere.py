"""An archive comes to an installation that has never heard of its region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from shared_apps.onboarding.models import CoverageClaim, Registration
from tenants.backup import files
from tenants.backup.errors import Occupied
from tenants.backup.exporting import export_region
from tenants.backup.importing import import_region
from tenants.backup.models import Installation, SideSchema
from tenants.context import as_owner, in_region, on_platform
from tenants.hosts import host_of_slug
from tenants.models import Domain, Region, RegionStatus, SlugClaim
from tenants.provisioning import drift
from tenants.schemas.release import drop
from tests.tenants.backup.plaju import FILES, KECAMATAN, SLUG, contents, names
from tests.tenants.hearing import settle
from tests.world import build_region, schemas


@pytest.fixture
def archive(plaju: Region, tmp_path: Path) -> Path:
    """Of a region that this installation then has never had."""
    path = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=path)
    with on_platform():
        forget(plaju)
    return path


def forget(region: Region) -> None:
    SlugClaim.objects.filter(region=region).delete()
    CoverageClaim.objects.filter(region=region).delete()
    Registration.objects.filter(region=region).delete()
    Domain.objects.filter(tenant=region).delete()
    Installation.objects.all().delete()
    # Without the ORM's cascades, which ask regions' tables.
    Region.objects.filter(pk=region.pk)._raw_delete("default")  # type: ignore[attr-defined]
    files.remove(region.schema_name)
    with as_owner():
        drop(region.schema_name)


def test_it_lives_here_with_all_that_the_registry_knows(plaju: Region, archive: Path) -> None:
    back = import_region(path=archive)
    assert (back.name, back.public_id, back.status, back.time_zone) == (
        "Plaju", plaju.public_id, RegionStatus.READY, plaju.time_zone,
    )  # fmt: skip
    assert (back.created_at, back.ready_at) == (plaju.created_at, plaju.ready_at)
    assert drift(back) == []
    assert {name: (files.folder_of(back.schema_name) / name).read_bytes() for name in FILES} == FILES
    settle()
    assert Client(headers={"host": host_of_slug(SLUG)}).get("/").status_code == 200
    with on_platform():
        registration = Registration.objects.get(region=back)
        assert (registration.slug, registration.applicant_name, registration.state) == (SLUG, "Camat Plaju", "live")
        assert CoverageClaim.objects.get(kecamatan_code=KECAMATAN).region == back
        assert SlugClaim.objects.get(region=back).held_for == registration.public_id
        assert Domain.objects.get(tenant=back).is_primary
        assert not SideSchema.objects.exists()
    with in_region(back), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        assert cursor.fetchone() == (back.schema_name, back.schema_name)


def test_a_suspended_region_comes_suspended(plaju: Region, tmp_path: Path) -> None:
    with on_platform():
        Region.objects.filter(pk=plaju.pk).update(status=RegionStatus.SUSPENDED)
        plaju.refresh_from_db()
    path = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=path)
    with on_platform():
        forget(plaju)
    assert import_region(path=path).status == RegionStatus.SUSPENDED


def test_it_takes_another_address_where_its_own_is_taken(archive: Path) -> None:
    with on_platform():
        build_region("Another Plaju", SLUG)
    before = schemas()
    with pytest.raises(Occupied, match="--slug"):
        import_region(path=archive)
    assert schemas() == before
    back = import_region(path=archive, slug="plaju-sungai")
    settle()
    assert Client(headers={"host": host_of_slug("plaju-sungai")}).get("/").status_code == 200
    assert "Ratna" in names(back)


def test_an_address_that_cannot_be_one_is_refused(archive: Path) -> None:
    for slug in ("admin", "x", "Plaju", "pla ju", "plaju.evil", "xn--plaju"):
        with pytest.raises(Occupied, match="--slug"):
            import_region(path=archive, slug=slug)


def test_a_kecamatan_that_is_held_or_unknown_is_told(plaju: Region, archive: Path) -> None:
    with on_platform():
        other = Registration.objects.create(name="Seberang Ulu", slug="seberang")
        CoverageClaim.objects.create(kecamatan_code=KECAMATAN, registration=other)
    with pytest.raises(Occupied, match=f"{KECAMATAN} belongs to Seberang Ulu"):
        import_region(path=archive)


def test_a_failure_at_the_very_end_leaves_nothing(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = schemas()

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no address")

    monkeypatch.setattr(Domain.objects, "get_or_create", broken)
    with pytest.raises(RuntimeError, match="no address"):
        import_region(path=archive)
    assert schemas() == before
    with on_platform():
        assert not Region.objects.filter(name="Plaju").exists()
        assert not SlugClaim.objects.exists() and not CoverageClaim.objects.exists()
    assert [path.name for path in files.folder_of("t_0000").parent.iterdir()] == []
    monkeypatch.undo()
    assert "Ratna" in names(import_region(path=archive))


def test_contents_are_equal_to_the_archive(plaju: Region, tmp_path: Path) -> None:
    path, before = tmp_path / "plaju.warsa", contents(plaju)
    export_region(region=plaju, path=path)
    with on_platform():
        forget(plaju)
    assert contents(import_region(path=path)) == before
