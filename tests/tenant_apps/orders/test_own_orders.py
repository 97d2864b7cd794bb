"""A customer's own orders: seen by nobody else, followed without reloading, cancelled while there is time."""

from __future__ import annotations

import pytest

from tenant_apps.orders.models import CartLine, Order
from tenant_apps.orders.services.filling import accept_order, hand_over, pack_order, reject_order
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, Cast, browser_of, person
from tests.tenant_apps.orders.desk import deliver, footprint, levels, place

HTMX = {"HX-Request": "true"}


def test_the_list_pages_and_shows_only_ones_own(market: Cast) -> None:
    mine = [place(market, lines=None).number for _ in range(1)]
    theirs = place(market, customer=market.siti)
    text = browser_of(market.ratna).get("/pesanan/?page=abc").content.decode()
    assert mine[0] in text
    assert theirs.number not in text


def test_the_page_follows_the_order(market: Cast) -> None:
    order = deliver(market)
    ratna, url = browser_of(market.ratna), f"/pesanan/{order.number}/"
    text = ratna.get(url).content.decode()
    for words in ("Warung sedang melihat pesanan Anda", "Lorong Kenanga 5", "Rp\u00a037.000", 'hx-trigger="every 10s"'):
        assert words in text
    assert ratna.get(url + "?state=placed", headers=HTMX).status_code == 204
    accept_order(order=order, by=BY)
    answer = ratna.get(url + "?state=placed", headers=HTMX)
    assert answer.status_code == 200
    assert "Warung menyiapkan barang Anda" in answer.content.decode()
    assert "Batalkan pesanan" not in answer.content.decode()
    pack_order(order=order, by=BY)
    hand_over(order=order, by=BY)
    # 286 tells htmx to ask no more.
    answer = ratna.get(url + "?state=packed", headers=HTMX)
    assert answer.status_code == 286
    assert "Diterima dan dibayar" in answer.content.decode()
    assert 'hx-trigger="every' not in ratna.get(url).content.decode()


def test_a_reason_is_shown_as_text(market: Cast) -> None:
    order = place(market)
    reject_order(order=order, reason="<script>alert(1)</script>", by=BY)
    text = browser_of(market.ratna).get(f"/pesanan/{order.number}/").content.decode()
    assert "<script>alert(1)</script>" not in text
    assert "Alasannya: &lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_cancelling_frees_the_goods(market: Cast) -> None:
    order = place(market)
    ratna = browser_of(market.ratna)
    for _again in range(2):
        assert ratna.post(f"/pesanan/{order.number}/batal/").status_code == 302
        assert Order.objects.get().state == "cancelled"
        assert levels(market)["Beras medium"] == (50_000, 0)


def test_cancelling_too_late_says_so(market: Cast) -> None:
    order = accept_order(order=place(market), by=BY)
    before = footprint()
    answer = browser_of(market.ratna).post(f"/pesanan/{order.number}/batal/", follow=True)
    assert "Keadaannya sudah berubah" in answer.content.decode() or "berubah" in answer.content.decode()
    assert footprint() == before


def test_the_same_again(market: Cast) -> None:
    order = place(market)
    answer = browser_of(market.ratna).post(f"/pesanan/{order.number}/lagi/")
    assert answer.headers["Location"] == "/keranjang/"
    assert sorted(CartLine.objects.values_list("pack", "quantity")) == [(market.kilo.pk, 2), (market.piece.pk, 3)]


def test_the_receipt(market: Cast) -> None:
    order = deliver(market)
    text = browser_of(market.ratna).get(f"/pesanan/{order.number}/nota/").content.decode()
    for words in (order.number, "2 × Rp\u00a014.500", "Rp\u00a029.000", "Rp\u00a037.000", "Warung Hasan"):
        assert words in text


@pytest.mark.parametrize("who", ["", "siti", "hasan", "yuli", "budi"])
@pytest.mark.parametrize("verb", ["", "nota/", "batal/", "lagi/"])
def test_nobody_else_finds_it(market: Cast, who: str, verb: str) -> None:
    order = place(market)
    before = footprint()
    browser = browser_of(getattr(market, who) if who else None)
    url = f"/pesanan/{order.number}/{verb}"
    answer = browser.post(url) if verb in ("batal/", "lagi/") else browser.get(url)
    assert answer.status_code == (404 if who else 302)
    assert footprint() == before


def test_nobody_of_another_region_finds_it(market: Cast, lombok: Region) -> None:
    order = place(market)
    before = footprint()
    with in_region(lombok):
        made = browser_of(person("Made"), "lombok")
        for url in (f"/pesanan/{order.number}/", f"/pesanan/{order.number}/nota/"):
            assert made.get(url).status_code == 404
        for url in (f"/pesanan/{order.number}/batal/", f"/pesanan/{order.number}/lagi/"):
            assert made.post(url).status_code == 404
    assert footprint() == before


@pytest.mark.parametrize("number", ["AAAAAA", "aaaaaa", "12345", "1234567", "%00", "......"])
def test_numbers_that_nobody_has(market: Cast, number: str) -> None:
    assert browser_of(market.ratna).get(f"/pesanan/{number}/").status_code == 404


def test_small_letters_find_it_too(market: Cast) -> None:
    order = place(market)
    assert browser_of(market.ratna).get(f"/pesanan/{order.number.lower()}/").status_code == 200
