"""From a supplier's price list to ten warungs' shelves: two hops, two regions, and every rupiah found on both sides."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.journeys import wholesaling as trade
from tests.journeys.conftest import Platform
from tests.journeys.demo import rupiah, shown, signed_in
from tests.journeys.looking import look
from tests.journeys.operating import open_console
from tests.journeys.trading import go, new_phone, press, say
from tests.papers import words

NOODLES, RICE, SUGAR = (trade.GOODS[sku][5] for sku in ("MG-5", "BM-50", "GP-50"))
# By warung: cases of noodles, five in a bale; the first four would take one more to fill the last bale.
CASES = (3, 2, 2, 3, 1, 2, 3, 2, 3, 2)
MORE = 4
COMES = {NOODLES: 20, RICE: 18, SUGAR: 10}


def test_from_price_list_to_shelf(platform_running: Platform, browser: Browser, tmp_path: Path) -> None:
    platform = platform_running
    supplier, operator, officer, far_officer = (new_phone(browser) for _ in range(4))

    # A supplier registers, is verified and hands in 2,000 rows, of which 30 are wrong.
    trade.supplier_registers(supplier, platform)
    open_console(operator, platform)
    trade.operator_verifies(operator, platform)
    file = tmp_path / "harga.csv"
    file.write_bytes(trade.price_list(trade.PALEMBANG, rows=trade.ROWS, bad=trade.BAD))
    trade.supplier_hands_in(supplier, platform, file, trade.PALEMBANG)
    tabs = supplier.locator("main .tabs").first
    expect(tabs.get_by_role("link", name=re.compile(r"^Baru\s*1\.970$"))).to_be_visible()
    look(supplier, "list-ready")
    tabs.get_by_role("link", name=re.compile(r"^Perlu diperbaiki\s*30$")).click()
    supplier.wait_for_url(re.compile("jenis="))
    look(supplier, "list-bad")
    mend = supplier.get_by_role("link", name=say("Download these rows to mend them (CSV)")).get_attribute("href")
    bad = list(csv.reader(io.StringIO(trade.fetched(supplier, str(mend)).decode("utf-8-sig")), delimiter=";"))
    assert len(bad) == 1 + trade.BAD
    trade.supplier_takes_over(supplier, trade.ROWS - trade.BAD)
    look(supplier, "list-applied")
    file.write_bytes(trade.price_list(trade.BANYUASIN))
    trade.supplier_hands_in(supplier, platform, file, trade.BANYUASIN)
    trade.supplier_takes_over(supplier, len(trade.GOODS))

    # Two regions take the same articles into their own catalogues, at different prices; neither sees the other's.
    site = signed_in(officer, platform, "Satker")
    far_admin = new_phone(browser)
    far_site = trade.region_opens(far_admin, operator, platform, tmp_path)
    trade.officer_comes(far_admin, far_officer, platform, far_site)
    for sku, (_name, _pack, _content, near, far, _product) in trade.GOODS.items():
        assert trade.adopts(officer, site, sku) == near
        assert trade.adopts(far_officer, far_site, sku) == far
        for page, region, hidden in ((officer, site, far), (far_officer, far_site, near)):
            page.goto(f"{region}/satker/pemasok/?q={sku}")
            assert shown(hidden) not in page.locator("main").inner_text()
    look(officer, "offers")

    # Ten warungs order in one cycle; the other region orders for its own store.
    admin, owners = new_phone(browser), [new_phone(browser)]
    signed_in(admin, platform, "Admin")
    signed_in(owners[0], platform, "Owner")
    owners += [trade.warung_joins(admin, browser, platform, site, number) for number in range(1, 10)]
    cycle = trade.cycle_opens(officer, site, "Restok Selasa", {NOODLES, RICE, SUGAR})
    look(officer, "cycle-open")
    ordered = 0
    for place, (owner, cases) in enumerate(zip(owners, CASES, strict=True)):
        wishes = {NOODLES: (cases, 1 if place < MORE else 0), RICE: (2, 0), SUGAR: (1, 0)}
        ordered += trade.orders(owner, f"{site}/toko/restok/putaran/{cycle}/", wishes)
    look(owners[0], "toko-order")
    far_cycle = trade.cycle_opens(far_officer, far_site, "Restok Banyuasin", {RICE})
    trade.orders(far_officer, f"{far_site}/satker/putaran/{far_cycle}/stok/", {RICE: (7, 0)})

    # Put together: 23 cases and 2 of the tolerance fill five bales; the orders leave.
    here = f"{site}/satker/putaran/{cycle}/"
    officer.goto(here)
    assert rupiah(officer.locator("main .stat", has_text=say("Ordered firmly")).inner_text()) == ordered
    press(officer, "Close and put together")
    assert trade.cells(officer, "Mi goreng Tiga Sungai")[:2] == ["5", "25"]
    bought = 20 * 570_000 + 10 * 735_000 + 5 * 495_000 + trade.FREIGHT
    assert rupiah(officer.locator("main .stat", has_text=say("Costs at the suppliers")).inner_text()) == bought
    look(officer, "cycle-plan")
    press(officer, "Order from the suppliers")
    look(officer, "cycle-sent")
    far_officer.goto(f"{far_site}/satker/putaran/{far_cycle}/")
    press(far_officer, "Close and put together")
    press(far_officer, "Order from the suppliers")

    # The supplier has both in one inbox, each at the price of its place; neither region sees the other's.
    number = trade.number_at_supplier(supplier, platform, "Restok Selasa")
    look(supplier, "supplier-inbox")
    far_number = trade.number_at_supplier(supplier, platform, "Restok Banyuasin")
    supplier.goto(f"{platform.url}/pemasok/pesanan/{far_number}/")
    assert rupiah(supplier.locator("dl.sum .money.big").inner_text()) == 7 * 590_000 + trade.FREIGHT
    assert trade.status(officer, f"/satker/pesanan-pemasok/{far_number}/") == 404
    assert trade.status(far_officer, f"/satker/pesanan-pemasok/{number}/") == 404
    assert trade.status(officer, f"/satker/pesanan-pemasok/{number}/") == 200

    # It confirms with one change, which is accepted, and ships a bale short.
    order = f"{platform.url}/pemasok/pesanan/{number}/"
    supplier.goto(order)
    assert rupiah(supplier.locator("dl.sum .money.big").inner_text()) == bought
    for name in ("Hasan", "Pemilik", "Lorong"):
        assert name not in supplier.locator("main").inner_text()
    look(supplier, "supplier-order")
    go(supplier, "Confirm with changes")
    look(supplier, "supplier-change")
    supplier.get_by_role("group", name=re.compile("^Beras medium")).locator("[name^=packs-]").fill("18")
    supplier.locator("main [name=note]").fill("Stok beras tinggal 18")
    press(supplier, "Tell the buyer")
    officer.goto(f"{site}/satker/pesanan-pemasok/{number}/")
    expect(officer.locator("main")).to_contain_text("Stok beras tinggal 18")
    look(officer, "satker-changed")
    press(officer, "Accept the change")
    supplier.goto(order)
    go(supplier, "Send off goods")
    look(supplier, "supplier-ship")
    supplier.get_by_role("group", name=re.compile("^Mi goreng")).locator("[name^=packs-]").fill("4")
    supplier.locator("main [name=reference]").fill("SJ-77")
    press(supplier, "These are on the way")

    # What came is counted, the rest is waited for no more, and shared out fairly.
    before = trade.trial_balance(officer)
    goods = 18 * 570_000 + 10 * 735_000 + 4 * 495_000
    arrival = trade.counts(officer, here, {"Beras medium": 18, "Gula pasir": 10, "Mi goreng": 4}, "SJ-77")
    assert rupiah(officer.locator("main .money.big").inner_text()) == goods
    look(officer, "arrival")
    trade.waits_no_more(officer, here, "Satu bal tidak datang")
    officer.goto(f"{here}pembagian/")
    look(officer, "shares")
    press(officer, "Share out and set aside")
    look(officer, "shared")

    # Each owner signs, with a finger or with the code of her own page; half of them pay at once.
    officer.goto(f"{here}pembagian/ambil/")
    look(officer, "picking")
    with officer.expect_navigation():
        officer.locator("main form[action*=muat] button").first.click()
    handed, paid = {}, 0
    for place, owner in enumerate(owners):
        pays = place % 2 == 0
        one = trade.hands_over(officer, owner, site, cycle, trade.name_of(place), drawn=place % 3 == 0, pays=pays)
        handed[trade.name_of(place)] = one
        paid += one.total if pays else 0
    look(officer, "handed-over")
    look(owners[0], "own-goods")
    for product, units in COMES.items():
        given = [one.units.get(product, 0) for one in handed.values()]
        assert sum(given) == units
        # Two sacks were wanted of eighteen, so nobody went without; no warung got more than it ordered.
        if product == RICE:
            assert set(given) == {1, 2}
        if product == NOODLES:
            assert all(got <= cases for got, cases in zip(given, CASES, strict=True)) and min(given) >= 1
    revenue = sum(one.total for one in handed.values())

    # The invoice asks for what was sent; order, receipt and invoice agree; it is paid, and the cycle settles.
    supplier.goto(order)
    go(supplier, "Write an invoice")
    supplier.locator("main [name=number]").fill("F-2026-77")
    look(supplier, "supplier-bill")
    press(supplier, "Send the invoice")
    bill = goods + trade.FREIGHT
    officer.goto(f"{here}faktur/")
    officer.locator("main ul.list a").first.click()
    officer.wait_for_url(re.compile(r"/faktur/[0-9a-f-]{36}/"))
    invoice = officer.url
    expect(officer.locator("main")).to_contain_text(say("Order, receipt and invoice agree to the rupiah."))
    expect(officer.locator("main")).to_contain_text(shown(bill))
    look(officer, "invoice")
    press(officer, "It is right")
    officer.locator("main [name=how][value=transfer]").check()
    officer.locator("main [name=reference]").fill("BNI 1")
    press(officer, "It is paid")
    look(officer, "invoice-paid")
    for name in handed:
        expect(officer.locator("main")).to_contain_text(name)
    officer.goto(f"{here}rekap/")
    press(officer, "Settle")
    look(officer, "recap")
    assert {product: int(trade.cells(officer, product)[3]) for product in COMES} == COMES
    assert {name: rupiah(trade.cells(officer, name)[2]) for name in handed} == {
        name: one.total for name, one in handed.items()
    }
    supplier.goto(order)
    expect(supplier.locator("main")).to_contain_text(say("paid"))
    # Nothing more comes: the order says what came, as the invoice does.
    assert rupiah(supplier.locator("dl.sum .money.big").inner_text()) == bill
    look(supplier, "supplier-paid")

    # The books moved by exactly that, and by nothing else.
    moved = trade.moved(before, trade.trial_balance(officer))
    assert moved.pop("satker:bank") == -bill
    assert moved.pop("satker:cash") == paid
    assert moved.pop("satker:purchases") == goods and moved.pop("satker:freight") == trade.FREIGHT
    assert moved.pop("satker:sales") == -revenue
    books = {
        kind: sum(value for code, value in moved.items() if code.endswith(f":{kind}")) for kind in trade.WARUNG_BOOKS
    }
    assert all(code.rpartition(":")[2] in trade.WARUNG_BOOKS for code in moved), moved
    assert books == {
        "purchases": revenue, "cash": -paid, "wholesale_owed": revenue - paid, "wholesale_debt": paid - revenue,
    }  # fmt: skip
    assert not [code for code in moved if code.startswith("supplier:")]

    # Papers say the same, and each thing leads to the others.
    pdf = words(trade.fetched(supplier, f"/pemasok/pesanan/{number}/pesanan.pdf"))
    assert number in pdf and f"{bill:,}".replace(",", ".") in pdf
    receipt = words(trade.fetched(officer, f"/satker/putaran/{cycle}/penerimaan/bukti/{arrival}/pdf/"))
    assert arrival in receipt and f"{goods:,}".replace(",", ".") in receipt
    for owner, (name, one) in zip(owners, handed.items(), strict=True):
        paper = words(trade.fetched(owner, f"/toko/restok/putaran/{cycle}/serah-terima/{one.number}/faktur/"))
        assert name in paper and f"{one.total:,}".replace(",", ".") in paper
    officer.goto(f"{here}rekap/")
    officer.locator("main table a").filter(has_text=trade.name_of(9)).click()
    officer.wait_for_url(re.compile("/rekap/.+"))
    look(officer, "trace")
    for address in (f"/penerimaan/bukti/{arrival}/", invoice.removeprefix(site)):
        assert officer.locator(f"main a[href$='{address}']").count() == len(COMES)
    officer.goto(invoice)
    assert officer.locator("main ul.list a[href*='/rekap/']").count() == len(trade.GOODS) * len(owners)
    officer.goto(f"{site}/satker/piutang/")
    look(officer, "receivables")
    rows = officer.locator("main tbody tr").all()
    owes = {row.locator("th").inner_text().strip(): rupiah(row.locator("strong").inner_text()) for row in rows}
    # Other journeys of this platform leave debts of their own.
    assert sum(owes.get(name, 0) for name in handed) == revenue - paid
