"""The operators' console: every region, found and sorted, in a number of queries that no fleet makes larger."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.operations.models import OperatorRole, RegionRollup, SavedView
from shared_apps.operations.noting import note_backup, note_billing, note_restore_proof
from tenants.fleet.models import Drift, ParkedRegion
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Domain, Region, RegionStatus
from tests.shared_apps.operations.people import operator, operator_browser
from tests.shared_apps.operations.synthetic import lay_out

pytestmark = pytest.mark.usefixtures("platform")


def an_operator(name: str = "Pusat", role: OperatorRole = OperatorRole.READER) -> Client:
    return operator_browser(operator(name, f"{name.lower()}@example.test", role))


@pytest.fixture(name="operator")
def _operator() -> Client:
    return an_operator()


def region(number: int, status: str = RegionStatus.READY, **figures: object) -> Region:
    made: Region = Region.objects.create(name=f"Kecamatan {number:03}", status=status)
    Domain.objects.create(tenant=made, domain=f"alamat-{number:03}.localhost", is_primary=True)
    RegionRollup.objects.create(region=made, **{"measured_at": clock.now(), "orders_30d": 700_000 + number, **figures})
    return made


def names(content: bytes) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>(Kalidoni|Lombok|Kecamatan \d{3})<', content.decode())


def test_regions_are_found_by_everything_that_is_asked(operator: Client) -> None:
    for number in range(3):
        region(number, RegionStatus.SUSPENDED if number == 2 else RegionStatus.READY, plan="Kota" if number else "Desa")
    silent = region(3, measured_at=clock.now() - timedelta(minutes=16), backup_at=clock.now() - timedelta(days=3))
    Drift.objects.create(region=silent, version="x", differences=["- column"], number=1)
    ParkedRegion.objects.create(region=silent, reason="x")
    Region.objects.filter(pk=silent.pk).update(schema_version="older")
    everything = {"Kalidoni", "Lombok", *(f"Kecamatan 00{number}" for number in range(4))}
    for query, expected in [
        ({}, everything),
        ({"q": "kecaMATAN"}, everything - {"Kalidoni", "Lombok"}),
        ({"q": " Alamat-001 "}, {"Kecamatan 001"}),
        ({"status": "suspended"}, {"Kecamatan 002"}),
        ({"status": "ready", "q": "kecamatan 000"}, {"Kecamatan 000"}),
        ({"plan": "Desa"}, {"Kecamatan 000"}),
        ({"plan": "none such"}, set()),
        # Kalidoni and Lombok never told anything.
        ({"stale": "1"}, {"Kalidoni", "Lombok", "Kecamatan 003"}),
        ({"drift": "1"}, {"Kecamatan 003"}),
        ({"version": "parked"}, {"Kecamatan 003"}),
        ({"version": "behind"}, {"Kecamatan 003"}),
        ({"version": "current"}, {"Kalidoni", "Lombok"}),
        ({"backup": "1", "q": "kecamatan"}, everything - {"Kalidoni", "Lombok"}),
        ({"area": "16.71"}, set()),
        ({"area": "16.71.1"}, everything),
        ({"status": "nonsense", "version": "nonsense", "sort": "nonsense", "area": "'; DROP"}, everything),
        ({"q": "\x00"}, everything),
        ({"plan": "\x00", "sort": "\x00", "page": "-1"}, everything),
        ({"q": "%"}, set()),
        ({"q": "x" * 5000}, set()),
        ({"page": "abc"}, everything),
        ({"page": "9" * 40}, everything),
    ]:
        answer = operator.get("/operator/", query)
        assert (answer.status_code, set(names(answer.content))) == (200, expected), query
    assert "700.001" in operator.get("/operator/").content.decode()


def test_a_region_is_found_by_any_area_that_it_lies_in(operator: Client) -> None:
    lay_out(30, days=1)
    code = RegionRollup.objects.exclude(area_code="").values_list("area_code", flat=True).first()
    assert code is not None
    for area in (code, code[:5], code[:2]):
        page = operator.get("/operator/", {"area": area}).content.decode()
        wanted = RegionRollup.objects.filter(area_code__startswith=area).count()
        assert page.count('<th scope="row">') == wanted, area


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("orders", ["Kecamatan 001", "Kecamatan 002", "Kecamatan 003"]),
        ("-orders", ["Kecamatan 003", "Kecamatan 002", "Kecamatan 001"]),
        ("-errors", ["Kecamatan 002", "Kecamatan 001", "Kecamatan 003"]),
        ("-name", ["Kecamatan 003", "Kecamatan 002", "Kecamatan 001"]),
    ],
)
def test_columns_sort_and_what_nobody_told_stands_last(operator: Client, sort: str, expected: list[str]) -> None:
    for number, errors in ((2, 9), (1, 4), (3, None)):
        region(number, errors_24h=errors)
    found = names(operator.get("/operator/", {"sort": sort, "q": "kecamatan"}).content)
    assert found == expected


PAGES = [
    "/operator/",
    "/operator/?sort=-gmv",
    "/operator/?q=a&stale=1&drift=1&version=behind&backup=1&area=16&plan=Kota",
    "/operator/?status=ready&page=2",
    "/operator/csv/",
    "/operator/peta/",
    "/operator/peta/?measure=gmv&days=365",
    "/operator/peta/csv/",
    "/operator/peta/{province}/",
    "/operator/peta/{regency}/?days=90",
    "/operator/peta/{district}/",
    "/operator/wilayah/{region}/?days=90",
    "/operator/sasaran/",
    "/operator/pembina/",
    "/operator/armada/",
]


def test_a_larger_fleet_takes_no_more_queries(operator: Client) -> None:
    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get(page).status_code == 200, page
        assert not [query for query in captured if '"t_' in query["sql"]], page
        return len(captured)

    found = []
    laid = 0
    for many in (10, 300):
        lay_out(many - laid, days=3)
        laid = many
        district = RegionRollup.objects.order_by("region_id").values_list("area_code", flat=True)[0]
        ids = {"province": district[:2], "regency": district[:5], "district": district}
        ids["region"] = str(Region.objects.get(rollup__area_code=district).public_id)
        found.append({page: queries(page.format(**ids)) for page in PAGES})
    small, large = found
    # The second page of ten regions is the first one, and asks twice to find that out.
    assert small.pop(PAGES[3]) >= large.pop(PAGES[3])
    assert small == large


def test_the_csv_has_the_filter_and_no_formula(operator: Client) -> None:
    region(1, gmv_30d=12_500, last_order_at=clock.now(), restore_proof_passed=True)
    bad = region(2)
    Region.objects.filter(pk=bad.pk).update(name="=HYPERLINK(1)")
    answer = operator.get("/operator/csv/", {"q": "kecamatan 001"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [(row["region"], row["gmv_30d_rupiah"], row["restore_proof_passed"]) for row in rows] == [
        ("Kecamatan 001", "12500", "1")
    ]
    whole = b"".join(operator.get("/operator/csv/")).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in whole


def test_a_view_is_kept_for_the_operator_who_named_it(operator: Client) -> None:
    kept = {"name": " Sunyi  lama ", "query": "stale=1&sort=-gmv&evil=1&page=3"}
    answer = operator.post("/operator/tampilan/", kept, follow=True)
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Sunyi lama", "stale=1&sort=-gmv")
    assert "Sunyi lama" in answer.content.decode()
    operator.post("/operator/tampilan/", {**kept, "query": "drift=1"})
    assert SavedView.objects.get().query == "drift=1"
    operator.post("/operator/tampilan/", {"name": " ", "query": ""})
    assert SavedView.objects.count() == 1
    other = an_operator("Lain")
    assert "Sunyi lama" not in other.get("/operator/").content.decode()
    assert other.post(f"/operator/tampilan/{view.public_id}/hapus/").status_code == 404
    assert operator.post(f"/operator/tampilan/{view.public_id}/hapus/").status_code == 302
    assert not SavedView.objects.exists()


def test_one_regions_page_says_what_is_known_and_since_when_it_is_silent(operator: Client) -> None:
    silent = region(7, measured_at=clock.now() - timedelta(hours=5), warungs=3, area_code="16.71.10", area_whole=True)
    note_billing(region=silent, plan="Kecamatan", state="past_due")
    note_restore_proof(region=silent, at=clock.now(), passed=False)
    page = operator.get(f"/operator/wilayah/{silent.public_id}/").content.decode()
    for words in ("Kecamatan 007", "tidak ada kabar sejak", "past_due", "bukti gagal", "700.007"):
        assert words in page, words
    assert operator.get("/operator/wilayah/6d9a514b-0491-41c6-889e-4f63a6404fb3/").status_code == 404


def test_the_later_note_stays(operator: Client) -> None:
    one, now = region(1), clock.now()
    note_backup(region=one, at=now)
    note_backup(region=one, at=now - timedelta(days=1))
    note_restore_proof(region=one, at=now, passed=True)
    note_restore_proof(region=one, at=now - timedelta(days=1), passed=False)
    row = RegionRollup.objects.get(region=one)
    assert (row.backup_at, row.restore_proof_at, row.restore_proof_passed, row.orders_30d) == (now, now, True, 700_001)


def test_nobody_else_sees_any_of_it() -> None:
    user = User.objects.create_user(password="x", email="warga@example.test", name="Warga")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    one = region(1)
    for path in [page for page in PAGES if "{" not in page] + [f"/operator/wilayah/{one.public_id}/"]:
        assert client.get(path).status_code == 404, path
    assert client.post("/operator/tampilan/", {"name": "x", "query": ""}).status_code == 404
