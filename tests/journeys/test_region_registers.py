"""Lombok registers its five areas, is approved, is watched while it is built, and answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import trading
from tests.journeys.conftest import Platform
from tests.journeys.looking import look
from tests.journeys.operating import show_second_factor

LOMBOK = [
    ("lombok barat", "Kabupaten Lombok Barat"),
    ("lombok tengah", "Kabupaten Lombok Tengah"),
    ("lombok timur", "Kabupaten Lombok Timur"),
    ("lombok utara", "Kabupaten Lombok Utara"),
    ("kota mataram", "Kota Mataram"),
]


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_default_timeout(20_000)
    return page


def test_lombok_from_the_first_page_to_its_own_address(
    phone: Page, platform_running: Platform, browser: Browser, tmp_path: Path
) -> None:
    platform, page = platform_running, phone
    broken: list[str] = []
    page.on(
        "response",
        lambda answer: broken.append(answer.url) if answer.status >= 400 and "/static/" in answer.url else None,
    )
    page.goto(platform.url)
    expect(page.locator("h1")).to_have_text("Pasar di lingkungan sendiri")
    look(page, "home")
    assert broken == []
    page.locator("main").get_by_role("link", name="Daftarkan wilayah").click()
    for words, name in LOMBOK:
        page.get_by_role("combobox", name="Nama wilayah").press_sequentially(words, delay=20)
        page.get_by_role("option", name=re.compile(rf"^{name},")).first.click()
        expect(page.get_by_role("button", name=f"Hapus {name}, Nusa Tenggara Barat")).to_be_visible()
    look(page, "areas")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Nama Anda").fill("Made Suartana")
    page.get_by_label("Jabatan Anda").fill("Kepala Dinas")
    page.get_by_label("Instansi").fill("Dinas Perdagangan")
    page.get_by_label("Alamat surel").fill("made@lombok.test")
    page.get_by_label("Nomor telepon").fill("0812-3456-7890")
    look(page, "applicant")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    proof = tmp_path / "sk.pdf"
    proof.write_bytes(b"%PDF-1.4\n% surat tugas\n")
    page.get_by_label("Dokumen bukti").set_input_files(proof)
    page.get_by_label("Bank Sampah (tabungan dari sampah)").check()
    look(page, "proof")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_label("Nama wilayah").fill("Lombok")
    page.get_by_label("Alamat situs").fill("admin")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.locator(".errorlist")).to_contain_text("Kata ini tidak boleh dipakai")
    page.get_by_label("Alamat situs").fill("lombok")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("button", name="Kirim pendaftaran").click()
    expect(page.get_by_role("alert")).to_contain_text("Buka dulu tautan di surel kami")
    look(page, "review")

    # The mail is opened on another phone: everything typed so far is there.
    other = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    other.goto(trading.received(other, platform, "made@lombok.test", r"(http\S+/daftar/lanjut/\S+/)"))
    expect(other.locator("main")).to_contain_text("Alamat surel Anda sudah dikonfirmasi.")
    expect(other.locator("main")).to_contain_text("Made Suartana")
    other.get_by_role("button", name="Kirim pendaftaran").click()
    expect(other.locator("#progress")).to_contain_text("sedang diperiksa")
    look(other, "in-review")

    # A stranger sees nothing of it.
    stranger = browser.new_context().new_page()
    answer = stranger.goto(other.url)
    assert answer is not None and answer.status == 404
    answer = stranger.goto(f"{platform.url}/operator/pendaftaran/")
    assert answer is not None and "/masuk/" in stranger.url
    look(stranger, "sign-in")

    operator = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    operator.goto(f"{platform.url}/operator/")
    operator.get_by_label("Alamat surel").fill(platform.operator)
    operator.get_by_label("Kata sandi").fill("salah")
    operator.get_by_role("button", name="Masuk").click()
    expect(operator.locator(".errorlist")).to_contain_text("tidak cocok")
    operator.get_by_label("Kata sandi").fill(platform.password)
    operator.get_by_role("button", name="Masuk").click()
    expect(operator.locator("h1")).to_have_text("Faktor kedua")
    look(operator, "second-factor")
    show_second_factor(operator, platform)
    expect(operator.locator("main")).to_contain_text("kalidoni.localhost")
    look(operator, "console")
    with operator.expect_navigation():
        operator.get_by_role("link", name="Pendaftaran yang menunggu keputusan").click()
    look(operator, "registrations")
    operator.get_by_role("link", name="Lombok").click()
    expect(operator.locator("main")).to_contain_text("54 kecamatan dipegang.")
    look(operator, "registration")
    operator.get_by_role("button", name="Setujui dan bangun").click()

    # The applicant's page renews itself until the market is open.
    expect(other.locator("#progress")).to_contain_text("Pasar sudah buka.", timeout=60_000)
    look(other, "live")
    other.locator("#progress a").click()
    expect(other.locator("h1")).to_contain_text("Lombok")
    assert other.url.startswith(platform.region("lombok"))
    look(other, "region")

    # The operator's session is worth nothing there.
    operator.goto(platform.region("lombok"))
    operator.goto(platform.region("lombok") + "/operator/")
    expect(operator.locator("h1")).to_have_text("Halaman ini tidak ada")

    # The market trades: each person on a phone of their own.
    site = platform.region("lombok")
    admin, officer, owner, citizen = (trading.new_phone(browser) for _ in range(4))
    trading.admin_prepares(admin, platform, site, "made@lombok.test")
    trading.satker_supplies(officer, platform, site)
    trading.owner_opens(owner, platform, site)
    number = trading.citizen_orders(citizen, platform, site)
    trading.owner_fills(owner, site, number)
    citizen.goto(f"{site}/pesanan/{number}/")
    expect(citizen.locator("main")).to_contain_text(trading.say("handed over"))
    # A double tap placed one order.
    citizen.goto(f"{site}/pesanan/")
    expect(citizen.locator("main a[href^='/pesanan/']")).to_have_count(1)
    trading.restock(owner, officer, site)
    admin.goto(f"{site}/wilayah/")
    expect(admin.locator("main")).to_contain_text(trading.say("Your market trades. Well done!"))
    look(admin, "checklist-done")
