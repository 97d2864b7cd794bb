"""Finding a warung by where it is, whether it is open, and what it has."""

from __future__ import annotations

import re
import uuid
from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenant_apps.catalog.models import Product
from tenant_apps.orders.models import Favourite
from tenant_apps.orders.services.returning import return_days
from tenant_apps.pricing.services import publish_price
from tenant_apps.stock.services import Line, adjust, location_of_warung, receive
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.services import pause_warung, set_hours
from tests.benchmarks.storefront import fill
from tests.cast import BY, VILLAGE, Cast, browser_of

ELSEWHERE = "16.71.10.1003"


def page(url: str, who: object = None, status: int = 200) -> str:
    answer = browser_of(who).get(url)  # type: ignore[arg-type]
    assert answer.status_code == status, url
    return re.sub(r"[ \n]+", " ", answer.content.decode())


def names(text: str) -> list[str]:
    """The warungs of the page, in its order."""
    found = sorted((text.index(f"{name}<"), name) for name in ("Warung Hasan", "Warung Siti") if f"{name}<" in text)
    return [name for _at, name in found]


@pytest.fixture
def rice_at_both(market: Cast) -> Cast:
    receive(
        location=location_of_warung(market.other_warung), lines=[Line(market.rice.pk, 20_000)], reference="o:2", by=BY
    )
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_000, by=BY)
    return market


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Warung Hasan", "Warung Siti"]),
        (f"kelurahan={VILLAGE}", ["Warung Hasan", "Warung Siti"]),
        (f"kelurahan={VILLAGE}&rw=1", ["Warung Hasan"]),
        (f"kelurahan={VILLAGE}&rw=1&rt=3", ["Warung Hasan"]),
        (f"kelurahan={VILLAGE}&rw=1&rt=4", []),
        (f"kelurahan={ELSEWHERE}", []),
        ("buka=on", ["Warung Siti"]),
        # What cannot be read leaves nobody out.
        ("kelurahan=52.71.01.1001&rw=satu&lat=nan&lon=999", ["Warung Hasan", "Warung Siti"]),
        ("rt=3", ["Warung Hasan", "Warung Siti"]),
        ("kelurahan=%00&rw=" + "9" * 30 + "&buka=%00&page=abc&lat=1e999&lon=%C2%B2", ["Warung Siti"]),
    ],
)
def test_the_list_shows_what_fits(market: Cast, asked: str, found: list[str]) -> None:
    pause_warung(warung=market.warung, by=BY)
    text = page(f"/warung/?{asked}")
    assert sorted(names(text)) == found
    assert ("Warung tidak ditemukan" in text) == (not found)


def test_a_warung_outside_its_hours_is_not_open_now(market: Cast) -> None:
    set_hours(warung=market.warung, hours=[(0, time(3), time(3, 1))])
    assert names(page("/warung/?buka=on")) == ["Warung Siti"]


def test_the_phones_place_comes_before_the_chosen_one(market: Cast) -> None:
    Warung.objects.filter(pk=market.warung.pk).update(latitude="-2.960000", longitude="104.790000")
    Warung.objects.filter(pk=market.other_warung.pk).update(latitude="-2.950000", longitude="104.790000")
    assert names(page("/warung/", market.ratna)) == ["Warung Hasan", "Warung Siti"]
    text = page("/warung/?lat=-2.951&lon=104.79", market.ratna)
    assert names(text) == ["Warung Siti", "Warung Hasan"]
    assert "100 m" in text and "1,0 km" in text


def test_who_sells_it_and_for_how_much(rice_at_both: Cast) -> None:
    rice = rice_at_both.rice
    text = page(f"/barang/{rice.public_id}/", rice_at_both.ratna)
    assert names(text) == ["Warung Hasan", "Warung Siti"]
    assert "Rp\u00a014.500" in text and "Rp\u00a014.000" in text and "di RT Anda" in text
    assert f'href="/harga/{rice.public_id}/"' in text
    assert f"/barang/{rice.public_id}/" in page("/warung/warung-hasan/")
    pause_warung(warung=rice_at_both.warung, by=BY)
    text = page(f"/barang/{rice.public_id}/")
    assert "Libur" in text
    assert names(page(f"/barang/{rice.public_id}/?buka=on")) == ["Warung Siti"]
    level = location_of_warung(rice_at_both.other_warung)
    adjust(location=level, product=rice, counted=0, reason="count", by=BY, key="h:1")
    assert names(page(f"/barang/{rice.public_id}/")) == ["Warung Hasan"]


def test_what_nobody_has_says_so(market: Cast) -> None:
    lonely = Product.objects.create(
        sku="SB-099", name="Kopi", category=market.rice.category, base_unit=market.rice.base_unit
    )
    assert "Belum ada yang punya barang ini" in page(f"/barang/{lonely.public_id}/")
    Product.objects.filter(pk=lonely.pk).update(is_active=False)
    page(f"/barang/{lonely.public_id}/", status=404)
    page(f"/barang/{uuid.uuid4()}/", status=404)


def test_pages_ask_as_much_for_few_as_for_many(market: Cast) -> None:
    product = market.rice
    addresses = ("/warung/?buka=on&lat=-2.9&lon=104.7", f"/barang/{product.public_id}/?lat=-2.9&lon=104.7")

    def questions() -> list[int]:
        counts = []
        for address in addresses:
            page(address)
            with CaptureQueriesContext(connection) as seen:
                page(address)
            counts.append(len(seen))
        return counts

    few = questions()
    fill(products=3, warungs=30, prefix="T")
    for warung in Warung.objects.filter(slug__startswith="t-")[:10]:
        receive(location=location_of_warung(warung), lines=[Line(product.pk, 5_000)], reference=warung.slug, by=BY)
        publish_price(warung=warung, pack=market.kilo, price=14_000, by=BY)
    assert questions() == few


def test_a_heart_on_the_warungs_page_and_on_the_goods(market: Cast) -> None:
    ratna = browser_of(market.ratna)
    for address, like in (
        ("/warung/warung-hasan/", "/favorit/warung/warung-hasan/"),
        (f"/barang/{market.rice.public_id}/", f"/favorit/barang/{market.rice.public_id}/"),
    ):
        assert like not in page(address)
        assert 'aria-pressed="false"' in ratna.get(address).content.decode()
        for _twice in range(2):
            answer = ratna.post(like, {"like": "1", "next": address})
            assert answer.headers["Location"] == address
        assert 'aria-pressed="true"' in ratna.get(address).content.decode()
        assert 'aria-pressed="true"' not in page(address, market.hasan)
    assert Favourite.objects.filter(user=market.ratna).count() == 2


def test_the_regions_admin_says_how_long_goods_can_come_back(market: Cast) -> None:
    budi, before = browser_of(market.budi), return_days()
    for stranger in (market.hasan, market.ratna, market.yuli):
        assert browser_of(stranger).post("/wilayah/retur/", {"days": "9"}).status_code == 404
    for wrong in ("", "-1", "91", "abc", "9" * 40, "\x00"):
        assert budi.post("/wilayah/retur/", {"days": wrong}).status_code == 400
    assert return_days() == before
    for _twice in range(2):
        assert budi.post("/wilayah/retur/", {"days": "9"}).status_code == 302
    assert return_days() == 9
    assert 'value="9"' in budi.get("/wilayah/retur/").content.decode()
    assert "9 hari" in browser_of(market.hasan).get("/toko/retur/").content.decode()
