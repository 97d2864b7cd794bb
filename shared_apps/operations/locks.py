"""The only place where operations locks rows. Each lock ends with the transaction."""

from __future__ import annotations

from shared_apps.operations.people import SupervisorInvitation


def hold_invitation(token_hash: str) -> SupervisorInvitation | None:
    """The invitation with this link; nobody else takes or withdraws it meanwhile."""
    return SupervisorInvitation.objects.select_for_update().filter(token_hash=token_hash).first()


def hold_open_invitation(email: str, area_code: str) -> SupervisorInvitation | None:
    """The open invitation of this address to this area, if there is one."""
    rows = SupervisorInvitation.objects.select_for_update()
    return rows.filter(email=email, area_code=area_code, accepted_at=None, withdrawn_at=None).first()
