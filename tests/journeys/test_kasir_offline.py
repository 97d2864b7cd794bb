"""An owner sells while the network is away: both baskets arrive once, and shelf and drawer agree to the rupiah."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import in_the_drawer, rupiah, signed_in
from tests.journeys.looking import look
from tests.journeys.trading import new_phone


def on_the_shelf(page: Page, site: str, good: dict[str, Any]) -> str:
    page.goto(f"{site}/toko/stok/{good['product_id']}/")
    return page.locator("main dl.facts dd").first.inner_text()


def sales_listed(page: Page, site: str) -> int:
    page.goto(f"{site}/toko/kasir/penjualan/")
    return page.locator("main a[href$='/nota/']").count()


def test_two_baskets_without_network(platform_running: Platform, browser: Browser) -> None:
    page = new_phone(browser)
    site = signed_in(page, platform_running, "Owner")
    listed = page.evaluate("fetch('/toko/kasir/barang.json').then((answer) => answer.json())")
    # Something that lies on the shelf: what nobody has counted would be sold without moving it.
    page.goto(f"{site}/toko/stok/")
    counted = page.locator("main ul.list .item-body > .grow > strong").all_inner_texts()
    # By the kilogram, so that three of it are there beside what is promised to others.
    good = next(one for one in listed["goods"] if one["name"] in counted and one["label"] == "kg")
    cash_before, sold_before, shelf_before = (
        in_the_drawer(page, site),
        sales_listed(page, site),
        on_the_shelf(page, site, good),
    )

    page.goto(f"{site}/toko/kasir/")
    look(page, "kasir")
    expect(page.locator("#till-tiles button[type=button]").first).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("#till-note")).to_contain_text("Tidak ada sinyal")
    tile = page.locator("#till-tiles button").filter(has_text=good["name"]).filter(has_text=good["label"]).first
    for taps in (1, 2):
        for _tap in range(taps):
            tile.click()
        expect(page.locator("#till-total")).to_have_text(re.compile(r"Rp\s[\d.]+"))
        assert rupiah(page.locator("#till-total").inner_text()) == taps * good["price"]
        page.locator("#till-pay").click()
        expect(page.locator("#till-unsent")).to_contain_text(f"{taps} belum terkirim")
    look(page, "kasir-offline")

    page.context.set_offline(False)
    expect(page.locator("#till-unsent")).to_be_hidden(timeout=30_000)
    assert in_the_drawer(page, site) == cash_before + 3 * good["price"]
    assert sales_listed(page, site) == sold_before + 2
    assert on_the_shelf(page, site, good) != shelf_before
    look(page, "kasir-sales")

    # Opened anew, the page has nothing left to send.
    page.goto(f"{site}/toko/kasir/")
    expect(page.locator("#till-tiles button[type=button]").first).to_be_visible()
    expect(page.locator("#till-unsent")).to_be_hidden()
    assert in_the_drawer(page, site) == cash_before + 3 * good["price"]
