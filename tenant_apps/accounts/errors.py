"""What people and invitations may refuse."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class InvitationUnknown(DomainError):
    """The link is nobody's invitation, or an older link of one that was sent again."""

    code = "invitation_unknown"
    status = 404


class InvitationEnded(DomainError):
    """The invitation was accepted by somebody else, withdrawn, or ran out."""

    code = "invitation_ended"
    status = 410


class AlreadyInvited(DomainError):
    """The same person holds an open invitation to the same thing."""

    code = "already_invited"


class LastAdmin(DomainError):
    """Without this person nobody could run the region."""

    code = "last_admin"


class UnknownPlace(DomainError):
    """That kelurahan is not one of this region."""

    code = "unknown_place"
    status = 400


class PasskeyRefused(DomainError):
    """Not their device, not this step, too late, or used before."""

    code = "passkey_refused"
    status = 403


class TooManyPasskeys(DomainError):
    """More devices than anybody has."""

    code = "too_many_passkeys"
