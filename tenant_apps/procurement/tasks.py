"""Cycles whose time is up are closed, whether or not an officer looks; and what they saved is reckoned."""

from __future__ import annotations

from tenant_apps.procurement.services.announcing_pools import tell_of_pools
from tenant_apps.procurement.services.due import close_due_cycles
from tenant_apps.procurement.services.pooling import tend_pools
from tenant_apps.procurement.services.saving import reckon_due_savings
from tenants.tasks import for_each_ready_region, platform_task, region_task

# Less than the interval of beat: the next question asks for the same cycles.
WORTH_SECONDS = 240


@region_task()
def tend_cycles() -> None:
    close_due_cycles()
    reckon_due_savings()


@region_task()
def tend_joint_purchases() -> None:
    tend_pools()
    tell_of_pools()


@platform_task()
def tend_cycles_everywhere() -> None:
    """Beat: each READY region closes the cycles whose time is up, reckons what they saved, sees to its joint purchases."""
    for_each_ready_region(tend_cycles, expires=WORTH_SECONDS)
    for_each_ready_region(tend_joint_purchases, expires=WORTH_SECONDS)
