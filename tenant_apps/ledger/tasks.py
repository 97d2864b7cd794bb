from __future__ import annotations

from tenant_apps.ledger.proving import prove_ledger
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Until the morning; a night that was missed is made up for by the next.
WORTH_SECONDS = 6 * 3_600


@region_task()
def prove_region_ledger() -> None:
    prove_ledger()


@platform_task()
def prove_ledgers_nightly() -> None:
    """Beat: each READY region counts its money anew."""
    for_each_ready_region(prove_region_ledger, expires=WORTH_SECONDS)
