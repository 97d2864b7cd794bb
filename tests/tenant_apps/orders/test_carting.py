"""Carts promise nothing; they hold one to 999 of what a warung sells, and come along when a visitor signs in."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from tenant_apps.catalog.models import Pack
from tenant_apps.orders.baskets import cart_at, carts_of, glance
from tenant_apps.orders.errors import BadLine, NotOffered
from tenant_apps.orders.models import Cart, CartLine
from tenant_apps.orders.services.carting import (
    MOST_LINES,
    adopt_carts,
    change_line,
    empty_cart,
    fill_again,
    put_in_cart,
)
from tenant_apps.pricing.services import publish_price, withdraw_price
from tenant_apps.warungs.services import close_warung
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import at_once, footprint, levels, place

KEY = uuid.UUID("6f0f0a52-0000-4000-8000-000000000001")


def inside(market: Cast, key: uuid.UUID = KEY) -> dict[str, int]:
    lines = CartLine.objects.filter(cart__key=key, cart__warung=market.warung)
    return dict(lines.values_list("pack__product__name", "quantity"))


def put(market: Cast, quantity: int = 1, **more: object) -> None:
    put_in_cart(**{"key": KEY, "warung": market.warung, "pack_id": market.kilo.pk, "quantity": quantity, **more})  # type: ignore[arg-type]


def test_putting_in_adds_and_changing_sets(market: Cast) -> None:
    put(market, 2)
    put(market, 3)
    put(market, 1, pack_id=market.piece.pk)
    assert inside(market) == {"Beras medium": 5, "Telur ayam": 1}
    for _again in range(2):
        change_line(key=KEY, warung=market.warung, pack_id=market.kilo.pk, quantity=4)
        assert inside(market) == {"Beras medium": 4, "Telur ayam": 1}
    for _again in range(2):
        change_line(key=KEY, warung=market.warung, pack_id=market.kilo.pk, quantity=0)
        assert inside(market) == {"Telur ayam": 1}
    empty_cart(key=KEY, warung=market.warung)
    assert inside(market) == {}
    assert levels(market)["Beras medium"] == (50_000, 0)


def test_a_line_ends_at_999(market: Cast) -> None:
    put(market, 998)
    put(market, 998)
    assert inside(market) == {"Beras medium": 999}


@pytest.mark.parametrize("quantity", [0, -1, 1_000, 10**30])
def test_no_other_number_goes_in(market: Cast, quantity: int) -> None:
    put(market, 2)
    before = footprint()
    with pytest.raises(BadLine):
        put(market, quantity)
    if quantity:
        with pytest.raises(BadLine):
            change_line(key=KEY, warung=market.warung, pack_id=market.kilo.pk, quantity=quantity)
    assert footprint() == before


def test_only_what_the_warung_sells_goes_in(market: Cast) -> None:
    before = footprint()
    for what in ({"pack_id": market.sack.pk}, {"warung": market.other_warung}):
        with pytest.raises(NotOffered):
            put(market, 1, **what)
    withdraw_price(warung=market.warung, pack=market.kilo)
    with pytest.raises(NotOffered):
        change_line(key=KEY, warung=market.warung, pack_id=market.kilo.pk, quantity=1)
    assert footprint() == before


def test_a_cart_is_full_at_last(market: Cast) -> None:
    for number in range(MOST_LINES):
        pack = market.egg.packs.create(label=f"isi {number}", base_quantity=1)
        publish_price(warung=market.warung, pack=pack, price=2_000, by=BY)
        put(market, 1, pack_id=pack.pk)
    with pytest.raises(BadLine):
        put(market, 1)
    assert CartLine.objects.count() == MOST_LINES


def test_what_a_full_cart_has_no_room_for_stays_out(market: Cast) -> None:
    own, order = market.ratna.public_id, place(market)
    packs = [market.egg.packs.create(label=f"isi {number}", base_quantity=1) for number in range(MOST_LINES + 2)]
    for pack in packs:
        publish_price(warung=market.warung, pack=pack, price=2_000, by=BY)
    for pack in packs[: MOST_LINES - 1]:
        put(market, 1, key=own, pack_id=pack.pk)
    for pack in (packs[-1], packs[0], packs[-2], packs[-3]):
        put(market, 2, pack_id=pack.pk)
    adopt_carts(visitor=KEY, person=own)
    lines = dict(CartLine.objects.filter(cart__key=own).values_list("pack", "quantity"))
    # One more had room, the first that was chosen; of what was there the larger number counts.
    assert (len(lines), lines[packs[-1].pk], lines[packs[0].pk]) == (MOST_LINES, 2, 2)
    assert not CartLine.objects.filter(cart__key=KEY).exists()
    # An earlier order does not fit either: nothing of it lies there.
    with pytest.raises(BadLine):
        fill_again(key=own, order=order)
    assert dict(CartLine.objects.filter(cart__key=own).values_list("pack", "quantity")) == lines


def test_a_tap_alone_does_not_wait_for_the_disk_and_what_follows_does(
    committed: None, market: Cast, kalidoni: Region
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")  # tests' own server hurries by default
    with connection.execute_wrapper(heard := Heard()):
        put(market, 2)
        with transaction.atomic():
            put(market, 3)
    assert [sql.count("synchronous_commit TO off") for sql in heard.written] == [1, 0]
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
    assert inside(market) == {"Beras medium": 5}
    for number in range(1, MOST_LINES):
        pack = Pack.objects.create(product=market.rice, label=f"kantong {number}", base_quantity=number)
        CartLine.objects.create(cart=Cart.objects.get(), pack=pack, quantity=1)
    with pytest.raises(BadLine):
        put(market, 1, pack_id=market.piece.pk)
    put(market, 1)
    assert inside(market)["Beras medium"] >= 1 and CartLine.objects.count() == MOST_LINES


class Heard:
    """Hears what is written into carts."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO orders_cart " in sql:
            self.written.append(sql)
        return execute(sql, params, many, context)


def test_taps_at_the_same_moment_all_count(committed: None, market: Cast, kalidoni: Region) -> None:
    def tap() -> None:
        put_in_cart(key=KEY, warung=market.warung, pack_id=market.kilo.pk, quantity=3)

    assert at_once(kalidoni, [tap] * 16) == ["done"] * 16
    assert inside(market) == {"Beras medium": 48}


def test_a_visitors_cart_comes_along_and_the_larger_number_stays(market: Cast) -> None:
    own = market.ratna.public_id
    put(market, 2)
    put(market, 1, pack_id=market.piece.pk)
    put(market, 5, key=own)
    adopt_carts(visitor=KEY, person=own)
    adopt_carts(visitor=KEY, person=own)
    assert inside(market, own) == {"Beras medium": 5, "Telur ayam": 1}
    assert inside(market) == {}


def test_a_basket_shows_what_can_be_had_now(market: Cast) -> None:
    put(market, 60)
    put(market, 3, pack_id=market.piece.pk)
    withdraw_price(warung=market.warung, pack=market.piece)
    basket = cart_at(KEY, market.warung)
    rice, eggs = basket.lines
    assert (rice.wanted, rice.orderable, rice.total, rice.saving, rice.is_short) == (60, 50, 725_000, 25_000, True)
    assert (eggs.price, eggs.orderable, eggs.total) == (None, 0, 0)
    assert (basket.goods_total, basket.delivered_total, basket.saving) == (725_000, 727_000, 25_000)
    assert basket.has_changes
    assert (glance(KEY).packs, glance(KEY).total) == (63, 870_000)


def test_packs_of_one_product_share_what_there_is(market: Cast) -> None:
    five = market.rice.packs.create(label="5 kg", base_quantity=5_000)
    publish_price(warung=market.warung, pack=five, price=70_000, by=BY)
    put(market, 8, pack_id=five.pk)
    put(market, 15)
    assert [line.orderable for line in cart_at(KEY, market.warung).lines] == [8, 10]


def test_carts_of_two_warungs_are_two(market: Cast) -> None:
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_600, by=BY)
    put(market, 1)
    put(market, 1, warung=market.other_warung)
    # Siti has put up her price and has no rice.
    assert [(one.warung.name, one.goods_total, one.has_changes) for one in carts_of(KEY)] == [
        ("Warung Siti", 0, True),
        ("Warung Hasan", 14_500, False),
    ]
    assert carts_of(None) == carts_of(uuid.uuid4()) == []


def test_the_same_again_names_what_is_no_longer_sold(market: Cast) -> None:
    order = place(market)
    withdraw_price(warung=market.warung, pack=market.piece)
    gone = fill_again(key=KEY, order=order)
    assert [line.product_name for line in gone] == ["Telur ayam"]
    assert inside(market) == {"Beras medium": 2}
    fill_again(key=KEY, order=order)
    assert inside(market) == {"Beras medium": 2}


def test_a_warung_that_ended_sells_nothing_again(market: Cast) -> None:
    order = place(market)
    close_warung(warung=market.warung, by=BY, reason="pindah")
    assert len(fill_again(key=KEY, order=order)) == 2
    assert inside(market) == {}
