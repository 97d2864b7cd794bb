from __future__ import annotations

from datetime import timedelta

from tenants.models import RegionStatus
from tenants.outbox.services import QUIET, deliver, sweep
from tenants.tasks import for_each_ready_region, platform_task, region_task


@region_task(statuses=(RegionStatus.READY, RegionStatus.SUSPENDED))
def deliver_in_region(message_id: int) -> None:
    deliver(message_id)


@platform_task()
def deliver_for_platform(message_id: int) -> None:
    deliver(message_id)


@region_task()
def sweep_region(quiet_seconds: int = int(QUIET.total_seconds())) -> None:
    sweep(quiet=timedelta(seconds=quiet_seconds))


@platform_task()
def sweep_everywhere() -> None:
    """Beat: what waits on the platform leaves now; each READY region is asked to do the same."""
    sweep()
    for_each_ready_region(sweep_region, expires=60)
