"""Operators at the door of the console: password, and the code that their phone would show."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.conftest import Platform
from tests.journeys.trading import pick_area, press, received

STEP_SECONDS = 30


def code_of(platform: Platform) -> str:
    """The code of now, as `make run` says how to get it."""
    warsa = Path(sys.executable).parent / "warsa"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WARSA_", "DJANGO_"))}
    done = subprocess.run(
        [warsa, "operators", "code", platform.operator],
        env={**kept, "WARSA_HOME": str(platform.home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def show_second_factor(page: Page, platform: Platform) -> None:
    """At the second factor: its code opens the console. A code that was taken already is waited out."""
    deadline = time.monotonic() + 2 * STEP_SECONDS + 10
    while time.monotonic() < deadline:
        page.locator("main [name=code]").fill(code_of(platform))
        press(page, "Open the console")
        if "/operator/masuk/" not in page.url:
            return
        time.sleep(3)
    raise AssertionError(page.locator("main").inner_text())


def open_console(page: Page, platform: Platform) -> None:
    """The demo's operator signs in and stands in the console."""
    page.goto(f"{platform.url}/operator/")
    page.locator("main [name=login]").fill(platform.operator)
    page.locator("main [name=password]").fill(platform.password)
    press(page, "Sign in")
    show_second_factor(page, platform)


def region_registers(
    page: Page, platform: Platform, tmp_path: Path, *, area: tuple[str, str], name: str, slug: str, mail: str
) -> None:
    """Somebody applies for a region: its area (what is typed, what is chosen), themselves, proof, name; sent in."""
    page.goto(f"{platform.url}/daftar/")
    pick_area(page, *area)
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Nama Anda").fill("Nyimas Aisyah")
    page.get_by_label("Jabatan Anda").fill("Kepala Dinas")
    page.get_by_label("Instansi").fill("Dinas Perdagangan")
    page.get_by_label("Alamat surel").fill(mail)
    page.get_by_label("Nomor telepon").fill("0812-3456-7200")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    proof = tmp_path / "sk.pdf"
    proof.write_bytes(b"%PDF-1.4\n% surat tugas\n")
    page.get_by_label("Dokumen bukti").set_input_files(proof)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_label("Nama wilayah").fill(name)
    page.get_by_label("Alamat situs").fill(slug)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.goto(received(page, platform, mail, r"(http\S+/daftar/lanjut/\S+/)"))
    page.get_by_role("button", name="Kirim pendaftaran").click()


def approves(operator: Page, platform: Platform, name: str) -> None:
    """The registration is looked at, and approved."""
    operator.goto(f"{platform.url}/operator/pendaftaran/")
    with operator.expect_navigation():
        operator.get_by_role("link", name=name).click()
    press(operator, "Approve and build")
