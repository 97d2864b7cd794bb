"""Search finds the area that was meant, also when it is misspelt, and from any schema."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from shared_apps.regions.models import Area, Level
from shared_apps.regions.search import search_sql
from shared_apps.regions.selectors import search_areas
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region

MISSPELT = [
    "kalidni",
    "kaldoni",
    "kalidonni",
    "kali doni",
    "kalydoni",
    "kaliduni",
    "klidoni",
    "kalidomi",
    "kecamatan kalidoni palembang",
    "palembang kalidoni",
]


def codes(text: str, **narrowed: object) -> list[str]:
    return [hit.area.code for hit in search_areas(text, **narrowed)]  # type: ignore[arg-type]


def explained(text: str) -> tuple[float, str]:
    """Milliseconds at the database (best of three), and the plan."""
    query = search_sql(text)
    assert query is not None
    times = []
    plan = ""
    for _ in range(3):
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query[0], query[1])
            told = cursor.fetchone()[0][0]
        times.append(told["Planning Time"] + told["Execution Time"])
        plan = json.dumps(told["Plan"])
    return min(times), plan


@pytest.mark.parametrize("text", [*MISSPELT, "Kalidoni", "KALIDONI, PALEMBANG", "kalidoni sumsel", "kec. kalidoni"])
def test_kalidoni_is_found(text: str, platform: None) -> None:
    first = search_areas(text)[0]
    assert (first.area.code, first.path) == ("16.71.10", "Kalidoni, Kota Palembang, Sumatera Selatan")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("palembang", "16.71"),
        ("kota palemb", "16.71"),
        ("kelurahan kalidoni", "16.71.10.1002"),
        ("bukit sangkal", "16.71.10.1001"),
        ("bukitsangkal", "16.71.10.1001"),
        ("sei lais kalidoni", "16.71.10.1005"),
        ("Jl. Mayor Zen Sei Selayur Kalidoni Palembang", "16.71.10.1003"),
        ("ilir barat II", "16.71.01"),
        ("sematangborang", "16.71.16"),
        ("DKI", "31"),
        ("jogja", "34"),
        ("ntb", "52"),
        ("aceh", "11"),
        ("mataram", "52.71"),
        ("16.71.10", "16.71.10"),
        ("16.71.10.1002", "16.71.10.1002"),
    ],
)
def test_the_meant_area_comes_first(text: str, code: str, platform: None) -> None:
    assert codes(text)[0] == code


def test_lombok_shows_its_four_kabupaten_before_villages_of_that_name(platform: None) -> None:
    assert set(codes("lombok")[:4]) == {"52.01", "52.02", "52.03", "52.08"}


def test_the_larger_area_comes_first_when_names_are_equal(platform: None) -> None:
    assert codes("kalidoni")[:2] == ["16.71.10", "16.71.10.1002"]


def test_a_postal_code_finds_its_villages(platform: None) -> None:
    assert codes("30119") == ["16.71.10.1002", "16.71.10.1003", "16.71.10.1004", "16.71.10.1005"]


def test_levels_and_within_narrow_the_search(platform: None) -> None:
    assert codes("kalidoni", levels=[Level.VILLAGE])[0] == "16.71.10.1002"
    assert codes("kalidoni", within="16.71.10.1002") == ["16.71.10.1002"]
    assert codes("kalidoni", within="52") == []
    assert codes("kalidoni", within="16%") == []
    assert len(codes("suka", limit=3)) == 3


@pytest.mark.parametrize("text", ["", "   ", "k", "%", "_", "'; DROP TABLE regions_area; --", "?!", "\x00", "zzqqxxw"])
def test_a_text_that_names_nothing_finds_nothing(text: str, platform: None) -> None:
    assert [hit for hit in search_areas(text) if "Kalidoni" in hit.path] == []
    assert Area.objects.filter(pk="16.71.10").exists()


def test_a_retired_area_is_not_offered(platform: None) -> None:
    Area.objects.filter(pk="16.71.10").update(retired_on=clock.today())
    assert codes("kalidoni")[0] == "16.71.10.1002"


def test_a_region_searches_the_same_areas(kalidoni: Region) -> None:
    with in_region(kalidoni):
        assert codes("kalidni")[0] == "16.71.10"
        assert search_areas("kalidni")[0].path == "Kalidoni, Kota Palembang, Sumatera Selatan"


@pytest.mark.parametrize("text", MISSPELT)
def test_search_uses_the_index(text: str, platform: None) -> None:
    milliseconds, plan = explained(text)
    print(f"{text!r}: {milliseconds:.1f} ms at the database, {Area.objects.count():,} areas")
    assert "regions_area_search" in plan
    assert "Seq Scan" not in plan
