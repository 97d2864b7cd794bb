from __future__ import annotations

from shared_apps.onboarding.services import building
from tenants.tasks import platform_task


@platform_task()
def provision(registration_id: int) -> None:
    """Build an approved region; safe to repeat."""
    building.build(registration_id)


@platform_task()
def rescue_provisioning() -> None:
    """Beat: what a killed worker left behind is given to another one."""
    for registration_id in building.abandoned():
        provision.apply_async((registration_id,))
