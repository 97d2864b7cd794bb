"""Ratna saw it cheaper elsewhere: she claims the difference with a photo, and the Satker pays it or says why not."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import HASAN, fill_order, newest_order, order_at, rupiah, shown, signed_in, take_first
from tests.journeys.looking import look
from tests.journeys.trading import choose, fill, new_phone, press


def price_tag(amount: int) -> bytes:
    """A photo of a price tag, as a phone makes one."""
    picture, made = Image.new("RGB", (640, 480), "white"), io.BytesIO()
    ImageDraw.Draw(picture).text((200, 200), shown(amount), fill="black", font_size=48)
    picture.save(made, "JPEG")
    return made.getvalue()


def claim(page: Page, site: str, shot: str, cheaper: int) -> str:
    """Claim the newest purchase, seen so much cheaper in the same pack; the claim's address."""
    page.goto(f"{site}/klaim/baru/")
    look(page, f"{shot}-which")
    first = page.locator("main ul.list a.item-body").first
    label = first.locator("strong").first.inner_text().rpartition(", ")[2]
    paid = rupiah(first.inner_text())
    with page.expect_navigation():
        first.click()
    page.locator("main [name=price]").fill(str(paid - cheaper))
    choose(page, "for", label)
    fill(page, "Where", "Pasar Lemabang")
    photo = FilePayload(name="harga.jpg", mimeType="image/jpeg", buffer=price_tag(paid - cheaper))
    page.locator("main [name=photo]").set_input_files(photo)
    fill(page, "Note", "Lapak dekat pintu utara")
    look(page, f"{shot}-where")
    press(page, "Send the claim")
    expect(page.locator("main")).to_contain_text(shown(cheaper))
    look(page, f"{shot}-sent")
    with page.expect_navigation():
        page.locator("main ul.list a.item-body").first.click()
    return page.url


def balance(page: Page, site: str) -> int:
    page.goto(f"{site}/akun/saldo/")
    return rupiah(page.locator("main .balance").inner_text())


def test_a_lower_price_elsewhere_is_paid_back(browser: Browser, platform_running: Platform) -> None:
    ratna, hasan, officer = (new_phone(browser) for _ in range(3))
    site = signed_in(ratna, platform_running, "Citizen")
    signed_in(hasan, platform_running, "Owner")
    signed_in(officer, platform_running, "Satker")
    before = balance(ratna, site)
    for _purchase in range(2):
        take_first(ratna, site, HASAN)
        order_at(ratna, site, {HASAN}, "cash")
        press(ratna, "Order now")
        fill_order(hasan, site, newest_order(ratna, site))

    # She claims, the officer looks at her photo and pays; the same money stands on her balance.
    theirs = claim(ratna, site, "claim", 500)
    officer.goto(f"{site}/satker/klaim/")
    look(officer, "claims-waiting")
    officer.goto(f"{site}/satker/klaim/{theirs.rstrip('/').rpartition('/')[2]}/")
    photo = officer.locator("main a[href$='/foto/']")
    told = "(link) => fetch(link.href).then((answer) => [answer.status, answer.headers.get('content-type')])"
    assert photo.evaluate(told) == [200, "image/jpeg"]
    look(officer, "claim-to-decide")
    press(officer, "Accept and pay")
    ratna.goto(theirs)
    expect(ratna.locator("main")).to_contain_text(shown(500))
    look(ratna, "claim-paid")
    assert balance(ratna, site) == before + 500
    look(ratna, "balance-after-claim")

    # Another is refused, with a reason that she can read; nothing is paid.
    theirs = claim(ratna, site, "claim-other", 400)
    officer.goto(f"{site}/satker/klaim/{theirs.rstrip('/').rpartition('/')[2]}/")
    press(officer, "Reject")
    look(officer, "claim-reason-missing")
    fill(officer, "Reason for the customer", "Foto tidak memperlihatkan berat")
    press(officer, "Reject")
    ratna.goto(theirs)
    expect(ratna.locator("main")).to_contain_text("Foto tidak memperlihatkan berat")
    look(ratna, "claim-refused")
    assert balance(ratna, site) == before + 500

    # The purchase that was paid back is not offered again.
    ratna.goto(f"{site}/klaim/baru/")
    offered = ratna.locator("main ul.list a.item-body").count()
    ratna.goto(f"{site}/klaim/")
    look(ratna, "claims")
    assert ratna.locator("main ul.list a.item-body").count() >= 2
    assert offered >= 1
