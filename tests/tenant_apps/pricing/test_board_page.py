"""The owner's page of prices: what is changed is published, what is refused says why beside the field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.pricing.boards import price_board
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.services import observe_market, withdraw_price
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import Cast, browser_of

URL = "/toko/harga/"


@pytest.fixture
def hasan(market: Cast) -> Client:
    return browser_of(market.hasan)


def form(market: Cast, **prices: str) -> dict[str, str]:
    """What Hasan's page sends: every price that it showed, and what he changed."""
    shown = {f"price-{market.kilo.pk}": "14.500", f"price-{market.piece.pk}": "2.000"}
    initial = {f"initial-{name}": price for name, price in shown.items()}
    changed = {f"price-{getattr(market, pack).pk}": price for pack, price in prices.items()}
    return {"warung": str(market.warung.public_id), **initial, **shown, **changed}


def in_force(market: Cast) -> dict[str, int]:
    rows = WarungPrice.objects.filter(warung=market.warung, replaced_at=None)
    return {price.pack.label: price.price for price in rows}


def test_the_page_shows_what_the_guarantee_allows(market: Cast, hasan: Client) -> None:
    text = hasan.get(URL).content.decode()
    for shown in (
        "Beras medium",
        "Pasar Induk Jakabaring",
        "Rp\u00a015.000",
        "Rp\u00a014.900",
        "Yuli",
        'value="14.500"',
    ):
        assert shown in text


def test_a_changed_price_is_published_with_its_evidence(market: Cast, hasan: Client) -> None:
    before = WarungPrice.objects.count()
    answer = hasan.post(URL + "?tab=sold", form(market, kilo="14.200"))
    assert (answer.status_code, answer["Location"]) == (302, URL + "?tab=sold")
    price = WarungPrice.objects.get(warung=market.warung, pack=market.kilo, replaced_at=None)
    assert (price.price, price.evidence_id, price.market_price) == (14_200, market.seen.pk, 15_000)
    assert price.by == market.hasan.actor
    # The egg's price was sent along, and nobody touched it.
    assert WarungPrice.objects.count() == before + 1


def test_a_refused_price_says_why_beside_its_field_and_the_others_are_published(market: Cast, hasan: Client) -> None:
    answer = hasan.post(URL, form(market, kilo="14.950", piece="1.900"))
    assert answer.status_code == 200
    errors: Any = answer.context["form"].errors
    assert list(errors) == [f"price-{market.kilo.pk}"]
    assert "Rp\u00a014.900" in errors[f"price-{market.kilo.pk}"][0]
    assert in_force(market) == {"kg": 14_500, "butir": 1_900}
    assert 'value="14.950"' in answer.content.decode()


@pytest.mark.parametrize("written", ["abc", "-5", "0", "1e5", "\x00", "9" * 40, "12,5", "٣٠٠"])
def test_what_is_no_price_is_a_message_and_changes_nothing(market: Cast, hasan: Client, written: str) -> None:
    answer = hasan.post(URL, form(market, kilo=written))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [f"price-{market.kilo.pk}"]
    assert in_force(market) == {"kg": 14_500, "butir": 2_000}


def test_a_refused_page_comes_back_in_the_order_in_which_it_was_sent(market: Cast, hasan: Client) -> None:
    sent = form(market)
    eggs_first = [(name, text) for name, text in sent.items() if not name.startswith("price-")]
    eggs_first += [(f"price-{market.piece.pk}", "9.000"), (f"price-{market.kilo.pk}", "14.500")]
    answer = hasan.post(URL + "?q=ayam", dict(eggs_first))
    assert [line.product.name for line, _packs in answer.context["rows"]] == ["Telur ayam", "Beras medium"]
    assert answer.context["wanted"] == "ayam"


def test_an_emptied_price_is_withdrawn(market: Cast, hasan: Client) -> None:
    assert hasan.post(URL, form(market, kilo="")).status_code == 302
    assert in_force(market) == {"butir": 2_000}


def test_a_page_that_lay_open_does_not_take_back_a_colleagues_price(market: Cast, hasan: Client) -> None:
    wati = browser_of(market.wati)
    assert wati.post(URL, form(market, kilo="13.900")).status_code == 302
    # Hasan's page still shows 14.500 for the rice; he changes the egg alone.
    assert hasan.post(URL, form(market, piece="1.800")).status_code == 302
    assert in_force(market) == {"kg": 13_900, "butir": 1_800}


def test_a_second_tap_publishes_nothing_more(market: Cast, hasan: Client) -> None:
    for _tap in range(2):
        assert hasan.post(URL, form(market, kilo="14.200")).status_code == 302
    assert WarungPrice.objects.filter(warung=market.warung, pack=market.kilo).count() == 2


def test_only_selling_packs_of_traded_goods_have_prices(market: Cast, hasan: Client) -> None:
    Product.objects.filter(pk=market.egg.pk).update(is_active=False)
    sent = {
        "warung": str(market.warung.public_id),
        f"price-{market.sack.pk}": "100",
        f"price-{market.piece.pk}": "100",
        "price-999999999999999999999": "100",
        "price-٣": "100",
        "price-": "100",
    }
    assert hasan.post(URL, sent).status_code == 302
    assert in_force(market) == {"kg": 14_500, "butir": 2_000}


def test_another_owners_warung_is_not_there(market: Cast, hasan: Client) -> None:
    sent = {**form(market, kilo="14.200"), "warung": str(market.other_warung.public_id)}
    assert hasan.post(URL, sent).status_code == 404
    assert in_force(market) == {"kg": 14_500, "butir": 2_000}
    assert not WarungPrice.objects.filter(warung=market.other_warung).exists()


def test_tabs_tell_what_is_sold_what_may_be_and_what_to_check(market: Cast, hasan: Client) -> None:
    withdraw_price(warung=market.warung, pack=market.piece)
    observe_market(
        product=market.rice, market="Pasar Lemabang", observed_on=clock.today(current_region().time_zone),
        per_quantity=1_000, price=14_550, observer="Yuli",
    )  # fmt: skip
    counts = hasan.get(URL).context["counts"]
    assert counts == {"sold": 1, "new": 1, "check": 1, "all": 2}
    assert [line.product.name for line, _packs in hasan.get(URL + "?tab=check").context["rows"]] == ["Beras medium"]
    assert [line.product.name for line, _packs in hasan.get(URL + "?tab=new").context["rows"]] == ["Telur ayam"]


def test_goods_without_a_market_price_offer_no_field(market: Cast, hasan: Client) -> None:
    salt = Product.objects.create(
        sku="X", name="Garam", category=market.rice.category, base_unit="g", search="garam grm"
    )
    Pack.objects.create(product=salt, label="kg", base_quantity=1_000)
    rows = hasan.get(URL + "?tab=all&q=garem").context["rows"]
    assert [(line.product.name, [row.open for row in packs]) for line, packs in rows] == [("Garam", [False])]


def test_the_board_asks_as_often_for_many_goods_as_for_few(market: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(6):
        price_board(market.warung)
    for number in range(20):
        one = Product.objects.create(
            sku=f"N-{number}", name=f"Barang {number}", category=market.rice.category, base_unit="pcs"
        )
        Pack.objects.create(product=one, label="pcs", base_quantity=1)
    with django_assert_num_queries(6):
        assert len(price_board(market.warung)) == 22


def test_a_products_page_shows_both_histories(market: Cast, hasan: Client) -> None:
    hasan.post(URL, form(market, kilo="14.200"))
    text = hasan.get(f"{URL}{market.rice.public_id}/").content.decode()
    for shown in ("Rp\u00a014.500", "Rp\u00a014.200", "Pasar Induk Jakabaring"):
        assert shown in text
