"""One region goes back to the version that it had before a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from tenants.context import as_owner
from tenants.fleet.applying import Patience, told
from tenants.fleet.errors import CannotGoBack
from tenants.fleet.locks import Lock, alone
from tenants.fleet.models import FleetRun, FleetTask
from tenants.kernel import clock
from tenants.models import Region, SchemaRelease
from tenants.registry import in_regions
from tenants.schemas.release import RegionExecutor

Key = tuple[str, str]


@dataclass(frozen=True)
class Return:
    """What was taken back, the newest migration first."""

    region: Region
    run: FleetRun
    from_version: str
    to_version: str
    migrations: list[str]


def take_back(region: Region, run_id: int | None = None, patience: Patience | None = None) -> Return:
    """The region's schema is on the version that it had before its last run (or run `run_id`), and it is parked there.

    All of it in one transaction, so a refusal or a failure changes nothing. What new columns and tables hold is lost.
    Called on the platform, outside a transaction.
    Raises:  CannotGoBack with the reason; FleetBusy while a migration runs.
    """
    with alone(Lock.MIGRATE):
        region.refresh_from_db()
        task = _task_of(region, run_id)
        before, after = task.from_version, region.schema_version
        keys = _newest_first(region, _gained(region, before))
        try:
            _apply(region, keys, task, patience or Patience())
        except DatabaseError as failure:
            raise CannotGoBack(f"the database refused it, and nothing has changed: {told(failure)}") from failure
        region.refresh_from_db()
        return Return(region, task.run, after, before, [f"{app}.{name}" for app, name in keys])


def _task_of(region: Region, run_id: int | None) -> FleetTask:
    tasks = FleetTask.objects.filter(
        region=region, run__kind=FleetRun.Kind.MIGRATE, state=FleetTask.State.DONE, run__target=region.schema_version
    ).exclude(from_version=region.schema_version)
    if run_id is not None:
        tasks = tasks.filter(run=run_id)
    task: FleetTask | None = tasks.select_related("run").order_by("-run_id").first()
    if task is None:
        which = f"run {run_id}" if run_id is not None else "any run"
        raise CannotGoBack(f"{region} did not come to its version {region.schema_version} by {which}")
    return task


def _gained(region: Region, before: str) -> set[Key]:
    """The migrations that the schema has and the earlier version had not."""
    release = SchemaRelease.objects.filter(version=before).first()
    if release is None:
        raise CannotGoBack(f"version {before} was never captured, so it is not known what it held")
    had = {(step["app"], step["name"]) for step in release.script}
    with as_owner(region.schema_name), connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return {(app, name) for app, name in cursor.fetchall() if in_regions(app)} - had


def _newest_first(region: Region, gained: set[Key]) -> list[Key]:
    """The order in which they are taken back, once it is sure that each can be."""
    graph: Any = MigrationLoader(None).graph
    missing = sorted(gained - graph.nodes.keys())
    if missing:
        raise CannotGoBack(f"this code does not hold {_names(missing)}; take the region back with the code that does")
    for key in sorted(gained):
        migration = graph.nodes[key]
        fixed = [type(each).__name__ for each in migration.operations if not each.reversible]
        if fixed:
            raise CannotGoBack(f"{_names([key])} cannot be reversed: {', '.join(fixed)}")
        if not migration.atomic:
            raise CannotGoBack(f"{_names([key])} does not run in a transaction; take it back by a new migration")
    ordered: list[Key] = []
    for leaf in sorted(node for node in graph.leaf_nodes() if in_regions(node[0])):
        ordered += [key for key in graph.forwards_plan(leaf) if key in gained and key not in ordered]
    return ordered[::-1]


def _apply(region: Region, keys: list[Key], task: FleetTask, patience: Patience) -> None:
    reason = f"taken back by hand to {task.from_version} from run {task.run_id}"
    with as_owner(region.schema_name):
        executor = RegionExecutor(region.schema_name, lambda *_: None)
        plan = [(executor.loader.graph.nodes[key], True) for key in keys]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience.lock_timeout(len(keys))}ms"])
            if plan:
                executor.migrate(targets=None, plan=plan)
            cursor.execute(
                "UPDATE public.tenants_region SET schema_version = %s WHERE id = %s", [task.from_version, region.pk]
            )
            cursor.execute(
                "INSERT INTO public.fleet_parkedregion (region_id, reason, run_id, since) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (region_id) DO UPDATE SET reason = EXCLUDED.reason, run_id = EXCLUDED.run_id, since = EXCLUDED.since",
                [region.pk, reason, task.run_id, clock.now()],
            )


def _names(keys: list[Key]) -> str:
    return ", ".join(f"{app}.{name}" for app, name in keys)
