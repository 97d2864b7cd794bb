"""Row locks of central operations."""

from __future__ import annotations

from shared_apps.operations.models import OperatorGrant
from shared_apps.operations.supervisors import SupervisorInvitation


def locked_grant(grant: OperatorGrant) -> OperatorGrant:
    """An operator's grant, with its person."""
    return OperatorGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)


def locked_owners() -> list[OperatorGrant]:
    """All owners, in one order: who takes the role from one of them counts the others."""
    return list(OperatorGrant.objects.select_for_update().filter(role="owner").order_by("pk"))


def hold_invitation(token_hash: str) -> SupervisorInvitation | None:
    """The invitation with this link; nobody else takes or withdraws it meanwhile."""
    return SupervisorInvitation.objects.select_for_update().filter(token_hash=token_hash).first()


def hold_open_invitation(email: str, area_code: str) -> SupervisorInvitation | None:
    """The open invitation of this address to this area, if there is one."""
    rows = SupervisorInvitation.objects.select_for_update()
    return rows.filter(email=email, area_code=area_code, accepted_at=None, withdrawn_at=None).first()
