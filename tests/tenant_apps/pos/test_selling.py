"""A sale over the counter: what it moves, what it refuses, and that it happens once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.pos.errors import BadSale, PriceUnknown, ReasonMissing, SaleReused, TooLate
from tenant_apps.pos.models import CounterSale, CounterSaleLine, SaleState
from tenant_apps.pos.selectors import takings_of, to_review
from tenant_apps.pos.services import (
    SaleLine,
    Tenders,
    count_day,
    mark_reviewed,
    open_day,
    record_sale,
    void_sale,
)
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.services import publish_price
from tenant_apps.stock.errors import StockShort
from tenant_apps.stock.models import StockMovement
from tenant_apps.stock.services import Line, location_of_warung, reserve
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import at_once
from tests.tenant_apps.pos.till import balance, eggs, footprint, must_add_up, on_shelf, rice, sell
from tests.trials import rounds


def test_a_sale_moves_goods_and_money(market: Cast) -> None:
    sale = sell(market, rice(market), eggs(market, 3), tenders=Tenders(cash=20_000, qris=15_000, received=50_000))
    assert (sale.total, sale.change, sale.cash_received) == (35_000, 30_000, 50_000)
    assert on_shelf(market) == {"Beras medium": (48_000, 0), "Telur ayam": (7, 0)}
    assert [balance(market, book) for book in ("cash", "qris", "sales")] == [20_000, 15_000, -35_000]
    line = sale.lines.get(product=market.rice)
    assert (line.product_name, line.pack_label, line.price, line.market_price, line.amount) == (
        "Beras medium", "kg", 14_500, 15_000, 29_000,
    )  # fmt: skip
    must_add_up()


def test_the_same_sale_is_written_once(market: Cast) -> None:
    key = uuid.uuid4()
    first = sell(market, key=key)
    after = footprint()
    assert sell(market, key=key, at=clock.now() - timedelta(minutes=1)) == first
    assert footprint() == after


@pytest.mark.parametrize("other", ["goods", "money", "warung"])
def test_the_same_key_for_another_sale_is_refused(market: Cast, other: str) -> None:
    key = uuid.uuid4()
    sell(market, key=key)
    before = footprint()
    with pytest.raises(SaleReused):
        if other == "goods":
            sell(market, rice(market, 1), key=key)
        elif other == "money":
            sell(market, key=key, tenders=Tenders(qris=29_000))
        else:
            record_sale(
                warung=market.other_warung,
                key=key,
                lines=[rice(market)],
                tenders=Tenders(cash=29_000),
                at=clock.now(),
                by=BY,
            )
    assert footprint() == before


@pytest.mark.parametrize(
    ("case", "lines", "tenders"),
    [
        ("nothing", [], Tenders()),
        ("no pack", [("rice", 0, 14_500)], Tenders()),
        ("fewer than none", [("rice", -1, 14_500)], Tenders(cash=-14_500)),
        ("too many", [("rice", 10_000, 14_500)], Tenders(cash=145_000_000)),
        ("for nothing", [("rice", 1, 0)], Tenders()),
        ("twice the same pack", [("rice", 1, 14_500), ("rice", 1, 14_500)], Tenders(cash=29_000)),
        ("paid too little", [("rice", 2, 14_500)], Tenders(cash=28_999)),
        ("paid too much", [("rice", 2, 14_500)], Tenders(cash=29_001)),
        ("negative QRIS", [("rice", 2, 14_500)], Tenders(cash=30_000, qris=-1_000)),
        ("cash does not cover", [("rice", 2, 14_500)], Tenders(cash=29_000, received=28_000)),
        ("cash received for QRIS", [("rice", 2, 14_500)], Tenders(qris=29_000, received=1_000)),
        ("bon of nobody", [("rice", 2, 14_500)], Tenders(bon=29_000)),
        ("beyond counting", [("rice", 1, 10**30)], Tenders(cash=10**30)),
    ],
)
def test_a_basket_that_no_sale_can_have_is_refused(
    market: Cast, case: str, lines: list[tuple[str, int, int]], tenders: Tenders
) -> None:
    before = footprint()
    with pytest.raises(BadSale):
        record_sale(
            warung=market.warung,
            key=uuid.uuid4(),
            lines=[SaleLine(market.kilo.pk, quantity, price) for _name, quantity, price in lines],
            tenders=tenders,
            at=clock.now(),
            by=BY,
        )
    assert footprint() == before, case


@pytest.mark.parametrize(
    ("case", "ago", "ok"),
    [
        ("now", timedelta(0), True),
        ("a clock that is a little ahead", timedelta(minutes=-9), True),
        ("the future", timedelta(minutes=-11), False),
        ("six days ago", timedelta(days=6, hours=23), True),
        ("more than seven days ago", timedelta(days=7, minutes=1), False),
    ],
)
def test_when_it_happened_is_bounded(market: Cast, case: str, ago: timedelta, ok: bool) -> None:
    WarungPrice.objects.update(valid_from=clock.now() - timedelta(days=30))
    before = footprint()
    if ok:
        sale = sell(market, at=clock.now() - ago)
        assert sale.at <= sale.received_at, case
    else:
        with pytest.raises(BadSale):
            sell(market, at=clock.now() - ago)
        assert footprint() == before, case


@pytest.mark.parametrize(
    ("case", "replaced_ago", "sold_ago", "price", "ok"),
    [
        ("today's price", None, timedelta(0), 14_000, True),
        ("replaced an hour ago", timedelta(hours=1), timedelta(0), 14_500, True),
        ("replaced more than a day ago", timedelta(hours=25), timedelta(0), 14_500, False),
        ("sold while it was in force", timedelta(hours=30), timedelta(hours=31), 14_500, True),
        ("a price that nobody published", None, timedelta(0), 13_999, False),
        ("a price of later", timedelta(hours=1), timedelta(hours=2), 14_000, False),
    ],
)
def test_a_price_was_on_the_shelf_then(
    market: Cast, case: str, replaced_ago: timedelta | None, sold_ago: timedelta, price: int, ok: bool
) -> None:
    now = clock.now()
    WarungPrice.objects.update(valid_from=now - timedelta(days=9))
    new = publish_price(warung=market.warung, pack=market.kilo, price=14_000, by=BY)
    change = now - (replaced_ago or timedelta(0))
    WarungPrice.objects.filter(pk=market.rice_price.pk).update(replaced_at=change)
    WarungPrice.objects.filter(pk=new.pk).update(valid_from=change)
    before = footprint()
    if ok:
        assert sell(market, rice(market, 1, price), at=now - sold_ago).total == price, case
        return
    with pytest.raises(PriceUnknown) as refused:
        sell(market, rice(market, 1, price), eggs(market), at=now - sold_ago)
    assert [(line.pack_id, line.asked, line.now) for line in refused.value.lines] == [(market.kilo.pk, price, 14_000)]
    assert footprint() == before, case


def test_what_is_promised_is_not_sold(market: Cast) -> None:
    reserve(location=location_of_warung(market.warung), lines=[Line(market.egg.pk, 8)], reference="order:1", by=BY)
    before = footprint()
    with pytest.raises(StockShort) as refused:
        sell(market, rice(market), eggs(market, 3))
    assert [(one.product_name, one.asked, one.available) for one in refused.value.shortages] == [("Telur ayam", 3, 2)]
    assert footprint() == before


def test_goods_that_are_gone_are_written_down_and_shown(market: Cast) -> None:
    reserve(location=location_of_warung(market.warung), lines=[Line(market.egg.pk, 8)], reference="order:1", by=BY)
    sale = sell(market, rice(market), eggs(market, 3), gone=True)
    assert on_shelf(market) == {"Beras medium": (48_000, 0), "Telur ayam": (8, 8)}
    assert StockMovement.objects.get(reason="sold_uncounted").delta_on_hand == 1
    assert [(one.product.name, one.quantity) for one in sale.shortfalls.all()] == [("Telur ayam", 1)]
    assert list(to_review(market.warung)) == [sale]
    mark_reviewed(sale=sale, by=BY)
    mark_reviewed(sale=sale, by=BY)
    assert list(to_review(market.warung)) == []
    must_add_up()


def test_a_sale_is_taken_back_once(market: Cast) -> None:
    before = footprint()
    sale = sell(market, rice(market), eggs(market, 3), tenders=Tenders(cash=35_000, received=40_000))
    void_sale(sale=sale, reason="salah ketik", by=market.hasan.actor)
    after = footprint()
    void_sale(sale=sale, reason="lagi", by=market.hasan.actor)
    assert footprint() == after
    sale.refresh_from_db()
    assert (sale.state, sale.void_reason) == (SaleState.VOIDED, "salah ketik")
    assert after["levels"] == before["levels"]
    assert after["balances"] == before["balances"]
    assert takings_of(market.warung, sale.day).total == 0
    must_add_up()


def test_without_a_reason_nothing_is_taken_back(market: Cast) -> None:
    sale = sell(market)
    before = footprint()
    with pytest.raises(ReasonMissing):
        void_sale(sale=sale, reason="  ", by=BY)
    assert footprint() == before


@pytest.mark.parametrize("why", ["counted", "another day"])
def test_later_nothing_is_taken_back(market: Cast, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    day = open_day(warung=market.warung, opening=0, by=BY) if why == "counted" else None
    sale = sell(market)
    if day is not None:
        count_day(day=day, counted=29_000, pieces={}, by=BY)
    else:
        tomorrow = clock.now() + timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda: tomorrow)
    before = footprint()
    with pytest.raises(TooLate):
        void_sale(sale=sale, reason="salah", by=BY)
    assert footprint() == before


def test_the_database_keeps_what_was_sold(market: Cast) -> None:
    sale = sell(market)
    for statement in (
        f"UPDATE pos_countersale SET total = 1, cash = 1 WHERE id = {sale.pk}",
        f"UPDATE pos_countersaleline SET price = 1, amount = 2 WHERE sale_id = {sale.pk}",
        f"DELETE FROM pos_countersaleline WHERE sale_id = {sale.pk}",
        f"INSERT INTO pos_saleshortfall (sale_id, product_id, quantity) VALUES ({sale.pk}, {market.rice.pk}, 0)",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    wrong = {"base_quantity": 1, "quantity": 2, "price": 5, "market_price": 6, "amount": 11}
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterSaleLine.objects.create(sale=sale, product=market.rice, product_name="x", pack_label="x", **wrong)


def test_twenty_times_at_once_is_one_sale(committed: None, market: Cast, kalidoni: Region) -> None:
    for turn in range(1, rounds(20) + 1):
        key = uuid.uuid4()
        assert at_once(kalidoni, [partial(sell, market, rice(market, 1), key=key)] * 20) == ["done"] * 20
        assert CounterSale.objects.count() == turn
    assert balance(market, "cash") == 14_500 * rounds(20)
    must_add_up()


def test_mixed_baskets_at_once_do_not_deadlock(committed: None, market: Cast, kalidoni: Region) -> None:
    baskets = [(rice(market, 1), eggs(market, 1)), (eggs(market, 1), rice(market, 1))] * 10
    jobs = [partial(sell, market, *basket, gone=True) for basket in baskets]
    assert at_once(kalidoni, jobs) == ["done"] * 20
    assert on_shelf(market) == {"Beras medium": (30_000, 0), "Telur ayam": (0, 0)}
    must_add_up()
