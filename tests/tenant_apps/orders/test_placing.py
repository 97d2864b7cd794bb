"""The last tap: what is written, what is refused with everything that moved, and that a refusal leaves no trace."""

from __future__ import annotations

import uuid
from datetime import time
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.orders.errors import (
    AddressMissing,
    BadLine,
    BasketMoved,
    EmptyBasket,
    FeeMoved,
    NotOffered,
    PriceMoved,
    Withdrawn,
)
from tenant_apps.orders.models import Method, Order, OrderState
from tenant_apps.orders.services.carting import put_in_cart
from tenant_apps.orders.services.placing import Address, SeenLine
from tenant_apps.pricing.services import publish_price, withdraw_price
from tenant_apps.stock.errors import Shortage
from tenant_apps.warungs.errors import WarungClosed
from tenant_apps.warungs.services import close_warung, pause_warung, set_hours
from tenants.context import as_owner, scope
from tenants.kernel.numbers import ALPHABET
from tests.cast import BY, VILLAGE, Cast
from tests.tenant_apps.orders.desk import HOME, deliver, footprint, levels, place, seen, told, two_kilos


def test_a_delivery_is_written_down_as_the_customer_saw_it(market: Cast) -> None:
    order = deliver(market, note="Rumah pagar hijau")
    order.refresh_from_db()
    assert (order.state, order.goods_total, order.delivery_fee, order.total) == ("placed", 35_000, 2_000, 37_000)
    assert (order.customer_name, order.customer_phone) == ("Ratna", "+6281200000001")
    assert (order.village_name, order.rw, order.rt, order.address) == ("Kalidoni", 1, 3, "Lorong Kenanga 5")
    assert order.note == "Rumah pagar hijau"
    assert len(order.number) == 6
    assert set(order.number) <= set(ALPHABET)
    rice, eggs = order.lines.all()
    assert (rice.product_name, rice.pack_label, rice.base_unit, rice.base_quantity) == (
        "Beras medium",
        "kg",
        "g",
        1_000,
    )
    assert (rice.quantity, rice.price, rice.total, rice.market_price, rice.saving) == (2, 14_500, 29_000, 15_000, 1_000)
    assert (rice.market, rice.observed_on) == ("Pasar Induk Jakabaring", market.seen.observed_on)
    assert (eggs.quantity, eggs.total, eggs.saving) == (3, 6_000, 600)
    assert levels(market) == {"Beras medium": (50_000, 2_000), "Telur ayam": (10, 3)}
    (event,) = order.events.all()
    assert (event.move, event.before, event.after, event.by) == ("place", "", "placed", market.ratna.actor)


def test_owner_and_customer_are_told(market: Cast) -> None:
    order = place(market)
    assert told() == [
        ("hasan@example.test", f"Pesanan baru {order.number} di Warung Hasan: Rp 35.000."),
        ("ratna@example.test", f"Pesanan {order.number} ada di Warung Hasan."),
    ]


def test_somebody_without_mail_gets_a_short_text(market: Cast) -> None:
    market.ratna.email = ""
    market.ratna.save()
    order = place(market)
    to, text = told()[1]
    assert to == "+6281200000001"
    assert text.startswith(f"Pesanan {order.number} ada di Warung Hasan.")
    assert f"/pesanan/{order.number}/" in text


def test_somebody_without_any_address_orders_all_the_same(market: Cast) -> None:
    market.ratna.email, market.ratna.phone_verified = "", False
    market.ratna.save()
    place(market)
    assert [to for to, _text in told()] == ["hasan@example.test"]


def test_a_pick_up_costs_no_delivery(market: Cast) -> None:
    order = place(market, fee=2_000, address=HOME)
    assert (order.total, order.delivery_fee, order.address, order.village_name) == (35_000, 0, "", "")


def test_the_cart_of_that_warung_is_emptied(market: Cast) -> None:
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_600, by=BY)
    key = market.ratna.public_id
    put_in_cart(key=key, warung=market.warung, pack_id=market.kilo.pk, quantity=2)
    put_in_cart(key=key, warung=market.other_warung, pack_id=market.kilo.pk, quantity=1)
    place(market)
    assert footprint()[-1] == [(key, market.other_warung.pk, market.kilo.pk, 1)]


def test_the_same_key_finds_the_same_order(market: Cast) -> None:
    key = uuid.uuid4()
    first = place(market, key=key)
    before = footprint()
    assert place(market, key=key).pk == first.pk
    assert place(market, key=key, lines=seen((market.piece, 9, 2_000))).pk == first.pk
    assert footprint() == before


def test_the_same_key_of_two_people_are_two_orders(market: Cast) -> None:
    key = uuid.uuid4()
    assert place(market, key=key).pk != place(market, key=key, customer=market.siti).pk


def test_a_later_price_changes_no_order(market: Cast) -> None:
    order = place(market)
    publish_price(warung=market.warung, pack=market.kilo, price=13_000, by=BY)
    order.refresh_from_db()
    assert order.total == 35_000
    assert [line.price for line in order.lines.all()] == [14_500, 2_000]


def test_everything_that_moved_is_told_at_once(market: Cast) -> None:
    publish_price(warung=market.warung, pack=market.kilo, price=14_000, by=BY)
    withdraw_price(warung=market.warung, pack=market.piece)
    before = footprint()
    lines = seen((market.kilo, 60, 14_500), (market.piece, 3, 2_000))
    with pytest.raises(BasketMoved) as refused:
        place(market, lines=lines, method=Method.DELIVERY, address=HOME, fee=1_000)
    assert refused.value.prices == (PriceMoved(market.kilo.pk, "Beras medium", "kg", 14_500, 14_000),)
    assert refused.value.withdrawn == (Withdrawn(market.piece.pk, "Telur ayam", "butir"),)
    assert refused.value.shortages == (Shortage(market.rice.pk, "Beras medium", "g", 60_000, 50_000),)
    assert refused.value.fee == FeeMoved(1_000, 2_000)
    assert footprint() == before


@pytest.mark.parametrize(
    ("case", "price", "fee", "told"),
    [
        ("dearer", 14_400, 2_000, [PriceMoved]),
        ("cheaper", 14_600, 2_000, [PriceMoved]),
        ("delivery dearer", 14_500, 1_000, [FeeMoved]),
        ("delivery cheaper", 14_500, 2_500, [FeeMoved]),
        ("nothing", 14_500, 2_000, []),
    ],
)
def test_each_change_alone_stops_the_order(market: Cast, case: str, price: int, fee: int, told: list[type]) -> None:
    """`price` and `fee` are what the customer saw; rice costs Rp 14.500 and delivery Rp 2.000."""
    before = footprint()
    order = partial(place, market, lines=seen((market.kilo, 1, price)), method=Method.DELIVERY, address=HOME, fee=fee)
    if not told:
        assert order().total == 16_500
        return
    with pytest.raises(BasketMoved) as refused:
        order()
    assert [type(one) for one in (*refused.value.prices, refused.value.fee) if one] == told
    assert footprint() == before


def test_every_shortage_is_told(market: Cast) -> None:
    before = footprint()
    with pytest.raises(BasketMoved) as refused:
        place(market, lines=seen((market.kilo, 51, 14_500), (market.piece, 11, 2_000)))
    assert refused.value.shortages == (
        Shortage(market.rice.pk, "Beras medium", "g", 51_000, 50_000),
        Shortage(market.egg.pk, "Telur ayam", "pcs", 11, 10),
    )
    assert footprint() == before


def test_two_packs_of_one_product_share_its_stock(market: Cast) -> None:
    five = market.rice.packs.create(label="5 kg", base_quantity=5_000)
    publish_price(warung=market.warung, pack=five, price=70_000, by=BY)
    with pytest.raises(BasketMoved) as refused:
        place(market, lines=seen((market.kilo, 46, 14_500), (five, 1, 70_000)))
    assert refused.value.shortages == (Shortage(market.rice.pk, "Beras medium", "g", 51_000, 50_000),)
    place(market, lines=seen((market.kilo, 45, 14_500), (five, 1, 70_000)))
    assert levels(market)["Beras medium"] == (50_000, 50_000)


@pytest.mark.parametrize("case", ["another warung's pack", "a buying pack", "no pack", "a product that is not traded"])
def test_what_the_warung_does_not_sell_is_named(market: Cast, case: str) -> None:
    pack_id = {"a buying pack": market.sack.pk, "no pack": 2**62}.get(case, market.kilo.pk)
    if case == "a product that is not traded":
        market.rice.is_active = False
        market.rice.save()
    warung = market.other_warung if case == "another warung's pack" else market.warung
    before = footprint()
    with pytest.raises(BasketMoved) as refused:
        place(market, warung=warung, lines=[SeenLine(pack_id, 1, 14_500)])
    assert [one.pack_id for one in refused.value.withdrawn] == [pack_id]
    assert footprint() == before


def test_a_basket_larger_than_any_shelf_is_short(market: Cast) -> None:
    huge = market.rice.packs.create(label="kapal", base_quantity=10**15)
    market.seen.price = 10**9
    market.seen.per_quantity = 10**15
    market.seen.save()
    publish_price(warung=market.warung, pack=huge, price=10**8, by=BY)
    before = footprint()
    with pytest.raises(BasketMoved) as refused:
        place(market, lines=seen((huge, 999, 10**8)))
    assert [one.asked for one in refused.value.shortages] == [999 * 10**15]
    assert footprint() == before


@pytest.mark.parametrize("quantity", [0, -1, 1_000, 10**30])
def test_no_basket_has_such_a_quantity(market: Cast, quantity: int) -> None:
    before = footprint()
    with pytest.raises(BadLine):
        place(market, lines=[SeenLine(market.kilo.pk, quantity, 14_500)])
    assert footprint() == before


def test_no_basket_is_empty_or_names_a_pack_twice(market: Cast) -> None:
    with pytest.raises(EmptyBasket):
        place(market, lines=[])
    with pytest.raises(BadLine):
        place(market, lines=[*two_kilos(market), *two_kilos(market)])
    assert not Order.objects.exists()


def test_a_closed_warung_takes_no_order(market: Cast) -> None:
    set_hours(warung=market.warung, hours=[(day, time(3), time(3, 1)) for day in range(7)])
    before = footprint()
    with pytest.raises(WarungClosed) as refused:
        place(market)
    assert refused.value.context["opens_at"] is not None
    assert footprint() == before


@pytest.mark.parametrize("step", [pause_warung, close_warung])
def test_a_warung_on_a_break_takes_no_order(market: Cast, step: object) -> None:
    (
        pause_warung(warung=market.warung, by=BY)
        if step is pause_warung
        else close_warung(warung=market.warung, by=BY, reason="x")
    )
    before = footprint()
    with pytest.raises(WarungClosed):
        place(market)
    assert footprint() == before


def test_only_the_ways_that_the_warung_offers(market: Cast) -> None:
    before = footprint()
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_600, by=BY)
    with pytest.raises(NotOffered):
        deliver(market, warung=market.other_warung, lines=seen((market.kilo, 1, 14_600)))
    market.warung.pickup = False
    market.warung.save()
    with pytest.raises(NotOffered):
        place(market)
    assert footprint() == before


@pytest.mark.parametrize(
    ("case", "address"),
    [
        ("none", None),
        ("no street", Address(VILLAGE, "  ")),
        ("another region's kelurahan", Address("52.71.01.1001", "Jalan Pejanggik 1")),
        ("no such kelurahan", Address("x' OR 1=1", "Jalan Mawar 1")),
    ],
)
def test_a_delivery_has_an_address_here(market: Cast, case: str, address: Address | None) -> None:
    before = footprint()
    with pytest.raises(AddressMissing):
        place(market, method=Method.DELIVERY, address=address, fee=2_000)
    assert footprint() == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE orders_orderline SET price = 1",
        "DELETE FROM orders_orderline",
        "UPDATE orders_orderevent SET reason = 'x'",
        "DELETE FROM orders_orderevent",
        "TRUNCATE orders_orderevent",
        "UPDATE orders_order SET total = total + 1",
        "UPDATE orders_order SET state = 'paid'",
        "UPDATE orders_order SET delivery_fee = 1, total = goods_total + 1",
    ],
)
def test_the_database_refuses_to_rewrite_an_order(market: Cast, sql: str) -> None:
    place(market)
    # Not even the owner, who may do more than the region's own role.
    with as_owner(scope()), connection.cursor() as cursor:
        # Foreign keys of what was just written are looked at now, or nothing could be emptied.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(sql)
    assert Order.objects.get().state == OrderState.PLACED
