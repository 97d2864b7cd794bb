"""The Satker's pages: the queue, an answer, the paper for the lorry, what all need together, and goods from suppliers."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.procurement.models import GoodsReceipt, RestockRequest
from tenant_apps.procurement.selectors import needs
from tenant_apps.procurement.services import call_off_restock, submit_restock
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import BY, browser_of
from tests.tenant_apps.procurement.depot import Depot, footprint, levels, of_lines
from tests.tenant_apps.procurement.test_toko_pages import text_of

QUEUE, RECEIPTS = "/satker/restok/", "/satker/penerimaan/"


@pytest.fixture
def yuli(depot: Depot) -> Client:
    return browser_of(depot.cast.yuli)


def packs(*quantities: str, of: Any) -> dict[str, str]:
    return {f"packs-{pk}": number for pk, number in zip(sorted(of_lines(of)), quantities, strict=True)}


def test_the_queue_has_a_tab_for_each_state(depot: Depot, yuli: Client) -> None:
    waiting, sent = depot.ask(), depot.sent(1, 0)
    page = yuli.get(QUEUE)
    assert waiting.number in text_of(page) and sent.number not in text_of(page)
    assert sent.number in text_of(yuli.get(QUEUE + "?state=sent"))
    both = text_of(yuli.get(QUEUE + "?state=all"))
    assert waiting.number in both and sent.number in both
    # One waits: the tab and the entry in the navigation say so.
    assert page.content.decode().count('<span class="count">1</span>') >= 3


@pytest.mark.parametrize(
    ("words", "found"),
    [("hasan", True), ("telur", True), ("hasan telur", True), ("siti", False), ("minyak", False), ("%", False)],
)
def test_looking_for_a_request(depot: Depot, yuli: Client, words: str, found: bool) -> None:
    request = depot.ask()
    assert (request.number in text_of(yuli.get(QUEUE, {"q": words}))) is found
    assert request.number in text_of(yuli.get(QUEUE, {"q": request.number.lower(), "state": "all"}))


@pytest.mark.parametrize(
    "query", ["?page=abc", "?page=-1", "?page=%00", "?state=x", "?state=%00", "?q=%00", "?q=" + "a" * 900]
)
def test_odd_questions_to_the_queue(depot: Depot, yuli: Client, query: str) -> None:
    depot.ask()
    assert yuli.get(QUEUE + query).status_code == 200
    assert yuli.get(RECEIPTS + query).status_code == 200
    assert yuli.get(QUEUE + "kebutuhan/" + query).status_code == 200


def test_the_queue_asks_no_more_questions_for_more_requests(depot: Depot, yuli: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            page = yuli.get(QUEUE)
        assert text_of(page).count("Hasan") >= RestockRequest.objects.count()
        return len(seen)

    depot.ask(1, 0)
    yuli.get(QUEUE)
    one = asked()
    for _one in range(11):
        depot.ask(1, 0)
    # One for each badge of the navigation: restocks, cycles, orders at suppliers, suppliers' changes, joint purchases; and one for
    # whether the region has agents of the bank, one for announcements.
    assert asked() == one <= 20


def test_accepting_less_by_the_form(depot: Depot, yuli: Client) -> None:
    request = depot.ask(11, 1)
    page = yuli.get(f"{QUEUE}{request.number}/")
    # Ten sacks are there: as many are written in.
    rice = min(of_lines(request))
    assert f'name="packs-{rice}" value="10"' in page.content.decode()
    answer = yuli.post(f"{QUEUE}{request.number}/setujui/", packs("10", "1", of=request))
    assert answer.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.total_accepted) == ("accepted", 6_800_000)


def test_two_lines_of_one_product_share_the_stock(depot: Depot, yuli: Client) -> None:
    from tenant_apps.catalog.models import Pack, Use
    from tenant_apps.pricing.services import set_wholesale_price
    from tenant_apps.procurement.services import Wish

    half = Pack.objects.create(product=depot.cast.rice, label="karung 25 kg", base_quantity=25_000, use=Use.BUY)
    set_wholesale_price(satker=depot.cast.satker, pack=half, price=330_000, by=BY)
    request = depot.ask(lines=[*depot.wishes(8, 0), Wish(half.pk, 9, 330_000)])
    html = yuli.get(f"{QUEUE}{request.number}/").content.decode()
    # 500 kg: eight sacks leave 100 kg, which are four half sacks.
    assert re.findall(r'name="packs-\d+" value="(\d+)"', html) == ["8", "4"]


def test_what_is_short_is_said_at_its_line(depot: Depot, yuli: Client) -> None:
    request = depot.ask(11, 1)
    before = footprint()
    answer = yuli.post(f"{QUEUE}{request.number}/setujui/", packs("11", "1", of=request))
    assert answer.status_code == 409 and "tidak cukup" in text_of(answer)
    assert footprint() == before


@pytest.mark.parametrize(
    "numbers",
    [
        ("0", "0"),
        ("3", "1"),
        ("-1", "1"),
        ("", "1"),
        ("x", "1"),
        ("1.000", "1"),
        ("٢", "1"),
        ("9" * 40, "1"),
        ("\x00", "1"),
    ],
)
def test_an_answer_that_cannot_be(depot: Depot, yuli: Client, numbers: tuple[str, str]) -> None:
    request = depot.ask(2, 1)
    before = footprint()
    assert yuli.post(f"{QUEUE}{request.number}/setujui/", packs(*numbers, of=request)).status_code == 400
    assert yuli.post(f"{QUEUE}{request.number}/setujui/", {}).status_code == 400
    assert footprint() == before


def test_the_whole_way_by_buttons(depot: Depot, yuli: Client) -> None:
    request = depot.ask(2, 1)
    path = f"{QUEUE}{request.number}/"
    yuli.post(path + "setujui/", packs("2", "1", of=request))
    note = text_of(yuli.get(path + "surat-jalan/"))
    assert "Satker Kalidoni" in note and "Warung Hasan" in note and "RT 03 / RW 01" in note and "Rp 1.600.000" in note
    yuli.post(path + "kirim/")
    request.refresh_from_db()
    assert request.state == "sent"
    before = footprint()
    answer = yuli.post(path + "batalkan/", {"reason": "terlambat"}, follow=True)
    assert "berubah" in text_of(answer) and footprint() == before
    assert "Yuli" in text_of(yuli.get(path))


@pytest.mark.parametrize("step", ["tolak/", "batalkan/"])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 241, "a\x00b"])
def test_no_reason_no_refusal(depot: Depot, yuli: Client, step: str, reason: str) -> None:
    request = depot.ask()
    if step == "batalkan/":
        depot.accept(request)
    before = footprint()
    assert yuli.post(f"{QUEUE}{request.number}/{step}", {"reason": reason}).status_code == 400
    assert footprint() == before
    assert yuli.post(f"{QUEUE}{request.number}/{step}", {"reason": "Truk rusak"}).status_code == 302
    assert "Truk rusak" in text_of(yuli.get(f"{QUEUE}{request.number}/"))


def test_a_late_answer_says_that_the_warung_changed_its_mind(depot: Depot, yuli: Client) -> None:
    from tenant_apps.procurement.services import cancel_restock

    request = depot.ask()
    sent = packs("2", "1", of=request)
    cancel_restock(request=request, by=BY)
    before = footprint()
    answer = yuli.post(f"{QUEUE}{request.number}/setujui/", sent, follow=True)
    assert "berubah" in text_of(answer)
    assert footprint() == before


@pytest.mark.parametrize("state", ["submitted", "rejected"])
def test_no_delivery_note_where_nothing_is_carried(depot: Depot, yuli: Client, state: str) -> None:
    request = depot.ask()
    if state == "rejected":
        yuli.post(f"{QUEUE}{request.number}/tolak/", {"reason": "x"})
    assert yuli.get(f"{QUEUE}{request.number}/surat-jalan/").status_code == 404


def test_what_all_need_together(depot: Depot, yuli: Client) -> None:
    depot.sent(2, 1)
    depot.ask(6, 1)
    submit_restock(warung=depot.cast.other_warung, key=uuid.uuid4(), lines=depot.wishes(3, 0), by=BY)
    call_off_restock(request=depot.accept(depot.ask(1, 0)), reason="x", by=BY)
    rice, egg = depot.cast.rice.pk, depot.cast.egg.pk
    rows = {
        need.product_id: (need.asked, need.promised, need.on_hand, need.free, need.missing, need.requests)
        for need in needs(depot.cast.satker)
    }
    assert rows == {
        rice: (450_000, 100_000, 500_000, 400_000, 50_000, 3),
        egg: (180, 180, 360, 180, 0, 2),
    }
    page = text_of(yuli.get(QUEUE + "kebutuhan/"))
    assert page.index("Beras medium") < page.index("Telur ayam") and "450 kg" in page and "50 kg" in page
    assert "Telur ayam" not in text_of(yuli.get(QUEUE + "kebutuhan/", {"q": "beras"}))


def receipt(depot: Depot, **more: Any) -> dict[str, Any]:
    today = clock.today(current_region().time_zone).isoformat()
    return {
        "key": str(uuid.uuid4()), "supplier": "Bulog", "supplier_reference": "SJ-77", "received_on": today, "note": "",
        "lines": "6", "line0-pack": str(depot.cast.sack.pk), "line0-quantity": "3", "line0-cost": "600.000",
        "do": "save", **more,
    }  # fmt: skip


def test_a_receipt_by_the_form(depot: Depot, yuli: Client) -> None:
    sent = receipt(depot)
    answer = yuli.post(RECEIPTS + "baru/", sent)
    found = GoodsReceipt.objects.get()
    assert answer.headers["Location"] == f"{RECEIPTS}{found.number}/"
    assert (found.total, levels()["Satker Kalidoni"]["Beras medium"][0]) == (1_800_000, 650_000)
    page = text_of(yuli.get(answer.headers["Location"]))
    assert "Rp 1.800.000" in page and "Bulog" in page and "Yuli" in page
    assert found.number in text_of(yuli.get(RECEIPTS, {"q": "bulog"}))
    assert found.number not in text_of(yuli.get(RECEIPTS, {"q": "lain"}))
    assert yuli.post(RECEIPTS + "baru/", sent).headers["Location"] == answer.headers["Location"]
    assert GoodsReceipt.objects.count() == 1


def test_more_lines_keep_what_is_written(depot: Depot, yuli: Client) -> None:
    page = yuli.post(RECEIPTS + "baru/", receipt(depot, do="more")).content.decode()
    assert 'name="lines" value="12"' in page and 'name="line11-pack"' in page
    assert 'name="line0-cost" value="600.000"' in page and 'value="Bulog"' in page
    assert "errorlist" not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"supplier": " "},
        {"supplier": "a\x00b"},
        {"supplier": "x" * 121},
        {"received_on": "besok"},
        {"received_on": ""},
        {"received_on": "9999-12-31"},
        {"key": "x"},
        {"line0-pack": "999999"},
        {"line0-pack": "x\x00"},
        {"line0-pack": ""},
        {"line0-quantity": ""},
        {"line0-quantity": "0"},
        {"line0-quantity": "-3"},
        {"line0-quantity": "1.000"},
        {"line0-quantity": "9" * 30},
        {"line0-cost": ""},
        {"line0-cost": "-1"},
        {"line0-cost": "9" * 30},
        {"line0-cost": "x"},
        {"lines": "0"},
        {"lines": "0", "supplier": ""},
    ],
)
def test_a_receipt_that_cannot_be(depot: Depot, yuli: Client, fields: dict[str, str]) -> None:
    before = footprint()
    assert yuli.post(RECEIPTS + "baru/", receipt(depot, **fields)).status_code == 400
    assert footprint() == before


@pytest.mark.parametrize("lines", ["x", "-1", "9" * 30, "99999", "\x00", ""])
@pytest.mark.parametrize("act", ["save", "more", "?"])
def test_an_odd_number_of_lines(depot: Depot, yuli: Client, lines: str, act: str) -> None:
    assert yuli.post(RECEIPTS + "baru/", receipt(depot, lines=lines, do=act)).status_code in (200, 302)


def test_tomorrow_has_not_come(depot: Depot, yuli: Client) -> None:
    tomorrow = clock.today(current_region().time_zone) + timedelta(days=1)
    before = footprint()
    answer = yuli.post(RECEIPTS + "baru/", receipt(depot, received_on=tomorrow.isoformat()))
    assert answer.status_code == 400 and "belum tiba" in text_of(answer)
    assert footprint() == before


@pytest.mark.parametrize("who", ["hasan", "wati", "siti", "ratna", "budi"])
def test_the_satkers_pages_are_the_satkers(depot: Depot, yuli: Client, who: str) -> None:
    request = depot.ask()
    yuli.post(RECEIPTS + "baru/", receipt(depot))
    number = GoodsReceipt.objects.get().number
    browser, before = browser_of(getattr(depot.cast, who)), footprint()
    for path in (QUEUE, QUEUE + "kebutuhan/", f"{QUEUE}{request.number}/", f"{QUEUE}{request.number}/surat-jalan/",
                 RECEIPTS, RECEIPTS + "baru/", f"{RECEIPTS}{number}/"):  # fmt: skip
        assert browser.get(path).status_code == 404, path
    for path in ("setujui/", "tolak/", "kirim/", "batalkan/"):
        assert browser.post(f"{QUEUE}{request.number}/{path}", {"reason": "x"}).status_code == 404
    assert browser.post(RECEIPTS + "baru/", receipt(depot)).status_code == 404
    assert footprint() == before


@pytest.mark.parametrize("number", ["AAAAAA", "aaaaaa", "%00%00%00%00%00%00", "1234567"])
def test_numbers_that_are_not_there(depot: Depot, yuli: Client, number: str) -> None:
    for path in (f"{QUEUE}{number}/", f"{QUEUE}{number}/surat-jalan/", f"{RECEIPTS}{number}/"):
        assert yuli.get(path).status_code == 404
    assert yuli.post(f"{QUEUE}{number}/setujui/").status_code == 404
