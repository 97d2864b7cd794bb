from __future__ import annotations

from tenant_apps.suppliers.services import find_changes
from tenants.kernel import clock
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Beat asks each five minutes; each region has its turn every two hours.
INTERVAL_SECONDS = 300
TURNS = 24


@region_task()
def find_supplier_changes() -> None:
    find_changes()


@platform_task()
def find_supplier_changes_in_turns() -> None:
    """Beat: the READY regions whose turn it is compare what they buy with what is offered."""
    turn = int(clock.now().timestamp()) // INTERVAL_SECONDS % TURNS
    for_each_ready_region(find_supplier_changes, expires=INTERVAL_SECONDS * TURNS, turn=(turn, TURNS))
