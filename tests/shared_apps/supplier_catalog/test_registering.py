"""A business registers itself, confirms its mail address, and is inside."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from shared_apps.supplier_catalog.errors import FactRefused, NibTaken, TooMany
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierRole, SupplierState
from shared_apps.supplier_catalog.services import registering
from shared_apps.supplier_catalog.services.facts import Business, clean_areas, clean_nib, clean_npwp
from shared_apps.supplier_catalog.services.inviting import accept_as_new
from shared_apps.supplier_catalog.services.registering import register
from tenants.identity.models import User
from tenants.outbox.models import OutboxMessage
from tests.cast import PASSWORD
from tests.shared_apps.supplier_catalog.people import platform_browser
from tests.shared_apps.supplier_catalog.wholesaler import verified

pytestmark = pytest.mark.usefixtures("platform")

START, BUSINESS, SENT = "/pemasok/daftar/", "/pemasok/daftar/usaha/", "/pemasok/daftar/terkirim/"
NIB = "1234567890123"
FORM = {
    "name": "CV Sinar  Musi",
    "nib": "1234 5678 90123",
    "npwp": "01.234.567.8-901.000",
    "address": "Jalan Tengkuruk 1",
    "areas": "16.71.10.1002",
    "person": "Halim",
    "phone": "0812 0000 0101",
    "email": "Halim@Example.test",
    "about": "Beras dan gula",
    "go": "1",
}
MUSI = Business("CV Sinar Musi", "Jalan Tengkuruk 1", "16.71.10", "0812 0000 0101", "halim@example.test")


def registered(**other: Any) -> SupplierOrganisation:
    facts: dict[str, Any] = {"business": MUSI, "nib": NIB, "npwp": "", "areas": ["16.71"], "person": "Halim"}
    return register(**{**facts, "source": "192.0.2.1", **other})


def mailed_token(address: str) -> str:
    letter = OutboxMessage.objects.filter(payload__to=address).latest("pk")
    found = re.search(r"/pemasok/undangan/([\w-]+)/", letter.payload["body"])
    assert found is not None
    return found[1]


def filled_in(browser: Client, **other: str) -> Any:
    browser.post(START, {"areas": ["16.71", "16.02"], "go": "1"})
    return browser.post(BUSINESS, {**FORM, **other})


def test_from_the_first_page_to_the_portal() -> None:
    browser = platform_browser()
    assert START in browser.get("/").content.decode()
    answer = browser.post(START, {"areas": ["16.71", "16.71.10", "16.02"], "go": "1"})
    assert (answer.status_code, answer["Location"]) == (302, BUSINESS)
    answer = browser.post(BUSINESS, FORM)
    assert (answer.status_code, answer["Location"]) == (302, SENT)
    one = SupplierOrganisation.objects.get()
    assert (one.name, one.nib, one.npwp, one.area_id) == ("CV Sinar Musi", NIB, "012345678901000", "16.71.10.1002")
    assert (one.phone, one.email, one.state) == ("+6281200000101", "halim@example.test", SupplierState.REGISTERED)
    # An area inside another is no area of its own.
    assert set(one.areas.values_list("area_id", flat=True)) == {"16.71", "16.02"}
    assert "halim@example.test" in browser.get(SENT).content.decode()
    link = f"/pemasok/undangan/{mailed_token('halim@example.test')}/"
    assert "Halim" in browser.get(link).content.decode()
    answer = browser.post(f"{link}gabung/", {"name": "Halim", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/pemasok/")
    assert "<h1>CV Sinar Musi</h1>" in browser.get("/pemasok/").content.decode()
    member = one.members.get()
    assert (member.role, member.user.email) == (SupplierRole.ADMIN, "halim@example.test")
    # The link once more leads inside.
    assert browser.get(link)["Location"] == "/pemasok/"


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("nib", "123", "13 angka; ini ada 3"),
        ("nib", "12345678901234", "13 angka; ini ada 14"),
        ("nib", "12345678901x3", "hanya berisi angka"),
        ("nib", "١٢٣٤٥٦٧٨٩٠١٢٣", "hanya berisi angka"),
        ("nib", "\x00" * 13, ""),
        ("npwp", "123", "16 angka"),
        ("npwp", "9234567890123456", "bukan NIK"),
        ("phone", "0711 123456", ""),
        ("email", "x", ""),
        ("name", "", ""),
        ("name", "x" * 500, ""),
        ("person", "", ""),
        ("areas", "", "Pilih kelurahan atau kecamatan"),
        ("areas", "99.99", "Pilih kelurahan atau kecamatan|99.99"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(field: str, typed: str, says: str) -> None:
    answer = filled_in(platform_browser(), **{field: typed})
    html = answer.content.decode()
    assert answer.status_code in (400, 404)
    assert any(part in html for part in says.split("|")), html
    for name, value in FORM.items():
        if name not in (field, "areas", "go", "about"):
            assert f'value="{value}"' in html, name
    assert "Beras dan gula" in html
    assert not SupplierOrganisation.objects.exists()


def test_searching_the_place_without_script_keeps_what_was_typed_and_scolds_nobody() -> None:
    browser = platform_browser()
    browser.post(START, {"areas": "16.71"})
    answer = browser.post(
        BUSINESS, {"name": "Sinar Musi", "nib": "12", "area_search": "Kalidoni", "area_search_now": "1"}
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Sinar Musi"' in html
    assert 'value="12"' in html
    assert 'value="16.71.10"' in html
    assert "13 angka; ini" not in html


@pytest.mark.parametrize("codes", [[], ["16.71.10.1002"], ["99"], ["x" * 400]])
def test_areas_that_cannot_be_served_are_refused(codes: list[str]) -> None:
    browser = platform_browser()
    assert browser.post(START, {"areas": codes, "go": "1"}).status_code == 400
    assert browser.get(BUSINESS)["Location"] == START


def test_more_areas_than_anybody_serves_one_by_one_are_refused() -> None:
    with pytest.raises(FactRefused):
        clean_areas([f"16.{number:02}" for number in range(1, 70)])


@pytest.mark.parametrize("typed", ["1234567890123", " 1234-5678.90123 ", "1234 5678 9012 3"])
def test_an_nib_as_people_write_it(typed: str) -> None:
    assert clean_nib(typed) == NIB


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), (" ", ""), ("01.234.567.8-901.000", "012345678901000"), ("0012345678901000", "0012345678901000")],
)
def test_an_npwp_in_both_forms_or_none(typed: str, kept: str) -> None:
    assert clean_npwp(typed) == kept


def test_a_second_registration_of_a_confirmed_nib_is_refused_clearly() -> None:
    one = registered()
    accept_as_new(token=mailed_token("halim@example.test"), name="Halim", password=PASSWORD, language="id")
    answer = filled_in(platform_browser(), email="toni@example.test", name="Penipu")
    assert answer.status_code == 409
    assert "NIB ini sudah terdaftar" in answer.content.decode()
    assert 'value="Penipu"' in answer.content.decode()
    one.refresh_from_db()
    assert (one.name, SupplierOrganisation.objects.count()) == ("CV Sinar Musi", 1)


def test_until_somebody_comes_the_same_nib_may_be_registered_again() -> None:
    first = registered()
    mistyped = mailed_token("halim@example.test")
    again = registered(
        business=Business("CV Sinar Musi Jaya", "Jalan Veteran 2", "16.71.10", "0812 0000 0102", "halim@musi.test"),
        areas=["16.02"],
    )
    assert again.pk == first.pk
    assert (again.name, again.email, list(again.areas.values_list("area_id", flat=True))) == (
        "CV Sinar Musi Jaya",
        "halim@musi.test",
        ["16.02"],
    )
    browser = platform_browser()
    assert browser.get(f"/pemasok/undangan/{mistyped}/").status_code == 410
    assert browser.post(f"/pemasok/undangan/{mistyped}/gabung/", {"name": "X", "password": PASSWORD}).status_code == 410
    assert browser.get(f"/pemasok/undangan/{mailed_token('halim@musi.test')}/").status_code == 200
    assert not User.objects.exists()


def test_a_refused_nib_may_try_again_and_a_verified_one_not() -> None:
    first = registered()
    SupplierOrganisation.objects.filter(pk=first.pk).update(state=SupplierState.REFUSED)
    assert registered().pk != first.pk
    verified("Rinjani", nib="9876543210987")
    with pytest.raises(NibTaken):
        registered(nib="9876543210987")


def test_a_flood_from_one_place_is_stopped_and_others_may_go_on() -> None:
    for number in range(registering.MAX_PER_SOURCE_AND_HOUR):
        business = Business(f"Usaha {number}", "Jalan 1", "16.71.10", "081200000101", f"u{number}@example.test")
        registered(nib=f"{number:013}", business=business)
    with pytest.raises(TooMany):
        registered(nib="5555555555555")
    registered(nib="5555555555555", source="192.0.2.2")


def test_everybody_together_registers_only_so_many_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "MAX_PER_HOUR", 1)
    registered()
    with pytest.raises(TooMany):
        registered(nib="5555555555555", source="192.0.2.9")
    answer = filled_in(platform_browser(), nib="5555555555555")
    assert answer.status_code == 429
    assert 'value="CV Sinar  Musi"' in answer.content.decode()


def test_one_address_gets_only_so_many_mails() -> None:
    browser = platform_browser()
    filled_in(browser)
    for _again in range(4):
        assert browser.post("/pemasok/daftar/kirim-lagi/").status_code == 302
    assert browser.post("/pemasok/daftar/kirim-lagi/").status_code == 429
    assert OutboxMessage.objects.filter(payload__to="halim@example.test").count() == 5
    # A mail that is sent again ends the link of the one before; another browser may send none.
    assert platform_browser().post("/pemasok/daftar/kirim-lagi/")["Location"] == START
