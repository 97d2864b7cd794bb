"""Two hops of wholesale, one function for each person's part: supplier, regions' Satker, warung owners.

Words are looked up as the pages show them; amounts are read off the pages and compared by the test.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import rupiah
from tests.journeys.looking import look
from tests.journeys.operating import approves, region_registers
from tests.journeys.trading import (
    PASSWORD,
    choose,
    fill,
    follow_invitation,
    heading,
    new_phone,
    pick_area,
    press,
    received,
    say,
)

SUPPLIER, SUPPLIER_MAIL = "Grosir Tiga Sungai", "tiga@sungai.test"
ROWS, BAD = 2_000, 30
PALEMBANG, BANYUASIN = "Kota Palembang", "Kabupaten Banyuasin"
FREIGHT = 60_000
# SKU: article, pack, content, price of a pack in Palembang, in Banyuasin, and which product of a region it is.
GOODS = {
    "MG-5": ("Mi goreng Tiga Sungai", "bal 5 dus", "200 pcs", 495_000, 510_000, "Mi instan goreng"),
    "BM-50": ("Beras medium Tiga Sungai", "karung", "50 kg", 570_000, 590_000, "Beras medium"),
    "GP-50": ("Gula pasir Tiga Sungai", "karung", "50 kg", 735_000, 741_000, "Gula pasir curah"),
}
# What a warung's accounts of wholesale are called.
WARUNG_BOOKS = ("purchases", "cash", "wholesale_owed", "wholesale_debt")
HEAD = ("Kode barang", "Nama barang", "Kemasan", "Isi", "Harga", "PPN")


def price_list(place: str, *, rows: int = 0, bad: int = 0) -> bytes:
    """The three goods as they cost at this place, then articles of all kinds, until there are so many rows; `bad` are wrong."""
    price = 3 if place == PALEMBANG else 4
    lines = [(sku, one[0], one[1], one[2], str(one[price]), "tidak") for sku, one in GOODS.items()]
    for number in range(len(lines), rows):
        sku, name, cost = f"A-{number:04}", f"Barang grosir {number:04}", f"Rp {50 + number % 400}.500,-"
        lines.append((sku, name, "dus 12", "12 pcs", cost, "termasuk"))
    wrong = [
        lambda row: (*row[:4], "hubungi kami", row[5]),
        lambda row: (*row[:3], "banyak", *row[4:]),
        lambda row: (row[0], "", *row[2:]),
    ]
    for number in range(bad):
        at = rows - 1 - number * 60
        lines[at] = wrong[number % 3](lines[at])
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEAD, *lines])
    return text.getvalue().encode()


def supplier_registers(page: Page, platform: Platform) -> None:
    """Areas, the business, the mailed link, a password: inside the portal."""
    page.goto(f"{platform.url}/pemasok/daftar/")
    pick_area(page, "kota palembang", PALEMBANG)
    pick_area(page, "banyuasin", BANYUASIN)
    look(page, "supplier-areas")
    press(page, "Go on")
    fill(page, "Name of the business", SUPPLIER)
    page.locator("main [name=nib]").fill("9120001234567")
    pick_area(page, "ilir barat satu", "Ilir Barat Satu")
    fill(page, "Street and number", "Jalan Pasar 16 Ilir 3")
    fill(page, "Your name", "Rustam")
    page.locator("main [name=phone]").fill("0812-3456-7100")
    page.locator("main [name=email]").fill(SUPPLIER_MAIL)
    look(page, "supplier-business")
    press(page, "Register")
    page.goto(received(page, platform, SUPPLIER_MAIL, r"(http\S+/pemasok/undangan/\S+/)"))
    fill(page, "Password", PASSWORD)
    press(page, "Into the portal")
    look(page, "supplier-home")
    page.goto(f"{platform.url}/pemasok/usaha/ubah/")
    page.locator("main [name=order_freight]").fill(str(FREIGHT))
    press(page, "Save")


def operator_verifies(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/operator/pemasok/")
    page.locator("main").get_by_role("link", name=re.compile(SUPPLIER)).first.click()
    look(page, "operator-supplier")
    press(page, "Verify")
    expect(page.locator("main")).to_contain_text(say("verified"))


def supplier_hands_in(page: Page, platform: Platform, file: Path, place: str) -> None:
    """Upload, columns as they were guessed, and read by the worker."""
    page.goto(f"{platform.url}/pemasok/daftar-harga/")
    page.locator("main [name=file]").set_input_files(file)
    choose(page, "Where these prices count", place)
    press(page, "Hand in")
    press(page, "Read the list")
    expect(page.get_by_role("button", name=say("Take over the chosen rows"))).to_be_visible(timeout=90_000)


def supplier_takes_over(page: Page, rows: int) -> None:
    press(page, "Take over the chosen rows")
    counts = f"{rows:,} baris sekarang berlaku".replace(",", ".")
    expect(page.locator("#list .alert").first).to_contain_text(counts, timeout=90_000)


def region_opens(page: Page, operator: Page, platform: Platform, tmp_path: Path) -> str:
    """Banyuasin registers and is approved; its address."""
    mail = "bupati@banyuasin.test"
    region_registers(
        page, platform, tmp_path, area=("banyuasin", BANYUASIN), name="Banyuasin", slug="banyuasin", mail=mail
    )
    approves(operator, platform, "Banyuasin")
    expect(page.locator("#progress")).to_contain_text("Pasar sudah buka.", timeout=90_000)
    return platform.region("banyuasin")


def officer_comes(admin: Page, officer: Page, platform: Platform, site: str) -> None:
    """Banyuasin's admin takes up the invitation and invites an officer of the Satker, who names a wholesale price."""
    follow_invitation(admin, platform, "bupati@banyuasin.test")
    admin.goto(f"{site}/wilayah/orang/undang/")
    fill(admin, "Name", "Sulaiman")
    admin.get_by_label(say("Satker officer")).check()
    fill(admin, "E-mail address", "sulaiman@banyuasin.test")
    press(admin, "Invite")
    follow_invitation(officer, platform, "sulaiman@banyuasin.test")
    officer.goto(f"{site}/satker/harga-grosir/?q=Beras medium")
    officer.get_by_label(re.compile("Beras medium")).first.fill("660000")
    press(officer, "Save the prices")


def adopts(officer: Page, site: str, sku: str) -> int:
    """The offer becomes what the region buys its product as; the price of a pack, as the page says it."""
    officer.goto(f"{site}/satker/pemasok/?q={sku}")
    officer.locator("main li a[href*='/penawaran/']").first.click()
    officer.wait_for_url(re.compile("/penawaran/"))
    fact = officer.locator("dt", has_text=say("Price of a pack")).locator("xpath=following-sibling::dd[1]")
    price = rupiah(fact.inner_text())
    card = officer.locator(".card").filter(has=officer.get_by_role("heading", name=GOODS[sku][5], exact=True)).first
    press(card, "Buy it as this")
    expect(officer.locator("main")).to_contain_text(SUPPLIER)
    return price


def warung_joins(admin: Page, browser: Browser, platform: Platform, site: str, number: int) -> Page:
    """The admin puts a warung on the list and invites its owner, who is then inside on a phone of her own."""
    mail = f"pemilik{number}@kalidoni.test"
    admin.goto(f"{site}/wilayah/warung/baru/")
    fill(admin, "Name of the warung", f"Warung Lorong {number}")
    choose(admin, "Kelurahan", "Kalidoni")
    fill(admin, "RW", str(number % 6 + 1))
    fill(admin, "RT", str(number % 5 + 1))
    press(admin, "Save")
    fill(admin, "Name", f"Pemilik {number}")
    fill(admin, "E-mail address", mail)
    press(admin, "Make the invitation")
    owner = new_phone(browser)
    follow_invitation(owner, platform, mail)
    return owner


def cycle_opens(officer: Page, site: str, name: str, products: set[str]) -> str:
    """A cycle with these goods alone, open for orders; its number."""
    officer.goto(f"{site}/satker/putaran/baru/")
    look(officer, "cycle-form")
    fill(officer, "Name", name)
    for row in officer.locator("main tbody tr").all():
        product = row.locator("label.tick").inner_text().splitlines()[0].strip()
        row.locator("[name=packs]").set_checked(product in products)
    press(officer, "Save")
    press(officer, "Open for the warungs")
    return officer.url.rstrip("/").rpartition("/")[2]


def orders(page: Page, address: str, wishes: dict[str, tuple[int, int]]) -> int:
    """Firm and tolerated units by product, on the owner's page or the Satker's own; the sum that the page says."""
    page.goto(address)
    for product, (firm, tolerance) in wishes.items():
        row = page.locator("li").filter(has=page.get_by_text(product, exact=True))
        row.locator("[name^=firm-]").fill(str(firm))
        if tolerance:
            more = row.locator("details")
            if more.get_attribute("open") is None:
                more.locator("summary").click()
            row.locator("[name^=tolerance-]").fill(str(tolerance))
    press(page, "Write down")
    return rupiah(page.locator(".actionbar-total").inner_text())


def signs(page: Page) -> None:
    """A finger on the glass."""
    pad = page.locator("[data-sign-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 20 + step * 25, box["y"] + (30 if step % 2 else 70))
    page.mouse.up()


def fetched(page: Page, address: str) -> bytes:
    """A file of the page's own site, as this person may download it."""
    script = """async address => {
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(answer.status);
        return Array.from(new Uint8Array(await answer.arrayBuffer()));
    }"""
    return bytes(page.evaluate(script, address))


def status(page: Page, address: str) -> int:
    """What this person's own site answers there."""
    found: int = page.evaluate("async address => (await fetch(address)).status", address)
    return found


def trial_balance(page: Page) -> dict[str, int]:
    """The books of the region by account, debit positive, as the Satker downloads them."""
    text = fetched(page, "/satker/buku/unduh/").decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text)) if row[0]]
    return {row[0]: int(row[4]) - int(row[5]) for row in rows[1:]}


def moved(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """What the accounts hold more or less than before."""
    codes = before.keys() | after.keys()
    found = {code: after.get(code, 0) - before.get(code, 0) for code in codes}
    return {code: amount for code, amount in found.items() if amount}


def cells(page: Page, words: str) -> list[str]:
    """The cells of the first row that begins with these words."""
    row = (
        page.locator("main tbody tr")
        .filter(has=page.locator("th", has_text=re.compile(rf"^\s*{re.escape(words)}")))
        .first
    )
    return [text.strip() for text in row.locator("td").all_inner_texts()]


def number_at_supplier(page: Page, platform: Platform, cycle: str) -> str:
    """The number of the order of this cycle in the supplier's inbox."""
    page.goto(f"{platform.url}/pemasok/pesanan/?q={cycle}")
    return page.locator("main tbody th a").first.inner_text()


def counts(officer: Page, cycle: str, cartons: dict[str, int], note: str) -> str:
    """What stands at the door goes into the store; the number of the goods receipt."""
    officer.goto(f"{cycle}penerimaan/")
    officer.locator("main").get_by_role("link", name=say("Count goods")).click()
    officer.wait_for_url(re.compile(r"/penerimaan/[0-9a-f-]{36}/"))
    look(officer, "count")
    for name, number in cartons.items():
        officer.locator("fieldset").filter(has_text=name).locator("[name^=cartons-]").fill(str(number))
    officer.locator("main [name=reference]").fill(note)
    press(officer, "Take into stock")
    return officer.url.rstrip("/").rpartition("/")[2]


def waits_no_more(officer: Page, cycle: str, reason: str) -> None:
    officer.goto(f"{cycle}penerimaan/")
    look(officer, "arrivals")
    box = officer.locator("details").filter(has=officer.locator("[name=reason]")).first
    box.locator("summary").click()
    box.locator("[name=reason]").fill(reason)
    press(box, "Wait for no more")


@dataclass(frozen=True)
class Handed:
    """What a warung signed for: the document's number, rupiah, and units by product."""

    number: str
    total: int
    units: dict[str, int]


def name_of(owner: int) -> str:
    """The warung of the owner of this place in the list; the first is the demo's."""
    return f"Warung Lorong {owner}" if owner else "Warung Hasan"


def hands_over(officer: Page, owner: Page, site: str, cycle: str, warung: str, *, drawn: bool, pays: bool) -> Handed:
    """At the warung's door: counted, signed by hand or with the owner's code, paid or owed."""
    owner.goto(f"{site}/toko/restok/putaran/{cycle}/serah-terima/")
    code = owner.locator("main .money.big").first.inner_text()
    officer.goto(f"{site}/satker/putaran/{cycle}/pembagian/")
    officer.locator("main ul.list a").filter(has_text=warung).first.click()
    officer.wait_for_url(re.compile(r"/pembagian/\w{6}/"))
    heading(officer, warung)
    total = officer.locator("main .split .money.big")
    officer.locator("main [name=name]").fill(f"Pemilik {warung}")
    if drawn:
        signs(officer)
    else:
        officer.locator("main [name=code]").fill(code)
    if pays:
        officer.locator("main [name=paid]").fill(str(rupiah(total.inner_text())))
    press(officer, "Hand over")
    rows = officer.locator("main tbody tr").all()
    units = {row.locator("th").inner_text().splitlines()[0]: int(row.locator("td").nth(1).inner_text()) for row in rows}
    owner.reload()
    return Handed(officer.url.rstrip("/").rpartition("/")[2], rupiah(total.inner_text()), units)
