"""Building and removing the schema of a region. Every function may run again after a crash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tenants.context import in_region
from tenants.models import Region, RegionStatus
from tenants.registry import SCHEMA_NAME, in_regions

Progress = Callable[[str, int, int], None]


def _quoted(schema: str) -> str:
    """The one place where a schema name becomes SQL text."""
    if not SCHEMA_NAME.fullmatch(schema):
        raise ImproperlyConfigured(f"not a region's schema: {schema!r}")
    return f'"{schema}"'


@cache
def current_version() -> str:
    """The version of a region schema that this code stands for: a digest of the migrations of region apps."""
    loader = MigrationLoader(None)
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations if in_regions(app))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def schema_exists(region: Region) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [_quoted(region.schema_name)])
        return bool(cursor.fetchone()[0])


def create_schema(region: Region) -> None:
    """The region's empty schema exists."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(region.schema_name)}")


def migrate_schema(region: Region, progress: Progress = lambda *_: None) -> None:
    """The schema has every table of this version. Goes on where an earlier run was cut off.

    `progress(migration, done, total)` is called after each migration.
    """
    conn: Any = connection
    with in_region(region):
        # Without public on the path, or Django finds public's migration table and believes that all is done.
        conn.set_tenant(region, include_public=False)
        MigrationRecorder(connection).ensure_schema()
        conn.set_tenant(region)
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan([key for key in executor.loader.graph.leaf_nodes() if in_regions(key[0])])
        # A dependency on a public app is satisfied by public; its tables are not made here (see TenantSyncRouter).
        total, done = len(plan), 0

        def tick(action: str, migration: Any = None, fake: bool = False) -> None:
            nonlocal done
            if action == "apply_success":
                done += 1
                progress(str(migration), done, total)

        executor.progress_callback = tick  # type: ignore[assignment]
        executor.migrate(
            targets=[node for node in executor.loader.graph.leaf_nodes() if in_regions(node[0])], plan=plan
        )
    region.schema_version = current_version()
    Region.objects.filter(pk=region.pk).update(schema_version=region.schema_version)


def missing_tables(region: Region) -> list[str]:
    """Tables that the region's models need and its schema lacks."""
    from django.apps import apps

    wanted = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if in_regions(model._meta.app_label) and model._meta.managed and not model._meta.proxy
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [region.schema_name])
        return sorted(wanted - {name for (name,) in cursor.fetchall()})


def drop_schema(region: Region) -> None:
    """The schema and all in it are gone. Refused for a region that has ever been open.

    Raises:  ImproperlyConfigured for a region that is or was READY.
    """
    if region.ready_at is not None or region.status == RegionStatus.READY:
        raise ImproperlyConfigured(f"{region} has been open; closing it is another matter")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {_quoted(region.schema_name)} CASCADE")
