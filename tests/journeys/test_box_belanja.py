"""Ani shops at two warungs and the Fresh Food stand in one cart, by QRIS and in cash; everything agrees to the rupiah."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.looking import look
from tests.journeys.trading import PASSWORD, choose, fill, new_phone, press, received, say
from tests.tenant_apps.payments.purse import static_code

# A shelf whose goods the demo's stand weighs when it packs them.
WEIGHED = "fresh-food-ikan"
HASAN, SITI, STAND = "warung-hasan", "warung-bu-siti", "fresh-food-kalidoni"


def login_of(platform: Platform, role: str) -> tuple[str, str]:
    """The demo login that `make run` printed for this role."""
    found = re.search(rf"^{role}\s+\S+\s+(\S+@\S+)\s+(\S+)\s*$", platform.output, re.MULTILINE)
    assert found, platform.output
    return found[1], found[2]


def sign_in(page: Page, site: str, login: tuple[str, str]) -> Page:
    page.goto(f"{site}/masuk/")
    page.locator("main [name=login]").fill(login[0])
    page.locator("main [name=password]").fill(login[1])
    press(page, "Sign in")
    return page


def rupiah(text: str) -> int:
    """The last amount that the text names."""
    return int(re.findall(r"Rp\s?([\d.]+)", text)[-1].replace(".", ""))


def take_first(page: Page, site: str, slug: str, shelf: str = "") -> None:
    """The first article of the warung, or of one of its shelves, lies in the cart."""
    page.goto(f"{site}/warung/{slug}/?kategori={shelf}")
    with page.expect_response(re.compile("/isi/")):
        page.locator("form.put button.wide").first.click()


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


def order_at(page: Page, site: str, slugs: set[str], pay: str, name: str) -> str:
    """One tap for these warungs; where it leads."""
    page.goto(f"{site}/keranjang/bayar/")
    for box in page.locator("[name=shop]").all():
        box.set_checked(box.get_attribute("value") in slugs)
    for slug in slugs:
        page.locator(f"[name={slug}-method][value=pickup]").check()
        when = page.locator(f"select[name={slug}-when]")
        if when.count():
            when.select_option(index=1)
    fill(page, "Your name", "Ani")
    page.locator(f"[name=pay][value={pay}]").check()
    look(page, name)
    press(page, "Order now")
    return page.url


def orders_on(page: Page) -> list[str]:
    """Numbers of the orders that a purchase shows."""
    return [str(link.get_attribute("href")).strip("/").rpartition("/")[2] for link in page.locator("main h2 a").all()]


def fill_order(page: Page, site: str, number: str, weight: str = "") -> None:
    """Accepted, packed with what the scale says, and handed over."""
    page.goto(f"{site}/toko/pesanan/{number}/")
    press(page, "Accept")
    page.goto(f"{site}/toko/pesanan/{number}/")
    if weight:
        page.locator("[name^=packed-]").first.fill(weight)
        look(page, "weigh")
    press(page, "Packed")
    page.goto(f"{site}/toko/pesanan/{number}/")
    page.locator(f"#serahkan-{number} summary").click()
    with page.expect_navigation():
        page.locator(f"#serahkan-{number} button.big").click()


def test_one_cart_for_two_warungs_and_fresh_food(browser: Browser, platform_running: Platform) -> None:
    platform, site = platform_running, platform_running.region("kalidoni")
    ani, hasan, officer = (new_phone(browser) for _ in range(3))

    # Hasan enters the code that his bank gave him, and sees whose it is before anybody pays to it.
    sign_in(hasan, site, login_of(platform, "Owner"))
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
    order_at(ani, site, {HASAN}, "qris", "checkout-qris")
    expect(ani).to_have_url(re.compile("/bayar/"))
    look(ani, "qris-to-pay")
    ani.locator("main form[action$='/sudah/'] button").click()
    hasan.goto(f"{site}/toko/pembayaran/")
    look(hasan, "payments")
    with hasan.expect_navigation():
        hasan.locator("main form[action$='/terima/'] button").first.click()
    ani.goto(f"{site}/pesanan/")
    by_qris = str(ani.locator("main a[href^='/pesanan/']").first.get_attribute("href")).strip("/").rpartition("/")[2]
    fill_order(hasan, site, by_qris)

    # In cash at the other warung and at the stand, where the scale decides.
    order_at(ani, site, {SITI, STAND}, "cash", "checkout-cash")
    expect(ani).to_have_url(re.compile("/belanja/"))
    look(ani, "purchase")
    purchase = ani.url
    numbers = orders_on(ani)
    assert len(numbers) == 2
    sign_in(officer, site, login_of(platform, "Satker"))
    stands = [n for n in numbers if (officer.goto(f"{site}/toko/pesanan/{n}/") or ani).status == 200]  # type: ignore[union-attr]
    (fresh,) = stands
    estimate = rupiah(officer.locator("main .bill-sum").inner_text())
    fill_order(officer, site, fresh, weight="900")
    officer.goto(f"{site}/toko/pesanan/{fresh}/")
    actual = rupiah(officer.locator("main .bill-sum").inner_text())
    assert actual < estimate

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
    expect(hasan.locator("main")).to_contain_text(f"Rp\u00a0{paid:,}".replace(",", "."))
