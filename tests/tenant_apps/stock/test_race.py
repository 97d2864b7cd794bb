"""Many buyers, few goods, mixed baskets in every order: nothing is sold twice and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

from django.db import connection
from django.db.models import Sum

from tenant_apps.catalog.models import Product
from tenant_apps.stock.errors import StockShort
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.stock.services import Line, location_of_warung, receive, release, reserve
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, Cast
from tests.trials import rounds, seeded

BUYERS = 10


def at_once(region: Region, works: Sequence[Callable[[], None]]) -> list[str]:
    """Run all of them at the same moment, each on a connection of its own; what went wrong unexpectedly."""
    start, faults = threading.Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        try:
            with in_region(region):
                connection.ensure_connection()
                start.wait()
                work()
        except Exception as failure:
            faults.append(repr(failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return faults


def test_mixed_baskets_never_oversell(committed: None, market: Cast, kalidoni: Region) -> None:
    chance, shelf = seeded(), location_of_warung(market.warung)
    category = market.rice.category
    for turn in range(rounds(500)):
        goods = [
            Product.objects.create(sku=f"R{turn}-{n}", name=f"Barang {n}", category=category, base_unit="pcs")
            for n in range(3)
        ]
        stock = {product.pk: chance.randint(1, 20) for product in goods}
        receive(location=shelf, lines=[Line(pk, n) for pk, n in stock.items()], reference=f"open:{turn}", by=BY)
        sold: list[list[Line]] = []

        def buy(
            basket: list[Line], number: int, gives_back: bool, turn: int = turn, sold: list[list[Line]] = sold
        ) -> None:
            reference = f"order:{turn}-{number}"
            try:
                reserve(location=shelf, lines=basket, reference=reference, by=BY)
            except StockShort:
                return
            if gives_back:
                release(location=shelf, lines=basket, reference=reference, by=BY)
            else:
                sold.append(basket)

        works = []
        for number in range(BUYERS):
            basket = [Line(product.pk, chance.randint(1, 8)) for product in chance.sample(goods, 3)]
            works.append(partial(buy, basket, number, gives_back=chance.random() < 0.3))
        assert at_once(kalidoni, works) == []
        for product in goods:
            row = StockLevel.objects.get(location=shelf, product=product)
            asked = sum(line.quantity for basket in sold for line in basket if line.product_id == product.pk)
            sums = StockMovement.objects.filter(product=product).aggregate(
                hand=Sum("delta_on_hand"), held=Sum("delta_reserved")
            )
            assert (row.on_hand, row.reserved) == (stock[product.pk], asked)
            assert (sums["hand"], sums["held"]) == (row.on_hand, row.reserved)
            assert row.reserved <= row.on_hand


def test_the_last_piece_is_promised_once(committed: None, market: Cast, kalidoni: Region) -> None:
    shelf = location_of_warung(market.warung)
    won: list[int] = []

    def take(number: int) -> None:
        try:
            reserve(location=shelf, lines=[Line(market.egg.pk, 10)], reference=f"order:{number}", by=BY)
            won.append(number)
        except StockShort:
            pass

    assert at_once(kalidoni, [partial(take, n) for n in range(20)]) == []
    assert len(won) == 1


def test_one_tap_sent_twenty_times_promises_once(committed: None, market: Cast, kalidoni: Region) -> None:
    shelf = location_of_warung(market.warung)
    done: list[bool] = []

    def take() -> None:
        done.append(reserve(location=shelf, lines=[Line(market.egg.pk, 3)], reference="order:one", by=BY))

    assert at_once(kalidoni, [take] * 20) == []
    assert sorted(done) == [False] * 19 + [True]
    assert StockLevel.objects.get(location=shelf, product=market.egg).reserved == 3
