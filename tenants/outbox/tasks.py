from __future__ import annotations

from datetime import timedelta

from tenants.kernel import clock
from tenants.outbox.services import QUIET, deliver, sweep
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Beat asks every SWEEP_SECONDS; a region's turn comes every ten minutes, or each time while something happens there.
SWEEP_SECONDS = 20
TURNS = 30
# Longer than activity.EVERY, which is how late a region's activity may be written.
ACTIVE = timedelta(minutes=15)


@region_task()
def deliver_in_region(*message_ids: int) -> None:
    for message_id in message_ids:
        deliver(message_id)


@platform_task()
def deliver_for_platform(*message_ids: int) -> None:
    for message_id in message_ids:
        deliver(message_id)


@platform_task()
def sweep_platform() -> None:
    sweep(quiet=timedelta())


@region_task()
def sweep_region(quiet_seconds: int = int(QUIET.total_seconds())) -> None:
    sweep(quiet=timedelta(seconds=quiet_seconds))


@platform_task()
def sweep_everywhere() -> None:
    """Beat: what waits on the platform leaves now. READY regions are asked to do the same, each in its turn.

    The sweep only finds what was lost on the way to a worker, so a region where nothing happens may wait for its turn.
    """
    sweep()
    turn = int(clock.now().timestamp()) // SWEEP_SECONDS
    for_each_ready_region(sweep_region, expires=60, turn=(turn, TURNS), active=ACTIVE)
