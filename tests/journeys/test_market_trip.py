"""Ratna pre-orders, the Satker's buyer writes the stalls down (once without network), and she gets her share, paid by weight."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import STAND, rupiah, signed_in
from tests.journeys.looking import look
from tests.journeys.trading import new_phone, press, say


def preorder(page: Page, site: str) -> str:
    page.goto(f"{site}/warung/{STAND}/")
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=say("Pre-order"), exact=True).click()
    page.locator(".fresh-row input[type=number]").first.fill("2")
    page.locator("[name=method][value=pickup]").check()
    # The last of the days, for which nobody else in this region orders.
    days = page.locator("[name=when] option").count()
    page.locator("[name=when]").select_option(index=days - 1)
    look(page, "preorder-form")
    press(page, "Pre-order now")
    look(page, "preorder")
    return page.url.rstrip("/").rpartition("/")[2]


def spent(page: Page) -> int:
    return rupiah(page.locator(".market-sum strong").first.inner_text())


def test_from_preorder_to_hand_over(platform_running: Platform, browser: Browser) -> None:
    citizen, officer = new_phone(browser), new_phone(browser)
    site = signed_in(citizen, platform_running, "Citizen")
    number = preorder(citizen, site)

    signed_in(officer, platform_running, "Satker")
    officer.goto(f"{site}/satker/pasar/belanja/")
    look(officer, "market-days")
    officer.locator("summary").filter(has_text=say("Close and make the list")).last.click()
    press(officer, "Yes, nobody orders any more")
    here = officer.url
    officer.locator("[name=buyer]").select_option(index=1)
    officer.locator("[name=amount]").fill("500.000")
    press(officer, "Send off")
    look(officer, "market-trip")

    officer.goto(f"{here}belanja/")
    line = officer.locator(".market-line").first
    line.locator("> summary").click()
    limit = int(line.locator(".market-entry").get_attribute("data-limit") or "0")
    officer.context.set_offline(True)
    line.locator("[name=quantity]").fill("1,5")
    line.locator("[name=paid]").fill(str(limit // 2))
    look(officer, "market-entry")
    line.locator(".market-entry button.big").click()
    expect(officer.locator("#market-note")).to_contain_text(say("entries wait for the network"))
    officer.context.set_offline(False)
    expect(officer.locator("#market-note")).to_be_hidden(timeout=30_000)
    expect(officer.locator(".market-sum strong").first).not_to_have_text(re.compile(r"Rp\s0$"))
    assert spent(officer) == limit // 2

    # Dearer than the promise bears: the reason is asked for before anything is sent.
    line.locator("> summary").click()
    line.locator("[name=quantity]").fill("0,5")
    line.locator("[name=paid]").fill(str(limit))
    expect(line.locator("[name=over_reason]")).to_be_visible()
    line.locator("[name=over_reason]").fill("tinggal sedikit")
    with officer.expect_navigation():
        line.locator(".market-entry button.big").click()
    assert spent(officer) == limit // 2 + limit
    look(officer, "market-list")

    officer.goto(f"{here}timbang/")
    look(officer, "market-weigh")
    press(officer, "This came")
    press(officer, "Share out")
    officer.goto(f"{here}daftar/")
    look(officer, "market-ways")
    officer.goto(f"{site}/satker/pasar/pesanan/{number}/")
    look(officer, "market-hand-over")
    press(officer, "Weighed and handed over")
    officer.goto(here)
    press(officer, "Settle the advance")
    look(officer, "market-settled")
    officer.goto(f"{site}/satker/pasar/belanja/susut/")
    look(officer, "market-insight")

    citizen.goto(f"{site}/pra-pesan/nota/{number}/")
    expect(citizen.locator("main")).to_contain_text("diserahkan")
    look(citizen, "preorder-received")
