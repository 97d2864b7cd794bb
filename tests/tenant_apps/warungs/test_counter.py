"""In which warung somebody stands, and opening and resting it from there."""

from __future__ import annotations

import pytest

from tenant_apps.warungs.models import WarungState
from tenant_apps.warungs.services import close_warung, give_to_owner, pause_warung
from tests.cast import BY, Cast, browser_of


@pytest.fixture
def two(market: Cast) -> Cast:
    """Hasan owns both warungs."""
    give_to_owner(warung=market.other_warung, user=market.hasan)
    return market


def test_an_owner_of_two_chooses_one_and_stays_there(two: Cast) -> None:
    hasan = browser_of(two.hasan)
    assert hasan.get("/toko/").context["warung"] == two.warung
    assert hasan.post("/toko/pilih/", {"warung": str(two.other_warung.public_id)}).status_code == 302
    for page in ("/toko/", "/toko/harga/", "/toko/stok/", "/toko/jam/", "/toko/profil/"):
        assert hasan.get(page).context["request"].counter.warung == two.other_warung, page
    assert "Warung Siti" in hasan.get("/toko/harga/").content.decode()


@pytest.mark.parametrize("chosen", ["", "abc", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_warung_of_theirs_cannot_be_chosen(market: Cast, chosen: str) -> None:
    hasan = browser_of(market.hasan)
    assert hasan.post("/toko/pilih/", {"warung": chosen}).status_code == 404
    assert hasan.post("/toko/pilih/", {"warung": str(market.other_warung.public_id)}).status_code == 404
    assert hasan.get("/toko/").context["warung"] == market.warung


def test_a_warung_that_was_given_away_is_no_longer_chosen(two: Cast) -> None:
    hasan = browser_of(two.hasan)
    hasan.post("/toko/pilih/", {"warung": str(two.other_warung.public_id)})
    give_to_owner(warung=two.other_warung, user=two.siti)
    assert hasan.get("/toko/").context["warung"] == two.warung


def test_a_warung_that_trades_comes_before_one_that_ended(two: Cast) -> None:
    close_warung(warung=two.warung, by=BY, reason="Selesai")
    assert browser_of(two.hasan).get("/toko/").context["warung"] == two.other_warung


def test_a_form_names_its_warung_whichever_is_chosen(two: Cast) -> None:
    hasan = browser_of(two.hasan)
    hasan.post("/toko/pilih/", {"warung": str(two.other_warung.public_id)})
    # The other tab still shows the first warung.
    assert hasan.post("/toko/istirahat/", {"warung": str(two.warung.public_id)}).status_code == 302
    two.warung.refresh_from_db()
    two.other_warung.refresh_from_db()
    assert (two.warung.state, two.other_warung.state) == (WarungState.PAUSED, WarungState.OPEN)


@pytest.mark.parametrize("who", ["hasan", "wati"])
def test_owner_and_staff_take_a_break_and_open_again(market: Cast, who: str) -> None:
    browser, sent = browser_of(getattr(market, who)), {"warung": str(market.warung.public_id)}
    for address, state in (("istirahat", "paused"), ("istirahat", "paused"), ("buka", "open"), ("buka", "open")):
        assert browser.post(f"/toko/{address}/", sent).status_code == 302
        market.warung.refresh_from_db()
        assert market.warung.state == state
    assert [row.move for row in market.warung.history.all()] == ["register", "open", "pause", "open"]


def test_a_form_without_a_warung_or_with_anothers_is_not_there(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    for sent in ({}, {"warung": "x"}, {"warung": str(market.other_warung.public_id)}):
        for address in ("istirahat", "buka"):
            assert hasan.post(f"/toko/{address}/", sent).status_code == 404
    market.other_warung.refresh_from_db()
    assert market.other_warung.state == WarungState.OPEN


def test_a_warung_without_hours_says_what_is_missing(market: Cast) -> None:
    pause_warung(warung=market.warung, by=BY)
    market.warung.hours.all().delete()
    answer = browser_of(market.hasan).post("/toko/buka/", {"warung": str(market.warung.public_id)}, follow=True)
    assert "Isi jam buka dulu" in answer.content.decode()
    market.warung.refresh_from_db()
    assert market.warung.state == WarungState.PAUSED
