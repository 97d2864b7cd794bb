"""Ani opens a savings book, brings four kinds of waste, pays an order and sembako with it; the Satker sells and shares."""

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


def add_passkey(page: Page, site: str) -> None:
    """Her phone has a lock, and becomes a passkey."""
    chip = page.context.new_cdp_session(page)
    chip.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    chip.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    page.goto(f"{site}/akun/kunci-sandi/")
    fill(page, "Name of this device", "HP Ani")
    fill(page, "Password", PASSWORD)
    look(page, "passkeys-new")
    press(page, "Add a passkey")
    expect(page.locator("main")).to_contain_text("HP Ani")
    look(page, "passkeys")


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
    """At the checkout she pays straight from her book: with a wrong PIN nothing happens, with hers it is done; what it cost."""
    take_first(page, site, HASAN)
    order_at(page, site, {HASAN}, "savings")
    expect(page.locator("main")).to_contain_text(shown(SAVED))
    price = rupiah(
        page.locator(".actionbar-total .money, .actionbar .money").locator("visible=true").first.inner_text()
    )
    fill(page, "PIN of your savings", "918273")
    with page.expect_navigation():
        page.get_by_role("button", name=say("Order now")).first.click()
    expect(page.locator("main")).to_contain_text(say("That PIN is wrong. %(left)s tries are left.", left="4"))
    expect(page.get_by_label(say("PIN of your savings"))).to_have_value("")
    look(page, "waste-checkout-wrong-pin")
    # Her phone agrees instead.
    with page.expect_navigation():
        page.get_by_role("button", name=say("Confirm with a passkey instead")).click()
    assert "/pesanan/" in page.url or "/belanja/" in page.url, page.url
    page.goto(f"{site}/tabungan/")
    go(page, "All my money and its movements")
    expect(page.locator(".balance")).to_contain_text(shown(SAVED - price))
    look(page, "waste-one-balance")
    return price


def take_sembako(page: Page, site: str, number: str) -> int:
    """At Hasan's kasir she takes goods against the rest: with the card's number and her PIN; what they cost."""
    page.goto(f"{site}/toko/kasir/")
    # Tiles of the script, which has the prices now; of the good that lies there for certain.
    expect(page.locator("#till-tiles button[type=button]").first).to_be_visible()
    page.locator("#till-q").fill("beras ketan putih")
    page.locator("#till-tiles button[type=button]").first.click()
    expect(page.locator("#till-lines li")).to_have_count(1)
    with page.expect_navigation():
        page.get_by_role("button", name=say("Pay with waste savings")).click()
    price = rupiah(page.locator("main .bill-sum .money").first.inner_text())
    fill(page, "Card or number of the member", number.lower())
    fill(page, "PIN, typed by the member", PIN)
    look(page, "waste-sembako")
    press(page, "Sold")
    expect(page.locator(".receipt")).to_contain_text(say("Waste savings"))
    look(page, "waste-sembako-receipt")
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
    add_passkey(ani, site)
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

    taken = take_sembako(hasan, site, number)
    ani.goto(f"{site}/tabungan/")
    go(ani, "Free savings")
    expect(ani.locator(".balance")).to_contain_text(shown(SAVED - price - taken))
    expect(ani.locator("main")).to_contain_text("berupa sembako")
    look(ani, "waste-book")

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
