from __future__ import annotations

from shared_apps.supplier_catalog.services import deciding
from tenants.tasks import platform_task


@platform_task()
def make_role(organisation_id: int) -> None:
    """The role in the database of a supplier that was verified; safe to repeat."""
    deciding.make_role_of(organisation_id)


@platform_task()
def make_missing_roles() -> None:
    """Beat: what a lost task left undone."""
    for organisation_id in deciding.without_role():
        make_role.apply_async((organisation_id,))
