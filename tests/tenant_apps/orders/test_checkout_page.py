"""The last page: it asks once, orders once, and shows what moved without losing what was typed."""

from __future__ import annotations

import re
import uuid
from datetime import time
from typing import Any

import pytest
from django.test import Client

from tenant_apps.accounts.models import Profile
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.carting import put_in_cart
from tenant_apps.pricing.services import publish_price, withdraw_price
from tenant_apps.stock.services import adjust, location_of_warung
from tenant_apps.warungs.services import set_hours
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, VILLAGE, Cast, browser_of, person
from tests.tenant_apps.orders.desk import footprint, levels

PAY = "/keranjang/warung-hasan/bayar/"


@pytest.fixture
def ratna(market: Cast) -> Client:
    """Ratna with 2 kg of rice and 3 eggs in her cart."""
    for pack, quantity in ((market.kilo, 2), (market.piece, 3)):
        put_in_cart(key=market.ratna.public_id, warung=market.warung, pack_id=pack.pk, quantity=quantity)
    return browser_of(market.ratna)


def hidden(text: str) -> dict[str, Any]:
    """What the page's form would send back by itself."""
    return {
        "key": re.findall(r'name="key" value="([^"]*)"', text)[0],
        "fee": re.findall(r'name="fee" value="([^"]*)"', text)[0],
        "line": re.findall(r'name="line" value="([^"]*)"', text),
    }


def filled(client: Client, **more: Any) -> dict[str, Any]:
    told = {
        "method": "delivery",
        "name": "Ratna",
        "phone": "0812-0000-0001",
        "village": VILLAGE,
        "rw": "1",
        "rt": "3",
        "street": "Lorong Kenanga 5",
        "note": "Rumah pagar hijau",
    }
    return {**told, **hidden(client.get(PAY).content.decode()), **more}


def test_the_page_knows_who_and_where(ratna: Client, market: Cast) -> None:
    text = ratna.get(PAY).content.decode()
    for known in ('value="Ratna"', 'value="+6281200000001"', 'value="Lorong Kenanga 5"', f'value="{VILLAGE}" selected'):
        assert known in text
    assert "Rp\u00a037.000" in text
    assert "Rp\u00a035.000" in text
    assert hidden(text)["line"] == [f"{market.kilo.pk}:2:14500", f"{market.piece.pk}:3:2000"]


def test_one_tap_orders_and_leads_to_the_order(ratna: Client, market: Cast) -> None:
    answer = ratna.post(PAY, filled(ratna))
    order = Order.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/pesanan/{order.number}/")
    assert (order.total, order.customer_phone, order.address, order.note) == (
        37_000,
        "+6281200000001",
        "Lorong Kenanga 5",
        "Rumah pagar hijau",
    )
    assert footprint()[-1] == []


def test_the_second_tap_leads_to_the_same_order(ratna: Client) -> None:
    form = filled(ratna)
    first = ratna.post(PAY, form).headers["Location"]
    before = footprint()
    assert ratna.post(PAY, form).headers["Location"] == first
    assert footprint() == before


def test_the_address_is_kept_in_the_profile(ratna: Client, market: Cast) -> None:
    ratna.post(PAY, filled(ratna, street="Jalan Baru 9", rw="2", rt=""))
    profile = Profile.objects.get(user=market.ratna)
    assert (profile.village_code, profile.rw, profile.rt, profile.address) == (VILLAGE, 2, None, "Jalan Baru 9")


def test_a_pick_up_asks_for_no_address(ratna: Client, market: Cast) -> None:
    ratna.post(PAY, filled(ratna, method="pickup", village="", rw="", rt="", street="", phone=""))
    order = Order.objects.get()
    assert (order.method, order.total, order.customer_phone) == ("pickup", 35_000, "")
    assert Profile.objects.get(user=market.ratna).address == "Lorong Kenanga 5"


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": ""},
        {"method": "drone"},
        {"name": ""},
        {"name": "x" * 200},
        {"name": "Rat\x00na"},
        {"phone": ""},
        {"phone": "12"},
        {"village": ""},
        {"village": "52.71.01.1001"},
        {"street": " "},
        {"street": "x" * 300},
        {"rw": "10" * 30},
        {"rw": "", "rt": "3"},
        {"note": "x" * 300},
        {"note": "a\x00"},
        {"fee": "-1"},
        {"fee": "1" * 40},
        {"fee": "gratis"},
        {"key": ""},
        {"key": "bukan-uuid"},
        {"key": "\x00"},
        {"line": []},
        {"line": ["x"]},
        {"line": ["1:1"]},
        {"line": ["1:0:1"]},
        {"line": ["1:-1:1"]},
        {"line": [f"1:{10**30}:1"]},
        {"line": [f"{10**30}:1:1"]},
        {"line": ["٣:1:1"]},
        {"line": ["1:1:1\x00"]},
        {"line": ["1:1:1"] * 2},
        {"line": ["1:1:1"] * 5_00},
    ],
)
def test_a_form_that_is_none_orders_nothing_and_keeps_what_was_typed(
    ratna: Client, market: Cast, wrong: dict[str, Any]
) -> None:
    before = footprint()
    form = filled(ratna, **wrong)
    answer = ratna.post(PAY, form)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Mohon periksa lagi" in text or "key" in wrong
    assert footprint() == before
    if "note" not in wrong:
        assert "Rumah pagar hijau" in text


def test_everything_that_moved_is_shown_and_the_next_tap_orders_it(ratna: Client, market: Cast) -> None:
    form = filled(ratna)
    publish_price(warung=market.warung, pack=market.kilo, price=14_000, by=BY)
    adjust(location=location_of_warung(market.warung), product=market.egg, counted=1, reason="count", by=BY, key="k")
    market.warung.delivery_fee = 3_000
    market.warung.save()
    before = footprint()
    answer = ratna.post(PAY, form)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert footprint() == before
    assert "Harga berubah dari Rp\u00a014.500 menjadi Rp\u00a014.000." in text
    assert "Anda ingin 3; yang ada tinggal 1." in text
    assert "Ongkos kirim berubah dari Rp\u00a02.000 menjadi Rp\u00a03.000." in text
    assert "Rumah pagar hijau" in text
    now = hidden(text)
    assert now == {
        "key": form["key"],
        "fee": "3000",
        "line": [f"{market.kilo.pk}:2:14000", f"{market.piece.pk}:1:2000"],
    }
    assert ratna.post(PAY, {**form, **now}).status_code == 302
    assert Order.objects.get().total == 33_000


def test_what_the_warung_no_longer_sells_is_named_and_left_out(ratna: Client, market: Cast) -> None:
    form = filled(ratna)
    withdraw_price(warung=market.warung, pack=market.piece)
    text = ratna.post(PAY, form).content.decode()
    assert "Warung tidak lagi menjual barang ini." in text
    assert hidden(text)["line"] == [f"{market.kilo.pk}:2:14500"]


def test_when_nothing_is_left_there_is_nothing_to_order(ratna: Client, market: Cast) -> None:
    form = filled(ratna)
    for pack in (market.kilo, market.piece):
        withdraw_price(warung=market.warung, pack=pack)
    answer = ratna.post(PAY, form)
    assert answer.status_code == 409
    assert "Tidak ada yang bisa dipesan" in answer.content.decode()


def test_a_closed_warung_keeps_the_cart(ratna: Client, market: Cast) -> None:
    form = filled(ratna)
    set_hours(warung=market.warung, hours=[(day, time(3), time(3, 1)) for day in range(7)])
    before = footprint()
    answer = ratna.post(PAY, form)
    assert answer.status_code == 409
    assert "sedang tutup" in answer.content.decode()
    assert "Pesan sekarang" not in answer.content.decode()
    assert footprint() == before


def test_a_way_that_was_taken_back_is_refused(ratna: Client, market: Cast) -> None:
    form = filled(ratna)
    market.warung.delivers = False
    market.warung.save()
    before = footprint()
    answer = ratna.post(PAY, form)
    assert answer.status_code == 409
    assert "Warung tidak melayani cara ini" in answer.content.decode()
    assert footprint() == before


def test_an_empty_cart_has_a_page(market: Cast) -> None:
    answer = browser_of(market.siti).get(PAY)
    assert answer.status_code == 200
    assert "Tidak ada yang bisa dipesan" in answer.content.decode()


def test_only_somebody_who_is_signed_in_orders(ratna: Client, market: Cast) -> None:
    form = filled(ratna)
    before = footprint()
    assert browser_of(None).post(PAY, form).headers["Location"].startswith("/masuk/")
    assert footprint() == before


def test_somebody_elses_form_orders_for_whoever_sends_it(ratna: Client, market: Cast) -> None:
    """A key is worth nothing to another person: it finds none of Ratna's orders."""
    form = filled(ratna)
    ratna.post(PAY, form)
    answer = browser_of(market.siti).post(PAY, {**form, "name": "Siti"})
    assert Order.objects.count() == 2
    assert answer.headers["Location"] != f"/pesanan/{Order.objects.get(customer=market.ratna).number}/"


def test_another_regions_form_orders_nothing(ratna: Client, market: Cast, lombok: Region) -> None:
    form = filled(ratna)
    before = footprint()
    with in_region(lombok):
        assert browser_of(person("Made"), "lombok").post(PAY, form).status_code == 404
    assert footprint() == before
    assert levels(market)["Beras medium"] == (50_000, 0)


def test_a_new_page_is_a_new_order(ratna: Client, market: Cast) -> None:
    ratna.post(PAY, filled(ratna))
    put_in_cart(key=market.ratna.public_id, warung=market.warung, pack_id=market.kilo.pk, quantity=1)
    form = filled(ratna)
    assert uuid.UUID(form["key"])
    ratna.post(PAY, form)
    assert Order.objects.count() == 2
