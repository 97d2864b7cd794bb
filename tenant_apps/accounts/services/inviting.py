"""Invitations: a link that gives a role, once, within fourteen days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from tenant_apps.accounts.errors import AlreadyInvited, InvitationEnded, InvitationUnknown
from tenant_apps.accounts.models import Invitation, Role
from tenant_apps.accounts.reactions import react
from tenant_apps.accounts.services.roles import grant_role
from tenants.context import current_region
from tenants.hooks import NewRegion
from tenants.hosts import host_of_slug, region_url
from tenants.identity.models import User
from tenants.identity.phones import clean_phone
from tenants.identity.services import open_account
from tenants.kernel import clock
from tenants.kernel.tokens import new_token, token_hash
from tenants.outbox.services import put_mail, put_sms

GOOD_FOR = timedelta(days=14)
# Who invites the first admin.
PROVISIONING = "system:provisioning"


@dataclass(frozen=True)
class Issued:
    """An invitation, and the link that its inviter may pass on by hand. The link is known only now: its hash is kept."""

    invitation: Invitation
    link: str


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str


@dataclass(frozen=True)
class Post:
    """How a link is sent: the address of a path, the mail around the link, the reader's language."""

    address: Callable[[str], str]
    write: Callable[[Invitation, str], Letter]
    language: str


def invite(*, role: Role, name: str, by: str, email: str = "", phone: str = "", subject: UUID | None = None) -> Issued:
    """Somebody may take this role by following a link, which is sent where an address is given.

    Units:   `subject` is the public_id of what the role is for (a warung).
    Raises:  AlreadyInvited while the same person holds an open invitation to the same thing; PhoneRefused.
    Writes:  outbox mail or short text.
    """
    return _invite(
        role=role,
        name=name,
        by=by,
        email=email,
        phone=phone,
        subject=subject,
        post=Post(_region_address, _letter, settings.LANGUAGE_CODE),
    )


def invite_first_admin(new: NewRegion) -> None:
    """The applicant may become admin of the region that is being built. Asking again changes nothing.

    Writes:  outbox mail, which leaves when the region opens.
    """

    def address(path: str) -> str:
        # Inside the founding transaction the registry is out of reach, so the address is made from the slug.
        return f"{settings.SITE_SCHEME}://{host_of_slug(new.slug)}{settings.SITE_PORT_SUFFIX}{path}"

    with transaction.atomic():
        if Invitation.objects.filter(role=Role.ADMIN, by=PROVISIONING).exists():
            return
        _invite(
            role=Role.ADMIN,
            name=new.admin_name,
            by=PROVISIONING,
            email=new.admin_email,
            phone="",
            subject=None,
            post=Post(address, _first_letter, new.language),
        )


def accept(*, token: str, user: User) -> Invitation:
    """The person has the role, and whatever other apps tie to it.

    States:  open -> accepted. The same person again changes nothing.
    Raises:  InvitationUnknown; InvitationEnded for one that was withdrawn, ran out, or that somebody else accepted.
    Writes:  RoleGrant, RoleEvent, and what reactions write, in one transaction.
    """
    with transaction.atomic():
        invitation = _locked(token)
        if invitation.accepted_by_id == user.pk:
            return invitation
        must_be_open(invitation)
        _take(invitation, user)
    return invitation


def accept_as_new(
    *, token: str, name: str, password: str, language: str, email: str = "", phone: str = ""
) -> tuple[User, Invitation]:
    """A new person of this region has the role.

    An address that the link was sent to counts as proven, and stands in place of `email` or `phone` (E.164).

    States:  open -> accepted.
    Raises:  InvitationUnknown, InvitationEnded; AddressMissing, AddressTaken.
    Writes:  the person, and what `accept` writes.
    """
    with transaction.atomic():
        invitation = _locked(token)
        must_be_open(invitation)
        mailed_to, texted_to = proven_email(invitation, token), proven_phone(invitation, token)
        user = open_account(
            name=name,
            password=password,
            language=language,
            email=mailed_to or email,
            phone=texted_to or phone,
            email_proven=bool(mailed_to),
            phone_proven=bool(texted_to),
        )
        _take(invitation, user)
    return user, invitation


def _take(invitation: Invitation, user: User) -> None:
    """Mark a locked, open invitation as this person's and let everybody react. Inside atomic()."""
    invitation.accepted_at, invitation.accepted_by = clock.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    # Others lock rows of their own; the log, which `grant_role` writes to, is held by all and so comes last.
    react(invitation, user)
    grant_role(user=user, role=Role(invitation.role), by=invitation.by, source=f"invitation:{invitation.public_id}")


def withdraw_invitation(*, invitation: Invitation, by: str) -> None:
    """Its links no longer work. Withdrawing again changes nothing.

    States:  open -> withdrawn.
    Raises:  InvitationEnded once it was accepted.
    """
    with transaction.atomic():
        row = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if row.accepted_at is not None:
            raise InvitationEnded(
                _("This invitation was accepted already. Take the role away from the person instead.")
            )
        if row.withdrawn_at is None:
            row.withdrawn_at, row.withdrawn_by = clock.now(), by
            row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    invitation.refresh_from_db()


def renew(*, invitation: Invitation, by: str) -> Issued:
    """A new link for another fourteen days, sent again; the earlier links end.

    Raises:  InvitationEnded once it was accepted or withdrawn.
    Writes:  outbox mail or short text.
    """
    with transaction.atomic():
        row = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if row.accepted_at is not None or row.withdrawn_at is not None:
            raise InvitationEnded(
                _("This invitation was accepted or withdrawn already. Write a new one if it is needed.")
            )
        row.by = by
        link = _give_links(row, Post(_region_address, _letter, settings.LANGUAGE_CODE))
    invitation.refresh_from_db()
    return Issued(row, link)


def find(token: str) -> Invitation:
    """The invitation behind a link, whatever its state.

    Raises:  InvitationUnknown.
    """
    return _by_token(token, lock=False)


def must_be_open(invitation: Invitation) -> None:
    """Raises InvitationEnded, with what the person can do now."""
    if invitation.accepted_at is not None:
        raise InvitationEnded(_("This invitation was used already. If it was you, just sign in."))
    if not invitation.is_open:
        raise InvitationEnded(_("This invitation has ended. Ask the person who invited you for a new one."))


def proven_email(invitation: Invitation, token: str) -> str:
    """The address that whoever holds this very link has shown to be theirs, or nothing."""
    return invitation.email if invitation.email_token_hash == token_hash(token) else ""


def proven_phone(invitation: Invitation, token: str) -> str:
    """The number that whoever holds this very link has shown to be theirs, or nothing."""
    return invitation.phone if invitation.phone_token_hash == token_hash(token) else ""


def _invite(
    *,
    role: Role,
    name: str,
    by: str,
    email: str,
    phone: str,
    subject: UUID | None,
    post: Post,
) -> Issued:
    invitation = Invitation(
        role=role,
        name=name.strip(),
        email=email.strip().lower(),
        phone=clean_phone(phone) if phone.strip() else "",
        subject=subject,
        by=by,
    )
    try:
        with transaction.atomic():
            link = _give_links(invitation, post)
    except IntegrityError as twice:
        if "invitation_open_once" not in str(twice):
            raise
        raise AlreadyInvited(
            _("%(name)s holds an open invitation already. Send it again, or withdraw it first.")
            % {"name": invitation.name}
        ) from twice
    return Issued(invitation, link)


def _give_links(invitation: Invitation, post: Post) -> str:
    """Fresh links, the earlier ones forgotten: one to be shown, one for each address that it is sent to. Inside atomic()."""
    shown, mailed, texted = new_token(), new_token(), new_token()
    invitation.token_hash = token_hash(shown)
    invitation.email_token_hash = token_hash(mailed) if invitation.email else None
    invitation.phone_token_hash = token_hash(texted) if invitation.phone else None
    invitation.expires_at = clock.now() + GOOD_FOR
    invitation.save()

    def link(token: str) -> str:
        return post.address(f"/undangan/{token}/")

    with translation.override(post.language):
        if invitation.email:
            letter = post.write(invitation, link(mailed))
            put_mail(
                to=invitation.email,
                subject=letter.subject,
                body=letter.body,
                dedupe=f"accounts.invitation:{invitation.email_token_hash}",
            )
        if invitation.phone:
            put_sms(
                to=invitation.phone,
                body=_("%(region)s invites you as %(role)s: %(link)s")
                % {"region": current_region().name, "role": invitation.get_role_display(), "link": link(texted)},
                dedupe=f"accounts.invitation:{invitation.phone_token_hash}",
            )
    return link(shown)


def _letter(invitation: Invitation, link: str) -> Letter:
    facts = {
        "name": invitation.name,
        "region": current_region().name,
        "role": invitation.get_role_display(),
        "link": link,
    }
    return Letter(
        _("%(region)s invites you as %(role)s") % facts,
        _(
            "Hello %(name)s,\n\nthe market %(region)s invites you as %(role)s. Open this link to accept:\n\n%(link)s\n\n"
            "The link works for 14 days and is for you alone. If you expected no invitation, ignore this mail."
        )
        % facts,
    )


def _first_letter(invitation: Invitation, link: str) -> Letter:
    facts = {"name": invitation.name, "region": current_region().name, "link": link}
    return Letter(
        _("You are the admin of %(region)s") % facts,
        _(
            "Hello %(name)s,\n\nthe market %(region)s stands ready, and you are its admin. Open this link, choose a password,"
            " and you are inside:\n\n%(link)s\n\nA short list there leads you on: confirm the services, enter RW and RT,"
            " complete the Satker, and invite the first warung owner. Then your market can take its first order.\n\n"
            "The link works for 14 days and is for you alone."
        )
        % facts,
    )


def _region_address(path: str) -> str:
    return region_url(current_region(), path)


def _locked(token: str) -> Invitation:
    return _by_token(token, lock=True)


def _by_token(token: str, *, lock: bool) -> Invitation:
    digest = token_hash(token)
    rows = Invitation.objects.select_for_update() if lock else Invitation.objects.all()
    of_any_link = Q(token_hash=digest) | Q(email_token_hash=digest) | Q(phone_token_hash=digest)
    invitation = rows.filter(of_any_link).first()
    if invitation is None:
        raise InvitationUnknown(
            _("This link is no invitation, or a newer one was sent since. Look for the latest message, or ask again.")
        )
    return invitation
