"""Why a price is not published."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NoEvidence(DomainError):
    """Nobody has seen a market's price for this product lately."""

    code = "no_evidence"


class PriceNotCheaper(DomainError):
    """The price does not undercut the market by what the region promises. `context["highest"]` is the highest that does."""

    code = "price_not_cheaper"


class BadPrice(DomainError):
    """A price that nobody can pay."""

    code = "bad_price"
    status = 400
