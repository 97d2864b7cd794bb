"""The fleet comes to a later release: in waves, resumably, with poisoned regions parked, and people in the regions all the while."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenant_apps.catalog.models import Category
from tenants.context import in_region, on_platform
from tenants.fleet.applying import Patience
from tenants.fleet.errors import FleetBusy
from tenants.fleet.locks import Lock, alone
from tenants.fleet.migrating import Wanted, allowed_failures, migrate_fleet, unpark
from tenants.fleet.models import Drift, FleetRun, FleetTask, ParkedRegion
from tenants.fleet.progress import Progress
from tenants.fleet.tasks import migrate_region
from tenants.models import Region, RegionStatus
from tests.tenants.fleet.fleets import applied, build_fleet, columns, fleet, sql, states, version
from tests.tenants.fleet.future import ADD_NOTE, Release, later_release
from tests.trials import FULL, seeded
from tests.world import admin

NOTE = "note"
# What makes the later migration fail in one region and in no other.
POISON = "ALTER TABLE catalog_category ADD COLUMN note text"
SLOW = ADD_NOTE + 'migrations.RunSQL("SELECT pg_sleep(0.05)", migrations.RunSQL.noop),'


def run_of(number: int = -1) -> FleetRun:
    with on_platform():
        return list(FleetRun.objects.order_by("pk"))[number]


def test_a_fleet_with_nothing_to_do_costs_one_query(committed: None) -> None:
    build_fleet(1)
    assert fleet("migrate")[0] == 0
    with on_platform(), CaptureQueriesContext(connection) as captured:
        code, text = fleet("migrate")
    assert (code, len(captured)) == (0, 1), captured.captured_queries
    assert "Every region is at" in text
    with on_platform():
        assert not FleetRun.objects.exists()


def test_every_region_that_may_open_is_brought_along(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(4)
    suspended, building, failed = regions[1:]
    with on_platform():
        for region, status in zip(regions[1:], ("suspended", "building", "failed"), strict=True):
            Region.objects.filter(pk=region.pk).update(status=status)
        # One that is being built has no schema yet.
        unbuilt = Region.objects.create(name="Belum ada", status=RegionStatus.BUILDING)
    with later_release(tmp_path) as later:
        assert fleet("migrate", "--canary", building.schema_name)[0] == 0
        for region in (regions[0], suspended, building):
            assert NOTE in columns(region)
            assert applied(region, later.migration)
        run = run_of()
        assert {version(region) for region in (regions[0], suspended, building)} == {run.target}
    assert NOTE not in columns(failed)
    assert version(unbuilt) == ""
    with on_platform():
        first = FleetTask.objects.get(run=run, wave=1)
        assert (first.region_id, first.state, first.attempts) == (building.pk, "done", 1)
        assert run.plans == {first.from_version: [f"catalog.{later.migration}"]}
        assert (run.state, run.stop_reason) == ("finished", "")


@pytest.mark.parametrize(
    ("wave", "size", "share", "allowed"),
    [
        (1, 1, 0.05, 0),
        (1, 1, 1.0, 0),
        (2, 10, 0.05, 1),
        (2, 10, 0.3, 3),
        (3, 100, 0.05, 5),
        (4, 6889, 0.05, 344),
        (4, 9, 0, 0),
    ],
)
def test_how_many_may_fail(wave: int, size: int, share: float, allowed: int) -> None:
    assert allowed_failures(wave, size, share) == allowed


def test_a_failing_canary_stops_the_run_and_the_next_run_takes_another(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(3)
    sql(regions[0], POISON)
    with later_release(tmp_path):
        code, text = fleet("migrate")
        assert (code, states()) == (3, {"failed": 1, "pending": 2})
        assert "the canary failed" in text and "DuplicateColumn" in text
        assert [NOTE in columns(region) for region in regions[1:]] == [False, False]
        assert run_of().state == "stopped"
        code, text = fleet("migrate")
        assert code == 0 and "1 parked" in text
        assert [version(region) == run_of().target for region in regions] == [False, True, True]
        assert fleet("status", "--check")[0] == 1
        # Once a person has mended it, it is told to come along.
        sql(regions[0], "ALTER TABLE catalog_category DROP COLUMN note")
        assert fleet("migrate")[0] == 0
        assert version(regions[0]) != run_of().target
        assert fleet("migrate", "--retry-parked")[0] == 0
        assert version(regions[0]) == run_of().target
        assert fleet("status", "--check")[0] == 0


def test_too_many_failures_stop_the_run_at_once(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(6)
    for region in regions[1:]:
        sql(region, POISON)
    with later_release(tmp_path):
        code, text = fleet("migrate", "--hands", "1", "--stop-share", "0.4")
        assert (code, "3 of 5 regions of wave 2 failed, and 2 may" in text) == (3, True), text
        assert states() == {"done": 1, "failed": 3, "pending": 2}


def test_a_failed_region_is_left_as_it_was(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(2)
    before = version(regions[1])
    operations = ADD_NOTE + "migrations.RunSQL(\"UPDATE catalog_category SET slug = 'x'\"),"
    with in_region(regions[1]):
        Category.objects.create(name="Beras", slug="beras")
        Category.objects.create(name="Gula", slug="gula")
    with later_release(tmp_path, operations) as later:
        assert fleet("migrate")[0] == 1
        assert NOTE not in columns(regions[1]) and not applied(regions[1], later.migration)
        assert version(regions[1]) == before
    with on_platform():
        assert "UniqueViolation" in ParkedRegion.objects.get().reason
        assert "UniqueViolation" in FleetTask.objects.get(region=regions[1]).error
    with in_region(regions[1]):
        assert set(Category.objects.values_list("slug", flat=True)) == {"beras", "gula"}


def test_killed_twice_and_poisoned_five_times_the_rest_is_done(committed: None, tmp_path: Path) -> None:
    """1,000 regions in the full trials, 100 in `make test`."""
    size, random = (1000 if FULL else 100), seeded()
    regions = build_fleet(size)
    # One in the wave of ten and four in the next: as many as may fail there.
    poisoned = [regions[random.randrange(1, 11)], *random.sample(regions[11:100], 4)]
    for region in poisoned:
        sql(region, POISON)
    log, killed_at = tmp_path / "fleet.log", []
    with later_release(tmp_path, SLOW) as later:
        for when in (random.randrange(5, 40), random.randrange(50, 85)):
            killed_at.append(kill_once(later, log, lambda done, when=when: done >= when))  # type: ignore[misc]
        print(f"killed at {killed_at}")
        assert run_of().state == "running"
        code, text = fleet("migrate")
        assert (code, "Going on with run" in text) == (1, True), text
        assert states() == {"done": size - 5, "failed": 5}
        assert [version(region) == run_of().target for region in regions].count(True) == size - 5
        with on_platform():
            assert FleetRun.objects.count() == 1
            assert set(ParkedRegion.objects.values_list("region_id", flat=True)) == {region.pk for region in poisoned}
        for region in poisoned:
            sql(region, "ALTER TABLE catalog_category DROP COLUMN note")
        assert fleet("verify")[0] == 0
        assert fleet("migrate", "--retry-parked")[0] == 0
        code, text = fleet("verify")
        assert (code, f"{size:,} as their release says, 0 differ" in text) == (0, True), text
        with on_platform():
            assert not Drift.objects.exists()


def kill_once(later: Release, log: Path, reached: Callable[[int], bool]) -> int:
    """Start a migration and kill -9 it in the middle of a wave. Returns how many regions were done then."""
    child = later.start(log, "fleet", "migrate", "--hands", "2")
    try:
        deadline = time.monotonic() + 60
        while not reached(states().get("done", 0)):
            assert child.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.01)
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    assert states()["pending"] > 0
    return states()["done"]


def test_what_a_killed_process_had_sent_counts_when_the_server_ends_it(committed: None, tmp_path: Path) -> None:
    [region] = build_fleet(1)
    log = tmp_path / "fleet.log"
    with later_release(tmp_path, ADD_NOTE + 'migrations.RunSQL("SELECT pg_sleep(1.5)"),') as later:
        fleet("capture")
        child = later.start(log, "fleet", "migrate", "--hands", "1")
        with admin() as cursor:
            asleep = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1.5)' AND state = 'active'"
            deadline = time.monotonic() + 60
            while cursor.execute(asleep).fetchone() == (0,):
                assert child.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
                time.sleep(0.005)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        assert (states(), NOTE in columns(region)) == ({"pending": 1}, False)
        # The next one comes while the server is still at it, and finds the region brought up.
        code, text = fleet("migrate")
        assert (code, states()) == (0, {"done": 1}), text
        assert (version(region), NOTE in columns(region)) == (run_of().target, True)
        assert fleet("verify")[0] == 0


def test_two_migrations_are_kept_apart(committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_fleet(1)
    monkeypatch.setattr("tenants.fleet.locks.PATIENCE_SECONDS", 0.1)
    with later_release(tmp_path), alone(Lock.MIGRATE):
        with pytest.raises(FleetBusy), alone(Lock.MIGRATE):
            pytest.fail("two are inside")
        assert fleet("migrate")[0] == 4
        assert states() == {}


class Shopper(threading.Thread):
    """Somebody who uses a region with today's code for as long as it lasts, and keeps the longest wait."""

    def __init__(self, region: Region) -> None:
        super().__init__()
        self.region, self.over = region, threading.Event()
        self.longest, self.rounds, self.failure = 0.0, 0, ""

    def run(self) -> None:
        try:
            with in_region(self.region):
                while not self.over.is_set():
                    began = time.monotonic()
                    made = Category.objects.create(name="Sayur", slug=f"sayur-{self.rounds}")
                    assert Category.objects.get(pk=made.pk).name == "Sayur"
                    Category.objects.filter(pk=made.pk).update(name="Buah")
                    self.longest = max(self.longest, time.monotonic() - began)
                    self.rounds += 1
        except BaseException as failure:
            self.failure = repr(failure)
        finally:
            connection.close()


@contextmanager
def shoppers(regions: list[Region]) -> Iterator[list[Shopper]]:
    there = [Shopper(region) for region in regions]
    for one in there:
        one.start()
    try:
        yield there
    finally:
        for one in there:
            one.over.set()
        for one in there:
            one.join()


@contextmanager
def holding(region: Region) -> Iterator[psycopg.Cursor]:
    """A long transaction has read the table, so its shape must not change."""
    with admin(autocommit=False) as cursor:
        cursor.execute(f'SELECT count(*) FROM "{region.schema_name}".catalog_category')
        yield cursor


def test_nobody_waits_for_long_and_a_held_region_comes_last(committed: None, tmp_path: Path) -> None:
    """Old code reads and writes during it; behind a long transaction the migration gives up again and again."""
    regions = build_fleet(4)
    held = regions[2]
    with later_release(tmp_path):
        fleet("capture")
        with shoppers(regions) as there:
            with holding(held):
                mover = threading.Thread(target=lambda: results.append(fleet("migrate")))
                results: list[tuple[int, str]] = []
                mover.start()
                for _ in range(600):
                    time.sleep(0.01)
                    if states().get("done") == 3:
                        break
                assert states() == {"done": 3, "pending": 1}
                # Long enough for several attempts and for the people who queue behind each.
                time.sleep(2.5)
                assert version(held) != run_of().target
            mover.join()
            time.sleep(0.2)
    assert [(one.failure, one.rounds > 20) for one in there] == [("", True)] * 4
    longest = max(one.longest for one in there)
    print(f"the longest wait: {longest:.2f} s, behind the held lock {there[2].longest:.2f} s")
    # One attempt waits 0.75 s here; nothing else may add to it but a busy machine.
    assert 0.5 < there[2].longest < 1.8 and longest < 1.8
    assert results[0][0] == 0, results
    with on_platform():
        task = FleetTask.objects.get(region=held)
        assert (task.state, task.lock_waits >= 2, task.attempts) == ("done", True, task.lock_waits + 1)
        assert not ParkedRegion.objects.exists()
    assert all(NOTE in columns(region) for region in regions)


def test_connections_that_are_cut_are_taken_up_again(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(6)
    cut = []
    with later_release(tmp_path, SLOW):
        fleet("capture")
        mover = threading.Thread(target=lambda: results.append(fleet("migrate", "--hands", "2")))
        results: list[tuple[int, str]] = []
        mover.start()
        with admin() as cursor:
            for _ in range(4):
                time.sleep(0.1)
                # The one that only keeps others out is spared; whoever migrates is in the middle of a region.
                cursor.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'warsa-fleet'"
                    " AND datname = current_database() AND state = 'active'"
                )
                cut.append(cursor.fetchone()[0])  # type: ignore[index]
        mover.join()
        assert sum(cut) > 0, cut
        assert results[0][0] == 0, results
        assert states() == {"done": 6}
        assert all(NOTE in columns(region) for region in regions)
        with on_platform():
            assert max(FleetTask.objects.values_list("attempts", flat=True)) > 1


def test_a_region_that_stays_locked_fails_and_the_next_run_takes_it(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(2)
    with later_release(tmp_path):
        with holding(regions[1]):
            code, text = fleet("migrate", "--tries", "2", "--lock-wait", "100")
        assert code == 1 and "LockNotAvailable" in text
        with on_platform():
            assert not ParkedRegion.objects.exists()
        assert fleet("migrate")[0] == 0
        assert NOTE in columns(regions[1])


@pytest.mark.parametrize(("statements", "timeout"), [(1, 750), (2, 375), (30, 25), (500, 10)])
def test_all_waits_of_one_attempt_together_are_short(statements: int, timeout: int) -> None:
    # A statement waits for two tables at most.
    assert Patience().lock_timeout(statements) == timeout


def test_what_takes_too_long_gives_up(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(1)
    with later_release(tmp_path, ADD_NOTE + 'migrations.RunSQL("SELECT pg_sleep(0.3)"),'), on_platform():
        outcome = migrate_fleet(Wanted(patience=Patience(statement_ms=100)), Progress(io.StringIO()))
    assert outcome.stopped and NOTE not in columns(regions[0])
    with on_platform():
        assert "docs/migrations.md" in ParkedRegion.objects.get().reason
    assert Patience().statement_ms <= 2000


PYTHON = """
def fill(apps, schema_editor):
    apps.get_model("catalog", "Category").objects.filter(note=None).update(note="diisi")
"""
FILL = "migrations.RunPython(fill, migrations.RunPython.noop),"


def test_python_runs_the_django_way_in_each_region(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(3)
    for region in regions:
        with in_region(region):
            Category.objects.create(name="Beras", slug="beras")
    with later_release(tmp_path, ADD_NOTE + FILL, before=PYTHON) as later:
        assert fleet("migrate")[0] == 0
        for region in regions:
            assert sql(region, "SELECT note FROM catalog_category") == [("diisi",)]
            assert applied(region, later.migration) and version(region) == run_of().target
        assert fleet("verify")[0] == 0
    with in_region(regions[0]), connection.cursor() as cursor:
        # The region's own role reads what came new.
        cursor.execute("SELECT note FROM catalog_category")


def test_an_index_that_was_left_half_built_is_built_anew(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(2)
    operation = 'AddIndexConcurrently("category", models.Index(fields=["name"], name="cat_name")),'
    for region in regions:
        sql(region, "CREATE INDEX cat_name ON catalog_category (name)")
    # As a killed CREATE INDEX CONCURRENTLY leaves it.
    with admin() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass",
            [f"{regions[1].schema_name}.cat_name"],
        )
    with later_release(tmp_path, operation, extra="atomic = False") as later:
        assert fleet("migrate")[0] == 0, fleet("status")
        assert all(applied(region, later.migration) for region in regions)
        assert fleet("verify")[0] == 0
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'cat_name'::regclass"
    assert [sql(region, valid) for region in regions] == [[(True,)], [(True,)]]


def test_a_version_that_nobody_captured_is_migrated_by_django(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(2)
    with on_platform():
        Region.objects.filter(pk=regions[1].pk).update(schema_version="long-ago")
    with later_release(tmp_path):
        assert fleet("migrate")[0] == 0
        assert [NOTE in columns(region) for region in regions] == [True, True]
        assert fleet("verify")[0] == 0


def test_an_unfinished_run_for_another_version_ends(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(2)
    sql(regions[0], POISON)
    with on_platform():
        old = FleetRun.objects.create(kind=FleetRun.Kind.MIGRATE, target="older", state=FleetRun.State.RUNNING)
    with later_release(tmp_path):
        fleet("migrate")
    with on_platform():
        old.refresh_from_db()
        assert (old.state, old.ended_at is not None, "taken over" in old.stop_reason) == ("stopped", True, True)


@pytest.mark.parametrize(
    "arguments",
    [("--region", "tidak-ada"), ("--canary", "tidak-ada"), ("--stop-share", "5"), ("--hands", "0"), ("--hands", "x")],
)
def test_bad_input_is_refused(committed: None, arguments: tuple[str, str]) -> None:
    code, text = fleet("migrate", *arguments)
    assert code == 1 and arguments[1] in text


def test_a_region_that_an_operator_unparks_is_migrated_by_a_worker(committed: None, tmp_path: Path) -> None:
    regions = build_fleet(2)
    sql(regions[0], POISON)
    with later_release(tmp_path):
        assert fleet("migrate")[0] == 3
        sql(regions[0], "ALTER TABLE catalog_category DROP COLUMN note")
        with on_platform():
            assert unpark([regions[0]]) == 1
            migrate_region.run(regions[0].pk)
        # That region alone, and a second message changes nothing.
        assert [NOTE in columns(region) for region in regions] == [True, False]
        with on_platform():
            migrate_region.run(regions[0].pk)
            assert FleetRun.objects.count() == 2
