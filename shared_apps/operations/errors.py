"""Why central operations refuse something."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


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
