"""What the engine itself measures of a region for the operators' board."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from tenants.context import current_region
from tenants.faults import faults_24h
from tenants.hooks import region_status
from tenants.kernel import clock
from tenants.outbox.models import OutboxMessage

# A message younger than this is on its way, and nothing to look at.
FRESH = timedelta(minutes=1)


@region_status("house")
def house() -> dict[str, int | str | None]:
    """Messages that should have left by now, and faults of the last 24 hours."""
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING, due_at__lt=clock.now() - FRESH)
    return {"queue_depth": waiting.count(), "errors_24h": faults_24h()}


@region_status("storage", daily=True)
def storage() -> dict[str, int | str | None]:
    """Bytes of the region's tables with their indexes, and of its files."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class"
            " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'm', 'S')"
        )
        tables = int(cursor.fetchone()[0])
    return {"storage_bytes": tables + _files(Path(settings.MEDIA_ROOT) / "regions" / current_region().schema_name)}


def _files(folder: Path) -> int:
    found = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            try:
                found += (Path(place) / name).stat().st_size
            except FileNotFoundError:
                continue
    return found
