from __future__ import annotations

from shared_apps.onboarding.models import WarungMove
from shared_apps.onboarding.services import building, moving
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
    for move_id in moving.unfinished():
        move_warungs.apply_async((move_id,), expires=60)


@platform_task()
def preview_move(move_id: int) -> None:
    """What would go with a carved kecamatan is written down; nothing changes."""
    found = WarungMove.objects.select_related("carve_out", "source", "target").filter(pk=move_id).first()
    if found is not None:
        moving.preview(found)


@platform_task()
def move_warungs(move_id: int) -> None:
    """Warungs go with their kecamatan; safe to repeat."""
    found = WarungMove.objects.select_related("carve_out", "source", "target").filter(pk=move_id).first()
    if found is not None:
        moving.carry_out(found)
