"""The type-ahead on both kinds of site, and the picker that works without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client

from shared_apps.regions.models import Level
from shared_apps.regions.picker import AreaPicker, area_picker, is_search

pytestmark = pytest.mark.django_db

PLATFORM = "localhost:8000"
KALIDONI = "kalidoni.localhost:8000"


def client(host: str) -> Client:
    return Client(headers={"host": host})


@pytest.mark.parametrize("host", [PLATFORM, KALIDONI])
def test_anyone_is_offered_areas_on_either_site(host: str) -> None:
    page = client(host).get("/areas/", {"q": "kalidni"}).content.decode()
    assert 'role="listbox"' in page
    assert 'role="option" aria-selected="false" data-code="16.71.10"' in page
    assert "Kalidoni, Kota Palembang, Sumatera Selatan" in page


def test_json_is_given_to_those_that_ask_for_it() -> None:
    answer = client(PLATFORM).get("/areas/", {"q": "kalidni"}, headers={"accept": "application/json"})
    assert answer.json()["areas"][0] == {
        "code": "16.71.10",
        "name": "Kalidoni",
        "kind": "Kecamatan",
        "level": "district",
        "postal_code": "",
        "path": "Kalidoni, Kota Palembang, Sumatera Selatan",
    }


@pytest.mark.parametrize("levels", ["village", "village,nonsense", "nonsense,village"])
def test_levels_narrow_the_offer(levels: str) -> None:
    answer = client(PLATFORM).get(
        "/areas/", {"area_search": "kalidoni", "levels": levels}, headers={"accept": "application/json"}
    )
    assert {one["level"] for one in answer.json()["areas"]} == {"village"}


def test_a_text_that_finds_nothing_says_so_and_is_escaped() -> None:
    page = client(PLATFORM).get("/areas/", {"q": "<b>zzqqxx"}).content.decode()
    assert 'role="listbox"' not in page
    assert "<b>" not in page
    assert "&lt;b&gt;zzqqxx" in page


def test_a_very_long_text_is_cut() -> None:
    answer = client(PLATFORM).get("/areas/", {"q": "kalidoni " * 900})
    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_door_only_reads(method: str) -> None:
    assert getattr(client(PLATFORM), method)("/areas/").status_code == 405


def shown(data: str | None, *, levels: tuple[Level, ...] = (), multiple: bool = True) -> tuple[AreaPicker, str]:
    from django.urls import set_urlconf

    from tenants.context import on_platform

    with on_platform():
        picker = area_picker(
            QueryDict(data) if data is not None else None,
            label="Wilayah",
            levels=levels,
            multiple=multiple,
            initial=["52.71"],
        )
        set_urlconf("warsa.urls_platform")
        try:
            return picker, render_to_string("regions/_picker.html", {"picker": picker})
        finally:
            set_urlconf(None)


def test_the_picker_starts_with_what_the_form_has() -> None:
    picker, page = shown(None)
    assert picker.codes == ["52.71"]
    assert 'name="areas" value="52.71" data-path="Kota Mataram, Nusa Tenggara Barat" checked' in page


def test_without_javascript_a_search_is_answered_with_boxes_to_tick() -> None:
    sent = "areas=52.71&area_search=lombok+timur&area_search_now=1"
    assert is_search(QueryDict(sent))
    picker, page = shown(sent, levels=(Level.REGENCY,))
    assert picker.codes == ["52.71"]
    assert picker.found[0].area.code == "52.03"
    assert 'type="checkbox" name="areas" value="52.03"' in page
    assert "levels=regency" in page


def test_codes_that_do_not_exist_are_not_chosen() -> None:
    assert shown("areas=16.71.10&areas=99.99&areas=16.71.10")[0].codes == ["16.71.10"]


def test_a_picker_for_one_area_keeps_the_last() -> None:
    assert shown("areas=16.71.10&areas=52.71", multiple=False)[0].codes == ["52.71"]


def test_the_page_has_no_inline_script_or_style() -> None:
    page = shown("areas=52.71&area_search=kalidoni")[1]
    assert "<script" not in page
    assert "style=" not in page
    assert re.search(r"\s(hx-)?on[-\w:]*=", page) is None
