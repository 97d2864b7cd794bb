"""What a warung would have paid, had it bought by itself what a cycle brought it. Plain numbers in, plain numbers out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tenant_apps.procurement.consolidation import Offer, Supplier, shares


class Way(StrEnum):
    """Where a good would have come from."""

    SUPPLIER = "supplier"
    MARKET = "market"
    # Neither a supplier nor a market price: nothing is claimed.
    UNKNOWN = "unknown"


class Bought(NamedTuple):
    """So many units of a good came to a warung through the cycle, for so many rupiah."""

    good: int
    units: int
    paid: int


class Seen(NamedTuple):
    """A market's price: so many rupiah for so many units of a good (a fraction of units is brought to whole numbers)."""

    price: int
    units: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A good as it was bought, and the same units bought alone, with their share of the freight of own orders. Rupiah."""

    good: int
    units: int
    paid: int
    alone: int
    way: Way

    @property
    def saved(self) -> int:
        """Below zero where buying alone would have been cheaper."""
        return self.alone - self.paid


_MARKET = 0
_Ways = dict[int, int]


def compare(
    bought: Iterable[Bought],
    offers: Mapping[int, Sequence[Offer]],
    suppliers: Mapping[int, Supplier],
    market: Mapping[int, Seen],
) -> list[Compared]:
    """One warung's goods of a cycle against the cheapest way to buy the same units alone; goods in the order of their ids.

    Alone it would have had, for each good, the offers of the same suppliers on the same terms: its units rounded up to whole
    cartons, at the tier of so many cartons, with the freight of each carton; of that only the part of its units counts, for
    what else is in the cartons is not lost. An offer whose smallest or largest purchase does not fit is no way, nor is a supplier
    whose smallest order would not be reached with all that it offers of these goods. The other way is the market, at the price
    that was evidence when the cycle was closed. Each supplier ordered from costs the freight of an order once.

    Which supplier it would have taken for what is not guessed: `alone` is a sum below which no choice of ways can come (the
    dual of the facility location problem), so a saving is never overstated; each division is rounded down too. A good without
    any way counts as much as was paid, so nothing is saved with it. Where the cycle's purchase is one that the warung could have
    made alone at its only supplier, both sums of costs are the same to the rupiah.
    """
    rows = sorted(row for row in bought if row.units)
    ways = _ways(rows, offers, suppliers, market)
    known = [row for row in rows if ways[row.good]]
    freight = {one: terms.freight for one, terms in suppliers.items()} | {_MARKET: 0}
    goods = [min(ways[row.good].values()) for row in known]
    # A market good is at its market's price already, and takes part in no freight.
    by_supplier = [_cheapest(ways[row.good]) != _MARKET for row in known]
    freights = lower_bound([ways[row.good] for row in known], freight) - sum(goods)
    weights = [max(cost, 1) if own else 0 for cost, own in zip(goods, by_supplier, strict=True)]
    found = {row.good: Compared(*row, alone=row.paid, way=Way.UNKNOWN) for row in rows}
    for row, cost, share, own in zip(known, goods, shares(freights, weights), by_supplier, strict=True):
        found[row.good] = Compared(*row, alone=cost + share, way=Way.SUPPLIER if own else Way.MARKET)
    return list(found.values())


def _ways(
    rows: Sequence[Bought],
    offers: Mapping[int, Sequence[Offer]],
    suppliers: Mapping[int, Supplier],
    market: Mapping[int, Seen],
) -> dict[int, _Ways]:
    """Rupiah of each good's units by supplier, and by the market, without the freight of orders."""
    found: dict[int, _Ways] = {row.good: {} for row in rows}
    value: dict[int, int] = {}
    for row in rows:
        most: dict[int, int] = {}
        for offer in offers.get(row.good, ()):
            cartons = -(-row.units // offer.carton)
            if cartons < offer.least or (offer.most is not None and cartons > offer.most):
                continue
            cost = row.units * offer.landed(cartons) // (cartons * offer.carton)
            known = found[row.good].get(offer.supplier)
            found[row.good][offer.supplier] = cost if known is None else min(known, cost)
            most[offer.supplier] = max(most.get(offer.supplier, 0), offer.goods(cartons))
        for supplier, goods in most.items():
            value[supplier] = value.get(supplier, 0) + goods
    closed = {one for one, goods in value.items() if one in suppliers and goods < suppliers[one].minimum}
    for row in rows:
        ways = found[row.good] = {one: cost for one, cost in found[row.good].items() if one not in closed}
        if row.good in market:
            seen = market[row.good]
            ways[_MARKET] = row.units * seen.price // seen.units
    return found


def _cheapest(ways: _Ways) -> int:
    """The cheapest way; of equal ones the market, which asks for no freight."""
    return min(ways, key=lambda one: (ways[one], one != _MARKET, one))


def lower_bound(costs: Sequence[Mapping[int, int]], freight: Mapping[int, int]) -> int:
    """Rupiah below which nobody gets all goods: each by one of its ways, and every way that is used costs its freight once.

    Each good offers what its cheapest way costs, and then more and more towards the freights, until a way that it reaches is
    paid; the sum of what is offered is never above the cheapest choice (weak duality; Erlenkotter's dual ascent, 1978).
    """
    left = {way: freight.get(way, 0) for ways in costs for way in ways}
    offered = [min(ways.values()) for ways in costs]
    going = True
    while going:
        going = False
        for place, ways in enumerate(costs):
            reached = [way for way, cost in ways.items() if cost <= offered[place]]
            step = min(left[way] for way in reached)
            beyond = [cost for cost in ways.values() if cost > offered[place]]
            if beyond:
                step = min(step, min(beyond) - offered[place])
            if step:
                offered[place] += step
                for way in reached:
                    left[way] -= step
                going = True
    return sum(offered)
