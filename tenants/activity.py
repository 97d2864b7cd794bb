"""When something last happened in a region, for the operators' console."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from tenants.context import current_region
from tenants.kernel import clock
from tenants.models import Region
from tenants.sites import memory

# Orders come by the second; the console needs no finer answer.
EVERY = timedelta(minutes=5)


def note_activity() -> None:
    """The region was active now. Written after commit, at most once in five minutes.

    Raises:  NoRegionBound on the platform.
    """
    region, now = current_region(), clock.now()
    if region.last_activity_at is None or region.last_activity_at < now - EVERY:
        region.last_activity_at = now
        # After commit: the row is common to all of the region's work, and must not be held while an order waits for stock.
        transaction.on_commit(partial(_write, region.pk, region.schema_name), robust=True)


def _write(region_id: int, schema: str) -> None:
    now = clock.now()
    long_ago = Q(last_activity_at=None) | Q(last_activity_at__lt=now - EVERY)
    Region.objects.filter(long_ago, pk=region_id).update(last_activity_at=now)
    # What this process remembers is from before; read again, it spares the next five minutes this question.
    memory.told(frozenset({schema}))
