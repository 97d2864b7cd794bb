"""Cycles whose time is up are closed, whether or not an officer looks; and what they saved is reckoned."""

from __future__ import annotations

from tenant_apps.procurement.services.due import close_due_cycles
from tenant_apps.procurement.services.saving import reckon_due_savings
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Less than the interval of beat: the next question asks for the same cycles.
WORTH_SECONDS = 240


@region_task()
def close_cycles() -> None:
    close_due_cycles()


@platform_task()
def close_cycles_everywhere() -> None:
    """Beat: each READY region closes the cycles whose time is up."""
    for_each_ready_region(close_cycles, expires=WORTH_SECONDS)


@region_task()
def reckon_savings() -> None:
    reckon_due_savings()


@platform_task()
def reckon_savings_everywhere() -> None:
    """Beat: each READY region reckons what its cycles saved since they moved."""
    for_each_ready_region(reckon_savings, expires=WORTH_SECONDS)
