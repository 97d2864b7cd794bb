from __future__ import annotations

from tenant_apps.api.once import sweep_answers
from tenants.tasks import for_each_ready_region, platform_task, region_task


@region_task()
def sweep_region_answers() -> None:
    sweep_answers()


@platform_task()
def sweep_answers_nightly() -> None:
    """Beat: each READY region forgets answers that nobody asks for any more."""
    for_each_ready_region(sweep_region_answers, expires=6 * 3_600)
