"""Why money does not move."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NoWayToPay(DomainError):
    """The warung does not take this way of paying."""

    code = "no_way_to_pay"


class OtherPayment(DomainError):
    """The reference has a payment of another amount, payer or warung: a defect of the caller."""

    code = "other_payment"


class TooMuchBack(DomainError):
    """More would go back than came."""

    code = "too_much_back"


class BadQris(DomainError):
    """The text is not a static QRIS code that a payer can use. Carries every reason."""

    code = "bad_qris"
    status = 400

    def __init__(self, message: object, *, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message, reasons=reasons)
        self.reasons = reasons


class NoKey(DomainError):
    """No server key stands in the environment for this region."""

    code = "no_provider_key"
