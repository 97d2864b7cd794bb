"""Blank schemas on the current version that wait for a region, so that a region is founded in a blink.

States of a slot: building -> ready -> claimed, or burned from any of them. A burned slot is never offered again; a sweep drops it.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from tenants.context import as_owner, on_platform
from tenants.kernel import clock
from tenants.locks import alone
from tenants.models import PooledSchema, Region, new_schema_name
from tenants.schemas import release, replay
from tenants.schemas.release import Progress

_LOCK_SPACE = 0x57_52_50  # "WRP"

# In one statement, for somebody waits for it.
_CLAIM = """
UPDATE tenants_pooledschema SET state = 'claimed', claimed_at = %s
WHERE id = (
    SELECT id FROM tenants_pooledschema WHERE state = 'ready' AND version = %s
    ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING *
"""

log = logging.getLogger(__name__)

State = PooledSchema.State
# A schema takes well under a second; what has been building for longer belongs to a worker that was killed.
LOST = timedelta(minutes=15)


def claim() -> PooledSchema | None:
    """Take a ready slot of this version, or None when there is none. Others take others at the same time.

    Called as owner inside the transaction that makes the region; see tenants.context.founding.
    """
    return next(iter(PooledSchema.objects.raw(_CLAIM, [clock.now(), release.current_version()])), None)


def burn(schema: str) -> None:
    """Never offer this slot again: something has gone wrong in it. One that has become a region's is left to it."""
    with on_platform():
        slots = PooledSchema.objects.filter(schema_name=schema)
        slots.exclude(schema_name__in=Region.objects.values("schema_name")).update(state=State.BURNED)


def fill(progress: Progress = lambda *_: None) -> PooledSchema:
    """Build one more slot, ready to be claimed."""
    with on_platform():
        slot: PooledSchema = PooledSchema.objects.create(
            schema_name=new_schema_name(), version=release.current_version()
        )
    try:
        replay.build(slot.schema_name, progress)
    except BaseException:
        burn(slot.schema_name)
        raise
    with on_platform():
        PooledSchema.objects.filter(pk=slot.pk, state=State.BUILDING).update(state=State.READY)
        slot.refresh_from_db()
    return slot


def ready() -> int:
    """How many slots may be claimed."""
    with on_platform():
        return PooledSchema.objects.filter(state=State.READY, version=release.current_version()).count()


def replenish() -> int:
    """Fill the pool up to settings.POOL_SIZE, at most settings.POOL_BUILDS_PER_ROUND at once. Returns how many were built.

    While one process does so, others leave it to it.
    """
    with alone(_LOCK_SPACE) as mine:
        wanted = max(min(settings.POOL_SIZE - ready(), settings.POOL_BUILDS_PER_ROUND), 0) if mine else 0
        for _ in range(wanted):
            fill()
    return wanted


def sweep() -> int:
    """Drop what nobody will use: burned slots, those of an earlier version, those that a killed worker left half built.

    Never touches a schema that a region has. Returns how many schemas were dropped.
    """
    with on_platform():
        PooledSchema.objects.filter(state=State.READY).exclude(version=release.current_version()).update(
            state=State.BURNED
        )
        PooledSchema.objects.filter(state=State.BUILDING, created_at__lt=clock.now() - LOST).update(state=State.BURNED)
        burned = list(PooledSchema.objects.filter(state=State.BURNED).values_list("schema_name", flat=True)[:50])
    dropped = 0
    for schema in burned:
        with as_owner(), transaction.atomic():
            slot = PooledSchema.objects.select_for_update(skip_locked=True).filter(schema_name=schema).first()
            if slot is None:
                continue
            if Region.objects.filter(schema_name=schema).exists():
                log.error("the burned slot %s belongs to a region and is kept", schema)
                continue
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            release.drop(schema)
            slot.delete()
        dropped += 1
    return dropped
