"""Invitations: a mailed link by which somebody comes to work for a supplier, once, within fourteen days."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.errors import InvitationEnded, InvitationUnknown, TooMany
from shared_apps.supplier_catalog.locks import hold_catalogue_of
from shared_apps.supplier_catalog.models import (
    SupplierInvitation,
    SupplierMember,
    SupplierOrganisation,
    SupplierRole,
    SupplierState,
)
from tenants.hosts import platform_url
from tenants.identity.models import User
from tenants.identity.services import open_account
from tenants.kernel import clock
from tenants.kernel.tokens import new_token, token_hash
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import put_mail

GOOD_FOR = timedelta(days=14)
# Who invites whoever registers a supplier.
REGISTRATION = "system:registration"
# How the outbox names these mails; they are counted by it.
MAIL = "supplier_catalog.invitation:"
MAX_MAILS_PER_ADDRESS_AND_HOUR = 5


def invite(
    *, organisation: SupplierOrganisation, email: str, name: str, role: SupplierRole, by: str
) -> SupplierInvitation:
    """Somebody may come to work for the supplier in this role, by a link that is mailed.

    A second invitation of the same address takes the first one's place: its link ends.

    Raises:  TooMany when that address got many of these mails.
    Writes:  SupplierInvitation, outbox mail.
    """
    address = email.strip().lower()
    with transaction.atomic():
        hold_catalogue_of(organisation)
        open_ones = organisation.invitations.select_for_update().filter(accepted_at=None, withdrawn_at=None)
        row = open_ones.filter(email=address).first()
        row = row or SupplierInvitation(organisation=organisation, email=address)
        row.name, row.role, row.by = " ".join(name.split()), role, by
        _send(row)
    return row


def send_again(*, invitation: SupplierInvitation, by: str) -> None:
    """A new link for another fourteen days; the earlier one ends.

    Raises:  InvitationEnded once it was accepted or withdrawn; TooMany.
    Writes:  outbox mail.
    """
    with transaction.atomic():
        row = SupplierInvitation.objects.select_for_update().select_related("organisation").get(pk=invitation.pk)
        if row.accepted_at is not None or row.withdrawn_at is not None:
            raise InvitationEnded(
                _("This invitation was accepted or withdrawn already. Write a new one if it is needed.")
            )
        if by != REGISTRATION:
            row.by = by
        _send(row)
    invitation.refresh_from_db()


def withdraw(*, invitation: SupplierInvitation) -> None:
    """Its link no longer works. Withdrawing again changes nothing.

    Raises:  InvitationEnded once it was accepted.
    """
    with transaction.atomic():
        row = SupplierInvitation.objects.select_for_update().get(pk=invitation.pk)
        if row.accepted_at is not None:
            raise InvitationEnded(_("This invitation was accepted already. Remove the person instead."))
        if row.withdrawn_at is None:
            row.withdrawn_at = clock.now()
            row.save(update_fields=["withdrawn_at"])


def find(token: str) -> SupplierInvitation:
    """The invitation behind a link, whatever became of it.

    Raises:  InvitationUnknown.
    """
    return _by_token(token)


def must_be_open(invitation: SupplierInvitation) -> None:
    """Raises InvitationEnded, with what the person can do now."""
    if invitation.accepted_at is not None:
        raise InvitationEnded(_("This invitation was used already. If it was you, just sign in."))
    refused = invitation.organisation.state == SupplierState.REFUSED
    if refused or invitation.withdrawn_at is not None or invitation.ends_at <= clock.now():
        raise InvitationEnded(_("This invitation has ended. Ask the person who invited you for a new one."))


def accept(*, token: str, user: User) -> SupplierInvitation:
    """The person works for the supplier. Whoever works there already gets the invitation's role, but never a smaller one.

    States:  open -> accepted. The same person again changes nothing.
    Raises:  InvitationUnknown; InvitationEnded for one that was withdrawn, ran out, or that somebody else accepted.
    Writes:  SupplierMember.
    """
    with transaction.atomic():
        invitation = _locked(token)
        if invitation.accepted_at is not None and invitation.organisation.members.filter(user=user).exists():
            return invitation
        must_be_open(invitation)
        _take(invitation, user)
    return invitation


def accept_as_new(*, token: str, name: str, password: str, language: str) -> tuple[User, SupplierInvitation]:
    """A new person of the platform works for the supplier. The link has proven their address.

    States:  open -> accepted.
    Raises:  InvitationUnknown, InvitationEnded; AddressTaken where the address has an account.
    Writes:  the person, SupplierMember.
    """
    with transaction.atomic():
        invitation = _locked(token)
        must_be_open(invitation)
        user = open_account(name=name, password=password, language=language, email=invitation.email, email_proven=True)
        _take(invitation, user)
    return user, invitation


def _take(invitation: SupplierInvitation, user: User) -> None:
    """A locked, open invitation is this person's. Inside atomic()."""
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    member, made = SupplierMember.objects.get_or_create(
        organisation=invitation.organisation, user=user, defaults={"role": invitation.role}
    )
    if not made and member.role != SupplierRole.ADMIN:
        member.role = invitation.role
        member.save(update_fields=["role"])


def _send(row: SupplierInvitation) -> None:
    """A fresh link, the earlier one forgotten. Inside atomic()."""
    _must_be_few(row.email)
    token = new_token()
    row.token_hash, row.ends_at = token_hash(token), clock.now() + GOOD_FOR
    row.save()
    facts = {
        "name": row.name,
        "supplier": row.organisation.name,
        "role": row.get_role_display(),
        "link": platform_url(f"/pemasok/undangan/{token}/"),
    }
    if row.by == REGISTRATION:
        subject = _("Confirm the registration of %(supplier)s") % facts
        body = (
            _(
                "Hello %(name)s,\n\n%(supplier)s is registered as a supplier of WARSA. Open this link to confirm your"
                " address and to choose a password:\n\n%(link)s\n\nThe link works for 14 days and is for you alone."
                " If you registered nothing, ignore this mail."
            )
            % facts
        )
    else:
        with translation.override(settings.LANGUAGE_CODE):
            facts["role"] = row.get_role_display()
            subject = _("%(supplier)s invites you to its supplier portal") % facts
            body = (
                _(
                    "Hello %(name)s,\n\n%(supplier)s invites you to work in its supplier portal at WARSA (role:"
                    " %(role)s). Open this link to accept:\n\n%(link)s\n\nThe link works for 14 days and is for you"
                    " alone. If you expected no invitation, ignore this mail."
                )
                % facts
            )
    put_mail(to=row.email, subject=" ".join(subject.split()), body=body, dedupe=f"{MAIL}{row.token_hash}")


def _must_be_few(email: str) -> None:
    mailed = OutboxMessage.objects.filter(
        dedupe__startswith=MAIL, payload__to=email, created_at__gt=clock.now() - timedelta(hours=1)
    )
    if mailed.count() >= MAX_MAILS_PER_ADDRESS_AND_HOUR:
        raise TooMany(
            _("Many links were mailed to this address just now. Use the latest one, or try again in an hour.")
        )


def _by_token(token: str) -> SupplierInvitation:
    invitation = SupplierInvitation.objects.select_related("organisation").filter(token_hash=token_hash(token)).first()
    if invitation is None:
        raise InvitationUnknown(
            _("This link is no invitation, or a newer one was sent since. Look for the latest message, or ask again.")
        )
    return invitation


def _locked(token: str) -> SupplierInvitation:
    """The invitation, under the lock of its supplier: nobody registers that anew while somebody comes in."""
    hold_catalogue_of(_by_token(token).organisation)
    return _by_token(token)
