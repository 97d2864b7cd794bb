"""Numbers have no series for each region, however many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from shared_apps.operations.models import RegionCounter
from tenants.context import in_region, on_platform
from tenants.hosts import host_of_slug
from tenants.kernel import clock
from tenants.models import Domain, Region, RegionStatus, new_schema_name
from tenants.observing import facts as facts_module
from tenants.observing.facts import MOST_FACTS, Fact, Snapshot
from tenants.observing.numbers import BUCKETS
from tenants.outbox.facts import region_outbox
from tests.tenants.test_tasks import run, where


def series(text: bytes) -> set[str]:
    return {line.rsplit(" ", 1)[0] for line in text.decode().splitlines() if not line.startswith("#")}


def ours() -> set[str]:
    return {one for one in series(generate_latest(REGISTRY)) if one.startswith("warsa_")}


def measured() -> bytes:
    snapshot, registry = Snapshot(), CollectorRegistry()
    snapshot.measure()
    registry.register(snapshot)
    return generate_latest(registry)


def value(text: bytes, name: str) -> float:
    (line,) = [line for line in text.decode().splitlines() if line.rsplit(" ", 1)[0] == name]
    return float(line.rsplit(" ", 1)[1])


def visit(host: str, path: str) -> int:
    return Client().get(path, headers={"host": host}).status_code


def test_three_hundred_regions_make_no_more_series_than_twenty(
    kalidoni: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The regions share one schema here: what is looked at is the registry, the middleware and the tasks."""
    # They have no schema of their own, and every page asks theirs for announcements.
    monkeypatch.setattr("warsa.ui.context.announced_to", lambda **_asked: [])
    before = ours()
    hosts = []
    with on_platform():
        # Many names, one release: only the registry tells them apart.
        regions = [
            Region(name=f"R{n}", schema_name=new_schema_name(), status=RegionStatus.READY, ready_at=clock.now())
            for n in range(300)
        ]
        for region in Region.objects.bulk_create(regions):
            Domain.objects.create(tenant=region, domain=host_of_slug(f"r{region.pk}"), is_primary=True)
            hosts.append(host_of_slug(f"r{region.pk}"))
            RegionCounter.objects.create(region=region, name="outbox_waiting", value=2, measured_at=clock.now())
    paths = ["/healthz", "/ikon/x", "/no/such/page", "/bahasa/"]
    for number, host in enumerate(hosts):
        for path in (paths[number % 4], "/healthz", f"/never/{number}/"):
            visit(host, path)
    run(where, kalidoni.schema_name)
    grown = ours() - before
    # Four routes with a histogram each, statuses, twenty buckets twice, one task.
    assert len(grown) < 300, len(grown)
    assert len({one for one in grown if "warsa_bucket_requests_total" in one}) <= BUCKETS
    assert not [one for one in ours() if re.search(r"t_[0-9a-f]{16}|[0-9a-f]{8}-[0-9a-f]{4}", one)]

    text = measured()
    told = series(text)
    assert len(told) < 120, len(told)
    assert not [one for one in told if re.search(r"t_[0-9a-f]{16}|[0-9a-f]{8}-[0-9a-f]{4}|R\d", one)]
    assert value(text, 'warsa_outbox_waiting{site="regions"}') == 600
    assert value(text, 'warsa_regions{status="ready"}') == 302


def test_what_a_request_counts(kalidoni: Region) -> None:
    labels = {"site": "region", "route": "healthz", "status": "200"}
    before = REGISTRY.get_sample_value("warsa_requests_total", labels) or 0
    visit("kalidoni.localhost", "/healthz")
    assert REGISTRY.get_sample_value("warsa_requests_total", labels) == before + 1


def test_a_region_tells_what_waits_in_its_outbox(kalidoni: Region) -> None:
    from django.db import transaction

    from tenants.outbox.services import put_mail

    with in_region(kalidoni):
        assert region_outbox() == {"outbox_waiting": 0, "outbox_oldest_seconds": 0, "outbox_given_up": 0}
        with transaction.atomic():
            put_mail(to="a@b.example", subject="s", body="b", dedupe="one")
        assert region_outbox()["outbox_waiting"] == 1


def test_regions_that_fell_silent_are_counted(kalidoni: Region, lombok: Region) -> None:
    with on_platform():
        Region.objects.update(ready_at=clock.now() - timedelta(days=1))
        RegionCounter.objects.create(region=kalidoni, name="orders", value=1, measured_at=clock.now())
        RegionCounter.objects.create(
            region=lombok, name="orders", value=1, measured_at=clock.now() - timedelta(minutes=31)
        )
    assert value(measured(), "warsa_regions_stale") == 1


def failing() -> Iterable[Fact]:
    raise ConnectionError


def too_many() -> Iterable[Fact]:
    return [Fact("warsa_too_many", "x", 1, {"region": str(n)}) for n in range(MOST_FACTS + 1)]


@pytest.mark.parametrize("bad", [failing, too_many])
def test_what_cannot_be_measured_is_told_and_keeps_nothing_else_away(
    db: None, bad: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(facts_module._measures, "bad", bad)
    text = measured()
    assert value(text, 'warsa_facts_failed{facts="bad"}') == 1
    assert value(text, 'warsa_facts_failed{facts="regions"}') == 0
    assert b"warsa_too_many" not in text and b"warsa_regions{" in text


def test_the_command_prints_them(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    with on_platform():
        call_command("metrics", once=True)
    told = capsys.readouterr().out
    assert 'warsa_queue_waiting{queue="celery"}' in told and "warsa_facts_failed" in told


@pytest.mark.parametrize("host", ["localhost", "kalidoni.localhost"])
def test_no_site_answers_with_numbers(kalidoni: Region, host: str) -> None:
    assert visit(host, "/metrics") == 404 == visit(host, "/metrics/")
