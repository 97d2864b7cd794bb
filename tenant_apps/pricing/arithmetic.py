"""Exact integer arithmetic of prices. Every rounding goes against the seller: a saving is never overstated."""

from __future__ import annotations

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.models import MarketObservation, PriceCeiling, PriceRule
from tenants.kernel.units import BaseUnit


def market_price_for(observation: MarketObservation, pack: Pack) -> int:
    """What the pack would cost at that market, in rupiah, rounded down: a saving is never overstated."""
    return observation.price * pack.base_quantity // observation.per_quantity


def highest_price(*, market_price: int, rule: PriceRule) -> int:
    """The highest price that keeps the region's promise against this market price; 0 or less when none does."""
    # The percentage is rounded up, in the customer's favour.
    saving = max(rule.minimum_saving, -(-market_price * rule.minimum_percent // 100))
    return market_price - saving


def ceiling_for(ceiling: PriceCeiling, pack: Pack) -> int:
    """What the pack may cost at most by the state's ceiling, in rupiah, rounded down."""
    return ceiling.price * pack.base_quantity // ceiling.per_quantity


def in_base_units(quantity: int, unit: str, *, base_unit: str, density_g_per_l: int | None) -> int | None:
    """So many base units are in `quantity` of `unit`; None where nothing turns one unit into the other.

    Between grams and millilitres only by the product's own density. A fraction of a unit is rounded up: the market's price
    for a pack then comes out lower, and no saving is overstated.
    """
    if unit == base_unit:
        return quantity
    if not density_g_per_l or BaseUnit.PIECE in (unit, base_unit):
        return None
    if unit == BaseUnit.MILLILITRE:
        return -(-quantity * density_g_per_l // 1_000)
    return -(-quantity * 1_000 // density_g_per_l)


def difference(*, paid: int, bought: int, price: int, per_quantity: int) -> int:
    """How much less `bought` base units cost at `price` for `per_quantity`, in rupiah, rounded in the customer's favour."""
    return paid - price * bought // per_quantity
