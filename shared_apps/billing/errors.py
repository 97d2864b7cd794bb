"""Why something about a subscription or its money is refused."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NoPlans(DomainError):
    """No plan is offered: `warsa billing plans` was never run."""

    code = "no_plans"
    status = 503


class SellerUnknown(DomainError):
    """Who issues invoices is not set, so none may be issued."""

    code = "seller_unknown"
    status = 503


class BadBuyer(DomainError):
    """The buyer's name, NPWP or address cannot be right."""

    code = "bad_buyer"
    status = 400


class BadFile(DomainError):
    """A proof that is neither a PDF nor a picture, or too large."""

    code = "bad_file"
    status = 400


class BadAmount(DomainError):
    """More is paid, credited or refunded than there is, or nothing."""

    code = "bad_amount"
    status = 400


class TooLong(DomainError):
    """More free time than anybody may give at once."""

    code = "too_long"
    status = 400


class QuotationExpired(DomainError):
    """The quotation held until a day that has gone by."""

    code = "quotation_expired"


class AlreadyAsked(DomainError):
    """There is such a thing already that waits for an answer."""

    code = "already_asked"


class NotBilled(DomainError):
    """A sponsor has no region that needs to be paid for now, or the region is paid for by somebody else."""

    code = "not_billed"


class CardsClosed(DomainError):
    """This installation takes no cards: no key of Stripe is set."""

    code = "cards_closed"


class StripeAway(DomainError):
    """Stripe did not answer, or refused. Nothing was charged that it does not know."""

    code = "stripe_away"
    status = 503


class BadEvent(DomainError):
    """A message to our webhook that is not Stripe's own, too old, or about somebody whom it may not be about."""

    code = "bad_event"
    status = 400
