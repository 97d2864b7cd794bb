"""The storefront on a cheap phone: what a first visit weighs, that it can be installed, and what stays without network."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, BrowserType, CDPSession, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import HASAN, signed_in, take_first
from tests.journeys.looking import look
from tests.journeys.trading import press, say

# Bytes over the wire without photos, the worker's own fetching included.
FIRST_VISIT = 100_000
PHOTOS = ("image/jpeg", "image/webp", "image/png", "image/avif")
# As Lighthouse throttles a phone's network, so that pieces of the page come one after another.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 675_000 / 8}
# A good page moves less: https://web.dev/articles/cls
LAYOUT_SHIFT = 0.1


@pytest.fixture
def phone(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> Iterator[BrowserContext]:
    """A browser of its own with nothing kept: not a private window, in which nothing could be installed."""
    context = browser_type.launch_persistent_context(
        tmp_path, **browser_type_launch_args, viewport={"width": 360, "height": 740}, locale="id-ID"
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()


class Wire:
    """What the page loads over the network, by address: kind and bytes as they came."""

    def __init__(self, cdp: CDPSession) -> None:
        self.seen: dict[str, tuple[str, str]] = {}
        self.bytes: dict[str, float] = {}
        cdp.send("Network.enable")
        cdp.on("Network.responseReceived", self._answered)
        cdp.on("Network.loadingFinished", self._finished)

    def _answered(self, event: dict[str, Any]) -> None:
        self.seen[event["requestId"]] = (event["response"]["url"], event["response"]["mimeType"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = event["encodedDataLength"]

    def without_photos(self) -> dict[str, float]:
        loaded = {self.seen[one]: size for one, size in self.bytes.items() if one in self.seen}
        return {url: size for (url, kind), size in loaded.items() if kind not in PHOTOS}


def by_the_worker(page: Page) -> dict[str, int]:
    """What the service worker fetched for itself, as the server sends it; what the page had loaded before counts again."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = page.evaluate(
        """async () => {
        const found = [];
        for (const name of await caches.keys()) if (name.startsWith("shell-"))
          for (const one of await (await caches.open(name)).keys()) found.push(one.url);
        return found;
        }"""
    )
    return {url: _on_the_wire(url) for url in kept}


def _on_the_wire(url: str) -> int:
    """Bytes of an answer with its headers, compressed as for a browser."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection("127.0.0.1", parts.port)
    line.request("GET", parts.path, headers={"Host": parts.netloc, "Accept-Encoding": "gzip, deflate, br, zstd"})
    answer = line.getresponse()
    assert answer.status == 200, url
    size = len(answer.read()) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    line.close()
    return size


@pytest.mark.parametrize("path", ["/", f"/warung/{HASAN}/", "/cari/?q=beras"])
def test_a_first_visit_is_light(phone: BrowserContext, platform_running: Platform, path: str) -> None:
    page = phone.new_page()
    wire = Wire(phone.new_cdp_session(page))
    page.goto(platform_running.region("kalidoni") + path, wait_until="networkidle")
    weighed = wire.without_photos()
    kept = by_the_worker(page)
    total = sum(weighed.values()) + sum(kept.values())
    print(f"{path}: page {sum(weighed.values()):,.0f}, worker {sum(kept.values()):,} bytes")
    assert weighed and kept
    assert total <= FIRST_VISIT, (weighed, kept)


def test_it_can_be_installed(phone: BrowserContext, platform_running: Platform) -> None:
    page = phone.new_page()
    page.goto(platform_running.region("kalidoni"), wait_until="networkidle")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    cdp = phone.new_cdp_session(page)
    assert cdp.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    told = cdp.send("Page.getAppManifest")
    assert told["errors"] == [] and "Kalidoni" in told["data"]


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("path", ["/", f"/warung/{HASAN}/", "/cari/?q=beras", "/keranjang/"])
def test_nothing_moves_under_the_thumb(phone: BrowserContext, platform_running: Platform, path: str) -> None:
    page = phone.new_page()
    cdp = phone.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", SLOW_4G)
    page.add_init_script(SHIFTS)
    page.goto(platform_running.region("kalidoni") + path, wait_until="networkidle")
    page.wait_for_timeout(500)
    assert page.evaluate("shifted") <= LAYOUT_SHIFT


def test_without_network_what_was_seen_stays(phone: BrowserContext, platform_running: Platform) -> None:
    site, page = platform_running.region("kalidoni"), phone.new_page()
    page.goto(site, wait_until="networkidle")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload(wait_until="networkidle")
    take_first(page, site, HASAN)
    for path in (f"/warung/{HASAN}/", "/keranjang/"):
        page.goto(site + path, wait_until="networkidle")
    good = page.locator("main .cart-line strong").first.inner_text()
    mark = page.locator("main .stale")

    phone.set_offline(True)
    for path in (f"/warung/{HASAN}/", "/keranjang/", "/"):
        page.goto(site + path)
        expect(mark).to_contain_text("Tersimpan pukul")
    page.goto(f"{site}/keranjang/")
    expect(page.locator("main")).to_contain_text(re.sub(r"^\d+ × ", "", good))
    look(page, "offline-cart")
    page.goto(f"{site}/warung/{HASAN}/")
    look(page, "offline-warung")
    put = page.locator("form.put button.wide").nth(1)
    put.click()
    expect(page.locator("body")).to_contain_text(
        say("No connection right now. What you typed is still here; try again when the signal is back.")
    )
    look(page, "offline-put")
    page.goto(f"{site}/janji/")
    look(page, "offline-page")
    expect(page.locator("h1")).to_be_visible()

    phone.set_offline(False)
    page.goto(f"{site}/warung/{HASAN}/")
    expect(mark).to_have_count(0)
    with page.expect_response(re.compile("/isi/")) as answer:
        page.locator("form.put button.wide").nth(1).click()
    assert answer.value.ok


def test_what_is_somebodys_own_leaves_with_them(phone: BrowserContext, platform_running: Platform) -> None:
    site, page = platform_running.region("kalidoni"), phone.new_page()
    signed_in(page, platform_running, "Citizen")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"{site}/keranjang/", wait_until="networkidle")
    page.reload(wait_until="networkidle")
    saved = "caches.keys().then((all) => all.filter((one) => one.startsWith('pages-')).length)"
    assert page.evaluate(saved) == 1
    page.goto(f"{site}/akun/")
    press(page.locator("main"), "Sign out")
    phone.set_offline(True)
    page.goto(f"{site}/keranjang/")
    expect(page.locator("main .stale")).to_have_count(0)
