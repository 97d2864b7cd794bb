"""The Satker's prices for warungs: many on one page, only what changed is changed."""

from __future__ import annotations

import pytest
from django.test import Client

from tenant_apps.pricing.models import WholesalePrice
from tests.cast import Cast, browser_of

URL = "/satker/harga-grosir/"


@pytest.fixture
def yuli(market: Cast) -> Client:
    return browser_of(market.yuli)


def form(market: Cast, price: str) -> dict[str, str]:
    return {f"initial-price-{market.sack.pk}": "650.000", f"price-{market.sack.pk}": price}


def in_force() -> list[int]:
    return list(WholesalePrice.objects.filter(replaced_at=None).values_list("price", flat=True))


def test_the_page_shows_packs_for_buying_beside_the_market(market: Cast, yuli: Client) -> None:
    rows = yuli.get(URL).context["rows"]
    assert [(product.name, [(one.pack.label, one.price.price, one.market_price) for one, *_ in lines])
            for product, lines in rows] == [("Beras medium", [("karung 50 kg", 650_000, 750_000)])]  # fmt: skip


def test_a_changed_price_is_set(market: Cast, yuli: Client) -> None:
    assert yuli.post(URL, form(market, "640.000")).status_code == 302
    assert in_force() == [640_000]
    assert WholesalePrice.objects.get(replaced_at=None).by == market.yuli.actor


def test_an_unchanged_price_is_left_alone(market: Cast, yuli: Client) -> None:
    assert yuli.post(URL, form(market, "650.000")).status_code == 302
    assert WholesalePrice.objects.count() == 1


def test_an_emptied_price_ends_the_offer(market: Cast, yuli: Client) -> None:
    assert yuli.post(URL, form(market, "")).status_code == 302
    assert in_force() == []


@pytest.mark.parametrize("written", ["gratis", "0", "-1", "\x00", "9" * 40])
def test_what_is_no_price_is_a_message(market: Cast, yuli: Client, written: str) -> None:
    answer = yuli.post(URL, form(market, written))
    assert list(answer.context["form"].errors) == [f"price-{market.sack.pk}"]
    assert in_force() == [650_000]


def test_a_selling_pack_has_no_wholesale_price(market: Cast, yuli: Client) -> None:
    assert yuli.post(URL, {f"price-{market.kilo.pk}": "100"}).status_code == 302
    assert in_force() == [650_000]
