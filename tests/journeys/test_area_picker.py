"""Areas are found while one types, with keys and by tap, in the answers of a running platform."""

from __future__ import annotations

from urllib.parse import parse_qs

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import set_urlconf
from playwright.sync_api import Page, Route, expect

from shared_apps.regions.picker import area_picker
from tests.journeys.conftest import Platform

# What the sites themselves send: nothing inline runs.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'"


def page_with_picker() -> str:
    """A form with the picker alone, as any page includes it; nothing is chosen, so no database is asked."""
    set_urlconf("warsa.urls_platform")
    try:
        context = {"picker": area_picker(QueryDict(""), label="Wilayah", hint="Ketik nama kecamatan.")}
        scripts = render_to_string("regions/_picker_scripts.html")
        field = render_to_string("regions/_picker.html", context)
    finally:
        set_urlconf(None)
    style = '<link rel="stylesheet" href="/static/ui/warsa.css">'
    htmx = """<meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false}'>"""
    head = f"<title>Wilayah</title><meta name='viewport' content='width=device-width'>{htmx}{style}{scripts}"
    form = f'<form action="/sent">{field}<button>Lanjut</button></form>'
    return f"<!doctype html><html lang='id'><head>{head}</head><body><main class='wrap'>{form}</main></body></html>"


def test_areas_are_chosen_by_typing(page: Page, platform_running: Platform) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    def give(route: Route) -> None:
        route.fulfill(
            body=page_with_picker(),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLICY},
        )

    page.route("**/picker-page", give)
    page.route("**/sent?*", lambda route: route.fulfill(body="sent"))
    page.goto(f"{platform_running.url}/picker-page")
    field = page.get_by_role("combobox", name="Nama wilayah")
    offers = page.get_by_role("option")

    field.press_sequentially("kalidni", delay=30)
    expect(offers.first).to_contain_text("Kalidoni, Kota Palembang, Sumatera Selatan")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(offers.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "area-option-16.71.10")
    page.screenshot(path="test-results/area-picker-360.png")
    field.press("Enter")
    expect(page.get_by_role("button", name="Hapus Kalidoni, Kota Palembang, Sumatera Selatan")).to_be_visible()
    expect(offers).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value("")

    field.press_sequentially("mataram", delay=30)
    expect(offers.first).to_contain_text("Kota Mataram, Nusa Tenggara Barat")
    offers.first.click()
    field.press_sequentially("palembang", delay=30)
    expect(offers.first).to_contain_text("Kota Palembang")
    field.press("Escape")
    expect(offers).to_have_count(0)
    page.screenshot(path="test-results/area-picker-chosen-360.png")
    page.get_by_role("button", name="Hapus Kalidoni").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("button", name="Lanjut").click()
    page.wait_for_url("**/sent?*")
    assert parse_qs(page.url.partition("?")[2])["areas"] == ["52.71"]
    assert complaints == []
