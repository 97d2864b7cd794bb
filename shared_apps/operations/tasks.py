from __future__ import annotations

from shared_apps.operations.services import push_counters
from shared_apps.operations.summing import sum_up_long, sum_up_recent
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Less than the interval of beat: once the next question is sent, an answer to this one is worth nothing.
WORTH_SECONDS = 240


@region_task()
def push_region_counters() -> None:
    push_counters()


@platform_task()
def push_counters_everywhere() -> None:
    """Beat: each READY region is asked to measure itself."""
    for_each_ready_region(push_region_counters, expires=WORTH_SECONDS)


@platform_task()
def sum_up_areas() -> None:
    """Beat: what regions pushed in the last minutes stands in the days of areas."""
    sum_up_recent()


@platform_task()
def sum_up_areas_nightly() -> None:
    """Beat: the same for five weeks, and old days are forgotten."""
    sum_up_long()
