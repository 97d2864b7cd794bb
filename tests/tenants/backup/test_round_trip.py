"""A region goes out, is wiped, and comes back: nothing is missing, nothing else has moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from shared_apps.onboarding.models import CoverageClaim
from tenant_apps.ledger.models import JournalEntry
from tenant_apps.ledger.services import unproven_accounts
from tenants.backup import files
from tenants.backup.archive import opened
from tenants.backup.errors import ArchiveUnfit, NotConfirmed, Occupied
from tenants.backup.exporting import export_region
from tenants.backup.importing import import_region
from tenants.backup.restoring import wipe
from tenants.backup.tables import sequences
from tenants.context import as_owner, in_region, on_platform
from tenants.hosts import host_of_slug
from tenants.models import Region, RegionStatus
from tenants.provisioning import drift
from tests.cast import build_cast, person
from tests.tenants.backup.plaju import FILES, KECAMATAN, SLUG, contents, names, sell
from tests.tenants.hearing import settle
from tests.world import schemas


def gone(region: Region, archive: Path) -> None:
    wipe(region=region, typed_slug=SLUG, archive=archive, drain_s=0)


def test_out_wiped_and_back(plaju: Region, kalidoni: Region, lombok: Region, tmp_path: Path) -> None:
    with in_region(kalidoni):
        sell(build_cast(), 1)
    others = [contents(kalidoni), contents(lombok)]
    before, archive = contents(plaju), tmp_path / "plaju.warsa"
    manifest, _ = export_region(region=plaju, path=archive)
    assert manifest.proofs["ledger"]["entries"] == 3
    assert {table.name: table.sha256 for table in manifest.tables} == before
    gone(plaju, archive)
    assert plaju.schema_name not in schemas()
    assert not files.folder_of(plaju.schema_name).exists()
    settle()
    assert Client(headers={"host": host_of_slug(SLUG)}).get("/").status_code == 410

    back = import_region(path=archive)

    assert (back.pk, back.public_id, back.status) == (plaju.pk, plaju.public_id, RegionStatus.READY)
    assert back.schema_name != plaju.schema_name
    assert contents(back) == before
    assert drift(back) == []
    assert {name: (files.folder_of(back.schema_name) / name).read_bytes() for name in FILES} == FILES
    assert [contents(kalidoni), contents(lombok)] == others
    settle()
    assert Client(headers={"host": host_of_slug(SLUG)}).get("/").status_code == 200
    with on_platform():
        assert list(CoverageClaim.objects.values_list("kecamatan_code", "region")) == [(KECAMATAN, plaju.pk)]


def test_life_goes_on_after_the_ids_that_came_back(plaju: Region, tmp_path: Path) -> None:
    archive = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=archive)
    gone(plaju, archive)
    back = import_region(path=archive)
    with as_owner(), connection.cursor() as cursor:
        numbered = [one for one in sequences(cursor, back.schema_name) if one.table]
        assert len(numbered) > 40
        for one in numbered:
            cursor.execute(
                f'SELECT coalesce(max("{one.column}"), 0), (SELECT CASE WHEN is_called THEN last_value ELSE 0 END'
                f' FROM "{back.schema_name}"."{one.name}") FROM "{back.schema_name}"."{one.table}"'
            )
            largest, given = cursor.fetchone()
            assert given >= largest, one
    with in_region(back):
        largest = max(JournalEntry.objects.values_list("pk", flat=True))
        sell(build_cast(suffix="2"), 1)
        assert max(JournalEntry.objects.values_list("pk", flat=True)) > largest
        assert unproven_accounts() == []


def test_an_entry_that_came_back_still_refuses_to_be_rewritten(plaju: Region, tmp_path: Path) -> None:
    archive = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=archive)
    gone(plaju, archive)
    back = import_region(path=archive)
    with in_region(back), pytest.raises(Exception, match="never rewritten"):
        JournalEntry.objects.update(text="nothing happened")


def test_nobody_stays_signed_in(plaju: Region, tmp_path: Path) -> None:
    archive = tmp_path / "plaju.warsa"
    settle()
    browser = Client(headers={"host": host_of_slug(SLUG)})
    browser.defaults["wsgi.url_scheme"] = "https"
    with in_region(plaju):
        browser.force_login(person("Rini"))
    assert browser.get("/akun/").status_code == 200
    manifest, _ = export_region(region=plaju, path=archive)
    assert manifest.left_out == ["account_emailconfirmation", "django_session"]
    gone(plaju, archive)
    back = import_region(path=archive)
    assert "Rini" in names(back)
    assert browser.get("/akun/").status_code == 302


def test_what_has_changed_since_is_not_wiped(plaju: Region, tmp_path: Path) -> None:
    archive = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=archive)
    with in_region(plaju):
        person("Rini")
    before = contents(plaju)
    with pytest.raises(ArchiveUnfit, match=r"identity_user"):
        gone(plaju, archive)
    with on_platform():
        plaju.refresh_from_db()
    assert plaju.status == RegionStatus.READY
    assert contents(plaju) == before


def test_a_file_that_is_not_in_the_archive_is_not_wiped(plaju: Region, tmp_path: Path) -> None:
    archive = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=archive)
    (files.folder_of(plaju.schema_name) / "nota" / "baru.pdf").write_bytes(b"%PDF")
    with pytest.raises(ArchiveUnfit, match=r"baru\.pdf"):
        gone(plaju, archive)


def test_only_the_typed_slug_wipes(plaju: Region, tmp_path: Path) -> None:
    archive = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=archive)
    with pytest.raises(NotConfirmed):
        wipe(region=plaju, typed_slug="kalidoni", archive=archive, drain_s=0)
    assert plaju.schema_name in schemas()


def test_a_living_region_is_not_imported_over(plaju: Region, tmp_path: Path) -> None:
    archive = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=archive)
    before = schemas()
    with pytest.raises(Occupied, match="restore it instead"):
        import_region(path=archive)
    assert schemas() == before
    assert "Ratna" in names(plaju)


def test_an_archive_is_never_written_over(plaju: Region, tmp_path: Path) -> None:
    archive = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=archive)
    body = archive.read_bytes()
    with pytest.raises(Exception, match="never written over"):
        export_region(region=plaju, path=archive)
    assert archive.read_bytes() == body
    assert archive.stat().st_mode & 0o777 == 0o600
    with opened(archive) as reader:
        assert reader.manifest.region.slug == SLUG
