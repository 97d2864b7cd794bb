"""Refusals of central operations."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class CodeRefused(DomainError):
    """The second factor's code is wrong, or was used."""

    code = "code_refused"
    status = 400


class DoorLocked(DomainError):
    """Too many wrong codes: none is looked at for a while."""

    code = "door_locked"
    status = 429


class PasskeyNotTaken(DomainError):
    """The device's answer proves nothing, or the passkey cannot be added or removed."""

    code = "passkey_not_taken"
    status = 400


class LastOwner(DomainError):
    """Somebody must be left who can let others in."""

    code = "last_owner"


class InvitationUnknown(DomainError):
    """No invitation has this link."""

    code = "invitation_unknown"
    status = 404


class InvitationEnded(DomainError):
    """The invitation was used, withdrawn, or ran out."""

    code = "invitation_ended"
    status = 410


class TooManyInvitations(DomainError):
    """More mails to one address than a person needs."""

    code = "too_many_invitations"
    status = 429


class NoSuchArea(DomainError):
    """A target or a grant needs an official area in force, down to the kecamatan."""

    code = "no_such_area"
    status = 400


class ViewRefused(DomainError):
    """A view without a name, or one too many."""

    code = "view_refused"
    status = 400
