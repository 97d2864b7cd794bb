"""Drift is found, reported and forgotten once it is mended."""

from __future__ import annotations

import pytest
from celery import current_app

from tenants.context import on_platform
from tenants.fleet import tasks
from tenants.fleet.models import Drift, FleetRun, FleetTask
from tenants.models import Region
from tests.tenants.fleet.fleets import build_fleet, fleet, sql, states
from warsa.celery import app

DRIFTS = [
    ("a dropped index", "DROP INDEX {index}", "indexes: -"),
    ("a column too much", "ALTER TABLE catalog_category ADD COLUMN sisa text", "columns: + catalog_category.sisa"),
    ("a right too much", "GRANT SELECT ON catalog_category TO warsa_platform", "relations: +"),
    ("a function that is not pinned", "ALTER FUNCTION ledger_refuse_rewrite() RESET search_path", "functions: -"),
]


def test_drift_is_found_and_forgotten(committed: None) -> None:
    regions = build_fleet(len(DRIFTS) + 1)
    for region, (_case, statement, _expected) in zip(regions, DRIFTS, strict=False):
        like = f"schemaname = '{region.schema_name}' AND indexname LIKE '%_like'"
        index = sql(region, f"SELECT indexname FROM pg_indexes WHERE {like} LIMIT 1")[0][0]
        sql(region, statement.format(index=index))
    code, text = fleet("verify")
    assert (code, f"1 as their release says, {len(DRIFTS)} differ" in text) == (1, True), text
    with on_platform():
        found = {drift.region_id: drift for drift in Drift.objects.all()}
    assert found.keys() == {region.pk for region in regions[:-1]}
    for region, (case, _statement, expected) in zip(regions, DRIFTS, strict=False):
        drift = found[region.pk]
        assert any(line.startswith(expected) for line in drift.differences), (case, drift.differences)
        assert drift.number == len(drift.differences)
    assert fleet("status", "--check")[0] == 1
    sql(regions[1], "ALTER TABLE catalog_category DROP COLUMN sisa")
    assert fleet("verify")[0] == 1
    with on_platform():
        now = {drift.region_id: drift for drift in Drift.objects.all()}
    assert regions[1].pk not in now and len(now) == len(DRIFTS) - 1
    # What differs for long shows since when.
    assert now[regions[0].pk].first_seen_at == found[regions[0].pk].first_seen_at


def test_a_region_without_schema_or_release_counts_as_different(committed: None) -> None:
    regions = build_fleet(1)
    with on_platform():
        Region.objects.create(name="Hilang", status="ready", schema_version=regions[0].schema_version)
        Region.objects.create(name="Lama", status="ready", schema_version="never-captured")
    assert fleet("verify")[0] == 1
    with on_platform():
        found = {drift.region.name: drift.differences[0] for drift in Drift.objects.select_related("region")}
    assert "cannot be read" in found["Hilang"] and "was never captured" in found["Lama"]
    assert set(found) == {"Hilang", "Lama"}


def test_the_nightly_comparison_goes_on_chunk_by_chunk(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    regions = build_fleet(3)
    sql(regions[2], "ALTER TABLE catalog_category ADD COLUMN sisa text")
    sent: list[str] = []
    monkeypatch.setattr(tasks, "CHUNK_SECONDS", 0.0)
    monkeypatch.setattr(tasks, "WORKER_HANDS", 1)
    monkeypatch.setattr("tenants.fleet.life.Pulse.beat", lambda self: None)
    monkeypatch.setattr("tenants.tasks.ScopedTask.apply_async", lambda self, *a, **k: sent.append(self.name))
    with on_platform():
        tasks.verify_nightly.run()
        rounds = 1
        while FleetRun.objects.filter(ended_at=None).exists():
            assert rounds < 10
            tasks.go_on_verifying.run()
            rounds += 1
        assert FleetRun.objects.count() == 1
        assert states() == {"done": 2, "failed": 1}
        assert Drift.objects.get().region_id == regions[2].pk
        # Sent too often it begins no other.
        tasks.go_on_verifying.run()
        assert FleetRun.objects.count() == 1
        assert set(sent) <= {"tenants.fleet.tasks.go_on_verifying"} and len(sent) == rounds - 1
        assert FleetTask.objects.exclude(seconds=None).count() == 3


def test_beat_asks_for_it_each_night() -> None:
    entry = app.conf.beat_schedule["verify-fleet"]
    assert entry["task"] in current_app.tasks
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({19}, {0})
    assert app.conf.beat_schedule["go-on-verifying"]["task"] in current_app.tasks
