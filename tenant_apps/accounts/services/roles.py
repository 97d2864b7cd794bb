"""Giving roles and taking them away. Every decision leaves a RoleEvent, and a row in the region's log."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.accounts.errors import LastAdmin
from tenant_apps.accounts.models import Role, RoleEvent, RoleGrant
from tenants.audit.services import record
from tenants.identity.models import User


def grant_role(*, user: User, role: Role, by: str, source: str = "") -> RoleGrant:
    """The person has this role. Giving it again changes nothing.

    Writes:  a RoleEvent.
    """
    with transaction.atomic():
        grant, fresh = RoleGrant.objects.get_or_create(user=user, role=role, defaults={"by": by})
        if fresh:
            RoleEvent.objects.create(user=user, kind=RoleEvent.Kind.GRANTED, role=role, by=by, source=source)
            record("role.given", by=by, target=user.actor, details={"role": str(role)})
    return grant


def revoke_role(*, user: User, role: Role, by: str) -> None:
    """The person no longer has this role. Taking it away again changes nothing.

    Raises:  LastAdmin.
    Writes:  a RoleEvent.
    """
    with transaction.atomic():
        if role == Role.ADMIN:
            _another_admin_remains(user)
        gone, _rows = RoleGrant.objects.filter(user=user, role=role).delete()
        if gone:
            RoleEvent.objects.create(user=user, kind=RoleEvent.Kind.REVOKED, role=role, by=by)
            record("role.taken", by=by, target=user.actor, details={"role": str(role)})


def deactivate(*, user: User, by: str) -> None:
    """The person can no longer sign in, and whoever is signed in as them is not any more.

    Raises:  LastAdmin.
    Writes:  a RoleEvent.
    """
    with transaction.atomic():
        _another_admin_remains(user)
        person = User.objects.select_for_update().get(pk=user.pk)
        if person.is_active:
            person.is_active = False
            person.session_epoch += 1
            person.save(update_fields=["is_active", "session_epoch"])
            RoleEvent.objects.create(user=person, kind=RoleEvent.Kind.DEACTIVATED, by=by)
            record("account.closed", by=by, target=user.actor)
    user.refresh_from_db()


def reactivate(*, user: User, by: str) -> None:
    """The person can sign in again, with the roles they had.

    Writes:  a RoleEvent.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        if not person.is_active:
            person.is_active = True
            person.save(update_fields=["is_active"])
            RoleEvent.objects.create(user=person, kind=RoleEvent.Kind.REACTIVATED, by=by)
            record("account.opened", by=by, target=user.actor)
    user.refresh_from_db()


def _another_admin_remains(user: User) -> None:
    """Raises LastAdmin when the region would be left without an admin who can sign in.

    Every admin's grant is locked, so that two admins who take each other's role away do not both succeed.
    """
    grants = RoleGrant.objects.filter(role=Role.ADMIN).select_for_update().order_by("pk")
    admins = set(grants.values_list("user_id", flat=True))
    others = User.objects.filter(pk__in=admins - {user.pk}, is_active=True)
    if user.pk in admins and not others.exists():
        raise LastAdmin(_("This is the region's only admin. Make somebody else admin first."))
