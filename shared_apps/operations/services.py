"""Regions tell the platform how they are; operators let a parked one go on."""

from __future__ import annotations

import logging

from django.db import transaction

from shared_apps.operations.models import RegionCounter
from tenants import hooks
from tenants.context import current_region, on_platform
from tenants.fleet.migrating import unpark
from tenants.fleet.tasks import migrate_region
from tenants.kernel import clock
from tenants.models import Region

log = logging.getLogger(__name__)


def push_counters() -> int:
    """The bound region's numbers are on the platform. Returns how many.

    Called outside a transaction, for they are measured in the region and written in public. A measurement that fails is
    left as it was, and keeps no other from being written.
    """
    region, now = current_region(), clock.now()
    measured: dict[str, int] = {}
    for name, measure in hooks.status_measures().items():
        try:
            values = measure()
        except Exception:
            log.exception("the measurement %s of %s failed", name, region.schema_name)
            continue
        measured |= {key: value for key, value in values.items() if isinstance(value, int)}
    with on_platform():
        rows = [
            RegionCounter(region=region, name=name, value=value, measured_at=now)
            for name, value in sorted(measured.items())
        ]
        RegionCounter.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["region", "name"], update_fields=["value", "measured_at"]
        )
    return len(rows)


def retry_parked(*, region: Region) -> None:
    """The region is no longer parked, and a worker tries to bring it to this version. Doing so twice changes nothing."""
    with transaction.atomic():
        unpark([region])
        migrate_region.on_commit(region.pk)
