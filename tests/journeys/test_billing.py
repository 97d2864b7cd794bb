"""A region pays by card until the card fails, can only be read, pays and works again; another way goes by purchase order."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tenants.kernel import clock
from tests.journeys.conftest import Platform
from tests.journeys.demo import signed_in
from tests.journeys.looking import look
from tests.journeys.operating import open_console
from tests.journeys.serving import days_later
from tests.journeys.trading import go, new_phone, press, say
from tests.journeys.wholesaling import status

HOME = "/wilayah/langganan/"
FAILS_LATER, PAYS = "4000000000000341", "4242424242424242"


@pytest.fixture
def stripe(platform_running: Platform) -> str:
    """Where the platform's stand-in answers, as `make run` printed it."""
    found = re.search(r"Stripe stand-in: (http://localhost:\d+)", platform_running.output)
    assert found, platform_running.output
    return found[1]


def advance(stripe: str, days: int) -> None:
    """The stand-in's clock goes on, and what it has to tell is told."""
    for name, body in (("clock", {"advance": days * 86_400}), ("flush", {})):
        request = urllib.request.Request(
            f"{stripe}/_control/{name}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            assert answer.status == 200


def until(page: Page, address: str, words: str) -> None:
    """The page says so within a minute; workers need a moment."""
    for _try in range(60):
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{address} never says {words!r}: {page.locator('main').inner_text()}")


def fill_card(page: Page, number: str) -> None:
    page.get_by_label("Nomor kartu").fill(number)
    page.get_by_label("Berlaku sampai (BB/TT)").fill("12/34")
    page.get_by_label("CVC").fill("123")
    page.get_by_label("Nama di kartu").fill("Budi")


def test_the_way_of_public_offices(platform_running: Platform, browser: Browser, tmp_path: Path) -> None:
    platform, admin, operator = platform_running, new_phone(browser), new_phone(browser)
    proof = tmp_path / "bukti.pdf"
    proof.write_bytes(b"%PDF-1.4\n% bukti transfer\n")
    site = signed_in(admin, platform, "Admin")
    admin.goto(f"{site}{HOME}penawaran/")
    admin.locator("main [name=plan][value=kecamatan]").check()
    admin.locator("main [name=interval][value=year]").check()
    admin.locator("main [name=institution]").fill("Kecamatan Kalidoni")
    admin.locator("main [name=npwp]").fill("12")
    admin.locator("main [name=address]").fill("Jalan Mayor Zen 1, Palembang")
    admin.locator("main [name=email]").fill("camat.bayar@kalidoni.test")
    press(admin, "Ask for the quotation")
    expect(admin.locator("main")).to_contain_text("15 atau 16")
    look(admin, "quotation-refused")
    admin.locator("main [name=npwp]").fill("01.234.567.8-901.000")
    press(admin, "Ask for the quotation")
    look(admin, "quotation-asked")

    open_console(operator, platform)
    operator.goto(f"{platform.url}/operator/tagihan/penawaran/")
    look(operator, "operator-quotations")
    press(operator, "Send")

    admin.goto(f"{site}{HOME}penawaran/")
    look(admin, "quotation-sent")
    admin.locator("main [name=po_number]").fill("PO/027/2026")
    admin.locator("main [name=po_file]").set_input_files(proof)
    press(admin, "Order, and receive the invoice")
    expect(admin.locator("main")).to_contain_text("2.775.000")
    look(admin, "invoice-open")
    where = admin.url
    admin.locator("main [name=paid_on]").fill(clock.today().isoformat())
    admin.locator("main [name=proof]").set_input_files(proof)
    press(admin, "Send the proof")
    expect(admin.locator("main")).to_contain_text("menunggu")

    operator.goto(f"{platform.url}/operator/tagihan/pembayaran/")
    look(operator, "operator-claims")
    press(operator, "It is at the bank")
    for page in ("", "faktur/", "sponsor/", "selisih/"):
        operator.goto(f"{platform.url}/operator/tagihan/{page}")
        look(operator, f"operator-billing-{page.strip('/') or 'subscriptions'}")
    operator.goto(f"{platform.url}/operator/tagihan/")
    operator.locator("main").get_by_role("link", name="Kalidoni").first.click()
    expect(operator.locator("h1")).to_have_text("Kalidoni")
    look(operator, "operator-billing-subscription")
    operator.locator("main ul.list a").first.click()
    operator.wait_for_url(re.compile("/faktur/"))
    look(operator, "operator-billing-invoice")

    admin.goto(where)
    expect(admin.locator("main .pill").first).to_have_text("lunas")
    look(admin, "invoice-paid")
    admin.goto(f"{site}{HOME}")
    expect(admin.locator("main .pill").first).to_have_text("aktif")


def test_card_fails_grace_read_only_pays_active(platform_running: Platform, browser: Browser, stripe: str) -> None:
    platform, admin = platform_running, new_phone(browser)
    site = signed_in(admin, platform, "Admin")
    admin.goto(f"{site}{HOME}")
    look(admin, "subscription-before")
    # The free year is over, and what was paid by invoice as well.
    assert days_later(platform, "Kalidoni", 800) == "read_only"

    # Upgrade through Checkout.
    admin.goto(f"{site}{HOME}")
    go(admin, "Choose a plan")
    look(admin, "subscription-plans")
    admin.locator("main [name=plan][value=kota]").check()
    admin.locator("main [name=interval][value=month]").check()
    press(admin, "Pay by card")
    admin.wait_for_url(re.compile(re.escape(stripe.rpartition(":")[2])))
    fill_card(admin, FAILS_LATER)
    admin.get_by_role("button", name="Mulai berlangganan").click()
    admin.wait_for_url(re.compile(HOME))
    until(admin, f"{site}{HOME}", "Kota/Kabupaten")
    expect(admin.locator("main .pill").first).to_have_text("aktif")
    expect(admin.locator("main")).to_contain_text("Rp\u00a01.665.000")
    look(admin, "subscription-active")
    admin.locator("main ul.list a").first.click()
    expect(admin.locator("main")).to_contain_text("lunas")
    look(admin, "subscription-invoice-paid")

    # The next charge fails. The month that was paid ends, then grace.
    advance(stripe, 32)
    until(admin, f"{site}{HOME}tagihan/", "belum dibayar")
    assert days_later(platform, "Kalidoni", 32) == "past_due"
    admin.goto(f"{site}{HOME}")
    expect(admin.locator("main .alert.warning").first).to_contain_text("hanya dapat dibaca")
    look(admin, "subscription-past-due")
    assert days_later(platform, "Kalidoni", 15) == "read_only"

    # It can be read, and nothing changed; savings and books are open.
    until(admin, f"{site}/wilayah/", say("This region can only be read."))
    look(admin, "region-read-only")
    citizen = new_phone(browser)
    citizen.goto(f"{site}/")
    expect(citizen.locator("main")).to_contain_text("tabungan tetap dapat ditarik")
    look(citizen, "shop-read-only")
    admin.goto(f"{site}/wilayah/satker/")
    admin.locator("main form button").last.click()
    expect(admin.locator("[data-refused]")).to_contain_text("hanya dapat dibaca")
    officer = new_phone(browser)
    signed_in(officer, platform, "Satker")
    officer.goto(f"{site}/satker/buku/")
    expect(officer.locator("h1")).to_be_visible()
    assert status(officer, "/satker/buku/unduh/") == 200

    # A new card at the portal, the open invoice paid: it works again by itself.
    admin.goto(f"{site}{HOME}")
    press(admin, "Card and receipts")
    admin.wait_for_url(re.compile(re.escape(stripe.rpartition(":")[2])))
    fill_card(admin, PAYS)
    admin.get_by_role("button", name="Ganti kartu").click()
    expect(admin.locator("body")).to_contain_text("4242")
    advance(stripe, 4)
    for _try in range(60):
        admin.goto(f"{site}{HOME}tagihan/")
        if "belum dibayar" not in admin.locator("main").inner_text():
            break
        admin.wait_for_timeout(1000)
    expect(admin.locator("main")).not_to_contain_text("belum dibayar")
    until(admin, f"{site}{HOME}", "aktif")
    admin.goto(f"{site}/wilayah/")
    expect(admin.locator("main")).not_to_contain_text(say("This region can only be read."))
