"""What the operators' pages of care share."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest

from shared_apps.operations.access import grant_of, may
from shared_apps.operations.models import OperatorRole
from shared_apps.operations.places import LEVELS
from shared_apps.regions.picker import AreaPicker, area_picker, is_search
from tenants.identity.models import User


def actor(request: HttpRequest) -> str:
    grant = grant_of(request)
    assert grant is not None
    return str(grant.user.actor)


def may_write(request: HttpRequest) -> bool:
    return may(request, OperatorRole.OPERATOR)


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Names of the accounts among these, for `user:<uuid>`; the system's own have none."""
    ids = {UUID(one[5:]) for one in actors if one.startswith("user:")}
    return {user.actor: str(user) for user in User.objects.filter(public_id__in=ids)} if ids else {}


def was_sent(request: HttpRequest) -> bool:
    """Whether the form was sent to be saved, not to search an area."""
    return request.method == "POST" and not is_search(request.POST)


def picker_of(request: HttpRequest, *, label: str, hint: str, initial: Iterable[str] = ()) -> AreaPicker:
    sent = request.POST if request.method == "POST" else None
    return area_picker(sent, label=label, hint=hint, levels=LEVELS, initial=initial)
