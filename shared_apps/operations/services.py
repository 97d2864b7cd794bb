"""Regions tell the platform how they are; operators let a parked one go on."""

from __future__ import annotations

from django.db import transaction

from shared_apps.operations.measuring import measure, write_rollup
from shared_apps.operations.models import RegionCounter
from tenants.context import current_region, on_platform
from tenants.fleet.migrating import unpark
from tenants.fleet.tasks import migrate_region
from tenants.models import Region


def push_counters() -> int:
    """The bound region's numbers and days are on the platform. Returns how many numbers.

    Called outside a transaction, for they are measured in the region and written in public. A measurement that fails is
    left as it was, and keeps no other from being written.
    """
    region, found = current_region(), measure()
    with on_platform():
        rows = [
            RegionCounter(region=region, name=name, value=value, measured_at=found.at)
            for name, value in sorted(found.counters.items())
        ]
        RegionCounter.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["region", "name"], update_fields=["value", "measured_at"]
        )
    write_rollup(found)
    return len(rows)


def retry_parked(*, region: Region) -> None:
    """The region is no longer parked, and a worker tries to bring it to this version. Doing so twice changes nothing."""
    with transaction.atomic():
        unpark([region])
        migrate_region.on_commit(region.pk)
