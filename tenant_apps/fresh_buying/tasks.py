from __future__ import annotations

from tenant_apps.fresh_buying.services import close_due
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Less than the interval of beat: the next question asks for the same days.
WORTH_SECONDS = 240


@region_task()
def close_due_days() -> None:
    close_due(by="system:clock")


@platform_task()
def close_due_days_everywhere() -> None:
    """Beat: in each READY region, pre-orders whose cut-off has passed become lists for the market."""
    for_each_ready_region(close_due_days, expires=WORTH_SECONDS)
