"""Filling a cart by its pages, with and without script, and what hostile forms get."""

from __future__ import annotations

import pytest
from django.test import Client

from tenant_apps.catalog.models import Product
from tenant_apps.orders.models import Cart, CartLine
from tenant_apps.pricing.services import publish_price, withdraw_price
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, PASSWORD, Cast, browser_of, person
from tests.tenant_apps.orders.desk import footprint

PUT = "/warung/warung-hasan/isi/"
CHANGE = "/keranjang/warung-hasan/"
HTMX = {"HX-Request": "true"}


def lines() -> list[tuple[int, int]]:
    return list(CartLine.objects.order_by("pk").values_list("pack", "quantity"))


def put(client: Client, market: Cast, **data: object) -> object:
    return client.post(PUT, {"pack": market.kilo.pk, "quantity": 2, **data})


def test_without_script_the_shelf_comes_back(market: Cast) -> None:
    visitor = browser_of(None)
    answer = visitor.post(PUT, {"pack": market.kilo.pk, "quantity": 2, "next": "/warung/warung-hasan/?q=beras"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/warung/warung-hasan/?q=beras")
    assert lines() == [(market.kilo.pk, 2)]
    text = visitor.get("/keranjang/").content.decode()
    assert "Rp\u00a029.000" in text
    assert "Anda hemat Rp\u00a01.000" in text


def test_with_script_the_tile_and_the_bar_come_back(market: Cast) -> None:
    visitor = browser_of(None)
    data = {"pack": market.kilo.pk, "quantity": 2, "next": "/cari/?q=beras"}
    text = visitor.post(PUT, data, headers=HTMX).content.decode()
    assert f'id="good-warung-hasan-{market.kilo.pk}"' in text
    assert 'hx-swap-oob="innerHTML:#cart-bar"' in text
    assert 'value="/cari/?q=beras"' in text
    assert "Rp\u00a029.000" in text
    answer = visitor.post(PUT, {**data, "quantity": 5, "change": 1}, headers=HTMX)
    assert answer.headers["HX-Reswap"] == "none"
    assert lines() == [(market.kilo.pk, 5)]
    assert "Tambah" in visitor.post(PUT, {**data, "quantity": 0, "change": 1}, headers=HTMX).content.decode()
    assert lines() == []


def test_numbers_change_in_the_cart(market: Cast) -> None:
    visitor = browser_of(None)
    put(visitor, market)
    answer = visitor.post(CHANGE, {"pack": market.kilo.pk, "quantity": 3})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/keranjang/")
    answer = visitor.post(CHANGE, {"pack": market.kilo.pk, "quantity": 4}, headers=HTMX)
    assert answer.headers["HX-Reswap"] == "none"
    assert "Rp\u00a058.000" in answer.content.decode()
    text = visitor.post(CHANGE, {"pack": market.kilo.pk, "quantity": 0}, headers=HTMX).content.decode()
    assert "Keranjang Warung Hasan sudah kosong." in text
    assert "Keranjang Anda masih kosong" in visitor.get("/keranjang/").content.decode()


def test_the_cart_says_what_is_missing(market: Cast) -> None:
    visitor = browser_of(None)
    put(visitor, market, quantity=60)
    put(visitor, market, pack=market.piece.pk)
    withdraw_price(warung=market.warung, pack=market.piece)
    text = visitor.get("/keranjang/").content.decode()
    assert "Anda ingin 60; yang ada tinggal 50." in text
    assert "Warung tidak lagi menjual barang ini." in text
    visitor.post(CHANGE, {"pack": market.piece.pk, "quantity": 0})
    assert lines() == [(market.kilo.pk, 60)]


def test_two_visitors_have_two_carts(market: Cast) -> None:
    put(browser_of(None), market)
    other = browser_of(None)
    assert "Beras" not in other.get("/keranjang/").content.decode()
    put(other, market, quantity=1)
    assert sorted(quantity for _pack, quantity in lines()) == [1, 2]


def test_the_cart_comes_along_to_the_account(market: Cast) -> None:
    visitor = browser_of(None)
    put(visitor, market)
    answer = visitor.get("/keranjang/warung-hasan/bayar/")
    assert answer.headers["Location"].startswith("/masuk/")
    visitor.post(
        answer.headers["Location"], {"login": "ratna@example.test", "email": "ratna@example.test", "password": PASSWORD}
    )
    page = visitor.get("/keranjang/warung-hasan/bayar/")
    assert page.status_code == 200
    assert "Beras medium" in page.content.decode()
    assert Cart.objects.get().key == market.ratna.public_id
    # And to another phone.
    assert "Beras medium" in browser_of(market.ratna).get("/keranjang/").content.decode()


def test_looking_makes_no_cart(market: Cast) -> None:
    visitor = browser_of(None)
    for url in ("/", "/warung/warung-hasan/", "/keranjang/", "/cari/?q=beras"):
        visitor.get(url)
    assert "cart" not in visitor.session
    assert not Cart.objects.exists()


@pytest.mark.parametrize("url", [PUT, CHANGE])
@pytest.mark.parametrize("quantity", ["0x", "-1", "1000", "1" + "0" * 30, "9" * 5000, "dua", "²", "\x00", "", "1.5"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_hostile_numbers_change_nothing(market: Cast, url: str, quantity: str, headers: dict[str, str]) -> None:
    visitor = browser_of(None)
    put(visitor, market)
    before = footprint()
    answer = visitor.post(url, {"pack": market.kilo.pk, "quantity": quantity}, headers=headers)
    assert answer.status_code == (400 if headers else 302)
    assert footprint() == before


def test_nothing_is_put_in_by_zero(market: Cast) -> None:
    visitor = browser_of(None)
    assert visitor.post(PUT, {"pack": market.kilo.pk, "quantity": 0}).status_code == 302
    assert lines() == []


@pytest.mark.parametrize("pack", ["0", "-5", "9" * 18, "9" * 40, "9999999.0", "x", "\x00", "", "' OR 1=1"])
@pytest.mark.parametrize("url", [PUT, CHANGE])
def test_packs_that_are_not_there_are_404(market: Cast, url: str, pack: str) -> None:
    before = footprint()
    assert browser_of(None).post(url, {"pack": pack, "quantity": 1}).status_code == 404
    assert footprint() == before


def test_packs_that_the_warung_does_not_sell_stay_out(market: Cast) -> None:
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_600, by=BY)
    Product.objects.filter(pk=market.egg.pk).update(is_active=False)
    before = footprint()
    for pack in (market.sack, market.piece):
        assert browser_of(None).post(PUT, {"pack": pack.pk, "quantity": 1}, headers=HTMX).status_code == 409
        assert browser_of(None).post(PUT, {"pack": pack.pk, "quantity": 1}).status_code == 302
    assert (
        browser_of(None).post("/warung/warung-siti/isi/", {"pack": market.piece.pk, "quantity": 1}).status_code == 302
    )
    assert footprint() == before


def test_a_cart_of_another_region_stays_there(market: Cast, lombok: Region) -> None:
    put(browser_of(market.ratna), market)
    before = footprint()
    with in_region(lombok):
        made = browser_of(person("Made"), "lombok")
        assert made.post(PUT, {"pack": market.kilo.pk, "quantity": 1}).status_code == 404
        assert made.post(CHANGE, {"pack": market.kilo.pk, "quantity": 0}).status_code == 404
        assert "Beras" not in made.get("/keranjang/").content.decode()
    assert footprint() == before


def test_only_forms_put_things_in(market: Cast) -> None:
    assert browser_of(None).get(PUT).status_code == 405
    assert browser_of(None).get(CHANGE).status_code == 405
