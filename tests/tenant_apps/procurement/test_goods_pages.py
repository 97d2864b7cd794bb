"""The pages of arrivals, hand-overs, invoices and money: who may enter, what they do, that nothing typed is lost."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from shared_apps.exchange.services import refuse
from tenant_apps.procurement.credit import credit_of
from tenant_apps.procurement.models import (
    Allotment,
    Arrival,
    ArrivalLine,
    CycleState,
    HandOver,
    HandOverState,
    InvoiceMatch,
    ReturnToSupplier,
    RouteStop,
    WarungPayment,
)
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import Cast, browser_of, build_cast
from tests.shared_apps.exchange.ordering import Deal
from tests.tenant_apps.procurement.caravan import SACK, TRAY, Caravan, ordered, set_out
from tests.tenant_apps.procurement.test_handing import DRAWN, came, give, share_out, to
from tests.tenant_apps.procurement.test_settling import Trade


@pytest.fixture
def caravan(market: Cast) -> Caravan:
    return set_out(market)


@pytest.fixture
def yuli(caravan: Caravan) -> Client:
    return browser_of(caravan.cast.yuli)


@pytest.fixture
def trade(kalidoni: Region) -> Iterator[Trade]:
    deal = Deal(kalidoni, order_freight=50_000)
    with in_region(kalidoni):
        caravan, order = ordered(deal, build_cast())
        yield Trade(deal, caravan, order)


def at(caravan: Caravan, path: str = "") -> str:
    return f"/satker/putaran/{caravan.cycle.number}/{path}"


def counting(caravan: Caravan, **numbers: Any) -> dict[str, Any]:
    """What the counting page sends: `sacks`, `crates`, and other fields by their names."""
    lines = {"sacks": caravan.sacks.pk, "crates": caravan.crates.pk}
    sent = {f"cartons-{lines[name]}": number for name, number in numbers.items() if name in lines}
    rest = {name: value for name, value in numbers.items() if name not in lines}
    return {"key": uuid.uuid4(), "received_on": clock.today().isoformat(), "do": "save", **sent, **rest}


def count_url(caravan: Caravan) -> str:
    return at(caravan, f"penerimaan/{caravan.purchase.supplier.supplier}/")


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def photo() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(drawn, "JPEG")
    return SimpleUploadedFile("foto.jpg", drawn.getvalue(), "image/jpeg")


def test_goods_are_counted_and_lie_in_the_store(caravan: Caravan, yuli: Client) -> None:
    page = text(yuli.get(at(caravan, "penerimaan/")))
    assert "Sinar Musi" in page and "Beras medium" in page
    answer = yuli.post(count_url(caravan), counting(caravan, sacks=6, crates=2))
    arrival = Arrival.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, at(caravan, f"penerimaan/bukti/{arrival.number}/"))
    assert "4.160.000" in text(yuli.get(answer.headers["Location"]))
    assert yuli.get(at(caravan, f"penerimaan/bukti/{arrival.number}/pdf/")).content[:5] == b"%PDF-"


def test_a_scan_adds_one_without_a_script(caravan: Caravan, yuli: Client) -> None:
    sent = counting(caravan, sacks=2, do="scan", scan=" 8991234500017 ", note="Hujan")
    answer = yuli.post(count_url(caravan), sent)
    assert answer.status_code == 200 and not Arrival.objects.exists()
    page = text(answer)
    assert re.search(rf'name="cartons-{caravan.sacks.pk}"[^>]*value="3"', page) and 'value="Hujan"' in page
    unknown = yuli.post(count_url(caravan), {**sent, "scan": "4006381333931"})
    assert unknown.status_code == 200 and text(unknown).count("kode batang itu.") == 2


def test_what_cannot_be_is_told_and_nothing_typed_is_lost(caravan: Caravan, yuli: Client) -> None:
    for wrong in ({"sacks": 8}, {"sacks": "banyak"}, {"sacks": 0}, {"sacks": 1, "received_on": "2999-01-01"}):
        answer = yuli.post(count_url(caravan), counting(caravan, reference="SJ-88", **wrong))
        assert answer.status_code == 400 and 'value="SJ-88"' in text(answer), wrong
    assert not Arrival.objects.exists()


def test_rejected_cartons_have_a_photo_that_the_satker_alone_sees(caravan: Caravan, yuli: Client) -> None:
    rejected = {
        f"rejected-{caravan.sacks.pk}": 1,
        f"reason-{caravan.sacks.pk}": "Sobek",
        f"photo-{caravan.sacks.pk}": photo(),
    }
    yuli.post(count_url(caravan), counting(caravan, sacks=1, **rejected))
    line = ArrivalLine.objects.get()
    url = at(caravan, f"penerimaan/foto/{line.public_id}/")
    answer: Any = yuli.get(url)
    assert answer.headers["Content-Type"] == "image/jpeg" and b"".join(answer.streaming_content)[:2] == b"\xff\xd8"
    assert browser_of(caravan.cast.hasan).get(url).status_code == 404
    broken = {**rejected, f"photo-{caravan.sacks.pk}": SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg")}
    assert yuli.post(count_url(caravan), counting(caravan, **broken)).status_code == 400


def test_an_arrival_is_taken_back_on_its_page(caravan: Caravan, yuli: Client) -> None:
    yuli.post(count_url(caravan), counting(caravan, sacks=6))
    url = at(caravan, f"penerimaan/bukti/{Arrival.objects.get().number}/batal/")
    assert yuli.post(url, {"key": uuid.uuid4(), "reason": ""}).status_code == 400
    yuli.post(url, {"key": uuid.uuid4(), "reason": "Salah hitung"})
    assert sum(Arrival.objects.values_list("value", flat=True)) == 0


def test_goods_go_back_and_a_purchase_is_closed(caravan: Caravan, yuli: Client) -> None:
    yuli.post(count_url(caravan), counting(caravan, sacks=6))
    sent = {"key": uuid.uuid4(), "line": caravan.sacks.pk, "cartons": 1, "reason": "Berkutu", "photo": photo()}
    assert yuli.post(count_url(caravan) + "retur/", {**sent, "cartons": 9}).status_code == 400
    yuli.post(count_url(caravan) + "retur/", {**sent, "photo": photo()})
    back = ReturnToSupplier.objects.get()
    assert yuli.get(at(caravan, f"penerimaan/foto/{back.public_id}/")).status_code == 200
    yuli.post(count_url(caravan) + "tutup/", {"reason": "Habis"})
    assert "Habis" in text(yuli.get(at(caravan, "penerimaan/")))


def test_the_fair_split_is_shown_shifted_and_set_aside(caravan: Caravan, yuli: Client) -> None:
    came(caravan, 5, 1)
    page = text(yuli.get(at(caravan, "pembagian/")))
    hasan, siti = (caravan.part(caravan.sacks, one).pk for one in (caravan.cast.warung, caravan.cast.other_warung))
    assert re.search(rf'name="units-{hasan}"[^>]*value="3"', page)
    sent = {"key": uuid.uuid4(), f"units-{hasan}": 2, f"units-{siti}": 2}
    refused = yuli.post(at(caravan, "pembagian/"), sent)
    assert refused.status_code == 400 and re.search(rf'name="units-{siti}"[^>]*value="2"', text(refused))
    yuli.post(at(caravan, "pembagian/"), {**sent, "reason": "Hajatan"})
    assert Allotment.objects.get(part=siti).units == 2
    assert "Warung Siti" in text(yuli.get(at(caravan, "pembagian/")))


def test_routes_picking_and_loading(caravan: Caravan, yuli: Client) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    hasan, siti = caravan.cast.warung.pk, caravan.cast.other_warung.pk
    sent = {f"route-{hasan}": "Motor Andi", f"place-{hasan}": 2, f"route-{siti}": "Motor Andi", f"place-{siti}": 1}
    assert yuli.post(at(caravan, "pembagian/rute/"), {**sent, f"route-{siti}": ""}).status_code == 400
    yuli.post(at(caravan, "pembagian/rute/"), sent)
    assert [stop.warung_id for stop in RouteStop.objects.all()] == [siti, hasan]
    page = text(yuli.get(at(caravan, "pembagian/ambil/")))
    assert "Motor Andi" in page and page.index("Warung Siti") < page.index("Warung Hasan")
    assert yuli.get(at(caravan, "pembagian/ambil/?bentuk=pdf")).content[:5] == b"%PDF-"
    yuli.post(at(caravan, "pembagian/muat/"), {"route": "Motor Andi"})
    assert set(HandOver.objects.values_list("state", flat=True)) == {HandOverState.ON_THE_WAY}


def test_many_warungs_come_in_pages_and_are_searched(
    caravan: Caravan, yuli: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_apps.procurement.views.handovers.PER_PAGE", 1)
    came(caravan, 7, 2)
    share_out(caravan)
    pages = [text(yuli.get(at(caravan, f"pembagian/?page={page}"))) for page in (1, 2)]
    assert [("Warung Hasan" in page, "Warung Siti" in page) for page in pages] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )
    found = text(yuli.get(at(caravan, "pembagian/?q=siti")))
    assert "Warung Siti" in found and "Warung Hasan" not in found
    assert yuli.get(at(caravan, "pembagian/?q=%00siti")).status_code == 200
    assert "Tidak ditemukan" in text(yuli.get(at(caravan, "pembagian/?q=zzz")))
    # Each page of routes is changed by itself; what stands on the others stays.
    hasan, siti = caravan.cast.warung.pk, caravan.cast.other_warung.pk
    routes = [text(yuli.get(at(caravan, f"pembagian/rute/?page={page}"))) for page in (1, 2)]
    assert [f"route-{hasan}" in page for page in routes] != [f"route-{siti}" in page for page in routes]
    answer = yuli.post(at(caravan, "pembagian/rute/?page=2"), {f"route-{siti}": "Motor Andi", f"place-{siti}": 1})
    assert (answer.status_code, answer.headers["Location"]) == (302, at(caravan, "pembagian/rute/?page=2"))
    names = dict(RouteStop.objects.values_list("warung", "route__name"))
    assert names[siti] == "Motor Andi" != names[hasan]


def handing(document: HandOver, **facts: Any) -> dict[str, Any]:
    units = {f"units-{line.pk}": line.units for line in document.lines.all()}
    return {"key": uuid.uuid4(), "name": "Hasan", **units, **facts}


def test_the_owner_tells_the_code_and_the_courier_types_it(caravan: Caravan, yuli: Client) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    document = to(caravan)
    url = at(caravan, f"pembagian/{document.number}/")
    owner = browser_of(caravan.cast.hasan)
    own_url = f"/toko/restok/putaran/{caravan.cycle.number}/serah-terima/"
    assert document.code in text(owner.get(own_url))
    assert document.code not in text(yuli.get(url))
    assert browser_of(caravan.cast.siti).get(own_url).status_code == 200
    assert document.code not in text(browser_of(caravan.cast.siti).get(own_url))
    wrong = yuli.post(url, handing(document, code="12", paid="50.000"))
    assert wrong.status_code == 400 and 'value="50.000"' in text(wrong)
    yuli.post(url, handing(document, code=f"{document.code[:3]} {document.code[3:]}", paid="50.000"))
    document.refresh_from_db()
    assert (
        document.state == HandOverState.HANDED_OVER
        and credit_of(caravan.cast.warung).owed == 4 * SACK + 7 * TRAY - 50_000
    )
    assert document.code not in text(owner.get(own_url))
    payment = WarungPayment.objects.get()
    for client, path in (
        *((yuli, url + f"surat/{kind}/") for kind in ("surat-jalan", "berita-acara", "faktur")),
        (owner, own_url + f"{document.number}/faktur/"),
        (owner, f"/toko/restok/kwitansi/{payment.number}/"),
        (yuli, f"/satker/piutang/kwitansi/{payment.number}/"),
    ):
        assert client.get(path).content[:5] == b"%PDF-", path
    siti = browser_of(caravan.cast.siti)
    for path in (own_url + f"{document.number}/faktur/", f"/toko/restok/kwitansi/{payment.number}/"):
        assert siti.get(path).status_code == 404
    assert yuli.get(url + "surat/lain/").status_code == 404


def test_a_drawn_signature_is_kept_and_shown(caravan: Caravan, yuli: Client) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    document = to(caravan)
    url = at(caravan, f"pembagian/{document.number}/")
    assert yuli.post(url, handing(document, signature='M1 1"/><script>')).status_code == 400
    lines = list(document.lines.all())
    less = {f"units-{lines[1].pk}": 5}
    refused = yuli.post(url, handing(document, signature=DRAWN, **less))
    assert refused.status_code == 400 and DRAWN in text(refused)
    yuli.post(url, handing(document, signature=DRAWN, **less, **{f"reason-{lines[1].pk}": "Retak"}))
    page = text(yuli.get(url))
    assert f'd="{DRAWN}"' in page and "Retak" in page
    assert yuli.get(url + "surat/berita-acara/").content[:5] == b"%PDF-"


def test_nobody_was_there_and_it_comes_again(caravan: Caravan, yuli: Client) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    url = at(caravan, f"pembagian/{to(caravan).number}/")
    for step, state in (("muat", "on_the_way"), ("tidak-ada", "not_met"), ("lagi", "picking")):
        yuli.post(url + f"{step}/", {"reason": "Tutup"})
        assert to(caravan).state == state


def test_money_is_taken_at_the_desk_and_statements_tell_it(caravan: Caravan, yuli: Client) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    give(to(caravan))
    give(to(caravan, "Warung Siti"))
    page = text(yuli.get("/satker/piutang/"))
    assert "Warung Hasan" in page and "Warung Siti" in page
    names = [f"amount-{one.public_id}" for one in (caravan.cast.warung, caravan.cast.other_warung)]
    sent = {
        "key": uuid.uuid4(),
        "how": "cash",
        "paid_on": clock.today().isoformat(),
        names[0]: "100.000",
        names[1]: "9.000.000",
    }
    refused = yuli.post("/satker/piutang/", sent)
    assert refused.status_code == 400 and 'value="100.000"' in text(refused) and not WarungPayment.objects.exists()
    yuli.post("/satker/piutang/", {**sent, names[1]: "200.000"})
    assert sorted(WarungPayment.objects.values_list("amount", flat=True)) == [100_000, 200_000]
    statement = text(yuli.get(f"/satker/piutang/{caravan.cast.warung.public_id}/"))
    assert "100.000" in statement and "2.864.000" in statement


def test_an_invoice_is_read_beside_order_and_receipt_and_paid(trade: Trade) -> None:
    caravan, yuli = trade.caravan, browser_of(trade.caravan.cast.yuli)
    trade.came(5, 2, rejected=2, reason="Basah")
    wrong = trade.bill(7, 2, freight=50_000)
    assert "F-1" in text(yuli.get(at(caravan, "faktur/")))
    url = at(caravan, f"faktur/{wrong.public_id}/")
    assert "1.200.000" in text(yuli.get(url))
    assert yuli.post(url + "cocok/", {"freight_by": "value"}).status_code == 400
    assert yuli.post(url + "sanggah/", {"reason": ""}).status_code == 400
    yuli.post(url + "sanggah/", {"reason": "Dua basah"})
    assert "Dua basah" in text(yuli.get(url))
    right = trade.bill(5, 2, number="F-2", freight=50_000)
    url = at(caravan, f"faktur/{right.public_id}/")
    yuli.post(url + "cocok/", {"freight_by": "value"})
    assert "F-2" in text(yuli.get("/satker/utang/"))
    paying = {"key": uuid.uuid4(), "how": "transfer", "reference": "BRI 1", "paid_on": clock.today().isoformat()}
    assert yuli.post(url + "bayar/", {**paying, "paid_on": "2999-01-01"}).status_code == 400
    yuli.post(url + "bayar/", paying)
    assert InvoiceMatch.objects.get().payment.amount == 5 * 600_000 + 2 * 280_000 + 50_000
    assert "BRI 1" in text(yuli.get(url))


def test_the_summary_traces_both_ways_and_settles(trade: Trade) -> None:
    caravan, yuli = trade.caravan, browser_of(trade.caravan.cast.yuli)
    trade.came(7, 2)
    share_out(caravan)
    give(to(caravan))
    give(to(caravan, "Warung Siti"))
    invoice = trade.bill(7, 2)
    trade.pay(trade.match(invoice))
    assert "Warung Hasan" in text(yuli.get(at(caravan, "rekap/")))
    page = text(yuli.get(at(caravan, f"rekap/{caravan.cast.warung.public_id}/")))
    assert Arrival.objects.get().number in page and "F-1" in page and caravan.purchase.order_number in page
    back = text(yuli.get(at(caravan, f"faktur/{invoice.public_id}/")))
    assert "Warung Hasan" in back and "Warung Siti" in back
    yuli.post(at(caravan, "rekap/selesai/"), {"explanation": ""})
    caravan.cycle.refresh_from_db()
    assert caravan.cycle.state == CycleState.SETTLED


@pytest.mark.parametrize(
    "path", ["penerimaan/", "pembagian/", "pembagian/ambil/", "pembagian/rute/", "faktur/", "rekap/"]
)
def test_pages_are_the_satkers_and_empty_ones_say_so(caravan: Caravan, yuli: Client, path: str) -> None:
    assert yuli.get(at(caravan, path)).status_code == 200
    for other in (caravan.cast.hasan, caravan.cast.ratna, caravan.cast.budi):
        assert browser_of(other).get(at(caravan, path)).status_code == 404
    assert yuli.get(f"/satker/putaran/ZZZZZZ/{path}").status_code == 404


def test_pages_cost_no_query_more_for_more_hand_overs(market: Cast) -> None:
    yuli = browser_of(market.yuli)
    caravan = set_out(market)
    came(caravan, 1, 0)
    share_out(caravan)
    paths = [at(caravan, path) for path in ("pembagian/", "pembagian/ambil/", "rekap/", "penerimaan/")]
    few = [_queries(yuli, path) for path in paths]
    came(caravan, 6, 2)
    share_out(caravan)
    assert [_queries(yuli, path) for path in paths] == few


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_a_refused_cycle_goes_on_by_hand(kalidoni: Region) -> None:
    deal = Deal(kalidoni)
    with in_region(kalidoni):
        caravan, order = ordered(deal, build_cast(), answered=False)
        yuli = browser_of(caravan.cast.yuli)
        assert "lanjut" not in text(yuli.get(at(caravan, "penerimaan/")))
        deal.as_supplier(refuse, order, reason="Habis")
        assert at(caravan, "penerimaan/lanjut/") in text(yuli.get(at(caravan, "penerimaan/")))
        yuli.post(at(caravan, "penerimaan/lanjut/"))
        caravan.cycle.refresh_from_db()
        assert caravan.cycle.state == CycleState.DISTRIBUTED
