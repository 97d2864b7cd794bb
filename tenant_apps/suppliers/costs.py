"""What a pack costs once it is here, and what that is for a unit that people compare by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared_apps.supplier_catalog.models import Offer
from shared_apps.supplier_catalog.taxes import tax_on
from tenant_apps.suppliers.facts import Facts, first_price
from tenant_apps.suppliers.market import MarketPrice
from tenants.kernel.units import BaseUnit

# By which people compare: base units, and how they are called.
_COMPARED: dict[str, tuple[int, str]] = {BaseUnit.GRAM: (1_000, "kg"), BaseUnit.MILLILITRE: (1_000, "L")}


def compared_by(unit: str) -> tuple[int, str]:
    """So many base units, called so."""
    return _COMPARED.get(unit, (1, unit))


def rupiah_for(amount: int, quantity: int, per: int) -> int:
    """What `per` base units cost where `quantity` cost this amount; half a rupiah goes up."""
    return (2 * amount * per + quantity) // (2 * quantity)


@dataclass(frozen=True)
class Cost:
    """Of one pack of so many base units, where one is ordered. Rupiah."""

    price: int
    tax: int
    freight: int
    holds: int
    unit: str

    @property
    def landed(self) -> int:
        return self.price + self.tax + self.freight

    @property
    def each(self) -> int:
        """Landed, for one `unit_name`."""
        return rupiah_for(self.landed, self.holds, compared_by(self.unit)[0])

    @property
    def unit_name(self) -> str:
        return compared_by(self.unit)[1]

    @property
    def by_unit(self) -> Fraction:
        """Exactly, for a base unit: to sort by."""
        return Fraction(self.landed, self.holds)


def cost_of(offer: Offer, on: date, holds: int | None = None, unit: str | None = None) -> Cost:
    """What the offer costs on a day; `holds` and `unit` where the pack is counted as one of our products."""
    price = first_price(offer)
    tax = tax_on(price, offer.version.tax, on)
    return Cost(price, tax, offer.freight, holds or offer.pack.base_quantity, unit or offer.version.base_unit)


def cost_of_facts(facts: Facts, on: date) -> Cost:
    """The same of what a change shows."""
    price: int = facts["price"]
    tax = tax_on(price, facts.get("tax", ""), on)
    return Cost(price, tax, facts.get("freight", 0), facts["base_quantity"], facts["base_unit"])


def market_each(seen: MarketPrice, unit: str) -> int:
    """What the market asks for one of the units that people compare by."""
    return rupiah_for(seen.price, seen.per_quantity, compared_by(unit)[0])


def permille(before: Fraction, after: Fraction) -> int:
    """How many thousandths more it is; below zero for less. Half a thousandth goes away from zero."""
    change = (after - before) * 1_000 / before
    size = abs(change)
    whole = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    return whole if change >= 0 else -whole


def percent_text(thousandths: int) -> str:
    """How people write it: 67 -> "+6,7%"."""
    whole, rest = divmod(abs(thousandths), 10)
    sign = "−" if thousandths < 0 else "+"
    return f"{sign}{whole}{f',{rest}' if rest else ''}%"
