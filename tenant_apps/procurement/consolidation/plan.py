"""The whole cycle, from its lines to the suppliers' orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter

from tenant_apps.procurement.consolidation.cartons import cartons_for, handed_out
from tenant_apps.procurement.consolidation.terms import (
    Advice,
    Gap,
    Missed,
    MissedMinimum,
    Offer,
    Part,
    Plan,
    Purchase,
    Supplier,
    Wants,
)


class Below(Enum):
    """What becomes of goods whose supplier's smallest order is not reached."""

    # They stand in the plan, for the cycle stays open a while.
    KEEP = "keep"
    # Nobody gets them.
    LEAVE_OUT = "leave out"
    # They are bought from others, where somebody else offers them.
    ELSEWHERE = "elsewhere"


class _Goods:
    """A product's wishes, and their sums."""

    __slots__ = ("firm", "lines", "product", "tolerance", "tolerated", "wanted")

    def __init__(self, wants: Wants) -> None:
        self.product, self.lines, self.firm, self.tolerance = wants
        if any(one <= before for before, one in pairwise(self.lines)):
            raise ValueError("a line stands twice, or before an earlier one")
        if min(self.firm) < 0 or min(self.tolerance) < 0:
            raise ValueError(f"somebody wants less than nothing of {self.product}")
        self.wanted, self.tolerated = sum(self.firm), sum(self.tolerance)


_Buys = list[tuple[Offer, int]]


def consolidate(
    wants: Iterable[Wants],
    offers: Iterable[Offer],
    suppliers: Iterable[Supplier] = (),
    *,
    below: Below = Below.KEEP,
) -> Plan:
    """The plan for these wishes. Pure: the same wishes and offers give the same plan, in whatever order they come.

    Each product is bought where a unit costs least when it is here, what that offer cannot give from the next one. With
    ELSEWHERE a supplier is also left out where the others are cheaper than one more order's freight.
    Raises:  ValueError for a line that stands twice or wants less than nothing.
    """
    goods = _by_product(wants)
    market = _Market(offers, suppliers)
    bought = {one.product: market.buy(one) for one in goods.values()}
    missed = market.below_minimum(bought)
    if below is Below.ELSEWHERE:
        missed = _elsewhere(market, goods, bought)
    elif below is Below.LEAVE_OUT:
        market.closed |= {one.supplier for one in missed}
        for product, buys in bought.items():
            bought[product] = [pair for pair in buys if pair[0].supplier not in market.closed]
    plan = Plan(missed=missed)
    for product, one in goods.items():
        _write(plan, one, bought[product], market)
    return plan


def _by_product(wants: Iterable[Wants]) -> dict[int, _Goods]:
    rows = sorted(map(_Goods, wants), key=attrgetter("product"))
    goods = {one.product: one for one in rows}
    if len(goods) < len(rows):
        raise ValueError("a product stands twice")
    if len({line for one in rows for line in one.lines}) < sum(len(one.lines) for one in rows):
        raise ValueError("a line stands twice")
    return goods


class _Market:
    """Who offers what; `closed` are suppliers of whom nothing is bought."""

    def __init__(self, offers: Iterable[Offer], suppliers: Iterable[Supplier]) -> None:
        rows = sorted(offers, key=lambda offer: (offer.product, offer.supplier, offer.offer))
        self.offers = {product: list(own) for product, own in groupby(rows, key=lambda offer: offer.product)}
        self.terms: Mapping[int, Supplier] = {one.supplier: one for one in suppliers}
        self.closed: set[int] = set()

    def of(self, product: int) -> Iterator[Offer]:
        return (offer for offer in self.offers.get(product, ()) if offer.supplier not in self.closed)

    def buy(self, one: _Goods) -> _Buys:
        """Cartons by offer, the cheapest first."""
        left, spare, buys = one.wanted, one.tolerated, []
        open_offers = list(self.of(one.product))
        while left and (found := _cheapest(open_offers, left, spare)):
            offer, cartons = found
            buys.append(found)
            open_offers.remove(offer)
            left = max(left - cartons * offer.carton, 0)
        return buys

    def below_minimum(self, bought: Mapping[int, _Buys]) -> list[MissedMinimum]:
        """The suppliers from whom something is bought, and not enough; who lacks most of its minimum comes first."""
        goods = _goods_of(bought)
        lacking = [
            MissedMinimum(supplier, value, terms.minimum - value)
            for supplier, value in goods.items()
            if (terms := self.terms.get(supplier)) and value < terms.minimum
        ]
        return sorted(lacking, key=lambda one: (Fraction(one.goods, one.goods + one.missing), one.supplier))

    def freight(self, supplier: int) -> int:
        terms = self.terms.get(supplier)
        return terms.freight if terms else 0


def _cheapest(offers: Sequence[Offer], left: int, spare: int) -> tuple[Offer, int] | None:
    """The offer whose units cost least when they are here, and how many cartons of it."""
    best: tuple[Fraction, Offer, int] | None = None
    for offer in offers:
        cartons = cartons_for(left, spare, offer.carton)
        if offer.most is not None:
            cartons = min(cartons, offer.most)
        if cartons < offer.least:
            continue
        cost = Fraction(offer.landed(cartons), cartons * offer.carton)
        # Offers come by supplier and id: of equal costs the first one stays.
        if best is None or cost < best[0]:
            best = cost, offer, cartons
    return best and best[1:]


def _goods_of(bought: Mapping[int, _Buys]) -> dict[int, int]:
    """Rupiah of goods by supplier."""
    found: dict[int, int] = {}
    for buys in bought.values():
        for offer, cartons in buys:
            found[offer.supplier] = found.get(offer.supplier, 0) + offer.goods(cartons)
    return found


def _elsewhere(market: _Market, goods: Mapping[int, _Goods], bought: dict[int, _Buys]) -> list[MissedMinimum]:
    """Suppliers close one after the other, until each that is left takes its order and is worth its freight.

    Returns those that missed their minimum, as they stood when they were closed.
    """
    missed = []
    while True:
        if lacking := market.below_minimum(bought):
            missed.append(lacking[0])
            _close(market, lacking[0].supplier, goods, bought)
        elif not any(_is_dear(market, supplier, goods, bought) for supplier in sorted(_goods_of(bought))):
            return missed


def _close(market: _Market, supplier: int, goods: Mapping[int, _Goods], bought: dict[int, _Buys]) -> dict[int, _Buys]:
    """Nothing is bought of the supplier any more. Returns what was bought of its products until now."""
    before = {product: buys for product, buys in bought.items() if any(one.supplier == supplier for one, _n in buys)}
    market.closed.add(supplier)
    for product in before:
        bought[product] = market.buy(goods[product])
    return before


def _is_dear(market: _Market, supplier: int, goods: Mapping[int, _Goods], bought: dict[int, _Buys]) -> bool:
    """Whether everything of the supplier costs less at the others than here with one more freight; then it is closed."""
    if not market.freight(supplier):
        return False
    used = set(_goods_of(bought))
    before = _close(market, supplier, goods, bought)
    after = {product: bought[product] for product in before}
    # Freights of suppliers from whom nothing was bought yet come on top, and its own falls away.
    more = sum(market.freight(one) for one in _goods_of(bought) if one not in used) - market.freight(supplier)
    units_before, units_after = sum(map(_units_of, before.values())), sum(map(_units_of, after.values()))
    if units_after >= units_before and _landed(after) + more < _landed(before):
        return True
    market.closed.discard(supplier)
    bought.update(before)
    return False


def _units_of(buys: _Buys) -> int:
    return sum(offer.carton * cartons for offer, cartons in buys)


def _landed(bought: Mapping[int, _Buys]) -> int:
    return sum(offer.landed(cartons) for buys in bought.values() for offer, cartons in buys)


def _write(plan: Plan, one: _Goods, buys: _Buys, market: _Market) -> None:
    """The product's purchases, with whose they are, what is missing, and what a little more would save."""
    units = _units_of(buys)
    given = handed_out(units, one.firm, one.tolerance)
    if units < one.wanted:
        plan.gaps[one.product] = _gap(one, buys, one.wanted - units, market)
        for line, firm, got in zip(one.lines, one.firm, given, strict=True):
            if got < firm:
                plan.unfilled[line] = firm - got
    plan.purchases += _purchases(one.lines, given, buys)
    plan.advice += filter(None, (_advice(offer, cartons) for offer, cartons in buys))


def _purchases(lines: Sequence[int], given: Sequence[int], buys: _Buys) -> Iterator[Purchase]:
    """Line after line fills purchase after purchase."""
    parts = [Part(line, units) for line, units in zip(lines, given, strict=True) if units]
    for offer, cartons in buys:
        room, place = cartons * offer.carton, 0
        while place < len(parts) and parts[place].units <= room:
            room -= parts[place].units
            place += 1
        own, parts = parts[:place], parts[place:]
        if room:
            # The line stands on both sides.
            line, units = parts[0]
            own.append(Part(line, room))
            parts[0] = Part(line, units - room)
        yield Purchase(offer, cartons, tuple(own))


def _gap(one: _Goods, buys: _Buys, left: int, market: _Market) -> Gap:
    """Why so many firm units are left, and what would be enough to go on buying. Tolerance is unused while something is left."""
    if one.product not in market.offers:
        return Gap(Missed.NOT_OFFERED)
    bought, gaps, open_offers = {offer.offer: cartons for offer, cartons in buys}, [], list(market.of(one.product))
    for offer in open_offers:
        cartons = bought.get(offer.offer, 0)
        least = 1 if cartons else offer.least
        if offer.most is not None and cartons + least > offer.most:
            continue
        # The cartons are full, and the last of them holds something firm.
        full, firm = least * offer.carton - one.tolerated, (least - 1) * offer.carton + 1
        gaps.append((max(full, firm) - left, Missed.CARTON if least == 1 else Missed.LEAST))
    if gaps:
        missing, reason = min(gaps, key=itemgetter(0))
        return Gap(reason, missing)
    return Gap(Missed.MOST if open_offers else Missed.MINIMUM)


def _advice(offer: Offer, cartons: int) -> Advice | None:
    """The next tier, where what is bought already would cost less by it."""
    now = offer.tier_at(cartons).price
    for tier in offer.tiers:
        more = tier.cartons - offer.besides - cartons
        if more > 0 and tier.price < now and (offer.most is None or cartons + more <= offer.most):
            return Advice(offer, more, cartons * (now - tier.price))
    return None
