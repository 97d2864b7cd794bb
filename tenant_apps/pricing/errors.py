"""Why a price is not published, and why a claim is not taken."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NoEvidence(DomainError):
    """Nobody has seen a market's price for this product lately."""

    code = "no_evidence"


class PriceNotCheaper(DomainError):
    """The price does not undercut the market by what the region promises. `context["highest"]` is the highest that does."""

    code = "price_not_cheaper"


class AboveCeiling(DomainError):
    """The price is above the highest retail price (HET) in force. `context["highest"]` is that ceiling for the pack."""

    code = "above_ceiling"


class BadPrice(DomainError):
    """A price that nobody can pay."""

    code = "bad_price"
    status = 400


class OtherUnit(DomainError):
    """The price was told in a unit that nothing turns into the product's own."""

    code = "other_unit"
    status = 400


class BadPicture(DomainError):
    """What was sent is no picture, or too large a one."""

    code = "bad_picture"
    status = 400


class NotBought(DomainError):
    """No such line was handed over to this person within the days of a claim."""

    code = "not_bought"


class ClaimedBefore(DomainError):
    """The line has a claim already."""

    code = "claimed_before"


class NotLess(DomainError):
    """What was seen elsewhere is not less than what was paid."""

    code = "not_less"
