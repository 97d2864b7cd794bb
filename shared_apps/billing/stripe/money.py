"""The one place that knows that Stripe's rupiah have hundredths."""

from __future__ import annotations

HUNDREDTHS = 100
CURRENCY = "idr"


class OddMoney(ValueError):
    """An amount of Stripe's that is no whole rupiah, or no rupiah."""


def to_stripe(rupiah: int) -> int:
    """Whole rupiah as Stripe counts them."""
    return rupiah * HUNDREDTHS


def from_stripe(amount: int, currency: str = CURRENCY) -> int:
    """What Stripe counts, in whole rupiah.

    Raises:  OddMoney.
    """
    if currency != CURRENCY or amount % HUNDREDTHS:
        raise OddMoney(f"{amount} {currency}")
    return amount // HUNDREDTHS
