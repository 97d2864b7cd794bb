"""Ani opens a savings book, brings four kinds of waste, pays an order with it; the Satker sells the lot and shares the margin."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import HASAN, fill_order, newest_order, order_at, rupiah, shown, signed_in, take_first
from tests.journeys.looking import look
from tests.journeys.trading import PASSWORD, choose, fill, go, new_phone, press, received, say

# Amounts as they are typed, and what the starting prices make of them.
BROUGHT = {
    "Botol PET bening bersih": ("12,5", 43_750),
    "Kardus": ("8", 14_400),
    "Aluminium kaleng minuman": ("1,25", 16_250),
}
BOTTLES = ("Botol kaca kecap/sirup", "15", 6_000)
PIN = "739184"
VALUE = 80_400
# A tenth is the committee's.
SAVED = 72_360


def sign_up(page: Page, platform: Platform, site: str) -> None:
    page.goto(f"{site}/daftar/")
    fill(page, "Your name", "Ani Lestari")
    fill(page, "Mobile number", "0812-3456-7044")
    fill(page, "Password", PASSWORD)
    press(page, "Open an account")
    here = page.url
    code = received(page, platform, "6281234567044", r"\b(\d{6,8})\b")
    page.goto(here)
    fill(page, "Code", code)
    press(page, "Go on")


def join(page: Page, site: str) -> str:
    """She opens a book on her own phone; its member's number."""
    page.goto(f"{site}/tabungan/")
    page.get_by_label(re.compile("Unit Warung Hasan")).check()
    press(page, "Open my savings book")
    expect(page.locator("main")).to_contain_text(say("Without consent to what is kept, no book can be opened."))
    look(page, "waste-join")
    page.get_by_label(say("I agree to what is kept of me")).check()
    press(page, "Open my savings book")
    look(page, "waste-books-new")
    go(page, "Set the PIN")
    fill(page, "Password of your account", PASSWORD)
    fill(page, "New PIN", PIN)
    fill(page, "The same PIN again", PIN)
    look(page, "waste-pin")
    press(page, "Set the PIN")
    go(page, "My card")
    look(page, "waste-own-card")
    return page.locator(".member-number").inner_text()


def weigh(page: Page, site: str, number: str) -> str:
    """At Hasan's unit: her number, four kinds, one tap; the slip's number."""
    page.goto(f"{site}/sampah/")
    look(page, "waste-desk")
    page.get_by_placeholder(say("Card, number or name")).fill(number)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ani Lestari")
    for name, (amount, _value) in BROUGHT.items():
        page.get_by_label(re.compile(f"^{re.escape(name)}")).fill(amount)
    page.get_by_role("button", name="Kaca", exact=True).click()
    page.get_by_label(re.compile("^Botol kaca")).fill(BOTTLES[1])
    expect(page.locator("[data-waste-sum]")).to_have_text(shown(VALUE))
    # What has an amount stays in sight; the rest of its group does not.
    expect(page.get_by_label(re.compile("^Kardus"))).to_be_visible()
    expect(page.get_by_label(re.compile("^Koran"))).to_be_hidden()
    look(page, "waste-weigh")
    with page.expect_navigation():
        page.locator(".actionbar button").dblclick()
    expect(page.locator("main")).to_contain_text(shown(SAVED))
    look(page, "waste-slip")
    return page.url.rstrip("/").rpartition("/")[2]


def pay_with_savings(page: Page, site: str) -> int:
    """She brings what the goods cost from her book to her balance, and pays with it; what she paid."""
    take_first(page, site, HASAN)
    order_at(page, site, {HASAN}, "cash")
    price = rupiah(page.locator(".actionbar-total .money, .actionbar .money").first.inner_text())
    page.goto(f"{site}/tabungan/")
    go(page, "Free savings")
    expect(page.locator(".balance")).to_contain_text(shown(SAVED))
    page.locator("details.card > summary").click()
    page.locator("main [name=amount]").fill(str(SAVED + 1))
    page.locator("main [name=way][value=balance]").check()
    page.locator("main [name=pin]").fill(PIN)
    press(page, "Ask for it")
    expect(page.locator("main")).to_contain_text(shown(SAVED))
    look(page, "waste-too-much")
    page.locator("main [name=amount]").fill(str(max(price, 10_000)))
    page.locator("main [name=pin]").fill(PIN)
    press(page, "Ask for it")
    expect(page.locator("main")).to_contain_text(say("It is in your WARSA balance now."))
    look(page, "waste-book")
    order_at(page, site, {HASAN}, "balance")
    with page.expect_navigation():
        page.get_by_role("button", name=say("Order now")).first.click()
    return price


def sell_the_lot(page: Page, site: str) -> None:
    """The Satker writes a buyer and a weighbridge note down: twice what members got."""
    page.goto(f"{site}/satker/bank-sampah/pengepul/")
    fill(page, "Name", "Pengepul Ilir Barat")
    press(page, "Save")
    look(page, "waste-buyers")
    page.goto(f"{site}/satker/bank-sampah/")
    look(page, "waste-office")
    page.locator("main").get_by_role("link", name="Unit Warung Hasan").click()
    page.locator("main").get_by_role("link", name="Gudang", exact=True).click()
    look(page, "waste-store")
    go(page, "Sell")
    choose(page, "Who buys it?", "Pengepul Ilir Barat")
    page.locator("[name=note_number]").fill("NT-2026-11")
    line = page.locator(".sale-row").filter(has_text="Aluminium kaleng minuman")
    line.locator("input").nth(0).fill("2,1")
    line.locator("input").nth(1).fill("26.000")
    page.locator("[name=settled][value=cash]").check()
    look(page, "waste-sell")
    with page.expect_navigation():
        page.locator("main form button.big").click()


def test_from_bottles_to_an_order_and_a_share(platform_running: Platform, browser: Browser) -> None:
    platform, site = platform_running, platform_running.region("kalidoni")
    ani, hasan, officer = (new_phone(browser) for _ in range(3))
    sign_up(ani, platform, site)
    number = join(ani, site)
    signed_in(hasan, platform, "Owner")
    slip = weigh(hasan, site, number)

    ani.goto(f"{site}/tabungan/slip/{slip}/")
    expect(ani.locator("main")).to_contain_text(shown(SAVED))
    look(ani, "waste-own-slip")
    price = pay_with_savings(ani, site)
    order = newest_order(ani, site)
    fill_order(hasan, site, order)
    ani.goto(f"{site}/pesanan/{order}/")
    expect(ani.locator("main")).to_contain_text("diserahkan")

    # Spent savings cannot be taken back.
    unit = hasan.goto(f"{site}/sampah/")
    assert unit is not None
    hasan.goto(f"{hasan.url}slip/{slip}/")
    hasan.locator("summary").filter(has_text=say("The slip is wrong")).click()
    hasan.locator("[name=reason]").fill("salah timbang")
    press(hasan, "Yes, take it back")
    expect(hasan.locator("main [role=alert], main .alert").first).to_contain_text(shown(SAVED))
    look(hasan, "waste-slip-spent")

    signed_in(officer, platform, "Satker")
    sell_the_lot(officer, site)
    # 2,1 kg at 26.000 are 54.600; 27.300 were given for them, and half of the margin is the committee's.
    main = officer.locator("main")
    for amount in (54_600, 27_300, 13_650):
        expect(main).to_contain_text(shown(amount))
    look(officer, "waste-sale")
    officer.goto(f"{site}/satker/bank-sampah/laporan/")
    expect(officer.locator("main")).to_contain_text("Plastik")
    look(officer, "waste-year")
    officer.goto(f"{site}/satker/bank-sampah/jenis/")
    look(officer, "waste-types")
    officer.goto(f"{site}/satker/bank-sampah/ketentuan/")
    look(officer, "waste-terms")
    officer.goto(f"{site}/satker/buku/?q=Tabungan")
    assert price > 0
