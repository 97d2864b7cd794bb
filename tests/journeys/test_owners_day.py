"""Hasan's day from opening to closing: orders, sales by three ways, a bon, money to the bank; the drawer agrees."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Platform
from tests.journeys.demo import (
    HASAN,
    accept_and_pack,
    in_the_drawer,
    newest_order,
    order_at,
    rupiah,
    shown,
    signed_in,
    take_first,
)
from tests.journeys.looking import look
from tests.journeys.trading import choose, fill, new_phone, press, say
from tests.tenant_apps.payments.purse import static_code

OPENING = 200_000
# Notes and coins as they are counted, largest first.
PIECES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)


def sell(page: Page, site: str, good: dict[str, str], taps: int) -> int:
    """So many of the good lie in the kasir's basket; their sum."""
    page.goto(f"{site}/toko/kasir/")
    tile = page.locator("#till-tiles button[type=button]").filter(has_text=good["name"]).filter(has_text=good["label"])
    for _tap in range(taps):
        page.locator("#till-q").fill(good["name"])
        tile.first.click()
    return rupiah(page.locator("#till-total").inner_text())


def sold(page: Page) -> None:
    """The basket is paid, and the sale has reached the books."""
    with page.expect_response(re.compile("/toko/kasir/kirim/")) as answer:
        page.locator("#till-pay").click()
    assert answer.value.ok
    expect(page.locator("#till-done [data-receipt]")).to_be_visible()
    expect(page.locator("#till-unsent")).to_be_hidden()


def most_of(page: Page, site: str) -> dict[str, str]:
    """A good sold by the kilogram of which there is enough for the day."""
    goods = page.evaluate("fetch('/toko/kasir/barang.json').then((answer) => answer.json())")["goods"]
    page.goto(f"{site}/toko/stok/")
    counted = page.locator("main ul.list .item-body > .grow > strong").all_inner_texts()
    found: dict[str, str] = [one for one in goods if one["name"] in counted and one["label"] == "kg"][-1]
    return found


def more_ways(page: Page) -> None:
    page.locator("details.till-more > summary").click()


def in_pieces(amount: int) -> dict[int, int]:
    """The fewest notes and coins that make this sum."""
    found = {}
    for value in PIECES:
        found[value], amount = divmod(amount, value)
    assert amount == 0
    return found


def day_sums(page: Page) -> dict[str, int]:
    """The figures of a closed day, by their Indonesian names."""
    rows = zip(
        page.locator("dl.facts dt").all_inner_texts(), page.locator("dl.facts dd").all_inner_texts(), strict=True
    )
    return {name: rupiah(text) for name, text in rows if "Rp" in text}


def test_from_opening_to_closing(browser: Browser, platform_running: Platform) -> None:
    hasan, ratna = new_phone(browser), new_phone(browser)
    site = signed_in(hasan, platform_running, "Owner")
    signed_in(ratna, platform_running, "Citizen")
    hasan.goto(f"{site}/toko/qris/")
    if hasan.locator("main [name=payload]").count():
        hasan.locator("main [name=payload]").fill(static_code())
        press(hasan, "Read the code")
        press(hasan, "Yes, this is my warung")

    # In the morning: back from the break, and what lies in the drawer.
    hasan.goto(f"{site}/toko/")
    press(hasan, "Take a break")
    ratna.goto(f"{site}/warung/{HASAN}/")
    expect(ratna.locator("main")).to_contain_text(say("On a break"))
    press(hasan, "Open again")
    expect(hasan.locator("main")).to_contain_text(say("open now"))
    look(hasan, "day-begins")
    in_the_drawer(hasan, site)
    fill(hasan, "In the drawer now", str(OPENING))
    reason = hasan.locator("main [name=reason]")
    if reason.count():
        reason.fill("uang kembalian pagi")
    look(hasan, "day-open")
    press(hasan, "Open the day")
    expect(hasan.locator("main")).to_contain_text(say("Count the drawer"))

    hasan.goto(f"{site}/toko/tutup/hari/")
    hasan.locator("main a.item-body").first.click()
    # Sales of this day from before the drawer was counted.
    earlier = day_sums(hasan)

    # Ratna's order appears on the board while it is open.
    hasan.goto(f"{site}/toko/pesanan/")
    take_first(ratna, site, HASAN)
    order_at(ratna, site, {HASAN}, "cash")
    press(ratna, "Order now")
    number = newest_order(ratna, site)
    expect(hasan.locator(f"#order-{number}")).to_be_visible(timeout=60_000)
    look(hasan, "day-board")
    accept_and_pack(hasan, site, number)
    hasan.goto(f"{site}/toko/pesanan/{number}/")
    hasan.locator(f"#serahkan-{number} summary").click()
    with hasan.expect_navigation():
        hasan.locator(f"#serahkan-{number} button.big").click()
    ratna.goto(f"{site}/pesanan/{number}/nota/")
    ordered = rupiah(ratna.locator(".receipt-sum").inner_text())

    # At the counter: in cash with change, half by QRIS, and on a neighbour's bon.
    good = most_of(hasan, site)
    cash = sell(hasan, site, good, 2)
    hasan.locator("main [name=received]").fill(str(cash + 5_000))
    expect(hasan.locator("#till-change")).to_have_text(shown(5_000))
    look(hasan, "day-kasir-cash")
    sold(hasan)
    expect(hasan.locator("#till-done")).to_contain_text(shown(5_000))
    half = sell(hasan, site, good, 1)
    more_ways(hasan)
    by_qris = half - 1_000
    hasan.locator("main [name=qris]").fill(str(by_qris))
    expect(hasan.locator("#till-code")).to_be_visible()
    look(hasan, "day-kasir-split")
    sold(hasan)
    hasan.goto(f"{site}/toko/bon/baru/")
    neighbour = f"Bu Ani {number}"
    fill(hasan, "Name", neighbour)
    fill(hasan, "May owe at most", "100.000")
    press(hasan, "Save")
    on_bon = sell(hasan, site, good, 1)
    more_ways(hasan)
    hasan.locator("[data-all=bon]").click()
    choose(hasan, "Whose bon", neighbour)
    look(hasan, "day-kasir-bon")
    sold(hasan)

    # Bu Ani pays a part of it, and money goes to the bank.
    hasan.goto(f"{site}/toko/bon/")
    with hasan.expect_navigation():
        hasan.locator("main").get_by_role("link", name=re.compile(neighbour)).click()
    fill(hasan, "Paid now", "2000")
    press(hasan, "Paid")
    expect(hasan.locator("main")).to_contain_text(shown(on_bon - 2_000))
    look(hasan, "day-bon")
    hasan.goto(f"{site}/toko/tutup/")
    hasan.locator("main summary").last.click()
    hasan.locator("main [name=move-amount]").fill("50000")
    press(hasan, "Write down")

    # In the evening a thousand is missing: it is asked for a reason, and the day closes with it.
    expected = OPENING + ordered + cash + 1_000 + 2_000 - 50_000
    counted = expected - 1_000
    for value, pieces in in_pieces(counted).items():
        if pieces:
            hasan.locator(f"main [name=piece-{value}]").fill(str(pieces))
    expect(hasan.locator("[data-count-sum]")).to_have_text(shown(counted))
    look(hasan, "day-count")
    press(hasan, "Counted")
    facts = day_sums(hasan)
    assert (facts[say("Counted")], facts[say("By the books")], facts[say("Difference")]) == (counted, expected, -1_000)
    look(hasan, "day-counted")
    fill(hasan, "Reason", "kembalian salah")
    press(hasan, "Close the day")

    # What the day's page tells is what the books hold.
    assert in_the_drawer(hasan, site) == counted
    hasan.goto(f"{site}/toko/tutup/hari/")
    hasan.locator("main a.item-body").first.click()
    facts = day_sums(hasan)
    assert facts[say("At opening")] == OPENING
    assert facts[say("Counted")] == counted
    assert facts[say("Difference")] == -1_000
    came = [facts[name] - earlier[name] for name in (say("Cash"), "QRIS", "Bon", "Total")]
    assert came == [cash + 1_000, by_qris, on_bon, cash + half + on_bon]
    # It says how the books came to what they expected.
    assert facts[say("Cash from the counter")] == cash + 1_000
    assert (facts[say("Orders paid in cash")], facts[say("Bons paid")]) == (ordered, 2_000)
    assert (facts[say("Money out and in")], facts[say("By the books")]) == (-50_000, expected)
    expect(hasan.locator("main")).to_contain_text("kembalian salah")
    look(hasan, "day-page")
    hasan.goto(f"{site}/toko/grafik/")
    look(hasan, "day-charts")
