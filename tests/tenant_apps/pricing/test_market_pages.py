"""The Satker writes down what markets ask."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenant_apps.pricing.models import MarketObservation
from tenant_apps.pricing.selectors import known_markets
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import Cast, browser_of

LIST = "/satker/harga-pasar/"
ROUND = "/satker/harga-pasar/catat/"


@pytest.fixture
def yuli(market: Cast) -> Client:
    return browser_of(market.yuli)


def today() -> Any:
    return clock.today(current_region().time_zone)


def a_round(cast: Cast, **changed: str) -> dict[str, str]:
    """Yuli's walk over Pasar Kuto: half a kilo of rice, and no egg."""
    return {
        "market": "Pasar Kuto",
        "observed_on": today().isoformat(),
        f"price-{cast.rice.pk}": "15.200",
        f"per-{cast.rice.pk}": "1000",
        f"price-{cast.egg.pk}": "",
        f"per-{cast.egg.pk}": "1",
        **changed,
    }


def test_a_round_writes_down_what_was_filled_in(market: Cast, yuli: Client) -> None:
    before = MarketObservation.objects.count()
    assert yuli.post(ROUND, a_round(market)).status_code == 302
    assert MarketObservation.objects.count() == before + 1
    seen = MarketObservation.objects.first()
    assert seen is not None
    assert (seen.product, seen.market, seen.price, seen.per_quantity) == (market.rice, "Pasar Kuto", 15_200, 1_000)
    assert (seen.observer, seen.observed_on, seen.is_estimate) == ("Yuli", today(), False)


def test_a_price_may_be_for_a_whole_sack(market: Cast, yuli: Client) -> None:
    sent = a_round(market, **{f"price-{market.rice.pk}": "700.000", f"per-{market.rice.pk}": "50000"})
    assert yuli.post(ROUND, sent).status_code == 302
    assert MarketObservation.objects.filter(price=700_000, per_quantity=50_000).count() == 1


def test_the_next_round_begins_at_the_same_market_today(market: Cast, yuli: Client) -> None:
    yesterday = today() - timedelta(days=1)
    yuli.post(ROUND, a_round(market, observed_on=yesterday.isoformat()))
    where = yuli.get(ROUND).context["where"]
    assert (where["market"].value(), where["observed_on"].value()) == ("Pasar Kuto", today())


@pytest.mark.parametrize(
    ("case", "changed"),
    [
        ("tomorrow", {"observed_on": "2999-01-01"}),
        ("no day", {"observed_on": "kemarin"}),
        ("no market", {"market": "  "}),
        ("a market that no name has", {"market": "x" * 500}),
        ("a character that no text has", {"market": "Pasar\x00"}),
        ("no price", {"price": "murah"}),
        ("a price that nobody pays", {"price": "9999999999999999"}),
        ("a quantity that is not offered", {"per": "7"}),
        ("no quantity", {"per": "banyak"}),
    ],
)
def test_what_cannot_be_written_down_is_a_message(
    market: Cast, yuli: Client, case: str, changed: dict[str, str]
) -> None:
    before = MarketObservation.objects.count()
    rice = {f"{name}-{market.rice.pk}" if name in ("price", "per") else name: text for name, text in changed.items()}
    answer = yuli.post(ROUND, a_round(market, **rice))
    assert answer.status_code == 200
    assert answer.context["where"].errors or answer.context["form"].errors
    assert MarketObservation.objects.count() == before


def test_what_is_due_comes_first_and_has_a_tab(market: Cast, yuli: Client) -> None:
    MarketObservation.objects.filter(product=market.egg).update(observed_on=today() - timedelta(days=31))
    assert [line.product.name for line in yuli.get(LIST + "?tab=due").context["page"]] == ["Telur ayam"]
    assert [row[0].product.name for row in yuli.get(ROUND).context["rows"]] == ["Telur ayam", "Beras medium"]


def test_goods_are_found_by_local_names(market: Cast, yuli: Client) -> None:
    assert [line.product.name for line in yuli.get(LIST + "?q=telok").context["page"]] == ["Telur ayam"]
    assert [row[0].product.name for row in yuli.get(ROUND + "?q=berass").context["rows"]] == ["Beras medium"]


def test_a_products_page_takes_one_more_price_and_shows_the_way_it_went(market: Cast, yuli: Client) -> None:
    page = f"{LIST}{market.rice.public_id}/"
    sent = {"price": "14.800", "per": "1000", "market": "Pasar Kuto", "observed_on": today().isoformat()}
    assert yuli.post(page, sent).status_code == 302
    answer = yuli.get(page)
    assert answer.context["went"] == [15_000, 14_800]
    assert '<svg class="sparkline"' in answer.content.decode()
    assert yuli.post(page, {**sent, "per": "3"}).context["form"].errors.keys() == {"per"}


def test_markets_are_suggested_by_how_often_they_are_written(market: Cast, yuli: Client) -> None:
    for _again in range(2):
        yuli.post(ROUND, a_round(market))
    assert known_markets() == ["Pasar Kuto", "Pasar Induk Jakabaring", "Pasar Lemabang"]


@pytest.mark.parametrize(
    "address", ["harga-pasar/", "harga-pasar/catat/", "pasar/", "pasar/catatan/", "pasar/tabel/", "harga/het/", "harga/laba/"]
)  # fmt: skip
def test_the_pages_of_the_market_stand_under_its_entry(market: Cast, address: str) -> None:
    text = browser_of(market.yuli).get(f"/satker/{address}").content.decode()
    entries = re.findall(r'<a href="([^"]+)"[^>]*aria-current="page"', text)
    assert "/satker/harga-pasar/" in entries
    assert "/satker/" not in entries
    assert address == "harga-pasar/catat/" or f"/satker/{address}" in entries
