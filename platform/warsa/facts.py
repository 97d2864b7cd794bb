"""What lies outside the database: the queue, the backup."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from infra.backup.base import bases
from tenants.observing.facts import Fact, facts
from warsa.celery import app

NEVER = -1


def queue_names() -> list[str]:
    """The queues that workers of this code are asked to empty."""
    declared = app.conf.task_queues or ()
    return sorted({str(app.conf.task_default_queue), *(queue.name for queue in declared)})


@facts("queue")
def queue_facts() -> Iterable[Fact]:
    with app.connection_for_read() as broker:
        channel: Any = broker.default_channel
        for name in queue_names():
            yield Fact(
                "warsa_queue_waiting", "Tasks that wait for a worker.", channel.client.llen(name), {"queue": name}
            )


@facts("backup")
def backup_facts() -> Iterable[Fact]:
    """Of the whole cluster; -1 where there is none. Nothing where this process may not see the backup's folders."""
    if not settings.BACKUP_BASES or not settings.BACKUP_WAL:
        return
    now = datetime.now(UTC)
    taken = bases(Path(settings.BACKUP_BASES))
    age = (now - taken[-1][0]).total_seconds() if taken else NEVER
    yield Fact("warsa_backup_base_age_seconds", "Since the newest base backup ended; -1 for none.", age)
    wal = Path(settings.BACKUP_WAL)
    written = [file.stat().st_mtime for file in wal.iterdir()] if wal.exists() else []
    late = now.timestamp() - max(written) if written else NEVER
    yield Fact("warsa_backup_log_age_seconds", "Since the streamed log last grew; -1 for none.", late)


@facts("machine")
def machine_facts() -> Iterable[Fact]:
    """Room on the disks that this process sees, and how many connections the database has."""
    for name, folder in (("media", str(settings.MEDIA_ROOT)), ("backup", settings.BACKUP_BASES)):
        if folder and Path(folder).exists():
            room = shutil.disk_usage(folder)
            yield Fact("warsa_disk_free_bytes", "Room on the disk of this folder.", room.free, {"disk": name})
            yield Fact("warsa_disk_bytes", "Size of the disk of this folder.", room.total, {"disk": name})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity), current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        )
        used, most = cursor.fetchone()
    yield Fact("warsa_database_connections", "Sessions that the database server has.", used)
    yield Fact("warsa_database_connections_most", "Sessions that it takes from us.", most)
