"""Ratna has her waste fetched: she asks, Hasan orders the round, sets off, weighs at her door; the neighbours are not at home.

The scale is a stand-in for hardware: `navigator.bluetooth` is an object of ours that speaks the browser's interface.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import shown, signed_in
from tests.journeys.looking import look
from tests.journeys.trading import new_phone, press, say

PET = "Botol PET bening bersih"
# A scale that has the Weight Scale Service: `scale.put(bytes)` sends what a real one would.
STAND_IN = """
(() => {
  const measurement = new EventTarget(), device = new EventTarget();
  measurement.startNotifications = async () => measurement;
  device.gatt = {
    connected: false,
    connect: async () => { device.gatt.connected = true; return server; },
    disconnect: () => { device.gatt.connected = false; device.dispatchEvent(new Event("gattserverdisconnected")); },
  };
  const characteristic = async (uuid) => { if (uuid !== 0x2a9d) throw new Error("no such characteristic"); return measurement; };
  const server = {
    getPrimaryService: async (uuid) => {
      if (uuid !== 0x181d) throw new Error("no such service");
      return { getCharacteristic: characteristic };
    },
  };
  const bluetooth = {
    requestDevice: async ({ filters }) => {
      if (window.scale.refuses) throw new DOMException("User cancelled", "NotFoundError");
      if (filters[0].services[0] !== 0x181d) throw new Error("asked for something else");
      return device;
    },
  };
  Object.defineProperty(navigator, "bluetooth", { value: bluetooth, configurable: true });
  window.scale = {
    refuses: false,
    lose: () => device.gatt.disconnect(),
    put: (...bytes) => {
      measurement.value = new DataView(new Uint8Array(bytes).buffer);
      measurement.dispatchEvent(new Event("characteristicvaluechanged"));
    },
  };
})();
"""


def put(page: Page, steps: int, flags: int = 0) -> None:
    page.evaluate("(bytes) => scale.put(...bytes)", [flags, steps & 255, steps >> 8])


def ask(page: Page, site: str) -> None:
    page.goto(f"{site}/tabungan/")
    with page.expect_navigation():
        page.get_by_role("link", name=say("Have it fetched")).click()
    page.get_by_label(say("plastic").capitalize(), exact=True).check()
    page.get_by_label("Dua atau tiga karung").check()
    page.locator("[name=address]").fill("Lorong Kenanga 5")
    page.locator("[name=note]").fill("Pagar hijau")
    look(page, "round-ask")
    press(page, "Ask for the pick-up")
    expect(page.locator("main")).to_contain_text("Lorong Kenanga 5")
    look(page, "round-asked")


def set_today(page: Page, site: str) -> str:
    """Hasan's unit comes by today, all day; the unit's address."""
    page.goto(f"{site}/sampah/")
    unit = page.url
    page.goto(f"{unit}jemput/")
    page.locator("[name=weekday]").select_option(str(datetime.now(ZoneInfo("Asia/Jakarta")).weekday()))
    page.locator("[name=starts]").fill("00:00")
    page.locator("[name=ends]").fill("23:59")
    page.locator("[name=places]").fill("depan masjid")
    press(page, "Set the day")
    expect(page.locator("main")).to_contain_text("depan masjid")
    page.locator("[name=places]").fill("")
    press(page, "Set the day")
    expect(page.locator("main")).to_contain_text("00.00–23.59")
    return unit


def enter_neighbours(page: Page, unit: str) -> None:
    """A family without an account calls; it lives nearer than Ratna."""
    page.goto(f"{unit}nasabah/?q=Zulkifli")
    page.locator("main").get_by_role("link", name=re.compile("Zulkifli")).first.click()
    with page.expect_navigation():
        page.get_by_role("link", name=say("Pick-up at home")).click()
    page.locator("[name=rw]").fill("1")
    page.locator("[name=rt]").fill("1")
    page.locator("[name=address]").fill("Jalan Mawar 2")
    look(page, "round-entered")
    press(page, "Ask for the pick-up")


def weigh_by_scale(page: Page) -> None:
    """2.345 kg lie on the scale and stand in the field of the type that was tapped; a hand on the scale counts for nothing."""
    page.get_by_label(re.compile(f"^{re.escape(PET)}")).click()
    page.evaluate("scale.refuses = true")
    press_scale = page.get_by_role("button", name=re.compile(say("Bluetooth scale")))
    press_scale.click()
    expect(page.locator("[data-scale-note]")).to_have_text(
        say("No scale was connected. Is it on? Type the weight meanwhile.")
    )
    page.evaluate("scale.refuses = false")
    press_scale.click()
    expect(page.locator("[data-scale-note]")).to_contain_text("tersambung")
    pet, cans = page.get_by_label(re.compile(f"^{re.escape(PET)}")), page.get_by_label(re.compile("^Aluminium kaleng"))
    put(page, 500)
    expect(page.locator("[data-scale-note]")).to_have_text("2,500 kg · masih bergerak")
    expect(pet).to_have_value("")
    put(page, 469)
    expect(pet).to_have_value("2,345")
    expect(page.locator("[data-scale-note]")).to_have_text("2,345 kg · sudah dicatat")
    look(page, "round-scale")
    # What still lies there is not the next type's; what is put on anew is: 2.20 lb are 998 g.
    cans.click()
    put(page, 470)
    page.wait_for_timeout(1_000)
    expect(cans).to_have_value("")
    put(page, 0)
    put(page, 220, flags=1)
    expect(cans).to_have_value("0,998")
    put(page, 0xFFFF)
    expect(page.locator("[data-scale-note]")).to_have_text(say("The scale could not weigh. Put it on again."))
    page.evaluate("scale.lose()")
    expect(page.locator("[data-scale-note]")).to_have_text(
        say("The scale is gone. Type the weight, or connect it again.")
    )
    # Typing is possible all the time.
    cans.fill("")
    expect(pet).to_have_value("2,345")


def show_picture(page: Page, site: str, folder: Path) -> None:
    Image.new("RGB", (600, 400), (60, 140, 90)).save(folder / "pet.jpg")
    page.goto(f"{site}/satker/bank-sampah/jenis/")
    page.get_by_role("link", name=PET).click()
    page.locator("[name=photo]").set_input_files(folder / "pet.jpg")
    press(page, "Show this picture")
    expect(page.get_by_alt_text(f"Gambar: {PET}")).to_be_visible()
    look(page, "round-type")


def test_a_round(platform_running: Platform, browser: Browser, tmp_path: Path) -> None:
    ratna, hasan, officer = (new_phone(browser) for _ in range(3))
    hasan.add_init_script(STAND_IN)
    site = signed_in(hasan, platform_running, "Owner")
    signed_in(ratna, platform_running, "Citizen")
    signed_in(officer, platform_running, "Satker")
    show_picture(officer, site, tmp_path)
    unit = set_today(hasan, site)
    ask(ratna, site)
    enter_neighbours(hasan, unit)

    stops = hasan.locator(".stop strong:first-child")
    expect(stops).to_have_text(["1. Keluarga Zulkifli", "2. Ratna"])
    hasan.get_by_role("button", name="Ratna lebih dulu").click()
    expect(stops).to_have_text(["1. Ratna", "2. Keluarga Zulkifli"])
    look(hasan, "round-list")
    hasan.get_by_role("link", name=say("Collection days")).first.click()
    look(hasan, "round-days")
    hasan.go_back()
    press(hasan, "Set off")
    expect(stops).to_have_text(["1. Ratna", "2. Keluarga Zulkifli"])
    look(hasan, "round-begun")
    ratna.goto(f"{site}/tabungan/")
    expect(ratna.locator("main")).to_contain_text(say("on the round"))
    look(ratna, "round-on-its-way")

    hasan.locator(".stop").first.get_by_role("link").first.click()
    expect(hasan.locator("main")).to_contain_text("Lorong Kenanga 5")
    expect(hasan.get_by_alt_text(f"Gambar: {PET}")).to_be_visible()
    weigh_by_scale(hasan)
    with hasan.expect_navigation():
        hasan.locator(".actionbar button").dblclick()
    # 2,345 kg at 3.500, of which a tenth is the committee's.
    saved = 8_208 - 820
    expect(hasan.locator(".stop").first).to_contain_text(shown(saved))
    away = hasan.locator(".stop").nth(1)
    away.locator("summary").click()
    away.locator("[name=reason]").fill("Pagar terkunci")
    press(away, "Nobody there")
    expect(hasan.locator(".stop").nth(1)).to_contain_text("Pagar terkunci")
    hasan.locator("details.confirm summary").click()
    press(hasan, "Yes, we are back")
    look(hasan, "round-over")
    ratna.goto(f"{site}/tabungan/")
    expect(ratna.locator("main")).to_contain_text(say("collected"))
    look(ratna, "round-collected")
    ratna.goto(f"{site}/tabungan/harga/")
    expect(ratna.get_by_alt_text(f"Gambar: {PET}")).to_be_visible()
    look(ratna, "round-prices")
    ratna.goto(f"{site}/kabar/")
    expect(ratna.locator("main")).to_contain_text("berangkat")


def test_without_bluetooth_nobody_sees_a_button(platform_running: Platform, browser: Browser) -> None:
    hasan = new_phone(browser)
    hasan.add_init_script("Object.defineProperty(Navigator.prototype, 'bluetooth', { value: undefined })")
    site = signed_in(hasan, platform_running, "Owner")
    hasan.goto(f"{site}/sampah/")
    hasan.goto(f"{hasan.url}?q=Zulkifli")
    hasan.locator("main").get_by_role("link", name=re.compile("Zulkifli")).first.click()
    expect(hasan.get_by_label(re.compile(f"^{re.escape(PET)}"))).to_be_visible()
    expect(hasan.locator("[data-scale]")).to_be_hidden()
