"""The first page on a slow phone: what it weighs as it is served, and that it holds for every eye."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.looking import EVERY_WAY, look

# All that a phone needs for the first page: HTML, CSS, script, icons.
MOST_BYTES = 60_000
_ASSET = re.compile(r"""(?:src|href)=["'](/static/[^"']+)["']""")
_INSIDE_CSS = re.compile(r"""url\(["']?([^"')]+)["']?\)""")


def fetched(url: str) -> tuple[int, bytes]:
    """Bytes of the body as they came over the wire to a browser that takes brotli, and the body itself."""
    parts = urlsplit(url)
    plain, wire = (_body(parts.netloc, parts.path or "/", encodings) for encodings in ("identity", "br, gzip"))
    return len(wire), plain


def _body(netloc: str, path: str, encodings: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", int(netloc.rpartition(":")[2]), timeout=30)
    try:
        connection.request("GET", path, headers={"Host": netloc, "Accept-Encoding": encodings})
        answer = connection.getresponse()
        assert answer.status == 200, f"{netloc}{path}: {answer.status}"
        return answer.read()
    finally:
        connection.close()


def weights(url: str) -> dict[str, int]:
    """Every part of a first visit, in bytes."""
    size, page = fetched(url)
    assert size < len(page), "the page itself is sent uncompressed"
    found = {"/": size}
    waiting = sorted(set(_ASSET.findall(page.decode())))
    assert len(waiting) >= 3, waiting
    while waiting:
        path = waiting.pop()
        size, body = fetched(urljoin(url, path))
        found[path] = size
        if path.endswith(".css"):
            inner = {urlsplit(urljoin(path, name)).path for name in _INSIDE_CSS.findall(body.decode())}
            waiting += sorted(inner - found.keys())
    return found


@pytest.mark.parametrize("site", ["platform", "region"])
def test_a_first_visit_weighs_at_most_60_kilobytes(platform_running: Platform, site: str) -> None:
    url = platform_running.url if site == "platform" else platform_running.region("kalidoni")
    found = weights(f"{url}/")
    print(site, sum(found.values()), found)
    assert sum(found.values()) <= MOST_BYTES, found


@pytest.mark.parametrize("path", ["/", "/?area=kalidoni", "/tentang/", "/daftar/", "/tidak-ada/", "/kotak-surat/"])
def test_a_public_page_is_for_every_eye(page: Page, platform_running: Platform, path: str) -> None:
    page.goto(f"{platform_running.url}{path}")
    look(page, re.sub(r"\W+", "-", f"public{path}").strip("-"))


def test_the_gallery_holds_in_both_schemes_and_widths(page: Page, platform_running: Platform) -> None:
    page.goto(f"{platform_running.url}/ui/")
    look(page, "gallery", checked=EVERY_WAY)


def test_the_head_takes_one_row_on_a_phone(page: Page, platform_running: Platform) -> None:
    for path in ("/", "/tentang/", "/daftar/"):
        page.goto(f"{platform_running.url}{path}")
        assert page.locator("header.top").evaluate("head => head.offsetHeight") <= 64
    menu = page.locator(".top details.menu")
    menu.locator("summary").click()
    expect(menu.get_by_role("link", name="Cara kerjanya")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Cara kerjanya")).to_be_hidden()


def test_dark_is_chosen_kept_and_left_again(page: Page, platform_running: Platform) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(platform_running.url)
    toggle = page.get_by_role("button", name="Layar gelap")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    kept = [cookie for cookie in page.context.cookies() if cookie.get("name") == "theme"]
    assert [(cookie.get("value"), cookie.get("sameSite")) for cookie in kept] == [("dark", "Lax")]
    page.goto(f"{platform_running.url}/tentang/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(23, 19, 15)")
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(251, 246, 236)")
