"""The people of the demo region on their phones: signing in, and what they read off their pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.journeys.conftest import Platform
from tests.journeys.trading import press

HASAN, SITI, STAND = "warung-hasan", "warung-bu-siti", "fresh-food-kalidoni"


def signed_in(page: Page, platform: Platform, role: str) -> str:
    """The demo's Owner, Citizen, Satker or Admin signs in as `make run` printed it; returns the region's address."""
    site = platform.region("kalidoni")
    found = re.search(rf"^{role}\s+\S+\s+(\S+@\S+)\s+(\S+)\s*$", platform.output, re.MULTILINE)
    assert found, platform.output
    page.goto(f"{site}/masuk/")
    page.locator("main [name=login]").fill(found[1])
    page.locator("main [name=password]").fill(found[2])
    press(page, "Sign in")
    return site


def rupiah(text: str) -> int:
    """The last amount that the text names."""
    sign, digits = re.findall(r"([-−]?)Rp\s?([\d.]+)", text)[-1]
    return int(digits.replace(".", "")) * (-1 if sign else 1)


def shown(amount: int) -> str:
    """The amount as pages write it."""
    return f"Rp\u00a0{amount:,}".replace(",", ".")


def in_the_drawer(page: Page, site: str) -> int:
    """What the books expect in the drawer, while no day is open."""
    page.goto(f"{site}/toko/tutup/")
    return rupiah(page.locator("main").get_by_text("Menurut catatan ada").inner_text())


def take_first(page: Page, site: str, slug: str, shelf: str = "") -> None:
    """The first article of the warung, or of one of its shelves, lies in the cart."""
    page.goto(f"{site}/warung/{slug}/?kategori={shelf}")
    with page.expect_response(re.compile("/isi/")):
        page.locator("form.put button.wide").first.click()


def order_at(page: Page, site: str, slugs: set[str], pay: str, *, brought: str = "") -> None:
    """Fill in the checkout for these warungs, one of which may bring it to the door; the last tap is left."""
    page.goto(f"{site}/keranjang/bayar/")
    for box in page.locator("[name=shop]").all():
        box.set_checked(box.get_attribute("value") in slugs)
    for slug in slugs:
        page.locator(f"[name={slug}-method][value={'delivery' if slug == brought else 'pickup'}]").check()
        when = page.locator(f"select[name={slug}-when]")
        if when.count():
            when.select_option(index=1)
    if brought:
        page.locator("main [name=street]").fill("Lorong Melati 7")
    page.locator(f"[name=pay][value={pay}]").check()


def newest_order(page: Page, site: str) -> str:
    """The number of the citizen's newest order."""
    page.goto(f"{site}/pesanan/")
    link = page.locator("main a[href^='/pesanan/']").first.get_attribute("href")
    return str(link).strip("/").rpartition("/")[2]


def fill_order(page: Page, site: str, number: str) -> None:
    """Accepted, packed as ordered, handed over; the money lies in the drawer."""
    accept_and_pack(page, site, number)
    page.goto(f"{site}/toko/pesanan/{number}/")
    page.locator(f"#serahkan-{number} summary").click()
    with page.expect_navigation():
        page.locator(f"#serahkan-{number} button.big").click()


def accept_and_pack(page: Page, site: str, number: str, weight: str = "") -> None:
    """Accepted, and packed with what the scale says."""
    page.goto(f"{site}/toko/pesanan/{number}/")
    press(page, "Accept")
    page.goto(f"{site}/toko/pesanan/{number}/")
    if weight:
        page.locator("[name^=packed-]").first.fill(weight)
    press(page, "Packed")
