"""An admin registers warungs, changes them and moves them through their states."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tenant_apps.warungs.models import Warung, WarungState
from tenant_apps.warungs.services import pause_warung
from tests.cast import BY, VILLAGE, Cast, browser_of

LIST = "/wilayah/warung/"
NEW = "/wilayah/warung/baru/"


@pytest.fixture
def budi(market: Cast) -> Client:
    return browser_of(market.budi)


def form(**changed: str) -> dict[str, str]:
    """Manisan Joko, which delivers."""
    return {
        "name": "Manisan Joko",
        "village_code": VILLAGE,
        "rw": "2",
        "rt": "1",
        "address": "Jalan Melati 9",
        "phone": "0812-0000-0099",
        "pickup": "on",
        "delivers": "on",
        "delivery_fee": "3.000",
        "note": "Antar sebelum jam tujuh",
        **changed,
    }


def test_a_warung_is_registered_and_its_owner_is_asked_for(market: Cast, budi: Client) -> None:
    answer = budi.post(NEW, form())
    joko = Warung.objects.get(name="Manisan Joko")
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{joko.public_id}/")
    assert (joko.state, joko.owner, joko.slug) == (WarungState.DRAFT, None, "manisan-joko")
    assert (joko.village_code, joko.rw, joko.rt, joko.phone) == (VILLAGE, 2, 1, "+6281200000099")
    assert (joko.delivers, joko.pickup, joko.delivery_fee, joko.note) == (True, True, 3_000, "Antar sebelum jam tujuh")
    assert list(joko.history.values_list("move", "by")) == [("register", market.budi.actor)]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "Joko\x00"),
        ("village_code", "16.71.01.1001"),
        ("village_code", ""),
        ("village_code", "\x00"),
        ("rw", "0"),
        ("rw", "99999999999999999999"),
        ("rw", "dua"),
        ("rt", "-1"),
        ("phone", "telepon"),
        ("delivery_fee", "-1"),
        ("delivery_fee", "mahal"),
        ("delivery_fee", "1.000.001"),
        ("note", "x" * 300),
    ],
)
def test_what_is_no_warung_is_a_message(market: Cast, budi: Client, field: str, text: str) -> None:
    answer = budi.post(NEW, form(**{field: text}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert not Warung.objects.filter(name__startswith="Manisan").exists()


def test_an_rt_needs_its_rw_and_a_warung_a_way_to_its_customers(market: Cast, budi: Client) -> None:
    assert list(budi.post(NEW, form(rw="")).context["form"].errors) == ["rw"]
    nothing = {name: text for name, text in form().items() if name not in ("pickup", "delivers")}
    assert list(budi.post(NEW, nothing).context["form"].errors) == ["pickup"]


def test_a_changed_warung_keeps_its_address_on_the_site(market: Cast, budi: Client) -> None:
    page = f"{LIST}{market.warung.public_id}/ubah/"
    assert budi.post(page, form(name="Toko Hasan Jaya", rw="1", rt="")).status_code == 302
    market.warung.refresh_from_db()
    assert (market.warung.name, market.warung.slug, market.warung.rw, market.warung.rt) == (
        "Toko Hasan Jaya", "warung-hasan", 1, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Warung Hasan", "Warung Siti"]),
        ("?q=hasan", ["Warung Hasan"]),
        ("?q=MAWAR", ["Warung Hasan"]),
        ("?q=siti", ["Warung Siti"]),
        ("?state=paused", ["Warung Siti"]),
        ("?state=open", ["Warung Hasan"]),
        ("?state=nonsense", ["Warung Hasan", "Warung Siti"]),
        (f"?village={VILLAGE}", ["Warung Hasan", "Warung Siti"]),
        ("?village=16.71.10.1003", []),
        ("?q=tidakada", []),
    ],
)
def test_the_list_is_searched_and_narrowed(market: Cast, budi: Client, query: str, found: list[str]) -> None:
    pause_warung(warung=market.other_warung, by=BY)
    assert [warung.name for warung, _village in budi.get(LIST + query).context["rows"]] == found


def test_a_long_list_has_pages(market: Cast, budi: Client) -> None:
    Warung.objects.bulk_create(
        [Warung(name=f"Warung {number:03}", slug=f"w-{number}", village_code=VILLAGE) for number in range(45)]
    )
    page: Any = budi.get(LIST + "?page=3").context["page"]
    assert (page.number, page.paginator.num_pages, len(page.object_list)) == (3, 3, 7)


def test_moves_tell_who_and_why(market: Cast, budi: Client) -> None:
    page = f"{LIST}{market.warung.public_id}/"
    assert budi.post(page + "pause/", {"reason": "Renovasi"}).status_code == 302
    assert budi.post(page + "open/").status_code == 302
    assert budi.post(page + "close/", {"reason": "Pindah kota"}).status_code == 302
    market.warung.refresh_from_db()
    assert market.warung.state == WarungState.CLOSED
    told = market.warung.history.filter(by=market.budi.actor).values_list("move", "reason")
    assert list(told) == [("pause", "Renovasi"), ("open", ""), ("close", "Pindah kota")]
    text = budi.get(page).content.decode()
    for shown in ("Renovasi", "Pindah kota", "Budi"):
        assert shown in text


@pytest.mark.parametrize("reason", ["", "   ", "x" * 300, "\x00"])
def test_a_break_or_an_end_without_a_reason_does_not_happen(market: Cast, budi: Client, reason: str) -> None:
    for move in ("pause", "close"):
        answer = budi.post(f"{LIST}{market.warung.public_id}/{move}/", {"reason": reason})
        assert (answer.status_code, list(answer.context["reason_form"].errors)) == (200, ["reason"])
    market.warung.refresh_from_db()
    assert market.warung.state == WarungState.OPEN


def test_a_warung_that_is_not_ready_does_not_open(market: Cast, budi: Client) -> None:
    budi.post(NEW, form())
    joko = Warung.objects.get(name="Manisan Joko")
    answer = budi.post(f"{LIST}{joko.public_id}/open/", follow=True)
    assert "Undang pemiliknya dulu" in answer.content.decode()
    joko.refresh_from_db()
    assert joko.state == WarungState.DRAFT


def test_a_closed_warung_stays_closed(market: Cast, budi: Client) -> None:
    page = f"{LIST}{market.warung.public_id}/"
    budi.post(page + "close/", {"reason": "Selesai"})
    budi.post(page + "open/")
    budi.post(page + "pause/", {"reason": "x"})
    market.warung.refresh_from_db()
    assert market.warung.state == WarungState.CLOSED
    assert market.warung.history.count() == 3
