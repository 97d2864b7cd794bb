"""Markets by name, the list of all prices with what was withdrawn, photos, ceilings and margins on the Satker's pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.catalog.models import Product
from tenant_apps.pricing.errors import BadPrice, OtherUnit
from tenant_apps.pricing.models import MarginRule, Market, MarketObservation, PriceCeiling
from tenant_apps.pricing.selectors import known_markets
from tenant_apps.pricing.services import withdraw_observation
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.pricing.desk import footprint, see, today, upload


@pytest.fixture
def yuli(market: Cast, tmp_path: Path, settings: Any) -> Client:
    settings.MEDIA_ROOT = tmp_path
    return browser_of(market.yuli)


def test_a_market_is_known_from_its_first_price_on(market: Cast) -> None:
    first, second = see(market, 15_100), see(market, 15_200)
    assert first.place == second.place == Market.objects.get(name="Pasar Lemabang")
    assert set(known_markets()) == {"Pasar Lemabang", "Pasar Induk Jakabaring"}


def test_yuli_names_a_market_and_the_prices_keep_what_they_said(market: Cast, yuli: Client) -> None:
    seen = see(market, 15_100)
    place = seen.place
    assert place is not None
    sent = {
        "name": "Pasar Lemabang Baru",
        "kind": "market",
        "village_name": "Lemabang",
        "address": "Jalan RE Martadinata",
    }
    assert yuli.post(f"/satker/pasar/{place.public_id}/", sent).status_code == 302
    place.refresh_from_db()
    seen.refresh_from_db()
    assert (place.name, place.is_active, seen.market) == ("Pasar Lemabang Baru", False, "Pasar Lemabang")
    assert "Pasar Lemabang Baru" not in known_markets()
    again = yuli.post("/satker/pasar/", {**sent, "kind": "online"})
    assert list(again.context["form"].errors) == ["name"]
    assert list(yuli.post("/satker/pasar/", {**sent, "name": "X", "kind": "toko"}).context["form"].errors) == ["kind"]


@pytest.mark.parametrize(
    ("unit", "density", "quantity"),
    [("ml", None, None), ("ml", 915, 915), ("ml", 1_000, 1_000), ("pcs", 915, None), ("g", None, 1_000)],
)
def test_a_price_in_another_unit_needs_the_density(
    market: Cast, unit: str, density: int | None, quantity: int | None
) -> None:
    Product.objects.filter(pk=market.rice.pk).update(density_g_per_l=density)
    market.rice.refresh_from_db()
    if quantity is None:
        before = footprint()
        with pytest.raises(OtherUnit):
            see(market, 15_000, unit=unit)
        assert footprint() == before
    else:
        assert see(market, 15_000, unit=unit).per_quantity == quantity


def test_a_wrong_price_is_withdrawn_with_its_reason_and_stays_in_the_list(market: Cast, yuli: Client) -> None:
    wrong = see(market, 1_510)
    page = f"/satker/harga-pasar/{market.rice.public_id}/"
    assert f'value="{wrong.pk}"' in yuli.get(page).content.decode()
    sent = {"seen": str(wrong.pk), "reason": "Kurang satu nol"}
    assert yuli.post("/satker/pasar/catatan/tarik/", sent)["Location"] == page
    wrong.refresh_from_db()
    assert (wrong.withdrawn_reason, wrong.withdrawn_by) == ("Kurang satu nol", market.yuli.actor)
    assert not withdraw_observation(observation=wrong, reason="lagi", by=BY)
    text = yuli.get("/satker/pasar/catatan/?q=lemabang").content.decode()
    assert "Kurang satu nol" in text and "Jakabaring" not in text
    # Hasan sees only what counts.
    assert "1.510" not in browser_of(market.hasan).get(f"/toko/harga/{market.rice.public_id}/").content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"seen": "x"}, {"seen": "9" * 40, "reason": "x"}, {"seen": "1", "reason": "\x00"}]
)
def test_a_withdrawal_of_nothing_changes_nothing(market: Cast, yuli: Client, sent: dict[str, str]) -> None:
    before = footprint()
    assert yuli.post("/satker/pasar/catatan/tarik/", sent).status_code == 302
    with pytest.raises(BadPrice):
        withdraw_observation(observation=market.seen, reason=" ", by=BY)
    assert footprint() == before


def test_a_price_is_seen_with_its_photo(market: Cast, yuli: Client) -> None:
    sent = {"price": "15.300", "per": "1000", "market": "Pasar Kuto", "observed_on": today().isoformat()}
    page = f"/satker/harga-pasar/{market.rice.public_id}/"
    assert yuli.post(page, {**sent, "photo": upload("PNG")}).status_code == 302
    seen = MarketObservation.objects.get(price=15_300)
    address = f"/satker/pasar/foto/{seen.photo_id}/"
    assert address in yuli.get(page).content.decode()
    assert b"".join(yuli.get(address).streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    assert browser_of(market.hasan).get(address).status_code == 404
    assert yuli.get("/satker/pasar/foto/00000000-0000-4000-8000-000000000000/").status_code == 404
    refused = yuli.post(page, {**sent, "price": "15.400", "photo": upload("GIF")})
    assert list(refused.context["form"].errors) == ["photo"]
    assert not MarketObservation.objects.filter(price=15_400).exists()


def test_the_list_asks_as_often_for_many_prices_as_for_few(market: Cast, yuli: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert yuli.get("/satker/pasar/catatan/").status_code == 200
        return len(caught)

    asked()
    few = asked()
    for price in range(15_000, 15_040):
        see(market, price)
    assert asked() == few
    assert len(yuli.get("/satker/pasar/catatan/?page=abc").context["page"]) == 30


def het(**changed: str) -> dict[str, str]:
    told = {"product": "Beras medium", "price": "14.000", "quantity": "1", "unit": "kg", "source": "Perbadan (contoh)"}
    return {**told, "valid_from": today().isoformat(), "valid_to": "", **changed}


def test_yuli_writes_down_a_ceiling_and_ends_it(market: Cast, yuli: Client) -> None:
    assert yuli.post("/satker/harga/het/", het()).status_code == 302
    made = PriceCeiling.objects.get()
    assert (made.product, made.per_quantity, made.price, made.valid_to) == (market.rice, 1_000, 14_000, None)
    assert "Rp\u00a014.000" in yuli.get("/satker/harga/het/").content.decode()
    assert "HET Rp\u00a014.000" in browser_of(market.hasan).get("/toko/harga/").content.decode()
    assert yuli.post(f"/satker/harga/het/{made.public_id}/akhiri/").status_code == 302
    made.refresh_from_db()
    assert made.valid_to == today()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"product": "Emas"}, "product"),
        ({"product": "\x00"}, "product"),
        ({"unit": "l"}, "unit"),
        ({"unit": "hasta"}, "unit"),
        ({"quantity": "0,0001"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"price": "gratis"}, "price"),
        ({"valid_from": "besok"}, "valid_from"),
        ({"valid_to": "2020-01-01"}, "__all__"),
        ({"source": ""}, "source"),
    ],
)
def test_what_is_no_ceiling_comes_back_with_the_reason(
    market: Cast, yuli: Client, wrong: dict[str, str], field: str
) -> None:
    assert list(yuli.post("/satker/harga/het/", het(**wrong)).context["form"].errors) == [field]
    assert not PriceCeiling.objects.exists()


def test_yuli_sets_margins_for_region_category_and_product(market: Cast, yuli: Client) -> None:
    sent = {"percent": "5", "least": "0", "step": "100", "rounds_up": "1"}
    for target in ("", market.rice.category.name, "sb-001"):
        assert yuli.post("/satker/harga/laba/", {**sent, "target": target}).status_code == 302
    rules = list(MarginRule.objects.order_by("pk").values_list("product__name", "category__name", "percent"))
    assert rules == [(None, None, 5), (None, "Beras & tepung", 5), ("Beras medium", None, 5)]
    assert "Beras medium" in yuli.get("/satker/harga/laba/").content.decode()
    dropped = MarginRule.objects.get(product=market.rice)
    for _tap in range(2):
        yuli.post("/satker/harga/laba/", {"do": "drop", "rule": str(dropped.pk)})
    assert MarginRule.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"percent": "501"}, "percent"), ({"percent": ""}, "percent"), ({"least": "-1"}, "least"), ({"step": "7"}, "step"),
     ({"rounds_up": "x"}, "rounds_up"), ({"target": "Emas"}, "target")],
)  # fmt: skip
def test_what_is_no_margin_comes_back_with_the_reason(
    market: Cast, yuli: Client, wrong: dict[str, str], field: str
) -> None:
    sent = {"percent": "5", "least": "0", "step": "100", "rounds_up": "1", "target": "", **wrong}
    assert list(yuli.post("/satker/harga/laba/", sent).context["form"].errors) == [field]
    assert not MarginRule.objects.exists()
