"""Refusals of support access."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NeedsReason(DomainError):
    """Nobody comes into a region without saying why."""

    code = "support_needs_reason"
    status = 400


class AskedAlready(DomainError):
    """This operator has a request or an access to this region already."""

    code = "support_asked_already"


class NeedsAnother(DomainError):
    """The second operator must be somebody else."""

    code = "support_needs_another"
    status = 403


class TicketRefused(DomainError):
    """The way in is none: used, too old, or of another access."""

    code = "support_ticket_refused"
    status = 403


class NotForSupport(DomainError):
    """Support may look at this region's work, and mend its settings; not this."""

    code = "not_for_support"
    status = 403
