"""Supervisors (pembina): an operator invites them to an area by a mailed link that works once, and may end their grant."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from shared_apps.operations.errors import InvitationEnded, InvitationUnknown, TooManyInvitations
from shared_apps.operations.locks import hold_invitation, hold_open_invitation, let_in_by_turns
from shared_apps.operations.places import area_of_figures
from shared_apps.operations.supervisors import SupervisorGrant, SupervisorInvitation
from shared_apps.regions.selectors import area, path_of
from tenants.audit.services import record
from tenants.hosts import platform_url
from tenants.identity.models import User
from tenants.identity.services import open_account
from tenants.kernel import clock
from tenants.kernel.tokens import new_token, token_hash
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import put_mail

GOOD_FOR = timedelta(days=14)
# How the outbox names these mails; they are counted by it.
MAIL = "operations.supervisor:"
MAX_MAILS_PER_ADDRESS_AND_HOUR = 5


def invite_supervisor(*, email: str, name: str, area_code: str, by: str) -> SupervisorInvitation:
    """Somebody may become supervisor of the area by a link that is mailed. A second invitation to it ends the first one's link.

    Raises:  NoSuchArea; TooManyInvitations when that address got many of these mails.
    Writes:  SupervisorInvitation, outbox mail.
    """
    address = email.strip().lower()
    with transaction.atomic():
        chosen = area_of_figures(area_code)
        let_in_by_turns()
        _must_be_few(address)
        row = hold_open_invitation(address, chosen.code) or SupervisorInvitation(email=address, area_code=chosen.code)
        token = new_token()
        row.name, row.by = " ".join(name.split()), by
        row.token_hash, row.ends_at = token_hash(token), clock.now() + GOOD_FOR
        row.save()
        _mail(row, token)
        record("supervisor.invited", by=by, target=f"invitation:{row.public_id}", details={"area": row.area_code})
    return row


def withdraw_invitation(*, invitation: SupervisorInvitation, by: str) -> None:
    """Its link no longer works. Withdrawing again changes nothing.

    Raises:  InvitationEnded once it was accepted.
    """
    with transaction.atomic():
        row = hold_invitation(invitation.token_hash)
        if row is None or row.withdrawn_at is not None:
            return
        if row.accepted_at is not None:
            raise InvitationEnded(_("This invitation was accepted already. End the supervisor's access instead."))
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        record("supervisor.withdrawn", by=by, target=f"invitation:{row.public_id}", details={"area": row.area_code})


def end_grant(*, grant: SupervisorGrant, by: str) -> None:
    """The supervisor sees the area no more, from their next page on. Ending twice changes nothing."""
    with transaction.atomic():
        gone, _rows = SupervisorGrant.objects.filter(pk=grant.pk).delete()
        if gone:
            record("supervisor.ended", by=by, target=grant.user.actor, details={"area": grant.area_code})


def find_invitation(token: str) -> SupervisorInvitation:
    """The invitation behind a link, whatever became of it.

    Raises:  InvitationUnknown.
    """
    found = SupervisorInvitation.objects.filter(token_hash=token_hash(token)).first()
    if found is None:
        raise _unknown()
    return found


def must_be_open(invitation: SupervisorInvitation) -> None:
    """Raises InvitationEnded, with what the person can do now."""
    if invitation.accepted_at is not None:
        raise InvitationEnded(_("This invitation was used already. If it was you, just sign in."))
    if invitation.withdrawn_at is not None or invitation.ends_at <= clock.now():
        raise InvitationEnded(_("This invitation has ended. Ask the person who invited you for a new one."))


def accept_invitation(*, token: str, user: User) -> SupervisorGrant:
    """The person is supervisor of the area. The same person again changes nothing.

    Raises:  InvitationUnknown; InvitationEnded for one that was withdrawn, ran out, or that somebody else accepted.
    Writes:  SupervisorGrant.
    """
    with transaction.atomic():
        invitation = _held(token)
        mine = SupervisorGrant.objects.filter(user=user, area_code=invitation.area_code).first()
        if invitation.accepted_at is not None and mine is not None:
            return mine
        must_be_open(invitation)
        return _take(invitation, user)


def accept_as_new(*, token: str, name: str, password: str, language: str) -> User:
    """A new person of the platform is supervisor of the area. The link has proven their address.

    Raises:  InvitationUnknown, InvitationEnded; AddressTaken where the address has an account.
    Writes:  the person, SupervisorGrant.
    """
    with transaction.atomic():
        invitation = _held(token)
        must_be_open(invitation)
        user = open_account(name=name, password=password, language=language, email=invitation.email, email_proven=True)
        _take(invitation, user)
    return user


def _take(invitation: SupervisorInvitation, user: User) -> SupervisorGrant:
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    grant, _made = SupervisorGrant.objects.get_or_create(
        user=user, area_code=invitation.area_code, defaults={"granted_by": invitation.by}
    )
    record(
        "supervisor.joined",
        by=user.actor,
        target=f"invitation:{invitation.public_id}",
        details={"area": grant.area_code},
    )
    return grant


def _held(token: str) -> SupervisorInvitation:
    found = hold_invitation(token_hash(token))
    if found is None:
        raise _unknown()
    return found


def _unknown() -> InvitationUnknown:
    return InvitationUnknown(
        _("This link is no invitation, or a newer one was sent since. Look for the latest message, or ask again.")
    )


def _mail(row: SupervisorInvitation, token: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        facts = {
            "name": row.name,
            "area": path_of(area(row.area_code)),
            "link": platform_url(f"/pembina/undangan/{token}/"),
        }
        subject = _("You are invited to supervise %(area)s") % facts
        body = (
            _(
                "Hello %(name)s,\n\nyou are invited to see how the markets in %(area)s do, against their targets. Open this"
                " link to accept:\n\n%(link)s\n\nThe link works for 14 days and is for you alone. If you expected no"
                " invitation, ignore this mail."
            )
            % facts
        )
    put_mail(to=row.email, subject=" ".join(subject.split()), body=body, dedupe=f"{MAIL}{row.token_hash}")


def _must_be_few(email: str) -> None:
    mailed = OutboxMessage.objects.filter(
        dedupe__startswith=MAIL, payload__to=email, created_at__gt=clock.now() - timedelta(hours=1)
    )
    if mailed.count() >= MAX_MAILS_PER_ADDRESS_AND_HOUR:
        raise TooManyInvitations(
            _("Many links were mailed to this address just now. Use the latest one, or try again in an hour.")
        )
