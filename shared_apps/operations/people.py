"""Who operates the platform: letting in, changing a role, taking it away, and helping somebody who lost the phone."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from shared_apps.operations.errors import LastOwner
from shared_apps.operations.locks import let_in_by_turns, locked_grant, locked_owners
from shared_apps.operations.models import AuthenticatorApp, OperatorGrant, OperatorRole
from shared_apps.support.services import end_all_of
from tenants.audit.services import record
from tenants.hosts import platform_url
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.outbox.services import put_mail


def let_in(*, email: str, name: str, role: OperatorRole, by: str) -> OperatorGrant:
    """Whoever reads this mailbox is an operator from now on. Without an account yet they get one, and choose its password
    by the code that "forgotten password" mails. For somebody who is in already only the role changes.

    Raises:  LastOwner when it would leave nobody who can let others in.
    """
    with transaction.atomic():
        let_in_by_turns()
        address = User.objects.normalize_email(email).lower()
        user = User.objects.filter(email=address).first() or User.objects.create_user(email=address, name=name)
        grant = OperatorGrant.objects.filter(user=user).first()
        if grant is not None:
            set_role(grant=grant, role=role, by=by)
            return locked_grant(grant)
        grant = OperatorGrant.objects.create(user=user, role=role, granted_by=by)
        with override(user.language):
            put_mail(
                to=address,
                subject=_("You operate WARSA from now on"),
                body=_(
                    "You were let in as: %(role)s.\n\nChoose a password first: %(forgotten)s\n"
                    "Then sign in and add an authenticator app or a passkey: %(console)s\n"
                )
                % {
                    "role": OperatorRole(role).label,
                    "forgotten": platform_url(reverse("account_reset_password", "warsa.urls_platform")),
                    "console": platform_url(reverse("operations:console", "warsa.urls_platform")),
                },
                dedupe=f"operator.let_in:{grant.pk}",
            )
        record("operator.let_in", by=by, target=f"user:{user.public_id}", details={"role": str(role)})
    return grant


def set_role(*, grant: OperatorGrant, role: OperatorRole, by: str) -> None:
    """Raises:  LastOwner."""
    with transaction.atomic():
        _must_leave_an_owner(grant, role)
        row = locked_grant(grant)
        if row.role == role:
            return
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        if not OperatorRole(role).covers(OperatorRole.SUPPORT):
            end_all_of(row.user, by=by)
        record(
            "operator.role_changed",
            by=by,
            target=f"user:{row.user.public_id}",
            details={"before": before, "after": str(role)},
        )


def put_out(*, grant: OperatorGrant, reason: str, by: str) -> None:
    """The person operates nothing any more, from their next request on; the account stays.

    Raises:  LastOwner.
    """
    with transaction.atomic():
        _must_leave_an_owner(grant, None)
        row = locked_grant(grant)
        target = f"user:{row.user.public_id}"
        end_all_of(row.user, by=by)
        row.delete()
        record("operator.put_out", by=by, target=target, reason=reason)


def forget_factors(*, grant: OperatorGrant, reason: str, by: str) -> None:
    """For somebody who lost phone and paper: every session of theirs ends, and the next sign-in adds a new second factor.

    Whoever does this has spoken with the person.
    """
    with transaction.atomic():
        row = locked_grant(grant)
        AuthenticatorApp.objects.filter(grant=row).delete()
        row.passkeys.all().delete()
        row.recovery_codes.all().delete()
        row.wrong_codes, row.locked_until = 0, None
        row.save(update_fields=["wrong_codes", "locked_until"])
        User.objects.filter(pk=row.user_id).update(session_epoch=row.user.session_epoch + 1)
        end_all_of(row.user, by=by)
        put_mail(
            to=row.user.email,
            subject=_("Your second factor was taken away"),
            body=_("Another operator did so. If you did not ask for it, tell an owner of the platform at once."),
            dedupe=f"operator.factors_forgotten:{row.pk}:{clock.now().timestamp()}",
        )
        record("operator.factors_forgotten", by=by, target=f"user:{row.user.public_id}", reason=reason)


def _must_leave_an_owner(grant: OperatorGrant, role: OperatorRole | None) -> None:
    owners = {one.pk for one in locked_owners()}
    if role != OperatorRole.OWNER and owners == {grant.pk}:
        raise LastOwner(_("This is the only owner. Make somebody else an owner first."))
