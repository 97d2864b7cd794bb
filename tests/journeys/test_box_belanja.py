"""Ani shops at two warungs and the Fresh Food stand in one cart, by QRIS and in cash; everything agrees to the rupiah."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import (
    HASAN,
    SITI,
    STAND,
    accept_and_pack,
    fill_order,
    in_the_drawer,
    newest_order,
    order_at,
    rupiah,
    shown,
    signed_in,
    take_first,
)
from tests.journeys.looking import look
from tests.journeys.trading import PASSWORD, choose, fill, new_phone, press, received, say
from tests.tenant_apps.payments.purse import static_code

# A shelf whose goods the demo's stand weighs when it packs them.
WEIGHED = "fresh-food-ikan"


def sign_up(page: Page, platform: Platform, site: str) -> None:
    page.goto(f"{site}/daftar/")
    fill(page, "Your name", "Ani")
    fill(page, "Mobile number", "0812-3456-7005")
    fill(page, "Password", PASSWORD)
    press(page, "Open an account")
    here = page.url
    code = received(page, platform, "6281234567005", r"\b(\d{6,8})\b")
    page.goto(here)
    fill(page, "Code", code)
    press(page, "Go on")


def orders_on(page: Page) -> list[str]:
    """Numbers of the orders that a purchase shows."""
    return [str(link.get_attribute("href")).strip("/").rpartition("/")[2] for link in page.locator("main h2 a").all()]


def test_one_cart_for_two_warungs_and_fresh_food(browser: Browser, platform_running: Platform) -> None:
    platform, site = platform_running, platform_running.region("kalidoni")
    ani, hasan, officer = (new_phone(browser) for _ in range(3))

    # Hasan enters the code that his bank gave him, and sees whose it is before anybody pays to it.
    signed_in(hasan, platform, "Owner")
    hasan.goto(f"{site}/toko/qris/")
    hasan.locator("main [name=payload]").fill(static_code())
    press(hasan, "Read the code")
    expect(hasan.locator("main")).to_contain_text("WARUNG HASAN")
    look(hasan, "qris-code")
    press(hasan, "Yes, this is my warung")

    # A guest fills one cart, and opens an account on the way.
    ani.goto(f"{site}/tempat/")
    choose(ani, "Kelurahan", "Kalidoni")
    fill(ani, "RW", "4")
    fill(ani, "RT", "2")
    press(ani, "Show the nearest")
    take_first(ani, site, HASAN)
    take_first(ani, site, SITI)
    take_first(ani, site, STAND, shelf=WEIGHED)
    sign_up(ani, platform, site)
    ani.goto(f"{site}/keranjang/")
    expect(ani.locator("main .cart")).to_have_count(3)
    look(ani, "three-carts")

    # By QRIS at Hasan's: the code waits for the money, and Hasan sees it on his phone.
    order_at(ani, site, {HASAN}, "qris")
    fill(ani, "Your name", "Ani")
    look(ani, "checkout-qris")
    press(ani, "Order now")
    expect(ani).to_have_url(re.compile("/bayar/"))
    look(ani, "qris-to-pay")
    ani.locator("main form[action$='/sudah/'] button").click()
    hasan.goto(f"{site}/toko/pembayaran/")
    look(hasan, "payments")
    with hasan.expect_navigation():
        hasan.locator("main form[action$='/terima/'] button").first.click()
    by_qris = newest_order(ani, site)
    fill_order(hasan, site, by_qris)

    # In cash at the other warung and at the stand, where the scale decides and which brings it to the door.
    order_at(ani, site, {SITI, STAND}, "cash", brought=STAND)
    fill(ani, "Your name", "Ani")
    look(ani, "checkout-cash")
    press(ani, "Order now")
    expect(ani).to_have_url(re.compile("/belanja/"))
    look(ani, "purchase")
    purchase = ani.url
    numbers = orders_on(ani)
    assert len(numbers) == 2
    signed_in(officer, platform, "Satker")
    stands = [n for n in numbers if (officer.goto(f"{site}/toko/pesanan/{n}/") or ani).status == 200]  # type: ignore[union-attr]
    (fresh,) = stands
    estimate = rupiah(officer.locator("main .bill-sum").inner_text())
    drawer = in_the_drawer(officer, site)
    accept_and_pack(officer, site, fresh, weight="900")
    officer.goto(f"{site}/toko/pesanan/{fresh}/")
    hand_over = officer.locator(f"#serahkan-{fresh}")
    hand_over.locator("summary").click()
    hand_over.locator("[name=carried]").check()
    look(officer, "hand-over")
    with officer.expect_navigation():
        hand_over.locator("button.big").click()
    officer.goto(f"{site}/toko/pesanan/{fresh}/")
    actual = rupiah(officer.locator("main .bill-sum").inner_text())
    assert actual < estimate

    # Taken at the door, it is in the drawer when somebody says so.
    assert in_the_drawer(officer, site) == drawer
    look(officer, "carried")
    press(officer, "Lies in the drawer")
    assert in_the_drawer(officer, site) == drawer + actual

    # What Ani was told, what her receipt says and what the books hold are the same.
    ani.goto(f"{site}/pesanan/{fresh}/nota/")
    assert rupiah(ani.locator(".receipt-sum").inner_text()) == actual
    look(ani, "receipt-weighed")
    ani.goto(purchase)
    expect(ani.locator("main")).to_contain_text(say("handed over"))
    officer.goto(f"{site}/satker/buku/")
    look(officer, "trial-balance")
    ani.goto(f"{site}/pesanan/{by_qris}/nota/")
    paid = rupiah(ani.locator(".receipt-sum").inner_text())
    hasan.goto(f"{site}/toko/buku/")
    look(hasan, "books")
    with hasan.expect_navigation():
        hasan.locator("main").get_by_role("link", name=say("Money that came by QRIS")).first.click()
    look(hasan, "statement")
    expect(hasan.locator("main")).to_contain_text(shown(paid))
