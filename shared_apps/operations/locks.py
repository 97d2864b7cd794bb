"""Row locks of central operations."""

from __future__ import annotations

from django.db import connection

from shared_apps.operations.models import OperatorGrant
from shared_apps.operations.supervisors import SupervisorInvitation

_SPACE = 0x57_4F  # "WO"


def let_in_by_turns() -> None:
    """Whoever else lets somebody in waits until the open transaction ends: two who let in the same person see one another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_SPACE])


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
