"""Row locks of central operations."""

from __future__ import annotations

from shared_apps.operations.models import OperatorGrant


def locked_grant(grant: OperatorGrant) -> OperatorGrant:
    """An operator's grant, with its person."""
    return OperatorGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)


def locked_owners() -> list[OperatorGrant]:
    """All owners, in one order: who takes the role from one of them counts the others."""
    return list(OperatorGrant.objects.select_for_update().filter(role="owner").order_by("pk"))
