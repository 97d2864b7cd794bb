from __future__ import annotations

from tenant_apps.pricing.services import apply_due_lists
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Less than the interval of beat: the next question asks for the same lists.
WORTH_SECONDS = 240


@region_task()
def apply_price_lists() -> None:
    apply_due_lists()


@platform_task()
def apply_price_lists_everywhere() -> None:
    """Beat: each READY region puts the price lists in force whose moment has come."""
    for_each_ready_region(apply_price_lists, expires=WORTH_SECONDS)
