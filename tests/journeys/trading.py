"""How a market that has just opened comes to its first order and its first restock: one function for each person's part.

Each person has a phone of their own (a browser context, 360 px wide). Words are looked up as the pages show them.
"""

from __future__ import annotations

import re
import time

from django.utils.translation import gettext, override
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.looking import look

PASSWORD = "sawah-hijau-2026"
# Words that are the same in both languages.
SAME = {"Kelurahan", "RW", "RT"}


def say(text: str, **values: str) -> str:
    """The Indonesian words of a text of ours."""
    with override("id"):
        words = gettext(text)
    assert words != text or text in SAME, f"{text!r} has no Indonesian words"
    return words % values


def heading(page: Page, text: str) -> None:
    expect(page.locator("h1")).to_have_text(text)


def press(where: Page | Locator, text: str) -> None:
    """Tap the button with exactly these words, and be on the page that answers."""
    page = where if isinstance(where, Page) else where.page
    with page.expect_navigation():
        where.get_by_role("button", name=say(text), exact=True).first.click()


def go(page: Page, text: str) -> None:
    """Follow the link of the page's content with these words, and be there."""
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=say(text)).first.click()


def choose(where: Page | Locator, label: str, words: str) -> None:
    """Choose the first option whose text begins with these words."""
    box = where.get_by_label(say(label)).first
    option = box.locator("option").filter(has_text=re.compile(rf"^\s*{re.escape(words)}")).first
    box.select_option(value=option.get_attribute("value"))


def fill(where: Page | Locator, label: str, value: str) -> None:
    where.get_by_label(say(label)).first.fill(value)


def pick_area(page: Page, words: str, name: str) -> None:
    page.get_by_role("combobox", name=say("Name of the area")).press_sequentially(words, delay=20)
    page.get_by_role("option", name=re.compile(rf"^{name},")).first.click()
    expect(page.locator("[data-chosen]")).to_contain_text(name)


def new_phone(browser: Browser) -> Page:
    """A phone in somebody's hand: nobody is signed in on it yet."""
    page = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID").new_page()
    page.set_default_timeout(20_000)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def received(page: Page, platform: Platform, to: str, pattern: str) -> str:
    """What the pattern finds in the newest letter to this address that holds it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        page.goto(f"{platform.url}/kotak-surat/?to={to}")
        addresses = [link.get_attribute("href") for link in page.locator("main li a").all()]
        for address in addresses[:6]:
            page.goto(f"{platform.url}{address}")
            found = re.search(pattern, page.locator("pre").inner_text())
            if found:
                return found[1]
        page.wait_for_timeout(300)
    raise AssertionError(f"no letter to {to} holds {pattern}")


def follow_invitation(page: Page, platform: Platform, to: str) -> None:
    """Open the mailed link, set a password, and be inside."""
    page.goto(received(page, platform, to, r"(http\S+/undangan/\S+/)"))
    fill(page, "Password", PASSWORD)
    press(page, "Accept the invitation")


def admin_prepares(admin: Page, platform: Platform, site: str, mail: str) -> None:
    """The applicant becomes admin and goes through the checklist as far as others are not needed."""
    follow_invitation(admin, platform, mail)
    admin.goto(f"{site}/wilayah/")
    heading(admin, say("First steps"))
    look(admin, "checklist-new")
    admin.goto(f"{site}/wilayah/layanan/")
    press(admin, "Confirm the services")
    admin.goto(f"{site}/wilayah/rt-rw/?q=Ampenan Tengah")
    admin.locator("main").get_by_role("link", name=re.compile("Ampenan Tengah")).first.click()
    fill(admin, "From RW", "1")
    fill(admin, "up to", "4")
    fill(admin, "RT each", "5")
    press(admin, "Add")
    expect(admin.locator("main")).to_contain_text("RW 4")
    admin.goto(f"{site}/wilayah/satker/")
    fill(admin, "Address of the office", "Jalan Pejanggik 1, Mataram")
    fill(admin, "Telephone", "0370 621000")
    press(admin, "Save")
    admin.goto(f"{site}/wilayah/orang/undang/")
    fill(admin, "Name", "Baiq Yuni")
    admin.get_by_label(say("Satker officer")).check()
    fill(admin, "E-mail address", "baiq@lombok.test")
    press(admin, "Invite")
    admin.goto(f"{site}/wilayah/warung/baru/")
    fill(admin, "Name of the warung", "Warung Inaq Sari")
    choose(admin, "Kelurahan", "Ampenan Tengah")
    fill(admin, "RW", "2")
    fill(admin, "RT", "3")
    press(admin, "Save")
    heading(admin, "Warung Inaq Sari")
    look(admin, "registry-warung")
    fill(admin, "Name", "Sari")
    fill(admin, "E-mail address", "sari@lombok.test")
    press(admin, "Make the invitation")
    look(admin, "invitation-ready")


def satker_supplies(officer: Page, platform: Platform, site: str) -> None:
    """The Satker writes down what the market asks, gets a sack of rice and names its price."""
    follow_invitation(officer, platform, "baiq@lombok.test")
    officer.goto(f"{site}/satker/")
    look(officer, "satker")
    officer.goto(f"{site}/satker/harga-pasar/catat/?q=Beras medium")
    fill(officer, "Market", "Pasar Mandalika")
    officer.get_by_label("Beras medium", exact=True).fill("14500")
    press(officer, "Save the market prices")
    officer.goto(f"{site}/satker/penerimaan/baru/")
    fill(officer, "Supplier", "Penggilingan Padi Narmada")
    line = officer.locator("fieldset").first
    choose(line, "Product and pack", "Beras medium")
    line.locator("[name$=-quantity]").fill("6")
    line.get_by_label(say("Cost of one pack")).fill("600000")
    press(officer, "Write down")
    look(officer, "goods-receipt")
    officer.goto(f"{site}/satker/harga-grosir/?q=Beras medium")
    officer.get_by_label(re.compile("Beras medium")).fill("640000")
    press(officer, "Save the prices")


def owner_opens(owner: Page, platform: Platform, site: str) -> None:
    """The owner follows the invitation, writes hours, counts what is on the shelf, names a price and opens."""
    follow_invitation(owner, platform, "sari@lombok.test")
    owner.goto(f"{site}/toko/jam/")
    owner.get_by_label(say("Open 24 hours")).first.check()
    press(owner, "Save")
    owner.goto(f"{site}/toko/stok/?tab=all&q=Beras medium")
    owner.locator("main").get_by_role("link", name=re.compile("Beras medium")).first.click()
    fill(owner, "Counted now", "2")
    choose(owner, "counted in", "kg")
    press(owner, "Save the count")
    owner.goto(f"{site}/toko/harga/?tab=new")
    price = owner.get_by_label("kg", exact=True).first
    price.fill("14500")
    press(owner, "Save the prices")
    # Equal is not cheaper: the reason stands by the field, and nothing is published.
    expect(owner.locator(".errorlist").first).to_contain_text("Pasar Mandalika")
    look(owner, "price-refused")
    price = owner.get_by_label("kg", exact=True).first
    price.fill("13900")
    press(owner, "Save the prices")
    owner.goto(f"{site}/toko/")
    press(owner, "Open the warung")
    expect(owner.locator("main")).to_contain_text(say("open now"))
    look(owner, "counter")


def citizen_orders(citizen: Page, platform: Platform, site: str) -> str:
    """Ani finds the warung next door, signs up on the way to the checkout and orders once; the order's number."""
    citizen.goto(f"{site}/tempat/")
    choose(citizen, "Kelurahan", "Ampenan Tengah")
    fill(citizen, "RW", "2")
    fill(citizen, "RT", "3")
    press(citizen, "Show the nearest")
    look(citizen, "shop-home")
    citizen.goto(f"{site}/cari/?q=brs medum")
    expect(citizen.locator("main")).to_contain_text("Beras medium")
    look(citizen, "search")
    citizen.goto(f"{site}/warung/warung-inaq-sari/")
    expect(citizen.locator("main")).to_contain_text("Pasar Mandalika")
    look(citizen, "warung")
    citizen.get_by_role("button", name=re.compile(rf"^{say('Add')} Beras medium")).click()
    with citizen.expect_navigation():
        citizen.locator("#cart-bar").get_by_role("link", name=say("To the cart")).click()
    look(citizen, "cart")
    go(citizen, "Go on to order")
    citizen.locator("main").get_by_role("link", name=say("Open an account")).click()
    fill(citizen, "Your name", "Ani")
    fill(citizen, "Mobile number", "0812-3456-7001")
    fill(citizen, "Password", PASSWORD)
    look(citizen, "sign-up")
    press(citizen, "Open an account")
    here = citizen.url
    code = received(citizen, platform, "6281234567001", r"\b(\d{6,8})\b")
    citizen.goto(here)
    fill(citizen, "Code", code)
    press(citizen, "Go on")
    citizen.goto(f"{site}/keranjang/warung-inaq-sari/bayar/")
    look(citizen, "checkout")
    citizen.get_by_label(re.compile(say("I pick it up at the warung"))).check()
    citizen.get_by_role("button", name=say("Order now")).dblclick()
    citizen.wait_for_url(re.compile(r"/pesanan/\w{6}/"))
    look(citizen, "order")
    return citizen.url.rstrip("/").rpartition("/")[2]


def owner_fills(owner: Page, site: str, number: str) -> None:
    """The owner accepts, packs, takes the cash and hands over."""
    owner.goto(f"{site}/toko/pesanan/")
    card = owner.locator(f"#order-{number}")
    expect(card).to_contain_text("Beras medium")
    look(owner, "board")
    press(card, "Accept")
    owner.goto(f"{site}/toko/pesanan/{number}/")
    press(owner, "Packed")
    owner.locator("summary").filter(has_text="13.900").click()
    press(owner, "Money taken, goods handed over")
    owner.goto(f"{site}/toko/pesanan/{number}/")
    look(owner, "board-order")


def restock(owner: Page, officer: Page, site: str) -> None:
    """The warung asks for a sack, the Satker sends it, and it lies on the shelf when the owner says so."""
    owner.goto(f"{site}/toko/restok/baru/")
    owner.get_by_label("Beras medium, karung 50 kg").fill("1")
    look(owner, "restock-new")
    press(owner, "Send to the Satker")
    owner.wait_for_url(re.compile(r"/toko/restok/\w{6}/"))
    number = owner.url.rstrip("/").rpartition("/")[2]
    officer.goto(f"{site}/satker/restok/")
    look(officer, "restock-queue")
    officer.goto(f"{site}/satker/restok/{number}/")
    press(officer, "Accept and set aside")
    press(officer, "Mark as sent")
    look(officer, "restock-sent")
    owner.goto(f"{site}/toko/restok/{number}/")
    press(owner, "Yes, this is what arrived")
    look(owner, "restock-received")
    owner.goto(f"{site}/toko/stok/?q=Beras medium")
    # 2 kg were counted, 1 kg was sold, 50 kg came.
    expect(owner.locator("main")).to_contain_text("51\u00a0kg")
