"""Pages of customers, the Satker and the buyer: who gets in, what bad input keeps, and how many queries they take."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tenant_apps.accounts.models import Role, RoleGrant
from tenant_apps.fresh_buying.models import (
    GoodOnOrder,
    MarketTrip,
    PreOrder,
    PreOrderState,
    Shrinkage,
    StallPurchase,
    TripState,
)
from tenant_apps.warungs.services import add_staff
from tests.cast import BY, browser_of
from tests.tenant_apps.fresh_buying.dawn import Stand, must_add_up


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def ratna(place: Stand) -> Client:
    return browser_of(place.cast.ratna)


@pytest.fixture
def yuli(place: Stand) -> Client:
    return browser_of(place.cast.yuli)


def form(place: Stand, **more: str) -> dict[str, str]:
    return {
        "key": str(uuid.uuid4()),
        "fee": "0",
        "method": "pickup",
        "name": "Ratna",
        "phone": "081200000001",
        "when": f"{place.day:%Y%m%d}",
        "pay": "cash",
        f"pack-{place.kilo.pk}": "2",
        f"seen-{place.kilo.pk}": "36000",
        **more,
    }


def test_a_citizen_preorders_and_cancels(place: Stand, ratna: Client) -> None:
    address = f"/pra-pesan/{place.stand.slug}/"
    assert address in text_of(ratna.get(f"/warung/{place.stand.slug}/"))
    assert "Ikan gabus" in text_of(ratna.get(address))
    sent = form(place)
    answers = [ratna.post(address, sent) for _tap in range(2)]
    found = PreOrder.objects.get()
    assert [one.status_code for one in answers] == [302, 302]
    assert found.number in text_of(ratna.get("/pra-pesan/"))
    assert "Ikan gabus" in text_of(ratna.get(f"/pra-pesan/nota/{found.number.lower()}/"))
    ratna.post(f"/pra-pesan/nota/{found.number}/batal/")
    assert PreOrder.objects.get().state == PreOrderState.CANCELLED


@pytest.mark.parametrize(
    "wrong",
    [
        {"pack": "dua"},
        {"pack": "0"},
        {"pack": "1000"},
        {"seen": "1"},
        {"when": ""},
        {"when": "20200101"},
        {"key": "x"},
        {"pay": "qris"},
        {"method": "delivery"},
        {"name": ""},
    ],
)
def test_bad_input_is_said_and_kept(place: Stand, ratna: Client, wrong: dict[str, str]) -> None:
    sent = form(place, note="jangan pakai es")
    for name, value in wrong.items():
        sent[{"pack": f"pack-{place.kilo.pk}", "seen": f"seen-{place.kilo.pk}"}.get(name, name)] = value
    page = ratna.post(f"/pra-pesan/{place.stand.slug}/", sent)
    assert 400 <= page.status_code < 500
    assert "jangan pakai es" in text_of(page)
    assert not PreOrder.objects.exists()


def test_the_fee_is_shown_and_the_next_tap_is_for_it(place: Stand, ratna: Client) -> None:
    place.stand.delivery_fee = 3_000
    place.stand.save(update_fields=["delivery_fee"])
    sent = form(place, method="delivery", village="16.71.10.1002", rw="1", rt="3", street="Lorong Kenanga 5")
    page = ratna.post(f"/pra-pesan/{place.stand.slug}/", sent)
    assert page.status_code == 409 and 'name="fee" value="3000"' in text_of(page)
    assert ratna.post(f"/pra-pesan/{place.stand.slug}/", {**sent, "fee": "3000"}).status_code == 302
    assert PreOrder.objects.get().delivery_fee == 3_000


def test_a_day_that_is_being_bought_for_is_not_offered(place: Stand, ratna: Client) -> None:
    day = f'value="{place.day:%Y%m%d}"'
    assert day in text_of(ratna.get(f"/pra-pesan/{place.stand.slug}/"))
    place.order()
    place.close()
    assert day not in text_of(ratna.get(f"/pra-pesan/{place.stand.slug}/"))
    assert ratna.post(f"/pra-pesan/{place.stand.slug}/", form(place)).status_code == 400


def test_an_owner_chooses_for_whom(place: Stand) -> None:
    hasan = browser_of(place.cast.hasan)
    assert "Warung Hasan" in text_of(hasan.get(f"/pra-pesan/{place.stand.slug}/"))
    hasan.post(f"/pra-pesan/{place.stand.slug}/", form(place, for_warung=str(place.cast.warung.public_id)))
    assert PreOrder.objects.get().for_warung == place.cast.warung
    other = form(place, for_warung=str(place.cast.other_warung.public_id))
    assert hasan.post(f"/pra-pesan/{place.stand.slug}/", other).status_code == 400


def test_nobody_sees_what_is_anothers(place: Stand) -> None:
    found = place.order()
    trip = place.started()
    for user in (None, place.cast.siti, place.cast.wati, place.cast.hasan):
        client = browser_of(user)
        for path in (
            f"/pra-pesan/nota/{found.number}/",
            f"/satker/pasar/{trip.number}/",
            f"/satker/pasar/{trip.number}/belanja/",
            f"/satker/pasar/pesanan/{found.number}/",
        ):
            assert client.get(path).status_code in (302, 404)


def test_a_night_by_the_pages(place: Stand, yuli: Client) -> None:
    place.order(fish=2)
    place.order(fish=3, who=place.cast.siti)
    yuli.post("/satker/pasar/belanja/tutup/", {"day": place.day.isoformat(), "stand": place.stand.public_id})
    trip = MarketTrip.objects.get()
    here = f"/satker/pasar/{trip.number}/"
    assert yuli.post(f"{here}mulai/", {"key": uuid.uuid4(), "buyer": "", "amount": "200.000"}).status_code == 400
    start = {"key": uuid.uuid4(), "buyer": place.cast.yuli.public_id, "amount": "200.000"}
    assert yuli.post(f"{here}mulai/", start).status_code == 302
    line = trip.lines.get()
    bought = {"key": uuid.uuid4(), "line": line.pk, "quantity": "4,5", "paid": "150.000", "seller": "Bu Aminah"}
    for _tap in range(2):
        assert yuli.post(f"{here}belanja/catat/", bought).status_code == 302
    assert yuli.post(f"{here}belanja/angkut/", {"amount": "15.000"}).status_code == 302
    shown = text_of(yuli.get(f"{here}belanja/"))
    assert "Bu Aminah" in shown and "Rp 165.000" in shown and "Rp 35.000" in shown
    page = yuli.post(f"{here}timbang/", {f"got-{line.pk}": "4,4", "transport": "15.000"})
    assert page.status_code == 400 and 'value="4,4"' in text_of(page)
    weighed = {f"got-{line.pk}": "4,4", f"why-{line.pk}": "dried", "transport": "15.000"}
    assert yuli.post(f"{here}timbang/", weighed).status_code == 302
    shrink = {"key": uuid.uuid4(), "line": line.pk, "quantity": "9", "reason": "cleaned"}
    page = yuli.post(f"{here}susut/", shrink)
    assert page.status_code == 400 and 'value="9"' in text_of(page)
    assert yuli.post(f"{here}susut/", {**shrink, "quantity": "0,4"}).status_code == 302
    assert Shrinkage.objects.get().quantity == 400
    yuli.post(f"{here}bagi/")
    listed = text_of(yuli.get(f"{here}daftar/"))
    assert "1,6 kg" in listed and "2,4 kg" in listed
    for preorder in PreOrder.objects.all():
        address, share = f"/satker/pasar/pesanan/{preorder.number}/", preorder.lines.get()
        assert yuli.post(address, {f"given-{share.pk}": "9"}).status_code == 400
        assert yuli.post(address, {f"given-{share.pk}": "1,5"}).status_code == 302
    yuli.post(f"{here}selesai/")
    assert MarketTrip.objects.get().state == TripState.SETTLED
    assert "Ikan gabus" in text_of(yuli.get("/satker/pasar/belanja/susut/"))
    chart = yuli.get("/satker/pasar/belanja/susut/", {"barang": str(place.fish.public_id)})
    # 100 g on the way and 400 g at the stand, of 4.5 kg.
    assert "11,1 %" in text_of(chart)
    assert b"Ikan gabus" in yuli.get("/satker/pasar/belanja/susut/unduh/").content
    must_add_up(place)


def test_staff_of_the_stand_buy_on_their_own_trip_alone(place: Stand, yuli: Client) -> None:
    add_staff(warung=place.stand, user=place.cast.wati)
    place.order(fish=2)
    trip = place.close()
    wati = browser_of(place.cast.wati)
    assert wati.get(f"/satker/pasar/{trip.number}/belanja/").status_code == 404
    start = {"key": uuid.uuid4(), "buyer": place.cast.wati.public_id, "amount": "0"}
    yuli.post(f"/satker/pasar/{trip.number}/mulai/", start)
    assert trip.number in text_of(wati.get("/toko/belanja-pasar/"))
    assert wati.get(f"/satker/pasar/{trip.number}/belanja/").status_code == 200
    assert wati.get(f"/satker/pasar/{trip.number}/").status_code == 404


def test_the_phone_is_answered_in_its_own_words(place: Stand, yuli: Client) -> None:
    place.order(fish=2)
    trip = place.started()
    line = trip.lines.get()
    address = f"/satker/pasar/{trip.number}/belanja/catat/"
    sent = {"key": str(uuid.uuid4()), "line": line.pk, "quantity": "1", "paid": "50000"}
    refused = yuli.post(address, sent, headers={"accept": "application/json"})
    assert refused.status_code == 409 and "36.000" in refused.json()["reason"]
    taken = yuli.post(address, {**sent, "over_reason": "langka"}, headers={"accept": "application/json"})
    assert taken.json() == {"spent": 50_000}
    page = yuli.post(address, {**sent, "key": str(uuid.uuid4())})
    assert page.status_code == 409 and 'value="50000"' in text_of(page)
    for odd in ({"line": "x"}, {"line": "999999999999999999"}, {"line": "\u00b2"}):
        assert yuli.post(address, {**sent, **odd}).status_code == 404
    for odd in ({"quantity": "-1"}, {"paid": "satu"}, {"key": "\x00"}, {"seller": "\x00"}):
        assert yuli.post(address, {**sent, "key": str(uuid.uuid4()), **odd}).status_code == 400


def test_a_receipt_is_seen_by_those_of_the_trip(place: Stand, yuli: Client) -> None:
    place.order(fish=2)
    trip = place.started()
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "nota.png"
    sent = {"key": uuid.uuid4(), "line": trip.lines.get().pk, "quantity": "1", "paid": "30000", "photo": drawn}
    assert yuli.post(f"/satker/pasar/{trip.number}/belanja/catat/", sent).status_code == 302
    address = f"/satker/pasar/nota/{StallPurchase.objects.get().public_id}/"
    assert yuli.get(address)["Content-Type"] == "image/jpeg"
    RoleGrant.objects.create(user=place.cast.hasan, role=Role.STAFF, by=BY)
    assert browser_of(place.cast.hasan).get(address).status_code == 404


def test_the_satker_says_what_is_bought_on_order(place: Stand, yuli: Client) -> None:
    address = "/satker/pasar/belanja/barang/"
    stand = {"stand": str(place.stand.public_id)}
    good = {**stand, "do": "good", "product": str(place.fish.public_id), "section": "Ikan segar", "daily_limit": "7,5"}
    assert yuli.post(address, good).status_code == 302
    found = GoodOnOrder.objects.get(product=place.fish)
    assert (found.section, found.daily_limit, found.is_active) == ("Ikan segar", 7_500, False)
    for wrong in ({"daily_limit": "0"}, {"product": str(place.cast.rice.public_id)}, {"section": " "}):
        assert yuli.post(address, {**good, **wrong}).status_code == 400
    page = yuli.post(address, {**stand, "do": "terms", "market": "Pasar 16", "margin_percent": "101"})
    assert page.status_code == 400 and "Pasar 16" in text_of(page)
    assert yuli.post(address, {**stand, "market": "Pasar 16", "margin_percent": "5"}).status_code == 302
    assert yuli.get(f"{address}?stand=x").status_code == 404


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_pages_take_no_more_queries_for_more_preorders(place: Stand, yuli: Client, ratna: Client) -> None:
    for who in ("ratna", "siti"):
        place.order(fish=1, who=getattr(place.cast, who))
    own = queries(ratna, "/pra-pesan/")
    shop = queries(ratna, f"/pra-pesan/{place.stand.slug}/")
    for _more in range(6):
        place.order(fish=1, spinach=1)
    assert queries(ratna, "/pra-pesan/") == own
    assert queries(ratna, f"/pra-pesan/{place.stand.slug}/") == shop
    trip = place.started()
    for product in (place.fish, place.spinach):
        place.buy(trip, product, 900, 9_000)
    here = f"/satker/pasar/{trip.number}/"
    page, phone = queries(yuli, here), queries(yuli, f"{here}belanja/")
    for _more in range(6):
        place.buy(trip, place.fish, 900, 9_000)
    assert (queries(yuli, here), queries(yuli, f"{here}belanja/")) == (page, phone)
    place.back(trip, {})
    place.shared(trip)
    place.order(fish=1, spinach=1, day=place.day + timedelta(days=1))
    small = place.started(day=place.day + timedelta(days=1))
    for product in (place.fish, place.spinach):
        place.buy(small, product, 900, 9_000)
    place.back(small, {})
    place.shared(small)
    assert queries(yuli, f"{here}daftar/") == queries(yuli, f"/satker/pasar/{small.number}/daftar/")


@pytest.mark.parametrize("query", ["?page=abc", "?page=-1", "?state=x", "?q=%00", "?q=%", "?q=" + "a" * 900])
def test_odd_questions_to_the_list(place: Stand, yuli: Client, query: str) -> None:
    place.order()
    place.close()
    assert yuli.get("/satker/pasar/belanja/" + query).status_code == 200
