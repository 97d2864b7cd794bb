"""Counting what is on a shelf or in the store room."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from tenant_apps.stock.models import StockMovement
from tenant_apps.stock.selectors import available_at, levels_at
from tenant_apps.stock.services import Line, location_of_satker, location_of_warung, reserve
from tests.cast import BY, Cast, browser_of


@pytest.fixture
def hasan(market: Cast) -> Client:
    return browser_of(market.hasan)


def page(market: Cast, area: str = "toko") -> str:
    return f"/{area}/stok/{market.rice.public_id}/"


def count(market: Cast, **changed: str) -> dict[str, str]:
    """Hasan counts 12.5 kg."""
    return {
        "warung": str(market.warung.public_id),
        "amount": "12,5",
        "unit": "1000",
        "reason": "count",
        "note": "",
        "key": str(uuid4()),
        **changed,
    }


def rice_at(market: Cast) -> int:
    return available_at(market.warung, [market.rice.pk])[market.rice.pk]


def test_a_count_is_the_level_from_then_on(market: Cast, hasan: Client) -> None:
    assert hasan.post(page(market), count(market, reason="spoiled", note="kutu")).status_code == 302
    assert rice_at(market) == 12_500
    moved = StockMovement.objects.first()
    assert moved is not None
    assert (moved.delta_on_hand, moved.reason, moved.note, moved.by) == (-37_500, "spoiled", "kutu", market.hasan.actor)


def test_goods_may_be_counted_in_sacks(market: Cast, hasan: Client) -> None:
    hasan.post(page(market), count(market, amount="3", unit="50000"))
    assert rice_at(market) == 150_000


def test_a_second_tap_counts_once(market: Cast, hasan: Client) -> None:
    sent = count(market)
    before = StockMovement.objects.count()
    for _tap in range(2):
        assert hasan.post(page(market), sent).status_code == 302
    assert StockMovement.objects.count() == before + 1


def test_what_is_promised_cannot_be_counted_away(market: Cast, hasan: Client) -> None:
    shelf = location_of_warung(market.warung)
    reserve(location=shelf, lines=[Line(market.rice.pk, 20_000)], reference="order:X", by=BY)
    answer = hasan.post(page(market), count(market, amount="19"))
    assert list(answer.context["form"].errors) == ["amount"]
    assert levels_at(shelf).get(product=market.rice).on_hand == 50_000


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("amount", ""),
        ("amount", "-1"),
        ("amount", "banyak"),
        ("amount", "1,2345"),
        ("amount", "9" * 30),
        ("amount", "\x00"),
        ("unit", "7"),
        ("unit", "kg"),
        ("reason", "stolen by ghosts"),
        ("key", "not a key"),
        ("note", "x" * 300),
        ("note", "\x00"),
    ],
)
def test_what_is_no_count_is_a_message(market: Cast, hasan: Client, field: str, text: str) -> None:
    answer = hasan.post(page(market), count(market, **{field: text}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert rice_at(market) == 50_000


def test_half_a_gram_is_no_count(market: Cast, hasan: Client) -> None:
    answer = hasan.post(page(market), count(market, amount="1,5", unit="1"))
    assert list(answer.context["form"].errors) == ["amount"]


def test_another_owners_shelf_is_not_there(market: Cast, hasan: Client) -> None:
    assert hasan.post(page(market), count(market, warung=str(market.other_warung.public_id))).status_code == 404
    assert available_at(market.other_warung, [market.rice.pk]) == {market.rice.pk: 0}


def test_siti_counts_on_her_own_shelf(market: Cast) -> None:
    siti = browser_of(market.siti)
    assert siti.post(page(market), count(market, warung=str(market.other_warung.public_id))).status_code == 302
    assert available_at(market.other_warung, [market.rice.pk]) == {market.rice.pk: 12_500}
    assert rice_at(market) == 50_000


def test_the_satker_counts_its_store_room(market: Cast) -> None:
    assert browser_of(market.yuli).post(page(market, "satker"), count(market, amount="450")).status_code == 302
    assert levels_at(location_of_satker(market.satker)).get(product=market.rice).on_hand == 450_000
    assert rice_at(market) == 50_000


def test_the_list_shows_what_is_there_and_finds_the_rest(market: Cast, hasan: Client) -> None:
    text = hasan.get("/toko/stok/").content.decode()
    assert "50\u00a0kg" in text and "10\u00a0pcs" in text
    siti = browser_of(market.siti)
    assert [product.name for product, _level in siti.get("/toko/stok/").context["page"]] == [
        "Beras medium", "Telur ayam",
    ]  # fmt: skip
    assert [product.name for product, _level in hasan.get("/toko/stok/?q=berass").context["page"]] == ["Beras medium"]
