"""Where a working day begins: what the first pages of owner, Satker and admin tell."""

from __future__ import annotations

from tenant_apps.pricing.services import observe_market, withdraw_price
from tenant_apps.stock.services import adjust, location_of_warung
from tenant_apps.warungs.services import pause_warung, register_warung
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import BY, VILLAGE, Cast, browser_of


def test_the_counter_is_in_order(market: Cast) -> None:
    told = browser_of(market.hasan).get("/toko/").context
    assert (told["opening"].is_open, told["sold"]) == (True, 2)
    assert (told["broken"], told["sold_out"], told["unpriced"]) == ([], [], [])


def test_the_counter_tells_what_needs_doing(market: Cast) -> None:
    shelf = location_of_warung(market.warung)
    adjust(location=shelf, product=market.egg, counted=0, reason="spoiled", by=BY, key="x")
    observe_market(
        product=market.rice, market="Pasar", observed_on=clock.today(current_region().time_zone),
        per_quantity=1_000, price=14_000, observer="Yuli",
    )  # fmt: skip
    told = browser_of(market.hasan).get("/toko/").context
    assert [line.product.name for line in told["broken"]] == ["Beras medium"]
    assert [line.product.name for line in told["sold_out"]] == ["Telur ayam"]
    withdraw_price(warung=market.warung, pack=market.kilo)
    told = browser_of(market.hasan).get("/toko/").context
    assert [line.product.name for line in told["unpriced"]] == ["Beras medium"]


def test_each_state_of_a_warung_has_its_own_words(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    assert "/toko/istirahat/" in hasan.get("/toko/").content.decode()
    pause_warung(warung=market.warung, by=BY)
    assert "/toko/buka/" in hasan.get("/toko/").content.decode()
    fresh = register_warung(name="Warung Baru", village_code=VILLAGE, by=BY)
    fresh.owner = market.ratna
    fresh.save()
    market.ratna.role_grants.create(role="owner", by=BY)
    text = browser_of(market.ratna).get("/toko/").content.decode()
    assert "/toko/jam/" in text and "/toko/buka/" not in text


def test_the_satker_sees_what_is_due(market: Cast) -> None:
    told = browser_of(market.yuli).get("/satker/").context
    assert (told["fresh"].fresh, told["fresh"].all, told["broken"], told["in_store"]) == (2, 2, 0, 1)


def test_the_admin_sees_what_is_on_sale(market: Cast) -> None:
    budi = browser_of(market.budi)
    assert [price.price for price in budi.get("/wilayah/harga/").context["page"]] == [14_500, 2_000]
    assert [price.price for price in budi.get("/wilayah/harga/?q=telur").context["page"]] == [2_000]
    pause_warung(warung=market.warung, by=BY)
    text = budi.get("/wilayah/harga/").content.decode()
    assert "Agar barang pertama dapat dijual" in text
