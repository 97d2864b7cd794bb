"""What goods cost the Satker once they are here, as an app above this one tells it: prices know no purchases.

The app registers one provider; without any no cost is known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from tenant_apps.catalog.models import Pack


@dataclass(frozen=True)
class LandedCost:
    """So many rupiah for so many base units, freight and PPN on top included."""

    amount: int
    base_quantity: int

    def of(self, pack: Pack) -> int:
        """What the pack cost, rounded up: a cost is never understated."""
        return -(-self.amount * pack.base_quantity // self.base_quantity)


class LandedCosts(Protocol):
    """The newest known cost by product id; products of which none is known are left out. One query."""

    def __call__(self, product_ids: Collection[int]) -> Mapping[int, LandedCost]: ...


def _unknown(product_ids: Collection[int]) -> Mapping[int, LandedCost]:
    return {}


_provider: list[LandedCosts] = [_unknown]


def register_landed_costs(provider: LandedCosts) -> None:
    """The app that buys tells from now on what goods cost."""
    _provider[0] = provider


def landed_costs(product_ids: Collection[int]) -> Mapping[int, LandedCost]:
    """What these products cost the Satker once they are here, by id."""
    return _provider[0](product_ids)
