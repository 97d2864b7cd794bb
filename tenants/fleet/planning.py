"""Which regions a run touches, and in which wave. The rows are written before anything is done, so a killed run is gone on with."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from tenants.fleet.models import FleetRun, FleetTask
from tenants.fleet.selectors import BEHIND, PARKED
from tenants.kernel import clock
from tenants.models import Region, RegionStatus

# One region alone first, then ten, then a hundred, then all others.
LAST_WAVE = 4
_WAVE_OF = "CASE WHEN n = 1 THEN 1 WHEN n <= 11 THEN 2 WHEN n <= 111 THEN 3 ELSE 4 END"


def plan_migration(
    *, target: str, stop_share: float, canary: Region | None, only: list[Region] | None
) -> FleetRun | None:
    """A run with a task for every region that is behind; `only` narrows it, `canary` goes first. None when that leaves nobody."""
    with transaction.atomic():
        FleetRun.objects.filter(kind=FleetRun.Kind.MIGRATE, ended_at=None).exclude(target=target).update(
            state=FleetRun.State.STOPPED, stop_reason=f"taken over by a migration to {target}", ended_at=clock.now()
        )
        run = FleetRun.objects.create(kind=FleetRun.Kind.MIGRATE, target=target, stop_share=stop_share)
        if _add_tasks(run, _WAVE_OF, f"{BEHIND} AND NOT {PARKED}", [target], canary=canary, only=only):
            return run
        run.delete()
        return None


def add_newcomers(run: FleetRun) -> int:
    """Regions that are behind and not in the run yet join its last wave: those that an old process has built meanwhile."""
    return _add_tasks(run, str(LAST_WAVE), f"{BEHIND} AND NOT {PARKED}", [run.target])


def plan_for_open_regions(kind: FleetRun.Kind, *, command: list[str] | None = None) -> FleetRun:
    """A run with a task for every READY region, in one wave."""
    with transaction.atomic():
        run = FleetRun.objects.create(kind=kind, command=command or [])
        _add_tasks(run, "1", "r.status = %s", [RegionStatus.READY.value])
    return run


def _add_tasks(
    run: FleetRun,
    wave: str,
    where: str,
    values: list[Any],
    *,
    canary: Region | None = None,
    only: list[Region] | None = None,
) -> int:
    first = canary.pk if canary else 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO fleet_fleettask (run_id, region_id, wave, from_version, state, attempts, lock_waits, error, output)
            SELECT %s, id, {wave}, schema_version, '{FleetTask.State.PENDING}', 0, 0, '', ''
            FROM (
                SELECT r.id, r.schema_version, row_number() OVER (ORDER BY r.id = %s DESC, r.id) AS n
                FROM tenants_region r WHERE {where} AND (%s::bigint[] IS NULL OR r.id = ANY(%s::bigint[]))
            ) AS regions
            ON CONFLICT (run_id, region_id) DO NOTHING
            """,
            [run.pk, first, *values, *[None if only is None else [region.pk for region in only]] * 2],
        )
        return int(cursor.rowcount)
