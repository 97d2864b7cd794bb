"""Services, RW and RT, the Satker and the region's texts, as an admin enters them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tenant_apps.satker.models import Satker, ServiceSetting
from tenant_apps.satker.selectors import services_are_confirmed, text_of
from tenant_apps.satker.services import ask_for_services
from tenant_apps.warungs.models import Neighbourhood
from tenant_apps.warungs.services import close_warung, enter_villages
from tests.cast import BY, VILLAGE, Cast, browser_of

RW = f"/wilayah/rt-rw/{VILLAGE}/"


@pytest.fixture
def budi(market: Cast) -> Client:
    return browser_of(market.budi)


def entered() -> dict[int, int]:
    return dict(Neighbourhood.objects.filter(village_code=VILLAGE).values_list("rw", "rt_count"))


def test_services_are_confirmed_and_switched(market: Cast, budi: Client) -> None:
    ask_for_services(codes=["sembako", "training"])
    assert not services_are_confirmed()
    assert budi.post("/wilayah/layanan/", {"services": ["sembako", "fresh_food"]}).status_code == 302
    assert services_are_confirmed()
    on = ServiceSetting.objects.filter(enabled=True).order_by("code").values_list("code", flat=True)
    assert list(on) == ["fresh_food", "sembako"]


@pytest.mark.parametrize("wrong", ["gambling", "\x00", ""])
def test_a_service_that_warsa_does_not_know_is_a_message(market: Cast, budi: Client, wrong: str) -> None:
    answer = budi.post("/wilayah/layanan/", {"services": ["sembako", wrong]})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["services"])
    assert not services_are_confirmed()


def test_the_list_counts_and_finds_kelurahan(market: Cast, budi: Client) -> None:
    enter_villages(codes=["16.71.10.1005"])
    told = budi.get("/wilayah/rt-rw/").context
    assert [(row.name, row.rw, row.rt) for row in told["page"]][:2] == [("Kalidoni", 2, 16), ("Sungai Lais", 2, 16)] or (
        told["entered"], told["all"]) == (2, 3)  # fmt: skip
    assert [row.code for row in budi.get("/wilayah/rt-rw/?q=kalidoni").context["page"]].count(VILLAGE) == 1
    assert len(budi.get("/wilayah/rt-rw/?q=tidak-ada").context["page"].object_list) == 0


def test_many_rw_are_entered_at_once_and_known_ones_keep_their_rt(market: Cast, budi: Client) -> None:
    assert budi.post(RW + "tambah/", {"first": "1", "last": "5", "rt_count": "6"}).status_code == 302
    assert entered() == {1: 8, 2: 8, 3: 6, 4: 6, 5: 6}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first": "0"}, "first"),
        ({"first": "x"}, "first"),
        ({"first": ""}, "first"),
        ({"last": "2"}, "last"),
        ({"last": "999"}, "last"),
        ({"last": "9" * 30}, "last"),
        ({"rt_count": "-1"}, "rt_count"),
        ({"rt_count": "\x00"}, "rt_count"),
    ],
)
def test_rw_that_no_kelurahan_has_are_a_message(market: Cast, budi: Client, wrong: dict[str, str], field: str) -> None:
    answer = budi.post(RW + "tambah/", {"first": "3", "last": "5", "rt_count": "6", **wrong})
    assert (answer.status_code, list(answer.context["more"].errors)) == (200, [field])
    assert entered() == {1: 8, 2: 8}


def test_rt_are_changed_and_rw_removed(market: Cast, budi: Client) -> None:
    close_warung(warung=market.other_warung, by=BY, reason="Selesai")
    assert budi.post(RW + "simpan/", {"rt-1": "9", "rt-2": "8", "gone-2": "on"}).status_code == 302
    assert entered() == {1: 9}


def test_an_rw_where_a_warung_stands_stays(market: Cast, budi: Client) -> None:
    answer = budi.post(RW + "simpan/", {"rt-1": "9", "rt-2": "8", "gone-1": "on"})
    assert answer.context["form"].non_field_errors()
    assert entered() == {1: 8, 2: 8}


@pytest.mark.parametrize("wrong", ["", "-1", "x", "1000", "9" * 30, "\x00"])
def test_what_is_no_number_of_rt_is_a_message(market: Cast, budi: Client, wrong: str) -> None:
    answer = budi.post(RW + "simpan/", {"rt-1": wrong, "rt-2": "8"})
    assert list(answer.context["form"].errors) == ["rt-1"]
    assert entered() == {1: 8, 2: 8}


def test_the_row_of_the_kelurahan_itself_stays(market: Cast, budi: Client) -> None:
    enter_villages(codes=[VILLAGE])
    assert budi.post(RW + "simpan/", {"rt-0": "5", "gone-0": "on", "rt-1": "8", "rt-2": "8"}).status_code == 302
    assert entered() == {0: 0, 1: 8, 2: 8}


@pytest.mark.parametrize("code", ["52.71.01.1001", "16.71.10.1004", "99.99.99.9999"])
def test_a_kelurahan_of_another_region_is_not_there(market: Cast, budi: Client, code: str) -> None:
    page = f"/wilayah/rt-rw/{code}/"
    assert budi.get(page).status_code == 404
    for step in ("simpan/", "tambah/"):
        assert budi.post(page + step, {"first": "1", "last": "2", "rt_count": "3"}).status_code == 404
    assert not Neighbourhood.objects.filter(village_code=code).exists()


def satker_form(**changed: str) -> dict[str, str]:
    return {"name": "Satker Maju", "address": "Jalan Satu 1", "phone": "0711 710711", "email": "", **changed}


def test_the_satkers_particulars_are_saved(market: Cast, budi: Client) -> None:
    assert budi.post("/wilayah/satker/", satker_form()).status_code == 302
    office = Satker.objects.get()
    assert (office.name, office.address, office.phone) == ("Satker Maju", "Jalan Satu 1", "0711 710711")
    assert "Yuli" in budi.get("/wilayah/satker/").content.decode()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "x" * 161),
        ("address", "\x00"),
        ("phone", "telepon"),
        ("phone", "٠٧١١٧١٠٧١١"),
        ("phone", "0711 710711\n0"),
        ("email", "x"),
    ],
)
def test_what_is_no_satker_is_a_message(market: Cast, budi: Client, field: str, text: str) -> None:
    answer = budi.post("/wilayah/satker/", satker_form(**{field: text}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert Satker.objects.get().name == "Satker Kalidoni"


def test_the_regions_own_words_are_saved(market: Cast, budi: Client) -> None:
    assert budi.post("/wilayah/teks/", {"welcome": "Selamat datang!"}).status_code == 302
    assert text_of("welcome") == "Selamat datang!"
    for wrong in ("x" * 2_001, "\x00"):
        answer: Any = budi.post("/wilayah/teks/", {"welcome": wrong})
        assert list(answer.context["texts"].errors) == ["welcome"]
    assert text_of("welcome") == "Selamat datang!"
