"""Why a supplier's article is not bought here, or a change to it not taken."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NotOfferedHere(DomainError):
    """The offer is not, or no longer, the one that counts in this region today."""

    code = "not_offered_here"


class AlreadyAdopted(DomainError):
    """The article is bought here already, as another product."""

    code = "already_adopted"


class BadContent(DomainError):
    """How much of our product one pack holds is not known, or cannot be true."""

    code = "bad_content"
    status = 400


class NotTraded(DomainError):
    """The product is not traded here any more."""

    code = "not_traded"


class ReasonMissing(DomainError):
    """Whoever reads the history wants to know why."""

    code = "reason_missing"
    status = 400
