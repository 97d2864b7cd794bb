"""PPN (value added tax) as dated data.

Source:  UU 8/1983 article 7 (10 %); UU 7/2021 article 7 (11 % from 1 April 2022); PMK 131/2024 (12 % of 11/12 of the price
         from 1 January 2025 for goods that are no luxury, so 11 % of the price).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared_apps.supplier_catalog.models import Tax


@dataclass(frozen=True)
class Rate:
    """From `since` on: so many percent of `base` parts of the price out of `of`."""

    since: date
    percent: int
    base: int = 1
    of: int = 1

    @property
    def fraction(self) -> tuple[int, int]:
        """What comes on top of a price, as numerator and denominator."""
        return self.percent * self.base, 100 * self.of


# The newest first.
RATES = (
    Rate(date(2025, 1, 1), 12, 11, 12),
    Rate(date(2022, 4, 1), 11),
    Rate(date(1985, 4, 1), 10),
)


def rate_on(day: date) -> Rate:
    """The rate that holds on this day.

    Raises:  LookupError for a day before there was PPN.
    """
    for rate in RATES:
        if rate.since <= day:
            return rate
    raise LookupError(f"no PPN on {day}")


def tax_on(amount: int, treatment: str, on: date) -> int:
    """The PPN that comes on top of this amount on this day: 0 unless the price is without it (`Tax.ADDED`).

    Units:   whole rupiah. Rounded once, for the whole amount: half a rupiah and more goes up. So reckon it for a line or
             a bill, never for one pack and then times many.
    """
    if treatment != Tax.ADDED:
        return 0
    part, whole = rate_on(on).fraction
    return _nearest(amount * part, whole)


def tax_within(amount: int, treatment: str, on: date) -> int:
    """The PPN that this amount holds already: 0 unless the price is with it (`Tax.INCLUDED`).

    Units:   whole rupiah, rounded as in `tax_on`.
    """
    if treatment != Tax.INCLUDED:
        return 0
    part, whole = rate_on(on).fraction
    return _nearest(amount * part, whole + part)


def _nearest(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
