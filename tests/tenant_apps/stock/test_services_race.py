"""Counts, deliveries and first goods under many hands at once; and by Hypothesis, whatever is done in one hand."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.catalog.models import Product
from tenant_apps.stock.errors import BadQuantity, StockShort
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import StockLevel, StockLocation, StockMovement
from tenant_apps.stock.services import (
    Line,
    adjust,
    location_of_satker,
    location_of_warung,
    receive,
    release,
    reserve,
    ship,
    transfer,
)
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.stock.test_race import at_once
from tests.trials import rounds, seeded


def proven() -> None:
    """Nothing is oversold, and every level is the sum of its movements."""
    for level in StockLevel.objects.all():
        moved = StockMovement.objects.filter(location=level.location_id, product=level.product_id)
        sums = moved.aggregate(hand=Sum("delta_on_hand", default=0), held=Sum("delta_reserved", default=0))
        assert (level.on_hand, level.reserved) == (sums["hand"], sums["held"])
        assert 0 <= level.reserved <= level.on_hand


def level(place: StockLocation, product: Product) -> tuple[int, int]:
    row = StockLevel.objects.get(location=place, product=product)
    return row.on_hand, row.reserved


def goods(market: Cast, count: int, unit: str = "pcs") -> list[Product]:
    """Products that no shelf has seen yet."""
    number = Product.objects.count()
    return [
        Product.objects.create(
            sku=f"N{number + n}", name=f"Baru {number + n}", category=market.rice.category, base_unit=unit
        )
        for n in range(count)
    ]


def test_a_count_names_what_is_promised_as_people_say_it(market: Cast) -> None:
    shelf = location_of_warung(market.warung)
    reserve(location=shelf, lines=[Line(market.rice.pk, 1_500)], reference="order:A", by=BY)
    with pytest.raises(BadQuantity, match="1,5\u00a0kg"):
        adjust(location=shelf, product=market.rice, counted=1_499, reason="count", by=BY, key="count:1")
    assert adjust(location=shelf, product=market.rice, counted=1_500, reason="count", by=BY, key="count:1") == -48_500
    assert level(shelf, market.rice) == (1_500, 1_500)


def test_a_shelf_is_made_once(committed: None, market: Cast, kalidoni: Region) -> None:
    found: list[int] = []
    assert at_once(kalidoni, [lambda: found.append(location_of_warung(market.other_warung).pk)] * 10) == []
    assert len(set(found)) == 1 and StockLocation.objects.filter(warung=market.other_warung).count() == 1


def test_one_count_sent_twenty_times_is_written_once(committed: None, market: Cast, kalidoni: Region) -> None:
    shelf, told = location_of_warung(market.warung), list[int]()

    def count() -> None:
        told.append(adjust(location=shelf, product=market.egg, counted=7, reason="count", by=BY, key="count:1"))

    assert at_once(kalidoni, [count] * 20) == []
    assert sorted(told) == [-3] + [0] * 19
    assert level(shelf, market.egg) == (7, 0)


def test_counts_among_buyers_lose_no_promise(committed: None, market: Cast, kalidoni: Region) -> None:
    """Each count is either before or after each promise: never between its check and its writing."""
    chance, shelf = seeded(), location_of_warung(market.warung)
    for turn in range(rounds(100)):
        egg = goods(market, 1)[0]
        receive(location=shelf, lines=[Line(egg.pk, 10)], reference=f"open:{turn}", by=BY)
        promised, counts = list[int](), [chance.randint(0, 12) for _one in range(3)]

        def buy(
            number: int, quantity: int, turn: int = turn, egg: Product = egg, promised: list[int] = promised
        ) -> None:
            try:
                reserve(location=shelf, lines=[Line(egg.pk, quantity)], reference=f"order:{turn}-{number}", by=BY)
            except StockShort:
                return
            promised.append(quantity)

        def count(number: int, counted: int, turn: int = turn, egg: Product = egg) -> None:
            key = f"count:{turn}-{number}"
            try:
                adjust(location=shelf, product=egg, counted=counted, reason="count", by=BY, key=key)
            except BadQuantity:
                return

        works = [partial(buy, number, chance.randint(1, 4)) for number in range(5)]
        works += [partial(count, number, counted) for number, counted in enumerate(counts)]
        chance.shuffle(works)
        assert at_once(kalidoni, works) == []
        on_hand, reserved = level(shelf, egg)
        assert reserved == sum(promised) and on_hand in {10, *counts}
    proven()


def test_first_goods_in_opposite_order_do_not_deadlock(committed: None, market: Cast, kalidoni: Region) -> None:
    """Nobody has a level of them yet, so each makes the rows that it locks."""
    shelf = location_of_warung(market.warung)
    for turn in range(rounds(50)):
        new = goods(market, 4)
        works = [
            partial(
                receive,
                location=shelf,
                lines=[Line(product.pk, 1) for product in (new if number % 2 else reversed(new))],
                reference=f"first:{turn}-{number}",
                by=BY,
            )
            for number in range(6)
        ]
        assert at_once(kalidoni, works) == []  # type: ignore[arg-type]
        assert [level(shelf, product) for product in new] == [(6, 0)] * 4


def test_many_new_levels_in_opposite_order_do_not_deadlock(committed: None, market: Cast, kalidoni: Region) -> None:
    shelf = location_of_warung(market.warung)

    def lock(pairs: list[tuple[int, int]]) -> None:
        with transaction.atomic():
            assert len(lock_levels(pairs)) == len(pairs)

    for _turn in range(rounds(30)):
        pairs = [(shelf.pk, product.pk) for product in goods(market, 150)]
        assert at_once(kalidoni, [partial(lock, pairs), partial(lock, pairs[::-1])] * 2) == []


def test_deliveries_both_ways_do_not_deadlock_and_conserve(committed: None, market: Cast, kalidoni: Region) -> None:
    places = [location_of_warung(market.warung), location_of_warung(market.other_warung)]
    for turn in range(rounds(50)):
        new = goods(market, 2)
        lines = [Line(product.pk, 6) for product in new]
        for place in places:
            receive(location=place, lines=lines, reference=f"open:{turn}", by=BY)
            for number in range(3):
                parts = [Line(line.product_id, 2) for line in lines]
                reserve(location=place, lines=parts, reference=f"go:{turn}-{number}", by=BY)
        works = [
            partial(
                transfer,
                source=places[way],
                target=places[1 - way],
                lines=[Line(product.pk, 2) for product in (new if number % 2 else reversed(new))],
                # A document goes one way only: both places keep its movement.
                reference=f"go:{turn}-{way}-{number}",
                by=BY,
            )
            for way in (0, 1)
            for number in range(3)
        ]
        assert at_once(kalidoni, works) == []  # type: ignore[arg-type]
        assert [level(place, product) for place in places for product in new] == [(6, 0)] * 4
    proven()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "reserve", "release", "ship", "transfer", "count"]),
        st.integers(0, 4),
        st.integers(1, 8),
        st.integers(0, 8),
    ),
    max_size=25,
)


@settings(max_examples=rounds(400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_adds_up(market: Cast, steps: list[tuple[str, int, int, int]]) -> None:
    """A model of the shelf beside the real one: documents reserve, then end in one way, each step tried again."""
    with transaction.atomic():
        shelf, store = location_of_warung(market.warung), location_of_satker(market.satker)
        eggs, at_satker = 10, 0
        held: dict[int, int] = {}
        ended: set[int] = set()
        for number, (step, document, eggs_wanted, counted) in enumerate(steps):
            reference, lines = f"doc:{document}", [Line(market.egg.pk, eggs_wanted)]
            free = eggs - sum(held.values())
            if step == "receive":
                receive(location=shelf, lines=lines, reference=f"in:{number}", by=BY)
                eggs += eggs_wanted
            elif step == "count":
                try:
                    adjust(location=shelf, product=market.egg, counted=counted, reason="count", by=BY, key=f"c{number}")
                    eggs = counted
                except BadQuantity:
                    assert counted < eggs - free
            elif step == "reserve":
                if document in held or document in ended:
                    assert reserve(location=shelf, lines=lines, reference=reference, by=BY) is False
                elif eggs_wanted > free:
                    with pytest.raises(StockShort), transaction.atomic():
                        reserve(location=shelf, lines=lines, reference=reference, by=BY)
                else:
                    assert reserve(location=shelf, lines=lines, reference=reference, by=BY) is True
                    held[document] = eggs_wanted
            elif document in held:
                lines, gone = [Line(market.egg.pk, held[document])], held.pop(document)
                ended.add(document)
                act = {"release": partial(release, location=shelf), "ship": partial(ship, location=shelf)}.get(
                    step, partial(transfer, source=shelf, target=store)
                )
                assert [act(lines=lines, reference=reference, by=BY) for _tap in range(2)] == [True, False]
                eggs -= 0 if step == "release" else gone
                at_satker += gone if step == "transfer" else 0
        assert level(shelf, market.egg) == (eggs, sum(held.values()))
        there = StockLevel.objects.filter(location=store, product=market.egg).values_list("on_hand", "reserved")
        assert list(there) == ([(at_satker, 0)] if at_satker else [])
        proven()
        transaction.set_rollback(True)
