"""Looking around, without and with an account; whatever is typed into an address, the page answers."""

from __future__ import annotations

import re
from datetime import time

import pytest

from tenant_apps.accounts.models import Profile
from tenant_apps.catalog.models import Product
from tenant_apps.catalog.spelling import search_text_of
from tenant_apps.orders.views.visitor import PLACE
from tenant_apps.pricing.services import publish_price
from tenant_apps.pricing.templatetags.pricing import short_day
from tenant_apps.warungs.selectors import village_names
from tenant_apps.warungs.services import close_warung, pause_warung, set_hours
from tests.cast import BY, VILLAGE, Cast, browser_of


def words_of(content: bytes) -> str:
    """The page with each gap as one space; spaces that hold words together stay."""
    return re.sub(r"[ \n]+", " ", content.decode())


def page(market: Cast, url: str, who: str = "") -> str:
    answer = browser_of(getattr(market, who) if who else None).get(url)
    assert answer.status_code == 200, url
    return words_of(answer.content)


@pytest.fixture(autouse=True)
def findable(market: Cast) -> None:
    for product in Product.objects.select_related("category"):
        text = search_text_of(name=product.name, category=product.category.name, sku=product.sku, synonyms="")
        Product.objects.filter(pk=product.pk).update(search=text)


def test_the_first_page_asks_where_somebody_lives_and_then_knows(market: Cast) -> None:
    visitor = browser_of(None)
    assert "Anda tinggal di mana?" in visitor.get("/").content.decode()
    answer = visitor.post("/tempat/", {"village": VILLAGE, "rw": "1", "rt": "3"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert visitor.session[PLACE] == {"village": VILLAGE, "rw": 1, "rt": 3}
    text = words_of(visitor.get("/").content)
    assert "Anda tinggal di mana?" not in text
    assert "RT 03 RW 01 Kalidoni" in text
    assert text.index("Warung Hasan") < text.index("Warung Siti")
    assert "di RT Anda" in text


def test_a_place_that_was_told_is_kept_in_the_profile(market: Cast) -> None:
    ratna = browser_of(market.ratna)
    ratna.post("/tempat/", {"village": "16.71.10.1003", "rw": "2", "next": "/warung/"})
    profile = Profile.objects.get(user=market.ratna)
    assert (profile.village_code, profile.rw, profile.rt) == ("16.71.10.1003", 2, None)
    assert profile.address == "Lorong Kenanga 5"
    assert f"RW 02 {village_names({'16.71.10.1003'})['16.71.10.1003']}" in page(market, "/", "ratna")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"village": "52.71.01.1001"},
        {"village": "\x00"},
        {"village": VILLAGE, "rw": "-1"},
        {"village": VILLAGE, "rw": "9" * 40},
        {"village": VILLAGE, "rt": "3"},
        {"village": VILLAGE, "rw": "satu", "rt": "²"},
    ],
)
def test_a_place_that_is_none_is_refused(market: Cast, told: dict[str, str]) -> None:
    visitor = browser_of(None)
    assert visitor.post("/tempat/", told).status_code == 400
    assert PLACE not in visitor.session


@pytest.mark.parametrize("away", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_nobody_is_sent_off_the_site(market: Cast, away: str) -> None:
    answer = browser_of(None).post("/tempat/", {"village": VILLAGE, "next": away})
    assert answer.headers["Location"] == "/"


def test_a_shelf_shows_price_market_and_saving(market: Cast) -> None:
    text = page(market, "/warung/warung-hasan/")
    assert "Rp\u00a014.500" in text
    assert "Rp\u00a015.000" in text
    day = short_day(market.seen.observed_on)
    assert f"Hemat Rp\u00a0500 dari Pasar Induk Jakabaring, {day}" in text
    assert "Buka siang malam" in text
    assert "Antar Rp\u00a02.000" in text


def test_what_is_sold_out_cannot_be_added(market: Cast) -> None:
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_600, by=BY)
    text = page(market, "/warung/warung-siti/")
    assert "Stok habis" in text
    assert 'action="/warung/warung-siti/isi/"' not in text


def test_the_search_forgives_and_goes_from_the_nearest_on(market: Cast) -> None:
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_600, by=BY)
    text = page(market, "/cari/?q=bras", "ratna")
    assert text.index("Warung Hasan") < text.index("Warung Siti")
    assert "Telur ayam" not in text
    assert "Sedang tidak ada yang menjualnya" in page(market, "/cari/?q=helikopter")
    assert "Beras medium" in page(market, "/cari/?kategori=beras-tepung")
    inside = page(market, "/warung/warung-hasan/?q=telur")
    assert "Telur ayam" in inside
    assert "Beras medium" not in inside


def test_closed_and_paused_warungs_say_so(market: Cast) -> None:
    set_hours(warung=market.warung, hours=[(day, time(3), time(3, 1)) for day in range(7)])
    assert "Tutup, buka" in page(market, "/warung/warung-hasan/")
    pause_warung(warung=market.warung, by=BY)
    assert "Libur" in page(market, "/warung/warung-hasan/")
    close_warung(warung=market.warung, by=BY, reason="pindah")
    assert browser_of(None).get("/warung/warung-hasan/").status_code == 404
    assert "Warung Hasan" not in page(market, "/warung/")


@pytest.mark.parametrize(
    "url",
    [
        "/?page=abc",
        "/warung/?page=-1",
        "/warung/?page=99999999999999999999999",
        "/warung/warung-hasan/?q=%00&kategori=%00&page=²",
        "/warung/warung-hasan/?kategori=tidak-ada",
        f"/warung/warung-hasan/?q={'x' * 5000}",
        "/cari/?q=%00",
        "/cari/?q=%25%27%22%3B--",
        "/cari/?q=💥",
        "/cari/?kategori=" + "z" * 500,
        "/tempat/?next=//evil.test",
    ],
)
def test_strange_addresses_are_answered(market: Cast, url: str) -> None:
    assert browser_of(None).get(url).status_code == 200


@pytest.mark.parametrize(
    "url", ["/warung/tidak-ada/", "/warung/tidak-ada/isi/", "/pesanan/%00%00%00%00%00%00/", "/warung/%00/"]
)
def test_what_is_not_there_is_404(market: Cast, url: str) -> None:
    assert browser_of(market.ratna).get(url).status_code in (404, 405)


def test_a_first_page_needs_few_questions(market: Cast, django_assert_max_num_queries: object) -> None:
    visitor = browser_of(None)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        visitor.get("/")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        visitor.get("/warung/warung-hasan/")


def test_what_fits_much_worse_is_left_out(market: Cast) -> None:
    water = search_text_of(name="Air mineral gelas", category="Minuman", sku="SB-050", synonyms="")
    Product.objects.filter(pk=market.egg.pk).update(name="Air mineral gelas", search=water)
    Product.objects.filter(pk=market.rice.pk).update(name="Minyak goreng", search="minyak goreng")
    text = page(market, "/cari/?q=minyak")
    assert "Minyak goreng" in text
    assert "Air mineral gelas" not in text
