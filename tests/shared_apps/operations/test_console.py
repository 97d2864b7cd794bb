"""The operators' console: every region, found by name, address and status, in a constant number of queries."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.operations.models import RegionCounter
from tenants.kernel import clock
from tenants.models import Domain, Region, RegionStatus
from tests.shared_apps.operations.people import operator_browser

pytestmark = pytest.mark.usefixtures("platform")

HOST = {"host": "localhost"}


@pytest.fixture
def operator() -> Client:
    return operator_browser()


def region(number: int, status: str = RegionStatus.READY) -> Region:
    made: Region = Region.objects.create(name=f"Kecamatan {number:03}", status=status)
    Domain.objects.create(tenant=made, domain=f"alamat-{number:03}.localhost", is_primary=True)
    RegionCounter.objects.create(region=made, name="orders", value=700_000 + number, measured_at=clock.now())
    return made


def names(content: bytes) -> set[str]:
    return set(re.findall(r"Kalidoni|Lombok|Kecamatan \d{3}", content.decode()))


def test_regions_are_found_by_name_address_and_status(operator: Client) -> None:
    for number in range(3):
        region(number, RegionStatus.SUSPENDED if number == 2 else RegionStatus.READY)
    everything = {"Kalidoni", "Lombok", "Kecamatan 000", "Kecamatan 001", "Kecamatan 002"}
    for query, expected in [
        ({}, everything),
        ({"q": "kecaMATAN"}, {"Kecamatan 000", "Kecamatan 001", "Kecamatan 002"}),
        ({"q": " Alamat-001 "}, {"Kecamatan 001"}),
        ({"status": "suspended"}, {"Kecamatan 002"}),
        ({"status": "ready", "q": "kecamatan"}, {"Kecamatan 000", "Kecamatan 001"}),
        ({"status": "nonsense"}, everything),
        ({"q": "\x00"}, everything),
        ({"q": "%"}, set()),
        ({"q": "x" * 5000}, set()),
        ({"page": "abc"}, everything),
        ({"page": "9" * 40}, everything),
    ]:
        answer = operator.get("/operator/", query)
        assert (answer.status_code, names(answer.content)) == (200, expected), query
    assert "700.001" in operator.get("/operator/").content.decode()


def test_many_regions_take_no_more_queries_than_few(operator: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get("/operator/").status_code == 200
        assert not [query for query in captured if '"t_' in query["sql"]]
        return len(captured)

    region(0)
    few = queries()
    for number in range(1, 70):
        region(number)
    assert queries() == few
    second = operator.get("/operator/", {"page": "2", "q": "kecamatan"})
    assert len(names(second.content)) == 20
