"""Tiles, search, cart and the good's page say what the market says now, whatever the price was published upon."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tenant_apps.catalog.models import Product
from tenant_apps.catalog.spelling import search_text_of
from tenant_apps.pricing.models import MarketObservation
from tenant_apps.pricing.services import observe_market, publish_price, set_price_rule, withdraw_observation
from tenant_apps.pricing.templatetags.pricing import short_day
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import BY, Cast, browser_of

SAVES = "Hemat Rp\u00a02.900 dari Pasar Lemabang, {day}"
TILES = ("/warung/warung-hasan/?q=beras", "/cari/?q=beras", "/barang/{rice}/", "/keranjang/")


@pytest.fixture
def shopper(market: Cast) -> Client:
    """Somebody with three kilos of Hasan's rice in the cart."""
    search = search_text_of(name=market.rice.name, category="", sku=market.rice.sku, synonyms="")
    Product.objects.filter(pk=market.rice.pk).update(search=search)
    visitor = browser_of(None)
    visitor.post("/warung/warung-hasan/isi/", {"pack": market.kilo.pk, "quantity": 3})
    return visitor


def see(market: Cast, price: int) -> str:
    """A market price of a kilo, seen today; the day as people read it."""
    today = clock.today(current_region().time_zone)
    observe_market(
        product=market.rice,
        market="Pasar Lemabang",
        observed_on=today,
        per_quantity=1_000,
        price=price,
        observer="Yuli",
    )
    with translation.override("id"):
        return short_day(today)


def pages(market: Cast, shopper: Client) -> dict[str, str]:
    return {
        address: shopper.get(address.format(rice=market.rice.public_id)).content.decode() for address in TILES
    }  # fmt: skip


def test_every_page_tells_the_newest_market_price(market: Cast, shopper: Client) -> None:
    # Hasan's kilo at 14,500 was published upon 15,000.
    day = see(market, 17_400)
    for address, text in pages(market, shopper).items():
        assert SAVES.format(day=day) in text, address
        assert "Hemat Rp\u00a0500" not in text, address
    text = shopper.get("/keranjang/").content.decode()
    assert "Anda hemat Rp\u00a08.700" in text
    assert "Rp\u00a017.400" in shopper.get("/cari/?q=beras").content.decode()


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("stale", "Harga pasarnya sudah terlalu lama. Pasar Induk Jakabaring memasang Rp\u00a015.000"),
        ("the region asks for more", "Selisihnya dengan harga pasar sudah tidak cukup. Pasar Induk Jakabaring"),
        ("the market is cheaper", "Selisihnya dengan harga pasar sudah tidak cukup. Pasar Lemabang memasang Rp\u00a014.000"),
        ("withdrawn", "Belum ada harga pasar."),
    ],
)  # fmt: skip
def test_without_the_guarantee_there_is_no_badge_and_the_good_says_why(
    market: Cast, shopper: Client, case: str, reason: str
) -> None:
    if case == "stale":
        old = clock.today(current_region().time_zone) - timedelta(days=31)
        MarketObservation.objects.filter(product=market.rice).update(observed_on=old)
    elif case == "the region asks for more":
        set_price_rule(minimum_saving=501, minimum_percent=0, freshness_days=30)
    elif case == "the market is cheaper":
        see(market, 14_000)
    else:
        withdraw_observation(observation=market.seen, reason="salah tulis", by=BY)
    for address, text in pages(market, shopper).items():
        assert "Hemat " not in text and "hemat Rp" not in text, address
        assert "Rp\u00a014.500" in text, address
        assert ("kg: sedang tanpa jaminan harga." in text) == address.startswith("/barang/"), address
    good = shopper.get(f"/barang/{market.rice.public_id}/").content.decode()
    assert reason in good


def test_carts_at_two_warungs_ask_the_market_once(market: Cast, shopper: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert shopper.get("/keranjang/").status_code == 200
        return sum(query["sql"].startswith("SELECT DISTINCT ON") for query in seen.captured_queries)

    assert asked() == 1
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_600, by=BY)
    shopper.post("/warung/warung-siti/isi/", {"pack": market.kilo.pk, "quantity": 1})
    assert asked() == 1
