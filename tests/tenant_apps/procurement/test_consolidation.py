"""Few purchases for many wishes: cartons stay whole, everything is shared out exactly, and the same wishes give the same plan."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.procurement import consolidation
from tenant_apps.procurement.consolidation import (
    Below,
    Gap,
    Missed,
    Offer,
    Plan,
    Supplier,
    Tier,
    Want,
    cartons_for,
    gather,
    handed_out,
    shares,
)

UNITS = st.integers(0, 400)


def consolidate(
    wants: Iterable[Want], offers: Iterable[Offer], suppliers: Iterable[Supplier] = (), *, below: Below = Below.KEEP
) -> Plan:
    return consolidation.consolidate(gather(wants), offers, suppliers, below=below)


# Foodsoft's own table (app/models/order_article.rb): carton, firm, tolerance, cartons to order.
@pytest.mark.parametrize(
    ("carton", "firm", "tolerance", "cartons"),
    [(4, 0, 2, 0), (4, 0, 5, 0), (4, 2, 2, 1), (4, 4, 2, 1), (4, 4, 4, 1), (4, 5, 3, 2), (4, 5, 4, 2)],
)
def test_foodsofts_examples(carton: int, firm: int, tolerance: int, cartons: int) -> None:
    assert cartons_for(firm, tolerance, carton) == cartons


# The totals of its specification (spec/models/order_article_spec.rb). Whose the odd units are differs: there the first who
# ordered comes first, here everybody gets a share.
@pytest.mark.parametrize(
    ("units", "firm", "tolerance", "got"),
    [
        (6, [3, 1, 1], [2, 3, 0], [3, 2, 1]),
        (0, [3, 1, 1], [2, 3, 0], [0, 0, 0]),
        (4, [3, 1, 1], [2, 3, 0], [2, 1, 1]),
        (7, [3, 2, 2], [0, 0, 0], [3, 2, 2]),
        (1, [3, 1, 1], [2, 3, 0], [1, 0, 0]),
        (8, [3, 1, 1], [2, 1, 0], [5, 2, 1]),
    ],
)
def test_units_are_handed_out(units: int, firm: list[int], tolerance: list[int], got: list[int]) -> None:
    assert handed_out(units, firm, tolerance) == got


@given(firm=UNITS, tolerance=UNITS, carton=st.integers(1, 60))
def test_no_carton_is_opened_by_tolerance_alone(firm: int, tolerance: int, carton: int) -> None:
    units = cartons_for(firm, tolerance, carton) * carton
    assert units <= firm + tolerance
    # The last carton holds something firm, and nothing firm stays out that filled one.
    assert units - carton < firm or units == 0
    assert firm - units < carton
    assert cartons_for(0, tolerance, carton) == 0


@given(weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=60), part=st.floats(0, 1))
def test_shares_are_exact_and_fair(weights: list[int], part: float) -> None:
    whole = sum(weights)
    total = int(whole * part)
    got = shares(total, weights)
    assert sum(got) == total
    for share, weight in zip(got, weights, strict=True):
        # Nobody is further than one from the exact share, and nobody gets more than was asked.
        assert 0 <= share <= weight
        assert abs(share * whole - total * weight) < max(whole, 1)


@given(total=st.integers(0, 10**9), weights=st.lists(st.integers(1, 10**9), min_size=1, max_size=30))
def test_any_sum_is_shared_out_to_the_rupiah(total: int, weights: list[int]) -> None:
    assert sum(shares(total, weights)) == total


def test_what_cannot_be_shared_is_refused() -> None:
    for total, weights in ((1, [0, 0]), (1, []), (-1, [1]), (1, [2, -1])):
        with pytest.raises(ValueError, match=r"nobody|negative"):
            shares(total, weights)
    assert shares(0, []) == [] and shares(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="more than anybody takes"):
        handed_out(6, [3], [2])


@st.composite
def markets(draw: st.DrawFn) -> tuple[list[Want], list[Offer], list[Supplier]]:
    wants = [
        Want(line, draw(st.integers(1, 5)), draw(st.integers(0, 40)), draw(st.integers(0, 12)))
        for line in range(1, draw(st.integers(1, 25)) + 1)
    ]
    offers = []
    for number in range(1, draw(st.integers(0, 10)) + 1):
        price, begins = draw(st.integers(10, 500)), 1
        tiers = [Tier(1, price)]
        for _more in range(draw(st.integers(0, 2))):
            begins, price = begins + draw(st.integers(1, 8)), price - draw(st.integers(0, 60))
            tiers.append(Tier(begins, max(price, 1)))
        offers.append(
            Offer(
                offer=number,
                supplier=draw(st.integers(1, 4)),
                product=draw(st.integers(1, 5)),
                carton=draw(st.integers(1, 30)),
                tiers=tuple(tiers),
                least=draw(st.integers(1, 3)),
                most=draw(st.none() | st.integers(1, 6)),
                freight=draw(st.integers(0, 40)),
            )
        )
    terms = [Supplier(number, draw(st.integers(0, 3_000)), draw(st.integers(0, 800))) for number in range(1, 5)]
    return wants, offers, terms


def got(plan: Plan) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for purchase in plan.purchases:
        for part in purchase.parts:
            found[part.line] += part.units
    return found


@given(market=markets(), below=st.sampled_from(Below))
def test_a_plan_adds_up(market: tuple[list[Want], list[Offer], list[Supplier]], below: Below) -> None:
    wants, offers, suppliers = market
    plan = consolidate(wants, offers, suppliers, below=below)
    given = got(plan)
    by_line = {want.line: want for want in wants}
    for purchase in plan.purchases:
        offer = purchase.offer
        assert offer in offers
        # Traced to the last unit, each unit to a line of that very product.
        assert sum(part.units for part in purchase.parts) == purchase.cartons * offer.carton
        assert all(part.units > 0 and by_line[part.line].product == offer.product for part in purchase.parts)
        assert max(offer.least, 1) <= purchase.cartons <= (offer.most or purchase.cartons)
        assert purchase.total == purchase.cartons * offer.tier_at(purchase.cartons).price
    for want in wants:
        assert given[want.line] <= want.firm + want.tolerance
        assert plan.unfilled.get(want.line, 0) == max(want.firm - given[want.line], 0)
    wanted: dict[int, int] = defaultdict(int)
    bought: dict[int, int] = defaultdict(int)
    for want in wants:
        wanted[want.product] += want.firm
    for purchase in plan.purchases:
        bought[purchase.offer.product] += purchase.units
    for product, units in wanted.items():
        assert (bought[product] < units) is (product in plan.gaps)
        if bought[product] < units:
            # Too little: what there is goes to what was firm, in proportion, and nobody's tolerance is filled meanwhile.
            firm = [want.firm for want in sorted(wants) if want.product == product]
            assert [given[want.line] for want in sorted(wants) if want.product == product] == shares(
                bought[product], firm
            )
    taken = {purchase.offer.supplier for purchase in plan.purchases}
    short = {one.supplier for one in plan.missed}
    assert below is Below.KEEP or not taken & short
    goods: dict[int, int] = defaultdict(int)
    for purchase in plan.purchases:
        goods[purchase.offer.supplier] += purchase.total
    for terms in suppliers:
        reached = goods[terms.supplier] >= terms.minimum
        assert reached or terms.supplier not in taken or (below is Below.KEEP and terms.supplier in short)
    for advice in plan.advice:
        (purchase,) = [one for one in plan.purchases if one.offer is advice.offer]
        more = replace(purchase, cartons=purchase.cartons + advice.cartons)
        assert advice.saves == purchase.cartons * (purchase.price - more.price) > 0


@given(market=markets(), below=st.sampled_from(Below), seed=st.integers(0, 99))
def test_the_order_of_lines_changes_nothing(
    market: tuple[list[Want], list[Offer], list[Supplier]], below: Below, seed: int
) -> None:
    wants, offers, suppliers = market
    plan = consolidate(wants, offers, suppliers, below=below)
    dice = random.Random(seed)
    for rows in (wants, offers, suppliers):
        dice.shuffle(rows)
    assert consolidate(wants, offers, suppliers, below=below) == plan


def offer(
    number: int, *, supplier: int = 1, product: int = 1, carton: int = 10, price: int = 100, **more: object
) -> Offer:
    return Offer(number, supplier, product, carton, (Tier(1, price),), **more)  # type: ignore[arg-type]


def test_the_cheapest_unit_that_is_here_is_bought() -> None:
    near, far = offer(1, price=100), offer(2, supplier=2, price=95, freight=10)
    (purchase,) = consolidate([Want(1, 1, 20)], [far, near]).purchases
    assert (purchase.offer, purchase.cartons, purchase.total) == (near, 2, 200)
    # Equal: the same one each time.
    (purchase,) = consolidate([Want(1, 1, 20)], [offer(3, supplier=2), near]).purchases
    assert purchase.offer is near


def test_what_one_cannot_give_comes_from_the_next() -> None:
    plan = consolidate(
        [Want(1, 1, 25), Want(2, 1, 14, 1)], [offer(1, price=90, most=3), offer(2, supplier=2, carton=5, price=60)]
    )
    assert [(one.offer.offer, one.cartons, one.parts) for one in plan.purchases] == [
        (1, 3, ((1, 25), (2, 5))),
        (2, 2, ((2, 10),)),
    ]
    assert not plan.unfilled


def test_a_tier_is_advised_with_what_it_saves() -> None:
    tiered = Offer(1, 1, 1, 12, (Tier(1, 150_000), Tier(100, 145_000)))
    (advice,) = consolidate([Want(1, 1, 91 * 12)], [tiered]).advice
    assert (advice.cartons, advice.saves) == (9, 455_000)
    assert not consolidate([Want(1, 1, 1_200)], [tiered]).advice


def test_cartons_of_others_count_towards_the_tier() -> None:
    tiers = (Tier(1, 100), Tier(5, 90), Tier(10, 80))

    def bought(**joint: int) -> tuple[int, int, int | None]:
        one = Offer(1, 1, 1, 10, tiers, **joint)
        plan = consolidate([Want(1, 1, 20)], [one])
        (purchase,) = plan.purchases
        return purchase.cartons, purchase.price, plan.advice[0].cartons if plan.advice else None

    assert bought() == (2, 100, 3)
    assert bought(besides=2) == (2, 100, 1)
    assert bought(besides=3) == (2, 90, 5)
    assert bought(besides=20) == (2, 80, None)
    # Once it is closed the tier is there, for who buys what was pledged; the next one takes all of its own.
    assert bought(reached=5, pledged=2) == (2, 90, 8)
    assert bought(reached=5, pledged=3) == (2, 100, 3)


def test_a_supplier_is_chosen_by_what_its_goods_cost_jointly() -> None:
    near = offer(1, price=95)
    far = Offer(2, 2, 1, 10, (Tier(1, 100), Tier(10, 80)), besides=9)
    (purchase,) = consolidate([Want(1, 1, 20)], [near, far]).purchases
    assert (purchase.offer.offer, purchase.price) == (2, 80)


@pytest.mark.parametrize(
    ("wants", "offers", "gap"),
    [
        ([Want(1, 1, 5)], [], Gap(Missed.NOT_OFFERED)),
        ([Want(1, 1, 7, 2)], [offer(1)], Gap(Missed.CARTON, 1)),
        ([Want(1, 1, 26, 1)], [offer(1)], Gap(Missed.CARTON, 3)),
        ([Want(1, 1, 12)], [offer(1, least=2)], Gap(Missed.LEAST, 8)),
        # Two cartons would be full, and the second one with nothing that anybody asked for.
        ([Want(1, 1, 4, 90)], [offer(1, least=2)], Gap(Missed.LEAST, 7)),
        ([Want(1, 1, 30)], [offer(1, most=2)], Gap(Missed.MOST)),
        ([Want(1, 1, 30)], [offer(1, least=3, most=2)], Gap(Missed.MOST)),
    ],
)
def test_why_something_is_not_bought(wants: list[Want], offers: list[Offer], gap: Gap) -> None:
    plan = consolidate(wants, offers)
    assert plan.gaps == {1: gap} and set(plan.unfilled) == {1}


@given(
    firm=st.integers(1, 90), tolerance=st.integers(0, 30), carton=st.integers(2, 30),
    least=st.integers(1, 4), most=st.none() | st.integers(4, 6),
)  # fmt: skip
def test_what_is_missing_is_just_enough(firm: int, tolerance: int, carton: int, least: int, most: int | None) -> None:
    offers = [offer(1, carton=carton, least=least, most=most)]

    def bought(more: int) -> int:
        return sum(one.units for one in consolidate([Want(1, 1, firm + more, tolerance)], offers).purchases)

    gap = consolidate([Want(1, 1, firm, tolerance)], offers).gaps.get(1)
    if gap and gap.missing:
        assert bought(gap.missing) > bought(0) == bought(gap.missing - 1)
    elif gap:
        assert bought(500) == bought(0)


def test_a_minimum_that_is_not_reached() -> None:
    wants = [Want(1, 1, 20), Want(2, 2, 10)]
    offers = [offer(1), offer(2, product=2, supplier=2, price=50), offer(3, product=2, price=60)]
    terms = [Supplier(2, minimum=1_000)]
    kept = consolidate(wants, offers, terms)
    assert [(one.supplier, one.goods, one.missing) for one in kept.missed] == [(2, 50, 950)]
    assert {one.offer.offer for one in kept.purchases} == {1, 2}
    left_out = consolidate(wants, offers, terms, below=Below.LEAVE_OUT)
    assert {one.offer.offer for one in left_out.purchases} == {1} and left_out.unfilled == {2: 10}
    elsewhere = consolidate(wants, offers, terms, below=Below.ELSEWHERE)
    assert {one.offer.offer for one in elsewhere.purchases} == {1, 3} and not elsewhere.unfilled
    nobody = consolidate(wants, offers[:2], terms, below=Below.ELSEWHERE)
    assert nobody.gaps == {2: Gap(Missed.MINIMUM)}


def test_one_more_lorry_must_be_worth_it() -> None:
    wants = [Want(1, 1, 10), Want(2, 2, 10)]
    offers = [offer(1), offer(2, product=2, supplier=2, price=90), offer(3, product=2, price=100)]
    cheap, dear = [Supplier(2, freight=9)], [Supplier(2, freight=11)]
    assert {one.offer.offer for one in consolidate(wants, offers, cheap, below=Below.ELSEWHERE).purchases} == {1, 2}
    assert {one.offer.offer for one in consolidate(wants, offers, dear, below=Below.ELSEWHERE).purchases} == {1, 3}


def test_who_is_worth_the_lorry_takes_over_from_who_is_not() -> None:
    wants = [Want(1, 1, 10), Want(2, 2, 10), Want(3, 3, 10)]
    offers = [
        offer(1), offer(2, product=2, price=200), offer(3, product=3, price=200),
        offer(4, product=2, supplier=2, price=50), offer(5, product=3, supplier=2, price=60),
        offer(6, product=3, supplier=3, price=40),
    ]  # fmt: skip
    terms = [Supplier(2, freight=30), Supplier(3, freight=90)]
    plan = consolidate(wants, offers, terms, below=Below.ELSEWHERE)
    assert [one.offer.offer for one in plan.purchases] == [1, 4, 5]


@pytest.mark.parametrize(
    "wants", [[Want(1, 1, 5), Want(1, 1, 6)], [Want(1, 1, 5), Want(1, 2, 5)], [Want(1, 1, -5)], [Want(1, 1, 5, -1)]]
)
def test_impossible_lines_are_refused(wants: list[Want]) -> None:
    with pytest.raises(ValueError, match=r"twice|less than nothing"):
        consolidate(wants, [offer(1)])


@pytest.mark.parametrize("tiers", [(), (Tier(2, 5),), (Tier(1, 5), Tier(1, 4)), (Tier(1, 5), Tier(9, 3), Tier(4, 4))])
def test_impossible_offers_are_refused(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(ValueError, match="no offer"):
        Offer(1, 1, 1, 10, tiers)
    with pytest.raises(ValueError, match="no offer"):
        offer(1, least=0)
