from __future__ import annotations

from shared_apps.exchange.telling import LISTENING, regions_to_tell, tell
from tenants.tasks import HEADER, platform_task, region_task


@region_task(statuses=LISTENING)
def tell_region() -> None:
    """What suppliers did is told to the region's apps; safe to repeat."""
    tell()


@platform_task()
def tell_regions() -> None:
    """Beat, and after each step of a supplier: regions for which something waits are asked to look."""
    for schema in regions_to_tell():
        tell_region.apply_async(headers={HEADER: schema}, expires=60)


@platform_task()
def apply_waiting_events() -> None:
    """Beat: what suppliers' programmes sent too early is tried again."""
    # The services that it calls send the tasks above.
    from shared_apps.exchange.connectors.events import go_on_everywhere

    go_on_everywhere()
