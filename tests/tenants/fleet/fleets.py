"""Many regions, built from the release of today, and ways to look into them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection

from tenants.context import as_owner, on_platform
from tenants.fleet.models import FleetTask
from tenants.models import Region, RegionStatus, new_schema_name
from tenants.schemas import replay
from tenants.schemas.release import current_release, current_version


def build_fleet(number: int) -> list[Region]:
    """READY regions named Wilayah 000, 001, …; the two regions of the world are put out of the way."""
    with on_platform():
        Region.objects.filter(name__in=["Kalidoni", "Lombok"]).update(status=RegionStatus.CLOSED)
    current_release()
    schemas = [new_schema_name() for _ in range(number)]
    with ThreadPoolExecutor(2) as builders:
        list(builders.map(_build, schemas))
    regions = [
        Region(
            name=f"Wilayah {count:03}", schema_name=schema, schema_version=current_version(), status=RegionStatus.READY
        )
        for count, schema in enumerate(schemas)
    ]
    with on_platform():
        Region.objects.bulk_create(regions)
    return regions


def _build(schema: str) -> None:
    try:
        replay.build(schema)
    finally:
        connection.close()


def sql(region: Region, statement: str) -> list[Any]:
    """Run this in the region's schema as owner."""
    with as_owner(region.schema_name), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def columns(region: Region, table: str = "catalog_category") -> set[str]:
    found = sql(
        region,
        "SELECT column_name FROM information_schema.columns"
        f" WHERE table_schema = '{region.schema_name}' AND table_name = '{table}'",
    )
    return {name for (name,) in found}


def applied(region: Region, name: str) -> bool:
    """Whether the region's own record holds this migration of catalog."""
    return bool(sql(region, f"SELECT 1 FROM django_migrations WHERE app = 'catalog' AND name = '{name}'"))


def version(region: Region) -> str:
    with on_platform():
        return str(Region.objects.values_list("schema_version", flat=True).get(pk=region.pk))


def states(run: int | None = None) -> dict[str, int]:
    """How many tasks have which state."""
    with on_platform():
        tasks = FleetTask.objects.all() if run is None else FleetTask.objects.filter(run=run)
        listed = list(tasks.values_list("state", flat=True))
    return {state: listed.count(state) for state in sorted(set(listed))}


def fleet(*arguments: str) -> tuple[int, str]:
    """`warsa fleet …`: exit code and what it printed."""
    out = StringIO()
    with on_platform():
        try:
            call_command("fleet", *arguments, stdout=out, stderr=out)
        except SystemExit as ended:
            return int(ended.code or 0), out.getvalue()
        except Exception as refused:
            if not hasattr(refused, "returncode"):
                raise
            return int(refused.returncode), f"{out.getvalue()}{refused}"
    return 0, out.getvalue()
