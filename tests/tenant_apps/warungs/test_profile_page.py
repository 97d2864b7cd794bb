"""The owner changes what citizens read; where the warung stands is the admin's word."""

from __future__ import annotations

import pytest

from tests.cast import VILLAGE, Cast, browser_of

URL = "/toko/profil/"


def form(market: Cast, **changed: str) -> dict[str, str]:
    return {
        "warung": str(market.warung.public_id),
        "name": "Warung Hasan Jaya",
        "address": "Jalan Mawar 2",
        "phone": "",
        "delivers": "on",
        "delivery_fee": "Rp 2.500",
        "note": "",
        **changed,
    }


def test_particulars_are_saved_and_the_place_stays(market: Cast) -> None:
    sent = form(market, village_code="16.71.10.1003", rw="2", rt="9")
    assert browser_of(market.hasan).post(URL, sent).status_code == 302
    market.warung.refresh_from_db()
    warung = market.warung
    assert (warung.name, warung.address, warung.delivery_fee) == ("Warung Hasan Jaya", "Jalan Mawar 2", 2_500)
    assert (warung.pickup, warung.delivers) == (False, True)
    assert (warung.village_code, warung.rw, warung.rt, warung.slug) == (VILLAGE, 1, 3, "warung-hasan")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "\x00"),
        ("phone", "x"),
        ("delivery_fee", "gratis"),
        ("note", "x" * 241),
        ("address", "\x00"),
    ],
)
def test_what_cannot_be_saved_is_a_message(market: Cast, field: str, text: str) -> None:
    answer = browser_of(market.hasan).post(URL, form(market, **{field: text}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    market.warung.refresh_from_db()
    assert market.warung.name == "Warung Hasan"


def test_a_warung_without_any_way_to_customers_is_refused(market: Cast) -> None:
    sent = form(market)
    del sent["delivers"]
    assert list(browser_of(market.hasan).post(URL, sent).context["form"].errors) == ["pickup"]


def test_staff_and_other_owners_cannot_change_it(market: Cast) -> None:
    for who in (market.wati, market.siti):
        assert browser_of(who).post(URL, form(market)).status_code == 404
    market.warung.refresh_from_db()
    assert market.warung.name == "Warung Hasan"


LETAK = "/toko/profil/letak/"


def test_the_owner_puts_the_warung_on_the_map_and_takes_it_off(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    here = {"warung": str(market.warung.public_id)}
    for _twice in range(2):
        assert hasan.post(LETAK, {**here, "lat": "-2.95123", "lon": "104.79001"}).status_code == 302
    market.warung.refresh_from_db()
    assert (str(market.warung.latitude), str(market.warung.longitude)) == ("-2.951230", "104.790010")
    assert 'value="-2.951230"' in hasan.get(URL).content.decode()
    hasan.post(LETAK, {**here, "lat": "", "lon": ""})
    market.warung.refresh_from_db()
    assert (market.warung.latitude, market.warung.longitude) == (None, None)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [("", "104"), ("-2", ""), ("91", "1"), ("1", "-181"), ("nan", "1"), ("1e999", "1"), ("\x00", "1"), ("x", "y")],
)
def test_no_place_on_earth_is_a_message(market: Cast, lat: str, lon: str) -> None:
    answer = browser_of(market.hasan).post(LETAK, {"warung": str(market.warung.public_id), "lat": lat, "lon": lon})
    assert answer.status_code == 200 and answer.context["stand_form"].errors
    market.warung.refresh_from_db()
    assert market.warung.latitude is None


def test_nobody_else_puts_it_on_the_map(market: Cast) -> None:
    for who in (market.wati, market.siti, market.ratna, market.yuli):
        told = {"warung": str(market.warung.public_id), "lat": "1", "lon": "1"}
        assert browser_of(who).post(LETAK, told).status_code == 404
    market.warung.refresh_from_db()
    assert market.warung.latitude is None
