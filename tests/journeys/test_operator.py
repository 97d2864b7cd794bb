"""An operator's days with one region: approved, watched, suspended, looked into with its admin's yes, and taken back to yesterday.

Last night's archive is one that the operator orders; the rest is as it comes.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.looking import look
from tests.journeys.operating import approves, open_console, region_registers
from tests.journeys.trading import PASSWORD, fill, follow_invitation, heading, new_phone, press, say

AREA = ("ogan ilir", "Kabupaten Ogan Ilir")
MAIL, NAME, SLUG = "bupati@oganilir.test", "Ogan Ilir", "ogan-ilir"
OFFICE, SPOILT = "Satker Indralaya", "asdf asdf"
WHY = "Nama dan alamat Satker tertimpa impor yang salah"


def names_office(admin: Page, site: str, name: str, address: str) -> None:
    admin.goto(f"{site}/wilayah/satker/")
    admin.locator("main [name=name]").fill(name)
    admin.locator("main [name=address]").fill(address)
    admin.locator("main [name=phone]").fill("0711-580-1234")
    press(admin, "Save")


def steps_of_life(operator: Page, name: str, reason: str) -> None:
    """A step on the page of the region's life, with a reason."""
    operator.locator("main").get_by_role("link", name=say(name), exact=True).first.click()
    operator.wait_for_url(re.compile("/daur-hidup/.+/$"))
    operator.locator("main [name=reason]").fill(reason)
    with operator.expect_navigation():
        operator.locator("main form button").first.click()


def takes(operator: Page, name: str) -> None:
    """A step of the restore: told, given a reason and the region's short name, ordered."""
    operator.locator("main").get_by_role("link", name=name, exact=True).first.click()
    operator.wait_for_url(re.compile(r"/pemulihan/[0-9a-f-]{36}/\w+/$"))
    answers(operator)


def answers(operator: Page) -> None:
    operator.locator("main [name=reason]").fill(WHY)
    operator.locator("main [name=typed_slug]").fill(SLUG)
    with operator.expect_navigation():
        operator.locator("main form button").first.click()


def status_of(visitor: Page, address: str, wanted: int) -> None:
    """Within some seconds every process knows it."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        answer = visitor.goto(address)
        if answer is not None and answer.status == wanted:
            return
        time.sleep(0.5)
    raise AssertionError(f"{address} does not answer {wanted}")


def refused_to_invite(operator: Page) -> int:
    """The answer to the form of an invitation, filled in and sent."""
    fill(operator, "Name", "Orang Dalam")
    operator.get_by_label(say("Satker officer")).check()
    fill(operator, "E-mail address", "orang.dalam@warsa.test")
    with operator.expect_response(lambda answer: answer.request.method == "POST") as answered:
        operator.get_by_role("button", name=say("Invite"), exact=True).first.click()
    return answered.value.status


def test_approves_watches_suspends_looks_inside_and_restores(
    page: Page, platform_running: Platform, browser: Browser, tmp_path: Path
) -> None:
    platform, operator = platform_running, page
    operator.set_default_timeout(20_000)
    applicant, admin, visitor = (new_phone(browser) for _ in range(3))
    open_console(operator, platform)

    # Approved, watched while it is built, and there in the console.
    region_registers(applicant, platform, tmp_path, area=AREA, name=NAME, slug=SLUG, mail=MAIL)
    approves(operator, platform, NAME)
    # The page renews itself, step by step.
    expect(operator.locator("#registration")).to_contain_text(say("Open the market"), timeout=90_000)
    look(operator, "operator-built")
    site = platform.region(SLUG)
    follow_invitation(admin, platform, MAIL)
    names_office(admin, site, OFFICE, "Jalan Lintas Timur KM 32")
    operator.goto(f"{platform.url}/operator/?q={NAME}")
    operator.locator("main").get_by_role("link", name=NAME, exact=True).first.click()
    operator.wait_for_url(re.compile("/operator/wilayah/"))
    heading(operator, NAME)
    look(operator, "operator-region")
    region_at = operator.url

    # Its archive of last night.
    operator.locator("main").get_by_role("link", name=say("Archives"), exact=True).first.click()
    operator.wait_for_url(re.compile("/arsip/$"))
    look(operator, "operator-no-archive")
    press(operator, "Archive it now")
    expect(operator.locator("#archives tbody tr")).to_contain_text("tersimpan", timeout=60_000)
    look(operator, "operator-archives")
    archives_at = operator.url

    # Next day something goes wrong. The operator shuts the region within seconds, and opens it again.
    names_office(admin, site, SPOILT, "qwerty")
    operator.goto(f"{region_at}daur-hidup/")
    steps_of_life(operator, "Suspend", "Data tertimpa, sedang diperiksa")
    look(operator, "operator-suspended")
    status_of(visitor, site, 503)
    look(visitor, "visitor-suspended")
    operator.goto(f"{region_at}daur-hidup/")
    steps_of_life(operator, "Open again", "Admin perlu masuk dan mengizinkan bantuan")
    status_of(visitor, site, 200)

    # The operator asks to come in; the admin lets them.
    operator.goto(f"{platform.url}/operator/dukungan/")
    operator.locator("main [name=region]").fill(site)
    operator.locator("main [name=reason]").fill("Melihat apa yang tertimpa di Satker")
    press(operator, "Ask")
    look(operator, "operator-asked")
    admin.goto(f"{site}/wilayah/dukungan/")
    expect(admin.locator("main")).to_contain_text("Melihat apa yang tertimpa di Satker")
    admin.locator("main details.confirm summary").first.click()
    look(admin, "admin-lets-in")
    press(admin, "Yes, let them in")
    operator.goto(f"{platform.url}/operator/dukungan/")
    press(operator, "Come in")
    operator.wait_for_url(re.compile(re.escape(site)))
    operator.goto(f"{site}/wilayah/satker/")
    expect(operator.locator("main [name=name]")).to_have_value(SPOILT)
    expect(operator.locator("body")).to_contain_text("Anda berada di wilayah ini sebagai dukungan")
    look(operator, "operator-inside")
    # Looking is all that support does here: nobody is let in by them.
    operator.goto(f"{site}/wilayah/orang/undang/")
    assert refused_to_invite(operator) == 403
    operator.goto(f"{site}/wilayah/satker/")
    with operator.expect_navigation():
        operator.get_by_role("button", name=say("Leave"), exact=True).first.click()

    # Back to last night: put beside, compared, exchanged.
    operator.goto(archives_at)
    operator.locator("main").get_by_role("link", name=re.compile("^Kembali ke ini")).first.click()
    operator.wait_for_url(re.compile("/pulihkan/$"))
    look(operator, "operator-restore-asked")
    answers(operator)
    expect(operator.locator("#restore [role=status]")).to_contain_text("ada di samping", timeout=90_000)
    office = operator.locator("#restore tbody tr").filter(has_text="satker_satker")
    assert [cell.strip() for cell in office.locator("td").all_inner_texts()] == ["0", "0", "1"]
    look(operator, "operator-differences")
    # Nothing has changed for its people yet.
    admin.goto(f"{site}/wilayah/satker/")
    expect(admin.locator("main [name=name]")).to_have_value(SPOILT)
    takes(operator, "Tukar")
    expect(operator.locator("#restore [role=status]")).to_contain_text("dipakai", timeout=90_000)
    look(operator, "operator-exchanged")

    # Everybody signs in again, and the office is called as it was.
    status_of(visitor, site, 200)
    admin.goto(f"{site}/wilayah/satker/")
    assert "/masuk/" in admin.url
    admin.locator("main [name=login]").fill(MAIL)
    admin.locator("main [name=password]").fill(PASSWORD)
    press(admin, "Sign in")
    admin.goto(f"{site}/wilayah/satker/")
    expect(admin.locator("main [name=name]")).to_have_value(OFFICE)
    takes(operator, "Selesaikan")
    expect(operator.locator("#restore [role=status]")).to_contain_text(re.compile(r"^\s*selesai"), timeout=90_000)

    # Both logs tell all of it: the region's went on through the restore.
    admin.goto(f"{site}/wilayah/catatan/?q=region.")
    told = admin.locator("main").inner_text()
    operator.goto(f"{platform.url}/operator/catatan/?q=region.")
    seen = operator.locator("main").inner_text()
    for deed in ("region.suspended", "region.opened_again", "region.restored", "region.restore_finished"):
        assert deed in told and deed in seen, deed
    admin.goto(f"{site}/wilayah/catatan/?q=support.")
    expect(admin.locator("main")).to_contain_text("support.asked_page")
    look(admin, "admin-log")
    operator.goto(f"{region_at}daur-hidup/")
    look(operator, "operator-history")
