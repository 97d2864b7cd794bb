"""The map, targets as rows, and how far an area has come."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.test import Client

from shared_apps.operations.areas import Figures
from shared_apps.operations.maps import Measure, short_rupiah, tile_map
from shared_apps.operations.models import AreaTarget, DistrictFigures, OperatorRole, Target
from shared_apps.operations.targets import targets_in_force
from shared_apps.regions.models import Area, Level
from tenants.audit.models import AuditEvent
from tenants.kernel import clock
from tenants.models import Region
from tests.shared_apps.operations.people import operator, operator_browser

pytestmark = pytest.mark.usefixtures("platform")

FORM = {
    "areas": "16.71",
    "measure": "warungs",
    "amount": "2500",
    "valid_from": "2026-01-01",
    "source": "Rencana kota 2026",
}


@pytest.fixture
def client() -> Client:
    return operator_browser(operator("Pusat", "pusat@example.test", OperatorRole.OPERATOR))


@pytest.fixture
def palembang(kalidoni: Region) -> None:
    AreaTarget.objects.all().delete()
    DistrictFigures.objects.create(region=kalidoni, code="16.71.10", warungs=50, orders_30d=8, gmv_30d=100_000)
    for code, amount in (("16.71.10", 200), ("16.71", 2_500)):
        AreaTarget.objects.create(
            area_code=code, measure="warungs", amount=amount, valid_from=date(2026, 1, 1), source="x", by="system:test"
        )


def test_palembang_is_seen_against_its_target(client: Client, palembang: None) -> None:
    page = client.get("/operator/peta/16.71/").content.decode()
    assert "2 % dari sasaran 2.500" in page
    # Kalidoni's tile: 50 of 200.
    tile = re.search(
        r'<a class="(heat-\S+)" href="/operator/peta/16.71.10/"><span>Kalidoni</span><strong>([^<]*)', page
    )
    assert tile and tile.groups() == ("heat-2", "25 %")
    assert "25 % dari sasaran 200" in client.get("/operator/peta/16.71.10/").content.decode()
    assert "belum ada data" in page


def test_the_country_has_a_tile_for_each_province_and_no_two_on_one_place() -> None:
    provinces = list(Area.objects.filter(level=Level.PROVINCE, retired_on=None))
    drawn = tile_map([Figures(one.code, one.name) for one in provinces], Measure.WARUNGS)
    assert (drawn.drawn, len(provinces)) == (True, 38)
    assert len({(tile.x, tile.y) for tile in drawn.tiles}) == 38


def test_each_page_of_an_area_opens(client: Client, palembang: None) -> None:
    for path in ("", "16/", "16.71/", "16.71.10/", "csv/", "16.71/csv/", "16.71.10/csv/"):
        assert client.get(f"/operator/peta/{path}").status_code == 200, path
        for measure in [*Measure.values, "nonsense"]:
            assert client.get(f"/operator/peta/{path}", {"measure": measure, "days": "x"}).status_code == 200
    for path in ("17.99/", "16.71.10.1002/", "x/", "%00/", "16.71.%00/", "16.7/", "16./"):
        assert client.get(f"/operator/peta/{path}").status_code == 404, path


def test_the_csv_says_what_the_page_says(client: Client, palembang: None) -> None:
    text = b"".join(client.get("/operator/peta/16.71/csv/")).decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows["16.71"]["warungs"], rows["16.71"]["warungs_target"], rows["16.71"]["trainees"]) == ("50", "2500", "")
    assert (rows["16.71.10"]["orders_30d"], rows["16.71.10"]["gmv_30d_rupiah"]) == ("8", "100000")
    assert len(rows) == 1 + Area.objects.filter(parent_id="16.71", retired_on=None).count()


@pytest.mark.parametrize(
    ("case", "values", "shades"),
    [
        ("nothing told", [None, None], ["heat-none", "heat-none"]),
        ("nothing there", [0, 0], ["heat-0", "heat-0"]),
        ("one", [7], ["heat-1"]),
        ("all alike", [7, 7, 7], ["heat-1"] * 3),
        ("one giant", [1, 2, 3, 4, 1_000_000], ["heat-1", "heat-2", "heat-3", "heat-4", "heat-5"]),
    ],
)
def test_shades_tell_small_ones_apart(case: str, values: list[int | None], shades: list[str]) -> None:
    rows = [
        Figures(f"16.71.{place:02}", "x", regions=int(value is not None), warungs=value)
        for place, value in enumerate(values)
    ]
    found = tile_map(rows, Measure.WARUNGS)
    assert [tile.css for tile in found.tiles] == shades, case
    assert {tile.css for tile in found.tiles} <= {entry.css for entry in found.legend}


@pytest.mark.parametrize(
    ("amount", "text"),
    [(12_500, "Rp 12.500"), (1_000_000, "Rp 1 jt"), (12_340_000, "Rp 12,3 jt"), (2_500_000_000, "Rp 2,5 M")],
)
def test_large_sums_fit_a_tile(amount: int, text: str) -> None:
    assert short_rupiah(amount).replace("\u00a0", " ") == text


def test_the_newest_target_that_is_valid_counts() -> None:
    AreaTarget.objects.all().delete()
    for day, amount in ((date(2026, 1, 1), 100), (date(2026, 6, 1), 200), (date(2027, 1, 1), 300)):
        AreaTarget.objects.create(
            area_code="16.71", measure="warungs", amount=amount, valid_from=day, source="x", by="system:test"
        )
    for today, wanted in ((date(2025, 12, 31), None), (date(2026, 5, 31), 100), (date(2026, 6, 1), 200)):
        assert targets_in_force(["16.71", "16", ""], today).get("16.71", {}).get(Target.WARUNGS) == wanted


def test_an_operator_sets_and_removes_a_target(client: Client) -> None:
    AreaTarget.objects.all().delete()
    assert client.post("/operator/sasaran/baru/", FORM).status_code == 302
    assert client.post("/operator/sasaran/baru/", {**FORM, "amount": "2600"}).status_code == 302
    target = AreaTarget.objects.get()
    assert (target.area_code, target.amount, target.source) == ("16.71", 2_600, "Rencana kota 2026")
    assert "2.600" in client.get("/operator/sasaran/").content.decode()
    assert client.post(f"/operator/sasaran/{target.pk}/hapus/").status_code == 302
    assert not AreaTarget.objects.exists()
    deeds = list(AuditEvent.objects.exclude(action="operator.asked").order_by("pk").values_list("action", flat=True))
    assert deeds == ["target.set", "target.set", "target.dropped"]
    assert client.post("/operator/sasaran/99999/hapus/").status_code == 404


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("no area", {"areas": ""}),
        ("a village", {"areas": "16.71.10.1002"}),
        ("no such area", {"areas": "99"}),
        ("nothing wanted", {"amount": "0"}),
        ("too much", {"amount": "9" * 30}),
        ("no day", {"valid_from": "yesterday"}),
        ("no source", {"source": " "}),
        ("another measure", {"measure": "happiness"}),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(client: Client, case: str, changes: dict[str, str]) -> None:
    before = AreaTarget.objects.count()
    assert client.post("/operator/sasaran/baru/", {**FORM, **changes}).status_code == 400, case
    assert AreaTarget.objects.count() == before


def test_a_reader_changes_nothing() -> None:
    reader = operator_browser(operator("Baca", "baca@example.test", OperatorRole.READER))
    before = AreaTarget.objects.count()
    assert reader.get("/operator/sasaran/").status_code == 200
    for path in ("sasaran/baru/", "pembina/undang/", "sasaran/1/hapus/"):
        assert reader.post(f"/operator/{path}", FORM).status_code == 404, path
    assert AreaTarget.objects.count() == before


def test_a_target_from_tomorrow_on_does_not_count_yet(client: Client) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    AreaTarget.objects.all().delete()
    client.post("/operator/sasaran/baru/", {**FORM, "valid_from": tomorrow})
    assert "tidak berlaku sekarang" in client.get("/operator/sasaran/").content.decode()
