from __future__ import annotations

import io
import logging

from tenants.fleet.errors import FleetBusy
from tenants.fleet.migrating import Wanted, migrate_fleet
from tenants.fleet.models import FleetRun
from tenants.fleet.progress import Progress
from tenants.fleet.verifying import verify_fleet
from tenants.models import Region
from tenants.tasks import platform_task

log = logging.getLogger(__name__)

# A worker has other work as well: it compares for a while, and the rest comes as a new task behind what waits.
CHUNK_SECONDS = 60.0
# The worker's own processes work beside each other already.
WORKER_HANDS = 2


def _silent() -> Progress:
    return Progress(io.StringIO(), quiet=True)


@platform_task()
def verify_nightly() -> None:
    """Beat: every open region is compared with its release, a chunk at a time; what differs is on the operators' board."""
    _compare_a_chunk()


@platform_task()
def go_on_verifying() -> None:
    """Beat, and after each chunk: a comparison that is unfinished goes on."""
    if FleetRun.objects.filter(kind=FleetRun.Kind.VERIFY, ended_at=None).exists():
        _compare_a_chunk()


def _compare_a_chunk() -> None:
    try:
        verified = verify_fleet(_silent(), hands=WORKER_HANDS, seconds=CHUNK_SECONDS)
    except FleetBusy:
        log.info("another process compares the regions already")
        return
    if verified is None:
        go_on_verifying.apply_async()
    elif verified.different:
        log.error("%s regions differ from their release; see the drift report", verified.different)


@platform_task()
def migrate_region(region_id: int) -> None:
    """A region that an operator has unparked is tried once more; safe to repeat."""
    region = Region.objects.get(pk=region_id)
    try:
        migrate_fleet(Wanted(only=[region], hands=1), _silent())
    except FleetBusy:
        # Whoever migrates now takes it along, or the next run does.
        log.info("%s is left to the migration that is under way", region.schema_name)
