"""Regions push their numbers; the console reads them and opens no schema."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection

from shared_apps.operations.models import RegionCounter
from shared_apps.operations.services import push_counters
from shared_apps.operations.tasks import push_counters_everywhere, push_region_counters
from tenants import hooks
from tenants.context import current_region, in_region, on_platform
from tenants.errors import NoRegionBound, OutOfRegion
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.tasks import HEADER
from warsa.celery import app

Measure = Callable[[], dict[str, int | str | None]]


@pytest.fixture
def measures(monkeypatch: pytest.MonkeyPatch) -> dict[str, Measure]:
    """What apps of the region have registered."""
    found: dict[str, Measure] = {}
    monkeypatch.setattr(hooks, "status_measures", lambda: found)
    monkeypatch.setattr(hooks, "daily_measures", dict)
    monkeypatch.setattr(hooks, "day_measures", dict)
    return found


def broken() -> dict[str, int | str | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_such_table")
    return {"never": 1}


def test_each_region_has_its_own_numbers_and_the_newest(
    committed: None, kalidoni: Region, lombok: Region, measures: dict[str, Measure], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = {"Kalidoni": 3, "Lombok": 8}
    measures["broken"] = broken
    measures["orders"] = lambda: {"orders": orders[current_region().name], "note": "text", "nothing": None}
    measures["warungs"] = lambda: {"warungs_open": 2}
    for region in (kalidoni, lombok):
        with in_region(region):
            assert push_counters() == 2
    orders["Kalidoni"] = 4
    later = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    with in_region(kalidoni):
        push_counters()
    with on_platform():
        rows = set(RegionCounter.objects.values_list("region__name", "name", "value"))
        assert rows == {
            ("Kalidoni", "orders", 4),
            ("Kalidoni", "warungs_open", 2),
            ("Lombok", "orders", 8),
            ("Lombok", "warungs_open", 2),
        }
        assert RegionCounter.objects.filter(measured_at=later, region=kalidoni).count() == 2


def test_a_region_reads_no_counters_and_the_platform_measures_nothing(kalidoni: Region) -> None:
    with in_region(kalidoni), pytest.raises(OutOfRegion):
        list(RegionCounter.objects.all())
    with on_platform(), pytest.raises(NoRegionBound):
        push_counters()


def test_beat_asks_every_open_region_once(committed: None, kalidoni: Region, lombok: Region) -> None:
    entry = app.conf.beat_schedule["region-counters"]
    assert entry["task"] == push_counters_everywhere.name
    with on_platform(), mock.patch.object(push_region_counters, "apply_async") as sent:
        Region.objects.filter(pk=lombok.pk).update(status=RegionStatus.SUSPENDED)
        push_counters_everywhere.run()
        (call,) = sent.call_args_list
        assert call.kwargs["headers"] == {HEADER: kalidoni.schema_name}
        assert call.kwargs["expires"] < entry["schedule"]
