"""One tap at several warungs: all of them or none, everything that moved told at once, paid before or at the door."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tenant_apps.catalog.models import Product
from tenant_apps.ledger.errors import Overdrawn
from tenant_apps.ledger.services import account_of_citizen
from tenant_apps.orders.errors import BadWeight, BasketMoved, PurchaseMoved, TooManyUnpaid
from tenant_apps.orders.models import Method, OrderState, Purchase
from tenant_apps.orders.services.filling import accept_order, cancel_order, hand_over, pack_order, reject_order
from tenant_apps.orders.services.placing import MOST_UNPAID, SeenLine, Shopping, place_purchase
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.models import PaymentState
from tenant_apps.payments.services import confirm_received, expire_payment, payment_of
from tenant_apps.pricing.services import publish_price, withdraw_price
from tenant_apps.stock.models import StockLevel
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenant_apps.warungs.errors import WarungClosed
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.services import pause_warung
from tenants.identity.models import User
from tenants.kernel import clock
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import HOME, balances, footprint, levels, must_add_up, seen, two_kilos
from tests.tenant_apps.payments.purse import give_code, top_up

HASAN = "user:hasan"


@pytest.fixture
def two_shops(market: Cast) -> Cast:
    """Siti sells rice as well: 20 kg at Rp 14.000."""
    receive(
        location=location_of_warung(market.other_warung), lines=[Line(market.rice.pk, 20_000)], reference="o:2", by=BY
    )
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_000, by=BY)
    return market


def buy(
    market: Cast,
    *shops: tuple[Warung, list[SeenLine]],
    pay: Pay = Pay.CASH,
    key: uuid.UUID | None = None,
    customer: User | None = None,
    **more: Any,
) -> Purchase:
    """Ratna orders at these warungs in one tap, and picks everything up."""
    who = customer or market.ratna
    return place_purchase(
        customer=who,
        key=key or uuid.uuid4(),
        shops=[
            Shopping(warung, lines, more.get("method", Method.PICKUP), more.get("fee", 0)) for warung, lines in shops
        ],
        name=who.name,
        phone=who.phone,
        address=HOME,
        pay=pay,
        by=who.actor,
    )


def both(market: Cast, **more: Any) -> Purchase:
    return buy(
        market,
        (market.warung, two_kilos(market)),
        (market.other_warung, seen((market.kilo, 3, 14_000))),
        **more,
    )


def test_one_tap_is_one_order_at_each_warung(two_shops: Cast) -> None:
    purchase = both(two_shops)
    orders = {order.warung.name: order for order in purchase.orders.all()}
    assert {name: (order.state, order.total) for name, order in orders.items()} == {
        "Warung Hasan": ("placed", 35_000),
        "Warung Siti": ("placed", 42_000),
    }
    assert StockLevel.objects.get(location__warung=two_shops.other_warung).reserved == 3_000
    must_add_up()


def test_the_second_tap_finds_the_same_purchase(two_shops: Cast) -> None:
    key = uuid.uuid4()
    first = both(two_shops, key=key)
    before = footprint()
    assert both(two_shops, key=key) == first
    assert footprint() == before


def test_everything_that_moved_at_every_warung_is_told_at_once(two_shops: Cast) -> None:
    before = footprint()
    with pytest.raises(PurchaseMoved) as refused:
        buy(
            two_shops,
            (two_shops.warung, seen((two_shops.kilo, 2, 14_000), (two_shops.piece, 11, 2_000))),
            (two_shops.other_warung, seen((two_shops.kilo, 21, 14_000))),
        )
    hasan, siti = (refused.value.shops[shop.pk] for shop in (two_shops.warung, two_shops.other_warung))
    assert isinstance(hasan, BasketMoved) and isinstance(siti, BasketMoved)
    assert [(one.old, one.new) for one in hasan.prices] == [(14_000, 14_500)]
    assert [one.product_name for one in hasan.shortages] == ["Telur ayam"]
    assert [(one.asked, one.available) for one in siti.shortages] == [(21_000, 20_000)]
    assert footprint() == before


def test_a_closed_warung_holds_the_whole_purchase_back(two_shops: Cast) -> None:
    pause_warung(warung=two_shops.other_warung, reason="Libur", by=BY)
    before = footprint()
    with pytest.raises(PurchaseMoved) as refused:
        both(two_shops)
    assert {pk: type(why) for pk, why in refused.value.shops.items()} == {two_shops.other_warung.pk: WarungClosed}
    assert footprint() == before


def test_a_balance_pays_both_warungs_and_what_is_rejected_comes_back(two_shops: Cast) -> None:
    top_up(two_shops.ratna, 80_000)
    purchase = both(two_shops, pay=Pay.BALANCE)
    assert account_of_citizen(two_shops.ratna).amount == 3_000
    hasan, siti = purchase.orders.order_by("warung__name")
    reject_order(order=siti, reason="Habis", by=BY)
    assert account_of_citizen(two_shops.ratna).amount == 45_000
    for step in (accept_order, pack_order, hand_over):
        step(order=hasan, by=BY)
    # The region owes Hasan what Ratna had paid to it.
    assert balances()["payable"] == -35_000
    assert balances()["claim"] == 35_000
    assert balances()["sales"] == -35_000


def test_too_little_balance_orders_nothing(two_shops: Cast) -> None:
    top_up(two_shops.ratna, 76_999)
    before = footprint()
    with pytest.raises(Overdrawn), transaction.atomic():
        both(two_shops, pay=Pay.BALANCE)
    assert footprint() == before


def test_qris_waits_for_its_money_and_runs_out(two_shops: Cast) -> None:
    for warung in (two_shops.warung, two_shops.other_warung):
        give_code(warung)
    purchase = both(two_shops, pay=Pay.QRIS)
    hasan, siti = purchase.orders.order_by("warung__name")
    assert (hasan.state, siti.state) == (OrderState.UNPAID, OrderState.UNPAID)
    assert levels(two_shops)["Beras medium"] == (50_000, 2_000)
    paid, late = (payment_of(order.reference) for order in (hasan, siti))
    assert paid is not None and late is not None
    confirm_received(payment=paid, by=HASAN)
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        assert expire_payment(payment=late)
    for order in (hasan, siti):
        order.refresh_from_db()
    assert (hasan.state, siti.state) == (OrderState.PLACED, OrderState.EXPIRED)
    assert StockLevel.objects.get(location__warung=two_shops.other_warung).reserved == 0
    # The money lies at Hasan's, for goods that he still has.
    assert (balances()["qris"], balances()["held"]) == (35_000, -35_000)
    cancel_order(order=hasan, by=BY)
    assert account_of_citizen(two_shops.ratna).amount == 35_000
    must_add_up()


def test_a_few_purchases_may_wait_for_their_money(two_shops: Cast) -> None:
    def one_kilo_each(pay: Pay, **more: Any) -> Purchase:
        shops = ((two_shops.warung, 14_500), (two_shops.other_warung, 14_000))
        return buy(two_shops, *((shop, seen((two_shops.kilo, 1, price))) for shop, price in shops), pay=pay, **more)

    for warung in (two_shops.warung, two_shops.other_warung):
        give_code(warung)
    first, *_others = [one_kilo_each(Pay.QRIS) for _ in range(MOST_UNPAID)]
    before = footprint()
    with pytest.raises(TooManyUnpaid) as refused:
        one_kilo_each(Pay.QRIS)
    assert "3 belanja" in str(refused.value) and footprint() == before
    # The same tap again finds what it placed; other ways to pay go on.
    assert one_kilo_each(Pay.QRIS, key=first.key) == first
    one_kilo_each(Pay.CASH)
    paid, cancelled = first.orders.order_by("pk")
    confirm_received(payment=payment_of(paid.reference), by=BY)  # type: ignore[arg-type]
    with pytest.raises(TooManyUnpaid):
        one_kilo_each(Pay.QRIS)
    cancel_order(order=cancelled, by=BY)
    one_kilo_each(Pay.QRIS)
    must_add_up()


def weighed(market: Cast) -> Product:
    Product.objects.filter(pk=market.rice.pk).update(by_weight=True)
    return market.rice


@pytest.mark.parametrize(
    ("case", "grams", "goods"),
    [
        ("as asked", 2_000, 35_000),
        ("a little less", 1_850, 26_825 + 6_000),
        ("a part of a rupiah is the customer's", 1_777, 25_766 + 6_000),
        ("a tenth more", 2_200, 31_900 + 6_000),
        ("left out", 0, 6_000),
    ],
)
def test_the_scale_decides_what_a_line_costs(market: Cast, case: str, grams: int, goods: int) -> None:
    weighed(market)
    order = buy(market, (market.warung, two_kilos(market))).orders.get()
    accept_order(order=order, by=BY)
    line = order.lines.get(product=market.rice)
    pack_order(order=order, packed={line.pk: grams}, by=BY)
    order.refresh_from_db()
    assert order.goods_due == goods, case
    assert levels(market)["Beras medium"] == (50_000, grams)
    hand_over(order=order, by=BY)
    assert levels(market)["Beras medium"] == (50_000 - grams, 0)
    assert (balances()["cash"], balances()["sales"]) == (goods, -goods)


@pytest.mark.parametrize(
    ("case", "rice", "eggs"), [("too heavy", 2_201, 3), ("more eggs", 2_000, 4), ("nothing", 0, 0)]
)
def test_what_does_not_fit_the_order_is_not_packed(market: Cast, case: str, rice: int, eggs: int) -> None:
    weighed(market)
    order = buy(market, (market.warung, two_kilos(market))).orders.get()
    accept_order(order=order, by=BY)
    lines = {line.product_name: line.pk for line in order.lines.all()}
    before = footprint()
    with pytest.raises(BadWeight):
        pack_order(order=order, packed={lines["Beras medium"]: rice, lines["Telur ayam"]: eggs}, by=BY)
    assert footprint() == before


def test_what_weighs_less_than_it_was_paid_for_goes_back_to_the_balance(market: Cast) -> None:
    weighed(market)
    top_up(market.ratna, 50_000)
    order = buy(market, (market.warung, two_kilos(market)), pay=Pay.BALANCE).orders.get()
    accept_order(order=order, by=BY)
    line = order.lines.get(product=market.rice)
    pack_order(order=order, packed={line.pk: 1_500}, by=BY)
    hand_over(order=order, by=BY)
    # 1,5 kg cost Rp 21.750, the eggs Rp 6.000.
    assert account_of_citizen(market.ratna).amount == 50_000 - 27_750
    payment = payment_of(order.reference)
    assert payment is not None and (payment.state, payment.settled) == (PaymentState.SETTLED, 27_750)
    must_add_up()


def test_a_line_of_another_order_cannot_be_packed(market: Cast) -> None:
    theirs = buy(market, (market.warung, two_kilos(market))).orders.get()
    order = buy(market, (market.warung, two_kilos(market))).orders.get()
    accept_order(order=order, by=BY)
    before = footprint()
    foreign = theirs.lines.first()
    assert foreign is not None
    with pytest.raises(BadWeight):
        pack_order(order=order, packed={foreign.pk: 0}, by=BY)
    assert footprint() == before


def test_a_closed_warung_also_tells_what_moved(two_shops: Cast) -> None:
    cart = two_kilos(two_shops)
    pause_warung(warung=two_shops.warung, by=BY)
    publish_price(warung=two_shops.warung, pack=two_shops.kilo, price=14_600, by=BY)
    withdraw_price(warung=two_shops.warung, pack=two_shops.piece)
    publish_price(warung=two_shops.other_warung, pack=two_shops.kilo, price=14_100, by=BY)
    before = footprint()
    with pytest.raises(PurchaseMoved) as refused:
        buy(two_shops, (two_shops.warung, cart), (two_shops.other_warung, seen((two_shops.kilo, 30, 14_000))))
    closed, moved = (refused.value.shops[shop.pk] for shop in (two_shops.warung, two_shops.other_warung))
    assert isinstance(closed, WarungClosed) and isinstance(moved, BasketMoved)
    behind = closed.context["moved"]
    assert [(one.old, one.new) for one in behind.prices] == [(14_500, 14_600)]
    assert [one.product_name for one in behind.withdrawn] == ["Telur ayam"]
    assert [(one.old, one.new) for one in moved.prices] == [(14_000, 14_100)]
    assert [one.available for one in moved.shortages] == [20_000]
    assert footprint() == before


def test_a_closed_warung_where_nothing_moved_says_only_that(two_shops: Cast) -> None:
    pause_warung(warung=two_shops.warung, by=BY)
    with pytest.raises(PurchaseMoved) as refused:
        buy(two_shops, (two_shops.warung, two_kilos(two_shops)))
    assert "moved" not in refused.value.shops[two_shops.warung.pk].context
