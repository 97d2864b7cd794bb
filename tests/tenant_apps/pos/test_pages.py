"""The pages of the counter: for whom they are there, and the way through a sale without a script."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.ledger.models import JournalEntry
from tenant_apps.orders.services.filling import accept_order, hand_over, pack_order
from tenant_apps.orders.services.returning import accept_return, ask_return, refuse_return
from tenant_apps.payments.models import Method
from tenant_apps.payments.services import settle
from tenant_apps.payments.services.codes import keep_code
from tenant_apps.pos.models import BonCustomer, CashDay, CounterSale
from tenant_apps.pos.services import Tenders, count_day, open_day
from tenant_apps.pricing.services import observe_market, publish_price
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenants.kernel import clock
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.orders.desk import place
from tests.tenant_apps.payments.purse import owe, static_code
from tests.tenant_apps.pos.till import balance, bon_of_ani, eggs, footprint, rice, sell
from tests.tenant_apps.warungs.test_delivery import stand

TILL = "/toko/kasir/"
FOR_BOTH = [
    "/toko/kasir/",
    "/toko/kasir/penjualan/",
    "/toko/kasir/barang.json",
    "/toko/kasir/token.json",
    "/toko/bon/",
    "/toko/tutup/",
]
FOR_THE_OWNER = ["/toko/bon/baru/", "/toko/tutup/hari/", "/toko/grafik/", "/toko/grafik/unduh/"]


def form_of(cast: Cast, **more: object) -> dict[str, object]:
    return {"warung": str(cast.warung.public_id), "key": str(uuid.uuid4()), **more}


@pytest.mark.parametrize("place", FOR_BOTH + FOR_THE_OWNER)
def test_who_sees_it(market: Cast, place: str) -> None:
    sell(market)
    assert browser_of(market.hasan).get(place).status_code == 200
    assert browser_of(market.wati).get(place).status_code == (200 if place in FOR_BOTH else 404)
    for stranger in (market.ratna, market.yuli, market.budi):
        assert browser_of(stranger).get(place).status_code == 404
    assert browser_of(None).get(place).status_code in (302, 404)


def test_another_owner_sees_nothing_of_it(market: Cast) -> None:
    bon, day = bon_of_ani(market), open_day(warung=market.warung, opening=0, by=BY)
    sale = sell(market, tenders=Tenders(cash=9_000, bon=20_000), customer=bon)
    before = footprint()
    siti = browser_of(market.siti)
    for page in (f"/toko/kasir/{sale.number}/nota/", f"/toko/bon/{bon.public_id}/", f"/toko/tutup/hari/{day.day}/"):
        assert browser_of(market.hasan).get(page).status_code == 200
        assert siti.get(page).status_code == 404
    theirs = form_of(market, warung=str(market.other_warung.public_id), reason="x", amount="1000", way="cash")
    for address in (f"/toko/kasir/{sale.number}/batal/", f"/toko/bon/{bon.public_id}/bayar/"):
        assert siti.post(address, theirs).status_code == 404
        assert siti.post(address, {**theirs, "warung": str(market.warung.public_id)}).status_code == 404
    assert footprint() == before


def test_staff_gives_nothing_up(market: Cast) -> None:
    bon = bon_of_ani(market)
    sell(market, tenders=Tenders(bon=29_000), customer=bon)
    before = footprint()
    form = form_of(market, **{"off-amount": "29000", "off-reason": "x", "off-key": str(uuid.uuid4())})
    assert browser_of(market.wati).post(f"/toko/bon/{bon.public_id}/hapus-buku/", form).status_code == 404
    assert footprint() == before
    assert browser_of(market.hasan).post(f"/toko/bon/{bon.public_id}/hapus-buku/", form).status_code == 302
    assert balance(market, "written_off") == 29_000


def test_a_sale_without_a_script(market: Cast) -> None:
    hasan, form = browser_of(market.hasan), form_of(market)
    page = hasan.get(TILL).content.decode()
    assert "Beras medium" in page and f'value="add:{market.kilo.pk}"' in page
    page = hasan.post(TILL, {**form, "do": f"add:{market.kilo.pk}"}).content.decode()
    lines = re.findall(r'name="line" value="([^"]+)"', page)
    assert lines == [f"{market.kilo.pk}:1:14500"]
    page = hasan.post(TILL, {**form, "line": lines, "do": f"add:{market.kilo.pk}"}).content.decode()
    lines = re.findall(r'name="line" value="([^"]+)"', page)
    assert lines == [f"{market.kilo.pk}:2:14500"]
    assert CounterSale.objects.count() == 0
    paid = {**form, "line": lines, "do": "pay", "received": "50.000"}
    answer = hasan.post(TILL, paid)
    sale = CounterSale.objects.get()
    assert answer["Location"] == f"/toko/kasir/{sale.number}/nota/"
    assert (sale.total, sale.cash_received, sale.change, str(sale.public_id)) == (29_000, 50_000, 21_000, form["key"])
    assert hasan.post(TILL, paid)["Location"] == answer["Location"]
    assert CounterSale.objects.count() == 1
    assert "21.000" in hasan.get(answer["Location"]).content.decode()


def test_a_barcode_puts_its_pack_into_the_basket(market: Cast) -> None:
    Pack.objects.filter(pk=market.piece.pk).update(barcode="8991234567897")
    page = browser_of(market.wati).post(TILL, form_of(market, q="8991234567897", do="search")).content.decode()
    assert re.findall(r'name="line" value="([^"]+)"', page) == [f"{market.piece.pk}:1:2000"]


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "pay"},
        {"do": "pay", "line": "x:y:z"},
        {"do": "pay", "line": f"{10**17}:1:1000"},
        {"do": "pay", "line": "1:999999999:1"},
        {"do": "pay", "line": "٣:1:1000"},
        {"do": "pay", "line": "1:1:1000", "received": "9" * 40},
        {"do": "pay", "line": "1:1:1000", "customer": "nobody"},
        {"do": "pay", "line": "1:1:1000", "key": "no key"},
        {"do": "pay", "line": "1:1:1000", "qris": "\x00"},
    ],
)
def test_odd_forms_are_refused_in_words(market: Cast, sent: dict[str, str]) -> None:
    before = footprint()
    answer = browser_of(market.hasan).post(TILL, form_of(market) | sent)
    assert answer.status_code in (400, 409)
    assert footprint() == before


@pytest.mark.parametrize(
    "sent",
    [{"do": "add:"}, {"do": f"add:{10**30}"}, {"do": "add:٣"}, {"q": "\x00", "do": "search"}, {"q": "x" * 5_000}, {}],
)
def test_odd_taps_change_nothing(market: Cast, sent: dict[str, str]) -> None:
    assert browser_of(market.hasan).post(TILL, form_of(market) | sent).status_code == 200


def test_the_code_asks_for_the_amount(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    assert hasan.get("/toko/kasir/qris.svg?amount=29000").status_code == 404
    keep_code(warung=market.warung, text=static_code(), by=BY)
    answer = hasan.get("/toko/kasir/qris.svg?amount=29000")
    assert answer.status_code == 200 and b"<svg" in answer.content
    for amount in ("", "0", "-1", "1e3", "٣", "9" * 30):
        assert hasan.get("/toko/kasir/qris.svg", {"amount": amount}).status_code == 404


def test_the_price_list_is_sent_once(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    first = hasan.get("/toko/kasir/barang.json")
    told = first.json()
    assert {(good["name"], good["price"]) for good in told["goods"]} == {
        ("Beras medium", 14_500),
        ("Telur ayam", 2_000),
    }
    assert hasan.get("/toko/kasir/barang.json", headers={"if-none-match": first["ETag"]}).status_code == 304
    publish_price(warung=market.warung, pack=market.kilo, price=14_000, by=BY)
    assert hasan.get("/toko/kasir/barang.json", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_bon_from_first_to_last(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    made = hasan.post("/toko/bon/baru/", form_of(market, name="Bu Ani", phone="", limit="50.000"))
    bon = BonCustomer.objects.get()
    assert made["Location"] == f"/toko/bon/{bon.public_id}/"
    again = hasan.post("/toko/bon/baru/", form_of(market, name="Bu Ani", limit="50.000"))
    assert again.status_code == 400 and BonCustomer.objects.count() == 1
    sale = form_of(market, line=f"{market.kilo.pk}:2:14500", do="pay", bon="29.000", customer=str(bon.public_id))
    assert hasan.post(TILL, sale).status_code == 302
    over = form_of(market, line=f"{market.kilo.pk}:2:14500", do="pay", bon="29.000", customer=str(bon.public_id))
    refused = hasan.post(TILL, over)
    assert refused.status_code == 409 and "21.000" in refused.content.decode()
    page = hasan.get(made["Location"]).content.decode()
    assert "29.000" in page
    paid = form_of(market, amount="9.000", way="cash")
    assert browser_of(market.wati).post(f"{made['Location']}bayar/", paid).status_code == 302
    assert browser_of(market.wati).post(f"{made['Location']}bayar/", paid).status_code == 302
    assert (balance(market, f"bon:{bon.pk}"), balance(market, "cash")) == (20_000, 9_000)
    too_much = hasan.post(f"{made['Location']}bayar/", form_of(market, amount="20.001", way="cash"))
    assert too_much.status_code == 400
    assert "20.000" in hasan.get("/toko/bon/").content.decode()


def test_a_day_from_opening_to_closing(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    here = form_of(market)
    # Before the first day the books know what was spent, and not what lay there.
    assert "Ini hari pertama" in hasan.get("/toko/tutup/").content.decode()
    assert hasan.post("/toko/tutup/buka/", {**here, "opening": "100.000"}).status_code == 302
    sell(market)
    hasan.post(
        "/toko/tutup/kas/", {**here, "move-kind": "bank", "move-amount": "50.000", "move-key": str(uuid.uuid4())}
    )
    assert hasan.post("/toko/tutup/hitung/", here).status_code == 400
    counted = {**here, "piece-50000": "1", "piece-20000": "1", "piece-5000": "1", "piece-2000": "1", "piece-500": "2"}
    assert hasan.post("/toko/tutup/hitung/", counted).status_code == 302
    assert hasan.post("/toko/tutup/selesai/", here).status_code == 400
    assert hasan.post("/toko/tutup/selesai/", {**here, "reason": "kembalian salah"}).status_code == 302
    day = CashDay.objects.get()
    assert (day.state, day.opening, day.expected, day.counted, day.difference) == (
        "closed",
        100_000,
        79_000,
        78_000,
        -1_000,
    )
    assert (balance(market, "cash"), balance(market, "cash_difference"), balance(market, "bank")) == (
        78_000,
        1_000,
        50_000,
    )
    assert "kembalian salah" in hasan.get(f"/toko/tutup/hari/{day.day}/").content.decode()
    for wrong in ("2026-13-01", "abc", "0000-00-00"):
        assert hasan.get(f"/toko/tutup/hari/{wrong}/").status_code == 404
    assert hasan.post("/toko/tutup/hitung/", counted).status_code == 404
    page = hasan.get("/toko/tutup/").content.decode()
    assert "Ini hari pertama" not in page and "Menurut catatan ada Rp\u00a078.000 di laci" in page


def test_taking_back_by_its_page(market: Cast) -> None:
    sale, hasan = sell(market), browser_of(market.hasan)
    address = f"/toko/kasir/{sale.number}/batal/"
    assert hasan.post(address, form_of(market)).status_code == 400
    assert hasan.post(address, form_of(market, reason="salah")).status_code == 302
    sale.refresh_from_db()
    assert (sale.state, balance(market, "cash")) == ("voided", 0)
    assert "salah" in hasan.get(f"/toko/kasir/{sale.number}/nota/").content.decode()


def many_goods(cast: Cast, count: int) -> None:
    for number in range(count):
        product = Product.objects.create(
            sku=f"N-{number}", name=f"Barang {number}", category=cast.rice.category, base_unit="pcs", search=f"barang {number}"
        )  # fmt: skip
        pack = Pack.objects.create(product=product, label="bungkus", base_quantity=1)
        observe_market(
            product=product, market="Pasar", observed_on=clock.today(), per_quantity=1, price=2_000, observer="Yuli"
        )
        publish_price(warung=cast.warung, pack=pack, price=1_500, by=BY)


@pytest.mark.parametrize(
    "place", ["/toko/kasir/", "/toko/kasir/barang.json", "/toko/bon/", "/toko/kasir/penjualan/", "/toko/grafik/"]
)
def test_queries_do_not_grow(market: Cast, place: str) -> None:
    def asked(browser: Client) -> int:
        browser.get(place)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(place).status_code == 200
        return len(queries)

    bon = bon_of_ani(market)
    sell(market, tenders=Tenders(cash=9_000, bon=20_000), customer=bon)
    few = asked(browser_of(market.hasan))
    many_goods(market, 12)
    for number in range(6):
        BonCustomer.objects.create(warung=market.warung, name=f"Bu {number}", limit=1, created_by=BY)
        sell(market, rice(market, 1), eggs(market), tenders=Tenders(cash=16_500), customer=bon)
    assert asked(browser_of(market.hasan)) == few


def test_charts_agree_with_the_books(market: Cast) -> None:
    sell(market, rice(market), eggs(market, 3))
    day = open_day(warung=market.warung, opening=35_000, by=BY)
    count_day(day=day, counted=35_000, pieces={}, by=BY)
    hasan = browser_of(market.hasan)
    page = hasan.get("/toko/grafik/?per=abc").content.decode()
    assert "35.000" in page and "Telur ayam" in page
    answer = hasan.get("/toko/grafik/unduh/?per=bulan")
    text = answer.content.decode()
    assert ",35000,0,35000" in text and "Beras medium,29000,0,29000" in text
    assert JournalEntry.objects.filter(key__startswith="sale:").count() == 1


def test_charts_leave_out_what_was_brought_back(market: Cast) -> None:
    order = place(market)
    accept_order(order=order, by=BY)
    pack_order(order=order, by=BY)
    hand_over(order=order, by=BY)
    egg = order.lines.get(base_quantity=1).pk
    wanted = {"before": ("Beras medium,0,29000,29000", "Telur ayam,0,6000,6000", ",0,35000,35000")}
    wanted["asked"] = wanted["refused"] = wanted["before"]
    wanted["accepted"] = ("Beras medium,0,29000,29000", "Telur ayam,0,2000,2000", ",0,31000,31000")

    def told(stand: str) -> None:
        text = browser_of(market.hasan).get("/toko/grafik/unduh/").content.decode()
        for part in wanted[stand]:
            assert part in text, (stand, part, text)

    told("before")
    document = ask_return(order=order, quantities={egg: 2}, reason="Retak")
    told("asked")
    refuse_return(document=document, reason="Utuh", by=BY)
    told("refused")
    accept_return(document=ask_return(order=order, quantities={egg: 2}, reason="Retak"), on_shelf=[], by=BY)
    told("accepted")
    assert "31.000" in browser_of(market.hasan).get("/toko/grafik/").content.decode()
    earned = balance(market, "sales") + balance(market, "returns") + balance(market, "delivery")
    assert earned == -31_000


def test_the_satker_sells_at_its_stand(market: Cast) -> None:
    here = stand(market)
    receive(location=location_of_warung(here), lines=[Line(market.rice.pk, 5_000)], reference="stand", by=BY)
    publish_price(warung=here, pack=market.kilo, price=14_000, by=BY)
    yuli, form = browser_of(market.yuli), form_of(market, warung=str(here.public_id))
    for page in FOR_BOTH + FOR_THE_OWNER:
        assert yuli.get(page).status_code == 200, page
    assert "14.000" in yuli.get(TILL).content.decode()
    sold = yuli.post(TILL, {**form, "line": f"{market.kilo.pk}:2:14000", "do": "pay"})
    sale = CounterSale.objects.get()
    assert (sold.status_code, sale.warung, sale.total, sale.by) == (302, here, 28_000, market.yuli.actor)
    assert yuli.get(sold["Location"]).status_code == 200
    assert yuli.post("/toko/tutup/buka/", {**form, "opening": "28.000"}).status_code == 302
    before = footprint()
    assert browser_of(market.hasan).get(sold["Location"]).status_code == 404
    assert browser_of(market.hasan).post(TILL, {**form, "key": str(uuid.uuid4()), "do": "pay"}).status_code == 404
    assert yuli.post(TILL, form_of(market, line=f"{market.kilo.pk}:2:14500", do="pay")).status_code == 404
    assert yuli.post("/toko/tutup/buka/", form_of(market, opening="1")).status_code == 404
    assert footprint() == before


def test_an_unknown_barcode_says_what_to_do(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    page = hasan.post(TILL, form_of(market, q="8999999999999", do="search")).content.decode()
    assert "8999999999999" in page and 'href="/toko/harga/"' in page and "pasang harganya dulu" in page
    words = hasan.post(TILL, form_of(market, q="tidakada", do="search")).content.decode()
    assert "pasang harganya dulu" not in words.partition('id="till-words"')[0]


@pytest.mark.parametrize("written", ["50.000", "50000", "Rp 50.000"])
def test_cash_as_people_write_it(market: Cast, written: str) -> None:
    sale = form_of(market, line=f"{market.kilo.pk}:2:14500", do="pay", received=written)
    assert browser_of(market.hasan).post(TILL, sale).status_code == 302
    assert (CounterSale.objects.get().cash_received, CounterSale.objects.get().change) == (50_000, 21_000)


def test_the_way_to_take_a_sale_back_is_open_when_asked_for(market: Cast) -> None:
    sale, hasan = sell(market), browser_of(market.hasan)
    address = f"/toko/kasir/{sale.number}/nota/"
    assert '<details class="confirm">' in hasan.get(address).content.decode()
    assert '<details class="confirm" open>' in hasan.get(f"{address}?batal=1").content.decode()


def test_what_was_taken_at_the_door_comes_into_the_drawer(market: Cast) -> None:
    for number in ("AAAAAA", "CCCCCC"):
        payment = owe(market, Method.CASH, number=number)
        settle(payment=payment, goods=33_000, delivery=2_000, by=market.wati.actor, collector=market.wati)
    mine = owe(market, Method.CASH, number="DDDDDD")
    settle(payment=mine, goods=5_000, delivery=0, by=market.hasan.actor, collector=market.hasan)
    hasan, wati, siti = (browser_of(one) for one in (market.hasan, market.wati, market.siti))
    seen = hasan.get("/toko/tutup/").content.decode()
    assert "70.000" in seen and "Wati" in seen and "5.000" in seen
    seen = wati.get("/toko/tutup/").content.decode()
    assert seen.count("/toko/tutup/setor/") == 1 and "70.000" in seen
    assert "/toko/tutup/setor/" not in siti.get("/toko/tutup/").content.decode()
    before = footprint()
    form = form_of(market, courier=str(market.wati.public_id))
    assert siti.post("/toko/tutup/setor/", form).status_code == 404
    siti.post("/toko/tutup/setor/", form | {"warung": str(market.other_warung.public_id)})
    wati.post("/toko/tutup/setor/", form | {"courier": str(market.hasan.public_id)})
    for nobody in ("", "x", "\x00", str(uuid.uuid4())):
        assert hasan.post("/toko/tutup/setor/", form | {"courier": nobody}).status_code == 302
    assert footprint() == before
    told = wati.post("/toko/tutup/setor/", form, follow=True).content.decode()
    assert "70.000" in told and "/toko/tutup/setor/" not in told
    assert balance(market, "cash") == 70_000
    assert hasan.post("/toko/tutup/setor/", form).status_code == 302
    assert balance(market, "cash") == 70_000
    hasan.post("/toko/tutup/setor/", form | {"courier": str(market.hasan.public_id)})
    assert balance(market, "cash") == 75_000
