"""What is known of the fleet. Everything here reads the registry and the runs, and opens no region's schema."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from tenants.fleet.crew import Piece
from tenants.fleet.errors import NoSuchRegion
from tenants.fleet.models import Drift, FleetRun, FleetTask, ParkedRegion
from tenants.kernel import clock
from tenants.models import PooledSchema, Region, RegionStatus

# Regions whose schemas must follow the code: those that are open or may open again. One that has no schema yet is built new.
MIGRATED = (RegionStatus.READY, RegionStatus.SUSPENDED, RegionStatus.BUILDING)
BEHIND = "r.status IN ('ready', 'suspended', 'building') AND r.schema_version <> '' AND r.schema_version <> %s"
PARKED = "EXISTS (SELECT FROM fleet_parkedregion p WHERE p.region_id = r.id)"
# A run without a sign of life for longer was cut off.
SILENT = timedelta(seconds=30)


@dataclass
class Standing:
    """Which regions are behind a version, and whether a run for it is unfinished."""

    behind: dict[str, int] = field(default_factory=dict)
    parked: int = 0
    open_run: int | None = None

    @property
    def number(self) -> int:
        return sum(self.behind.values())


def standing(target: str) -> Standing:
    """Where the fleet stands, in one query."""
    found = Standing()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.schema_version, {PARKED}, count(*) FROM tenants_region r WHERE {BEHIND} GROUP BY 1, 2"
            " UNION ALL SELECT NULL, NULL, max(id) FROM fleet_fleetrun"
            " WHERE kind = 'migrate' AND target = %s AND ended_at IS NULL",
            [target, target],
        )
        for version, is_parked, number in cursor.fetchall():
            if version is None:
                found.open_run = number
            elif is_parked:
                found.parked += number
            else:
                found.behind[version] = number
    return found


def region_named(text: str) -> Region:
    """The region with this slug, host or schema.

    Raises:  NoSuchRegion.
    """
    by = Q(slug_claim__slug=text) | Q(domains__domain=text) | Q(schema_name=text)
    region: Region | None = Region.objects.filter(by).distinct().first()
    if region is None:
        raise NoSuchRegion(f"no region has the slug, host or schema {text!r}")
    return region


def pending_pieces(run: FleetRun, wave: int | None = None) -> list[Piece]:
    """What is still to be done of a run or of one of its waves, in the order of the registry."""
    tasks = FleetTask.objects.filter(run=run, state=FleetTask.State.PENDING)
    if wave is not None:
        tasks = tasks.filter(wave=wave)
    rows = tasks.order_by("wave", "region_id").values_list(
        "pk", "region_id", "region__name", "region__schema_name", "from_version"
    )
    return [Piece(*row) for row in rows]


@dataclass
class Wave:
    """How far one wave of a run is."""

    number: int
    total: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    pending: int = 0
    lock_waits: int = 0

    @property
    def moved(self) -> int:
        return self.total - self.pending

    @property
    def percent(self) -> int:
        return 100 * self.moved // max(self.total, 1)


def waves_of(run: FleetRun) -> list[Wave]:
    """The waves of a run in their order."""
    waves: dict[int, Wave] = {}
    rows = run.tasks.order_by("wave").values_list("wave", "state").annotate(Count("pk"), Sum("lock_waits"))
    for number, state, count, lock_waits in rows:
        wave = waves.setdefault(number, Wave(number))
        setattr(wave, state, count)
        wave.total += count
        wave.lock_waits += lock_waits
    return list(waves.values())


@dataclass(frozen=True)
class RunRow:
    """A run with its sums."""

    run: FleetRun
    whole: Wave
    waves: list[Wave]
    cut_off: bool
    # Seconds of work so far, and regions a second; None before the first sign of life.
    seconds: float | None
    rate: float | None

    @property
    def seconds_left(self) -> float | None:
        return self.whole.pending / self.rate if self.rate and self.run.ended_at is None else None


def sums_of(run: FleetRun, waves: Iterable[Wave]) -> RunRow:
    """The run's waves taken together."""
    listed = list(waves)
    whole = Wave(0)
    for wave in listed:
        for name in ("total", "done", "failed", "skipped", "pending", "lock_waits"):
            setattr(whole, name, getattr(whole, name) + getattr(wave, name))
    end = run.ended_at or run.seen_at
    seconds = (end - run.started_at).total_seconds() if run.started_at and end else None
    rate = whole.moved / seconds if seconds else None
    silent = run.seen_at is None or run.seen_at < clock.now() - SILENT
    return RunRow(run, whole, listed, run.state == FleetRun.State.RUNNING and silent, seconds, rate)


def run_with_sums(run: FleetRun) -> RunRow:
    return sums_of(run, waves_of(run))


def runs() -> QuerySet[FleetRun]:
    """All runs, the newest first."""
    return FleetRun.objects.order_by("-pk")


def rows_of_runs(listed: Iterable[FleetRun]) -> list[RunRow]:
    """Runs with their sums, in one query for all."""
    chosen = list(listed)
    by_run: dict[int, list[Wave]] = {run.pk: [] for run in chosen}
    rows = (
        FleetTask.objects.filter(run__in=chosen)
        .order_by("run", "wave")
        .values_list("run", "wave", "state")
        .annotate(Count("pk"), Sum("lock_waits"))
    )
    for run, number, state, count, lock_waits in rows:
        waves = by_run[run]
        if not waves or waves[-1].number != number:
            waves.append(Wave(number))
        setattr(waves[-1], state, count)
        waves[-1].total += count
        waves[-1].lock_waits += lock_waits
    return [sums_of(run, by_run[run.pk]) for run in chosen]


def failures_of(run: FleetRun) -> QuerySet[FleetTask]:
    """What failed in a run, with the region."""
    return run.tasks.filter(state=FleetTask.State.FAILED).select_related("region").order_by("wave", "region_id")


def parked() -> QuerySet[ParkedRegion]:
    """Regions that wait for a person, the newest first."""
    return ParkedRegion.objects.select_related("region", "run").order_by("-since", "pk")


def drifts() -> QuerySet[Drift]:
    """Regions whose schema differs from its release; the largest difference first."""
    return Drift.objects.select_related("region", "run").order_by("-number", "pk")


def versions() -> list[tuple[str, str, int]]:
    """(version, status, number) of all regions that have a schema, the most frequent first."""
    rows = (
        Region.objects.exclude(schema_version="")
        .order_by()
        .values_list("schema_version", "status")
        .annotate(number=Count("pk"))
        .order_by("-number", "schema_version", "status")
    )
    return [(version, status, number) for version, status, number in rows]


def pool_states() -> list[tuple[str, str, int]]:
    """(version, state, number) of the blank schemas that wait for a region."""
    slots = PooledSchema.objects.exclude(state=PooledSchema.State.CLAIMED).order_by()
    rows = slots.values_list("version", "state").annotate(number=Count("pk")).order_by("state", "version")
    return [(version, state, number) for version, state, number in rows]


def last_run(kind: str) -> FleetRun | None:
    return FleetRun.objects.filter(kind=kind).order_by(F("pk").desc()).first()
