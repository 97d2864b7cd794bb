"""Reading support accesses, on the platform or in the region that they concern."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.support.models import SupportAccess
from tenants.kernel import clock

STATE = SupportAccess.State


def accesses() -> QuerySet[SupportAccess]:
    """All that one may see here, the newest first."""
    return SupportAccess.objects.select_related("region").order_by("-pk")


def access_of(public_id: UUID | str) -> SupportAccess | None:
    """The access with this id, if it concerns where one is."""
    return SupportAccess.objects.filter(public_id=public_id).first()


def names_of_supporters(actors: Iterable[str]) -> dict[str, str]:
    """Names of the operators behind accesses among these, for `support:<uuid>`. One query, none without any."""
    known = {one for one in actors if one.startswith("support:")}
    if not known:
        return {}
    ids = [one.removeprefix("support:") for one in known]
    return {access.actor: access.operator_name for access in SupportAccess.objects.filter(public_id__in=ids)}


def waiting() -> int:
    """Requests that this region has not answered."""
    return SupportAccess.objects.filter(state=STATE.ASKED, kind=SupportAccess.Kind.ASKED).count()


def running() -> list[SupportAccess]:
    """Accesses that let somebody into this region now."""
    return list(SupportAccess.objects.filter(state=STATE.OPEN, until__gt=clock.now()))
