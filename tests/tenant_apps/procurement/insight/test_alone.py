"""What a warung would have paid alone: by hand-made examples, and what holds for any terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_apps.procurement.consolidation import Below, Offer, Supplier, Tier, Want, consolidate, gather
from tenant_apps.procurement.insight.alone import Bought, Compared, Seen, Way, compare, lower_bound

RICE, EGGS = 1, 2
MUSI, ILIR = 7, 8
SACKS = Offer(1, MUSI, RICE, carton=1, tiers=(Tier(1, 600_000), Tier(10, 570_000)), freight=2_000)
CRATES = Offer(2, MUSI, EGGS, carton=6, tiers=(Tier(1, 280_000), Tier(10, 270_000)))
OFFERS = {RICE: [SACKS], EGGS: [CRATES]}


def by_good(
    bought: Sequence[Bought],
    *,
    offers: Mapping[int, Sequence[Offer]] = OFFERS,
    freight: int = 50_000,
    minimum: int = 0,
    market: Mapping[int, Seen] | None = None,
) -> dict[int, Compared]:
    suppliers = {MUSI: Supplier(MUSI, minimum=minimum, freight=freight), ILIR: Supplier(ILIR)}
    return {one.good: one for one in compare(bought, offers, suppliers, market or {})}


def test_alone_a_warung_pays_its_own_tier_cartons_and_freight() -> None:
    found = by_good([Bought(RICE, 2, 1_180_000)])[RICE]
    assert (found.alone, found.way) == (2 * 602_000 + 50_000, Way.SUPPLIER)
    assert found.saved == 74_000


def test_of_a_carton_only_its_own_units_count() -> None:
    # 4 of the 6 trays of a crate, though the whole crate would have to be bought.
    assert by_good([Bought(EGGS, 4, 180_000)], freight=0)[EGGS].alone == 280_000 * 4 // 6
    # Ten crates and more have their own tier.
    assert by_good([Bought(EGGS, 59, 1)], freight=0)[EGGS].alone == 59 * 270_000 // 6


def test_the_freight_of_an_order_counts_once_and_is_shared_by_value() -> None:
    found = by_good([Bought(RICE, 1, 600_000), Bought(EGGS, 6, 280_000)])
    assert sum(one.alone for one in found.values()) == 602_000 + 280_000 + 50_000
    assert found[RICE].alone - 602_000 == 34_127


def test_below_the_smallest_purchase_the_market_counts() -> None:
    far = {RICE: [Offer(1, MUSI, RICE, carton=1, tiers=(Tier(1, 500_000),), least=5)]}
    found = by_good([Bought(RICE, 4, 2_400_000)], offers=far, market={RICE: Seen(650_000, 1)})[RICE]
    assert (found.alone, found.way) == (2_600_000, Way.MARKET)
    assert by_good([Bought(RICE, 5, 1)], offers=far, freight=0)[RICE].way == Way.SUPPLIER


def test_below_the_smallest_order_the_market_counts() -> None:
    market = {RICE: Seen(13_000, 1), EGGS: Seen(60_000, 1)}
    few, many = [Bought(RICE, 1, 1), Bought(EGGS, 6, 1)], [Bought(RICE, 2, 1), Bought(EGGS, 6, 1)]
    market[RICE] = Seen(700_000, 1)
    assert {one.way for one in by_good(few, minimum=1_000_000, market=market).values()} == {Way.MARKET}
    assert {one.way for one in by_good(many, minimum=1_000_000, market=market).values()} == {Way.SUPPLIER}


def test_the_cheaper_of_both_ways_counts_so_that_nothing_is_overstated() -> None:
    found = by_good([Bought(EGGS, 1, 47_000)], market={EGGS: Seen(66_000, 1)})[EGGS]
    # A crate's part is less than the market's price, its freight is not.
    assert (found.alone, found.way) == (66_000, Way.SUPPLIER)


def test_without_any_way_nothing_is_saved() -> None:
    found = by_good([Bought(RICE, 3, 1_900_000), Bought(EGGS, 0, 0)], offers={})
    assert found == {RICE: Compared(RICE, 3, 1_900_000, 1_900_000, Way.UNKNOWN)}
    assert found[RICE].saved == 0


amounts = st.integers(1, 2_000_000)


@st.composite
def markets(draw: st.DrawFn) -> tuple[list[Bought], dict[int, list[Offer]], dict[int, Supplier], dict[int, Seen]]:
    goods = draw(st.integers(1, 4))
    suppliers = {
        one: Supplier(one, minimum=draw(st.sampled_from([0, 500_000])), freight=draw(st.integers(0, 300_000)))
        for one in range(1, draw(st.integers(1, 3)) + 1)
    }
    offers: dict[int, list[Offer]] = {}
    number = 0
    for good in range(1, goods + 1):
        for supplier in suppliers:
            if draw(st.booleans()):
                number += 1
                first = draw(amounts)
                tiers = (Tier(1, first), Tier(draw(st.integers(2, 6)), max(first - draw(st.integers(0, 5_000)), 1)))
                offer = Offer(
                    number, supplier, good, draw(st.integers(1, 8)), tiers,
                    least=draw(st.integers(1, 3)), freight=draw(st.integers(0, 5_000)),
                )  # fmt: skip
                offers.setdefault(good, []).append(offer)
    market = {
        good: Seen(draw(amounts), draw(st.integers(1, 50))) for good in range(1, goods + 1) if draw(st.booleans())
    }
    bought = [Bought(good, draw(st.integers(0, 40)), draw(amounts)) for good in range(1, goods + 1)]
    return bought, offers, suppliers, market


@given(markets())
@settings(max_examples=150, deadline=None)
def test_what_is_said_is_complete_and_of_no_order(told: tuple[Any, ...]) -> None:
    bought, offers, suppliers, market = told
    found = compare(bought, offers, suppliers, market)
    assert [(one.good, one.units, one.paid) for one in found] == [tuple(row) for row in bought if row.units]
    assert all(one.alone >= 0 for one in found)
    turned = {good: list(reversed(rows)) for good, rows in offers.items()}
    assert compare(list(reversed(bought)), turned, suppliers, market) == found


ways = st.dictionaries(st.integers(1, 3), st.integers(0, 500), min_size=1)


@given(st.lists(ways, max_size=4), st.dictionaries(st.integers(1, 3), st.integers(0, 300)))
@settings(max_examples=300, deadline=None)
def test_no_choice_of_ways_is_cheaper(costs: list[dict[int, int]], freight: dict[int, int]) -> None:
    choices = product(*(list(one) for one in costs))
    cheapest = min(
        sum(costs[place][way] for place, way in enumerate(choice)) + sum(freight.get(way, 0) for way in set(choice))
        for choice in choices
    )
    bound = lower_bound(costs, freight)
    assert sum(min(one.values()) for one in costs) <= bound <= cheapest
    if len({way for one in costs for way in one}) == 1:
        assert bound == cheapest


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 12), amounts, st.integers(0, 9_000)), min_size=1, max_size=5),
    st.integers(0, 200_000),
)
@settings(max_examples=150, deadline=None)
def test_a_purchase_that_is_the_same_alone_costs_the_same_alone(
    goods: list[tuple[int, int, int, int]], freight: int
) -> None:
    """One warung orders whole cartons of one supplier: the cycle's plan is what it would have bought by itself."""
    supplier = Supplier(MUSI, freight=freight)
    offers = [
        Offer(good, MUSI, good, carton, (Tier(1, price), Tier(5, max(price - 10, 1))), freight=each)
        for good, (_cartons, carton, price, each) in enumerate(goods)
    ]
    wants = [Want(good, good, cartons * carton) for good, (cartons, carton, _p, _f) in enumerate(goods)]
    plan = consolidate(gather(wants), offers, [supplier], below=Below.KEEP)
    cost = sum(one.offer.landed(one.cartons) for one in plan.purchases) + freight
    bought = [Bought(want.product, want.firm, 1) for want in wants]
    found = compare(bought, {one.product: [one] for one in offers}, {MUSI: supplier}, {})
    assert sum(one.alone for one in found) == cost
