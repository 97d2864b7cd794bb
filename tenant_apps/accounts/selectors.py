"""Who is who in this region."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from tenant_apps.accounts.models import Invitation, Profile
from tenants.identity.addresses import with_phone
from tenants.identity.models import User
from tenants.identity.phones import PhoneRefused, clean_phone

Row = TypeVar("Row")


def profile_of(user: User) -> Profile:
    """Where this person lives; an empty one, not saved, for a person who has not told."""
    return Profile.objects.filter(user=user).first() or Profile(user=user)


def villages() -> list[tuple[str, str]]:
    """Code and name of each kelurahan that a person of this region may live in."""
    # The warungs app knows them and stands on this one, so it is asked only when there is a question.
    from tenant_apps.warungs.selectors import village_choices

    return village_choices()


def people(wanted: str = "") -> QuerySet[User]:
    """People with a role, by name; with a search text, everybody whose name, address or number holds it."""
    rows = User.objects.prefetch_related("role_grants").order_by("name", "pk")
    if not wanted:
        return rows.filter(role_grants__isnull=False).distinct()
    fits = Q(name__icontains=wanted) | Q(email__icontains=wanted)
    with suppress(PhoneRefused):
        fits |= Q(pk__in=with_phone(clean_phone(wanted)).values("pk"))
    return rows.filter(fits)


def person_for_admin(public_id: UUID) -> User:
    """The door of admins to a person of their region.

    Raises:  Http404.
    """
    return _or_404(User.objects.filter(public_id=public_id).first())


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that nobody accepted or withdrew, the newest first; those that ran out may be sent again."""
    return Invitation.objects.filter(accepted_at=None, withdrawn_at=None)


def invitation_for_admin(public_id: UUID) -> Invitation:
    """The door of admins to an invitation of their region.

    Raises:  Http404.
    """
    return _or_404(Invitation.objects.filter(public_id=public_id).first())


def _or_404(row: Row | None) -> Row:
    if row is None:
        raise Http404("not in this region")
    return row
