"""Which districts and villages a set of areas covers, and how an area is told."""

from __future__ import annotations

import pytest

from shared_apps.regions.errors import AreaRetired, AreaTooSmall, UnknownArea
from shared_apps.regions.models import Area, Level
from shared_apps.regions.selectors import area, children_of, districts_under, path_of, villages_under
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region

LOMBOK = ["52.01", "52.02", "52.03", "52.08", "52.71"]


@pytest.mark.parametrize(
    ("case", "codes", "count"),
    [
        ("one kecamatan", ["16.71.10"], 1),
        ("Kota Palembang", ["16.71"], 18),
        ("Kota Palembang and a kecamatan of it", ["16.71", "16.71.10"], 18),
        ("Lombok: four kabupaten and Mataram", LOMBOK, 54),
        ("the province Aceh", ["11"], 290),
        ("nothing", [], 0),
    ],
)
def test_districts_of_areas_of_any_level(case: str, codes: list[str], count: int, platform: None) -> None:
    found = districts_under(codes)
    assert len(found) == count
    assert found == sorted(set(found))
    assert all(len(code) == 8 and code.startswith(tuple(codes)) for code in found)


def test_the_level_of_coverage_is_the_district(platform: None) -> None:
    assert districts_under(["16.71.10"]) == ["16.71.10"]
    with pytest.raises(AreaTooSmall) as refused:
        districts_under(["16.71.11", "16.71.10.1002"])
    assert refused.value.context == {"area": "16.71.10.1002"}


@pytest.mark.parametrize("code", ["16.99", "99", "", "16.71.", "kalidoni", "16.71.10.1002.1"])
def test_an_unknown_code_is_refused(code: str, platform: None) -> None:
    with pytest.raises(UnknownArea):
        districts_under(["16.71", code])
    with pytest.raises(UnknownArea):
        villages_under([code])
    with pytest.raises(UnknownArea):
        area(code)


def test_a_retired_area_covers_nothing_and_can_still_be_read(platform: None) -> None:
    Area.objects.filter(pk="16.71.10").update(retired_on=clock.today())
    with pytest.raises(AreaRetired):
        districts_under(["16.71.10"])
    assert len(districts_under(["16.71"])) == 17
    assert area("16.71.10").name == "Kalidoni"


def test_villages_under_areas(platform: None) -> None:
    assert villages_under(["16.71.10"]) == [f"16.71.10.100{n}" for n in range(1, 6)]
    assert villages_under(["16.71.10.1002", "16.71.10"]) == [f"16.71.10.100{n}" for n in range(1, 6)]
    assert len(villages_under(["16.71"])) == 107


def test_children_and_path(platform: None) -> None:
    assert [one.name for one in children_of("16.71.10")] == [
        "Bukit Sangkal",
        "Kalidoni",
        "Sungai Selayur",
        "Sungai Selincah",
        "Sungai Lais",
    ]
    assert len(children_of("")) == 38
    assert children_of("16.71.10.1002") == []
    with pytest.raises(UnknownArea):
        children_of("16.99")
    assert path_of(area("16.71.10.1002")) == "Kalidoni, Kalidoni, Kota Palembang, Sumatera Selatan"
    assert area("52.71").level == Level.REGENCY


def test_a_region_reads_areas_too(kalidoni: Region) -> None:
    with in_region(kalidoni):
        assert len(districts_under(["16.71"])) == 18
        assert path_of(area("16.71.10")) == "Kalidoni, Kota Palembang, Sumatera Selatan"
