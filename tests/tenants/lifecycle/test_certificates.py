"""The proxy gets a certificate for hosts that people are to reach here, and for no other."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tenants.context import on_platform
from tenants.lifecycle.models import DomainClaim
from tenants.models import Domain, Region, RegionStatus

OWN = "pasar.kalidoni.go.id"


def ask(host: str, *, at: str = "localhost", by: str = "127.0.0.1") -> int:
    return Client(headers={"host": at}, REMOTE_ADDR=by).get("/tls/boleh/", {"domain": host}).status_code


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("kalidoni.localhost", 200), ("KALIDONI.localhost", 200), ("tidakada.localhost", 404),
        (OWN, 404), ("", 404), ("127.0.0.1", 404), ("localhost:8000", 404), ("kalidoni.localhost.", 404), ("\x00", 404), ("a" * 9000, 404),
    ],
)  # fmt: skip
def test_only_hosts_that_lead_somewhere(kalidoni: Region, host: str, status: int) -> None:
    assert ask(host) == status


@pytest.mark.parametrize(
    ("status", "moved_to", "answer"),
    [
        (RegionStatus.READY, "", 200),
        (RegionStatus.SUSPENDED, "", 200),
        (RegionStatus.BUILDING, "", 404),
        (RegionStatus.FAILED, "", 404),
        (RegionStatus.CLOSED, "", 404),
        (RegionStatus.CLOSED, "https://pasar.example.org/", 200),
    ],
)
def test_a_regions_hosts_as_long_as_they_say_something(
    kalidoni: Region, status: str, moved_to: str, answer: int
) -> None:
    with on_platform():
        Region.objects.filter(pk=kalidoni.pk).update(status=status, moved_to=moved_to)
    assert ask("kalidoni.localhost") == answer


@pytest.mark.parametrize(
    ("state", "opens", "answer"),
    [("pending", False, 404), ("verified", False, 200), ("active", True, 200), ("failing", True, 404), ("removed", False, 404)],
)  # fmt: skip
def test_own_hosts_only_while_they_are_proven(kalidoni: Region, state: str, opens: bool, answer: int) -> None:
    with on_platform():
        DomainClaim.objects.create(region=kalidoni, host=OWN, state=state, by="user:test")
        if opens:
            Domain.objects.create(tenant=kalidoni, domain=OWN, is_primary=False)
    assert ask(OWN) == answer


def test_nobody_but_the_proxy_is_answered(kalidoni: Region, settings: Settings) -> None:
    assert ask("localhost", by="203.0.113.7") == 404
    settings.TLS_ASKERS = ["10.0.0.0/8"]
    assert (ask("localhost"), ask("localhost", by="10.1.2.3"), ask("localhost", by="")) == (404, 200, 404)
    assert ask("localhost", at="kalidoni.localhost", by="10.1.2.3") == 404


def test_it_stands_at_the_name_that_servers_use(kalidoni: Region, settings: Settings) -> None:
    assert ask("localhost", at="web:8000") == 404
    settings.INTERNAL_HOSTS = frozenset({"web"})
    assert (ask("localhost", at="web:8000"), ask(OWN, at="web")) == (200, 404)
    for path in ("/", "/operator/", "/masuk/"):
        assert Client(headers={"host": "web:8000"}).get(path).status_code == 404
    assert Client(headers={"host": "web:8000"}).get("/healthz").status_code == 200


def test_the_number_of_queries_is_constant(kalidoni: Region) -> None:
    def queries(host: str) -> int:
        with CaptureQueriesContext(connection) as found:
            ask(host)
        return len([one for one in found if "lifecycle_" in one["sql"] or "tenants_domain" in one["sql"]])

    assert {queries(host) for host in ("kalidoni.localhost", "tidakada.localhost", OWN)} == {2}


def test_a_flood_ends_and_stops_nobody_elses_certificate(kalidoni: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared_apps.operations.views.tls.MOST_REFUSALS_A_MINUTE", 3)
    assert [ask(f"tidakada{number}.localhost") for number in range(9)].count(429) >= 1
    assert [ask("kalidoni.localhost") for _ in range(5)] == [200] * 5
