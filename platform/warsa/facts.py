"""What lies outside the database: the queue, the backup."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

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
        channel = broker.default_channel
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
