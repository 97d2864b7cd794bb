"""The supplier's inbox and its pages: what is read, done and kept there, and by whom."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.exchange.models import OrderState, SupplierOrder
from shared_apps.exchange.services import Answer, change, confirm
from shared_apps.supplier_catalog.models import SupplierRole
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.models import Region
from tests.papers import words
from tests.shared_apps.exchange.ordering import Deal
from tests.shared_apps.supplier_catalog.people import member, platform_browser
from tests.shared_apps.supplier_catalog.wholesaler import offer, rinjani_pangan, verified

INBOX = "/pemasok/pesanan/"


@pytest.fixture
def deal(kalidoni: Region) -> Deal:
    return Deal(kalidoni, order_freight=50_000)


@pytest.fixture
def oman(deal: Deal) -> Client:
    """Keeps Sinar Musi's orders."""
    with on_platform():
        return platform_browser(member(deal.supplier, "Oman", SupplierRole.ORDERS))


def page(browser: Client, path: str, **query: str) -> str:
    with on_platform():
        answer = browser.get(path, query)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def send(browser: Client, path: str, **form: Any) -> Any:
    with on_platform():
        return browser.post(path, form)


def of(order: SupplierOrder, step: str = "") -> str:
    return f"{INBOX}{order.number}/{step}"


def kept(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_only_who_works_on_orders_comes_in(deal: Deal) -> None:
    order = deal.send({"BR-50": 1})
    with on_platform():
        keeper = platform_browser(member(deal.supplier, "Nur", SupplierRole.CATALOGUE))
        other = platform_browser(member(rinjani_pangan().organisation, "Rini", SupplierRole.ADMIN))
        admin = platform_browser(member(deal.supplier, "Halim", SupplierRole.ADMIN))
    for path in (INBOX, of(order), of(order, "cetak/"), of(order, "pesanan.pdf"), f"{INBOX}unduh.csv"):
        with on_platform():
            assert keeper.get(path).status_code == 404
            assert platform_browser().get(path).status_code == 302
            assert admin.get(path).status_code == 200
    # Another supplier's order is not there, whatever is tried.
    for step in ("", "ubah/", "kirim/", "tagih/", "cetak/", "ambil.pdf"):
        with on_platform():
            assert other.get(of(order, step)).status_code == 404
    for step in ("sanggupi/", "tolak/", "ubah/", "kirim/", "tagih/"):
        assert send(other, of(order, step), reason="x").status_code == 404
    assert order.number not in page(other, INBOX, tab="semua")
    assert deal.seen(order).state == OrderState.SENT


def test_a_supplier_that_is_not_verified_is_told_so(deal: Deal) -> None:
    with on_platform():
        fresh = verified("Toko Baru", nib="1111111111111")
        type(fresh).objects.filter(pk=fresh.pk).update(state="registered", db_role="s_0123456789abcdef")
        browser = platform_browser(member(fresh, "Baru"))
    assert "belum" in page(browser, INBOX).lower()
    assert send(browser, f"{INBOX}ABC234/sanggupi/").status_code == 200


def test_all_regions_in_one_list_with_tabs_and_search(deal: Deal, oman: Client, lombok: Region) -> None:
    with on_platform():
        deal.musi.offers["ours"] = offer(deal.supplier, "BR-50", "", pack=("karung", 50_000), price=9, region=lombok)
    first, second = deal.send({"BR-50": 2}, cycle="Minggu 48"), deal.send({"TL-180": 1})
    deal.region = lombok
    third = deal.send({"ours": 3})
    seen = page(oman, INBOX)
    assert [order.number in seen for order in (first, second, third)] == [True, True, True]
    assert "Rp\u00a01.250.000" in seen and "Satker Kalidoni" in seen
    deal.as_supplier(confirm, second)
    assert second.number not in page(oman, INBOX)
    assert second.number in page(oman, INBOX, tab="kirim")
    found = page(oman, INBOX, tab="semua", q="minggu 48")
    assert first.number in found and second.number not in found
    assert third.number in page(oman, INBOX, q=third.number.lower())
    assert "Tidak ada" in page(oman, INBOX, q="\x00nothing%_")
    for odd in ("0", "-1", "x", "99999999999999999999"):
        page(oman, INBOX, page=odd)


def test_the_list_costs_the_same_for_few_and_many(deal: Deal, oman: Client) -> None:
    deal.send({"BR-50": 1})
    page(oman, INBOX)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(oman, INBOX)
        return len(asked)

    before = cost()
    for _number in range(6):
        deal.send({"BR-50": 1, "TL-180": 1, "GL-20": 2})
    assert cost() == before


def test_one_tap_confirms(deal: Deal, oman: Client) -> None:
    order = deal.send({"BR-50": 2})
    assert "Sanggupi" in page(oman, of(order))
    for _time in range(2):
        answer = send(oman, of(order, "sanggupi/"), promised_on=deal.tomorrow().isoformat())
        assert (answer.status_code, answer["Location"]) == (302, of(order))
    assert deal.seen(order).state == OrderState.CONFIRMED
    assert deal.seen(order).promised_on == deal.tomorrow()
    assert [move for move, *_ in deal.trace(order)] == ["send", "confirm"]


def test_a_day_that_cannot_be_is_shown_again(deal: Deal, oman: Client) -> None:
    order = deal.send({"BR-50": 2})
    for day in ("kemarin", "0001-01-01", "9999-12-31", "2026-13-45"):
        answer = send(oman, of(order, "sanggupi/"), promised_on=day)
        assert answer.status_code == 400 and day in answer.content.decode()
    assert deal.seen(order).state == OrderState.SENT


def test_a_change_is_written_line_by_line_and_nothing_is_lost(deal: Deal, oman: Client) -> None:
    order = deal.send({"BR-50": 10, "TL-180": 4})
    rice, egg = (deal.lines(order)[sku].pk for sku in ("BR-50", "TL-180"))
    wrong = {
        f"packs-{rice}": "11",
        f"price-{rice}": "610.000",
        f"packs-{egg}": "4",
        f"price-{egg}": "abc",
        "note": "Tinggal 7",
    }
    answer = send(oman, of(order, "ubah/"), **wrong)
    text = answer.content.decode()
    assert answer.status_code == 400 and "Tinggal 7" in text and 'value="11"' in text and 'value="abc"' in text
    same = {f"packs-{rice}": "10", f"price-{rice}": "600.000", f"packs-{egg}": "4", f"price-{egg}": "280000"}
    assert send(oman, of(order, "ubah/"), **same).status_code == 400
    right = {**same, f"packs-{rice}": "7", f"price-{rice}": "610.000", "note": "Tinggal 7"}
    assert send(oman, of(order, "ubah/"), **right).status_code == 302
    assert deal.seen(order).state == OrderState.CHANGED
    line = deal.lines(order)["BR-50"]
    assert (line.packs_confirmed, line.price_confirmed) == (7, 610_000)
    # 7 × 610,000 + 4 × 280,000 + 50,000 freight.
    assert "Rp\u00a05.440.000" in page(oman, of(order))


def test_refusing_needs_a_reason(deal: Deal, oman: Client) -> None:
    order = deal.send({"BR-50": 1})
    assert send(oman, of(order, "tolak/"), reason=" ").status_code == 400
    assert send(oman, of(order, "tolak/"), reason="Gudang kosong").status_code == 302
    assert deal.seen(order).state == OrderState.REFUSED
    assert "Gudang kosong" in page(oman, of(order))


def test_parts_leave_and_are_billed(deal: Deal, oman: Client) -> None:
    order = deal.send({"BR-50": 3, "TL-180": 2})
    deal.as_supplier(confirm, order)
    rice = deal.lines(order)["BR-50"].pk
    form = page(oman, of(order, "kirim/"))
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', form)
    assert key is not None
    part = {"key": key[1], "shipped_on": clock.today().isoformat(), f"packs-{rice}": "2", "reference": "SJ-9"}
    assert send(oman, of(order, "kirim/"), **{**part, f"packs-{rice}": "4"}).status_code == 400
    assert send(oman, of(order, "kirim/"), **{**part, f"packs-{rice}": ""}).status_code == 400
    for _time in range(2):
        assert send(oman, of(order, "kirim/"), **part).status_code == 302
    assert [line.packs_shipped for line in deal.lines(order).values()] == [2, 0]
    bill = {"number": "F-77", "issued_on": clock.today().isoformat(), f"packs-{rice}": "2", "freight": "50.000"}
    assert send(oman, of(order, "tagih/"), **{**bill, "freight": "50.001"}).status_code == 400
    assert send(oman, of(order, "tagih/"), **bill).status_code == 302
    text = page(oman, of(order))
    assert "SJ-9" in text and "F-77" in text and "Rp\u00a01.250.000" in text


def test_weighed_goods_are_sent_by_the_gram(deal: Deal, oman: Client) -> None:
    with on_platform():
        deal.musi.offers["CB-1"] = offer(
            deal.supplier, "CB-1", "Cabai", pack=("keranjang", 10_000), price=200_000, catch_weight=True
        )
    order = deal.send({"CB-1": 2})
    deal.as_supplier(confirm, order)
    line = deal.lines(order)["CB-1"].pk
    form = {
        "key": "7b0dca1c-6a0e-4c6e-9d2a-0d9f4c4f0001",
        "shipped_on": clock.today().isoformat(),
        f"packs-{line}": "2",
        f"weight-{line}": "19,25",
    }
    assert send(oman, of(order, "kirim/"), **form).status_code == 302
    assert "19,25\u00a0kg" in page(oman, of(order))


@pytest.mark.parametrize("step", ["ubah/", "kirim/", "tagih/"])
def test_a_step_that_is_not_possible_leads_back(deal: Deal, oman: Client, step: str) -> None:
    order = deal.send({"BR-50": 1})
    if step == "ubah/":
        deal.as_supplier(confirm, order)
    with on_platform():
        answer = oman.get(of(order, step))
    assert (answer.status_code, answer["Location"]) == (302, of(order))
    assert send(oman, of(order, step), key="x").status_code in (302, 400)


def test_tables_hold_what_the_list_shows_and_run_nothing(deal: Deal, oman: Client) -> None:
    deal.send({"BR-50": 2, "TL-180": 1}, note="=1+1")
    deal.as_supplier(confirm, deal.send({"BR-50": 5}, cycle="@SUM(A1)"))
    with on_platform():
        table = kept(oman.get(f"{INBOX}unduh.csv", {"tab": "semua"})).decode("utf-8-sig")
        book = kept(oman.get(f"{INBOX}unduh.xlsx", {"tab": "baru"}))
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [(row["SKU"], row["Dipesan"]) for row in rows] == [("BR-50", "5"), ("BR-50", "2"), ("TL-180", "1")]
    assert {row["Catatan"] for row in rows} == {"", "'=1+1"} and rows[0]["Putaran"] == "'@SUM(A1)"
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row") == 3 and "<t>=1+1</t>" in sheet and "<f>" not in sheet


def test_papers_say_what_was_ordered(deal: Deal, oman: Client) -> None:
    order = deal.send({"BR-50": 2, "TL-180": 1}, note="Antar pagi \u20ac \u4f60")
    deal.as_supplier(change, order, answers={deal.lines(order)["BR-50"].pk: Answer(1, 600_000)})
    with on_platform():
        for name in ("pesanan.pdf", "ambil.pdf"):
            paper = oman.get(of(order, name))
            assert paper["Content-Type"] == "application/pdf"
            text = words(paper.content)
            assert order.number in text and "Beras medium 50 kg" in text and "Telur ayam" in text
        assert "Rp 930.000" in words(oman.get(of(order, "pesanan.pdf")).content)
        rows = list(csv.reader(io.StringIO(kept(oman.get(of(order, "pesanan.csv"))).decode("utf-8-sig"))))
    assert rows[1][:2] == [order.number, "Satker Kalidoni"] and len(rows) == 3
    assert order.number in page(oman, of(order, "cetak/"))


def test_the_first_page_tells_what_waits(deal: Deal, oman: Client) -> None:
    deal.send({"BR-50": 1})
    deal.as_supplier(confirm, deal.send({"BR-50": 1}))
    text = page(oman, "/pemasok/")
    assert f"{INBOX}?tab=baru" in text and f"{INBOX}?tab=kirim" in text and f"{INBOX}?tab=tagih" not in text
