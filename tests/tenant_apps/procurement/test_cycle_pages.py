"""The cycle's pages: an owner orders in one form, the Satker prepares, closes, plans and sends; nobody else gets in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shared_apps.exchange.models import SupplierOrder
from tenant_apps.catalog.models import Pack, Product, Use
from tenant_apps.procurement.models import Cycle, CycleGood, CycleLine, CycleOrder, CycleState, WarungCredit
from tenant_apps.procurement.services import close_cycle
from tenant_apps.procurement.services.due import close_due_cycles
from tenants.kernel import clock
from tests.cast import BY, browser_of
from tests.tenant_apps.procurement.round import SACK, TRAY, Round, parts_of


def shown(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


def filled(round_: Round, cycle: Cycle, **wanted: tuple[str, str]) -> dict[str, str]:
    """The order form: firm and tolerance as texts, by the names of the round."""
    goods = round_.goods(cycle)
    data = {"do": "send", "key": str(uuid4()), "warung": str(round_.cast.warung.public_id), "note": ""}
    for name, (firm, tolerance) in wanted.items():
        good = goods[name]
        data |= {f"firm-{good.pk}": firm, f"tolerance-{good.pk}": tolerance, f"seen-{good.pk}": str(good.price)}
    return data


@pytest.fixture
def hasan(round_: Round) -> Client:
    return browser_of(round_.cast.hasan)


@pytest.fixture
def yuli(round_: Round) -> Client:
    return browser_of(round_.cast.yuli)


def test_an_owner_orders_and_changes_the_order(round_: Round, hasan: Client) -> None:
    cycle = round_.opened()
    assert "Restok Selasa" in shown(hasan.get("/toko/restok/putaran/"))
    url = f"/toko/restok/putaran/{cycle.number}/"
    page = shown(hasan.get(url))
    assert "Rp 640.000" in page and "Isi karton 6" in page
    answer = hasan.post(url, filled(round_, cycle, rice=("2", ""), eggs=("4", "2")))
    assert answer.status_code == 302
    assert sorted(CycleLine.objects.values_list("firm", "tolerance")) == [(2, 0), (4, 2)]
    page = shown(hasan.get(url))
    assert "Rp 1.480.000" in page and "2 lagi penuh satu karton" not in page
    hasan.post(url, filled(round_, cycle, rice=("1", "")))
    assert CycleOrder.objects.get().total == SACK


@pytest.mark.parametrize("typed", [("dua", ""), ("1.000", ""), ("-1", ""), ("0", "3"), ("1", "x"), ("99999999", "")])
def test_what_cannot_be_read_is_shown_again(round_: Round, hasan: Client, typed: tuple[str, str]) -> None:
    cycle = round_.opened()
    answer = hasan.post(f"/toko/restok/putaran/{cycle.number}/", filled(round_, cycle, rice=typed, eggs=("4", "")))
    assert answer.status_code == 400
    assert 'value="4"' in shown(answer)
    assert not CycleOrder.objects.exists()


def test_too_much_for_the_limit_is_said_in_rupiah(round_: Round, hasan: Client) -> None:
    cycle = round_.opened()
    WarungCredit.objects.create(warung=round_.cast.warung, most=SACK, by=BY, changed_at=clock.now())
    answer = hasan.post(f"/toko/restok/putaran/{cycle.number}/", filled(round_, cycle, rice=("2", "")))
    assert answer.status_code == 409
    assert "Rp 640.000 di atas batas utang" in shown(answer)


def test_counting_and_searching_write_nothing(round_: Round, hasan: Client) -> None:
    cycle = round_.opened()
    url = f"/toko/restok/putaran/{cycle.number}/"
    assert "Rp 1.280.000" in shown(hasan.post(url, filled(round_, cycle, rice=("2", "")) | {"do": "count"}))
    page = shown(hasan.post(url, filled(round_, cycle, rice=("2", "")) | {"do": "search", "q": "telor"}))
    assert "Telur ayam" in page and 'value="2"' in page
    assert not CycleOrder.objects.exists()


def test_a_closed_cycle_shows_what_is_bought(round_: Round, hasan: Client) -> None:
    cycle = round_.closed()
    url = f"/toko/restok/putaran/{cycle.number}/"
    page = shown(hasan.get(url))
    assert "Dibelikan untuk Anda" in page and "Telur ayam" in page
    answer = hasan.post(url, filled(round_, cycle, rice=("9", "")))
    assert "tidak menerima pesanan lagi" in shown(answer)
    assert CycleOrder.objects.get(warung=round_.cast.warung).total == 2 * SACK + 4 * TRAY + 15 * 16_000


def test_other_people_find_nothing(round_: Round) -> None:
    cycle = round_.draft()
    hasan, ratna, siti = (browser_of(one) for one in (round_.cast.hasan, round_.cast.ratna, round_.cast.siti))
    assert hasan.get(f"/toko/restok/putaran/{cycle.number}/").status_code == 404
    for path in ("", "pesanan/", "stok/", "ubah/"):
        assert hasan.get(f"/satker/putaran/{cycle.number}/{path}").status_code == 404
    assert ratna.get("/toko/restok/putaran/").status_code == 404
    cycle = round_.closed()
    assert siti.get(f"/toko/restok/putaran/{cycle.number}/").status_code == 200
    # Another's warung is not theirs to order for.
    opened = round_.opened()
    assert (
        siti.post(f"/toko/restok/putaran/{opened.number}/", filled(round_, opened, rice=("1", ""))).status_code == 404
    )


def test_the_satker_goes_from_draft_to_the_suppliers(round_: Round, yuli: Client, hasan: Client) -> None:
    page = shown(yuli.get("/satker/putaran/baru/"))
    assert "Sinar Musi" in page and "Rp 46.667" in page
    closes = timezone.localtime(clock.now() + timedelta(days=1))
    form: dict[str, Any] = {
        "name": "Restok Kamis",
        "closes_at": closes.strftime("%Y-%m-%dT%H:%M"),
        "deliver_on": (closes.date() + timedelta(days=2)).isoformat(),
        "below": "keep",
        "repeats_days": "",
        "note": "Bawa kardus kosong",
        "packs": [str(pack.pk) for pack in round_.packs],
    }
    assert yuli.post("/satker/putaran/baru/", form | {"deliver_on": "2020-01-01"}).status_code == 400
    answer = yuli.post("/satker/putaran/baru/", form)
    cycle = Cycle.objects.get()
    at = f"/satker/putaran/{cycle.number}/"
    assert answer["Location"] == at
    yuli.post(f"{at}ubah/", form | {"name": "Restok Jumat", "packs": [str(round_.tray.pk), str(round_.cast.sack.pk)]})
    assert CycleGood.objects.count() == 2
    yuli.post(f"{at}buka/")
    hasan.post(f"/toko/restok/putaran/{cycle.number}/", filled(round_, cycle, rice=("3", ""), eggs=("5", "")))
    assert "Warung Hasan" in shown(yuli.get(f"{at}pesanan/"))
    assert yuli.get(f"{at}stok/").status_code == 200
    yuli.post(f"{at}stok/", filled(round_, cycle, eggs=("1", "")))
    assert "tutup" in shown(yuli.get(at)).lower()
    yuli.post(f"{at}tutup/")
    page = shown(yuli.get(at))
    assert "9 peti lagi mencapai tingkat harga berikutnya, hemat Rp 10.000" in page
    assert "Rp 2.080.000" in page
    yuli.post(f"{at}pesan/")
    order = SupplierOrder.objects.get()
    page = shown(yuli.get(at))
    assert order.number in page and "terkirim" in page
    assert parts_of(cycle)["Telur ayam"] == {"Satker": 1, "Warung Hasan": 5}


def test_planning_otherwise_leaves_a_supplier_out(round_: Round, yuli: Client) -> None:
    cycle = round_.closed()
    at = f"/satker/putaran/{cycle.number}/"
    yuli.post(f"{at}susun/", {"below": "leave_out", "left_out": [str(round_.seller.organisation.public_id)]})
    page = shown(yuli.get(at))
    assert "tidak ada pemasok yang menawarkan" in page and "Tidak ada yang dibeli" in page
    yuli.post(f"{at}susun/", {"below": "keep"})
    assert "Rp 2.380.000" in shown(yuli.get(at))
    assert yuli.post(f"{at}susun/", {"below": "nonsense"}).status_code == 400


def test_extending_and_cancelling_ask_for_what_they_need(round_: Round, yuli: Client) -> None:
    cycle = round_.closed()
    at = f"/satker/putaran/{cycle.number}/"
    assert yuli.post(f"{at}perpanjang/", {"closes_at": "2020-01-01T10:00"}).status_code == 400
    assert yuli.post(f"{at}perpanjang/", {"closes_at": ""}).status_code == 400
    later = timezone.localtime(clock.now() + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")
    assert yuli.post(f"{at}perpanjang/", {"closes_at": later}).status_code == 302
    assert yuli.post(f"{at}batalkan/", {"reason": " "}).status_code == 400
    yuli.post(f"{at}batalkan/", {"reason": "Banjir"})
    cycle.refresh_from_db()
    assert cycle.state == CycleState.CANCELLED
    assert "Banjir" in shown(browser_of(round_.cast.hasan).get(f"/toko/restok/putaran/{cycle.number}/"))


def test_the_clock_closes_what_was_ordered_and_cancels_what_was_not(round_: Round) -> None:
    ordered, empty = round_.opened(), round_.opened()
    round_.order(ordered, round_.cast.warung, rice=1)
    Cycle.objects.update(closes_at=clock.now() - timedelta(minutes=1))
    assert close_due_cycles() == 2
    assert close_due_cycles() == 0
    assert {c.pk: c.state for c in Cycle.objects.all()} == {ordered.pk: "locked", empty.pk: "cancelled"}


def test_pages_cost_the_same_for_many_goods_and_warungs(round_: Round, yuli: Client, hasan: Client) -> None:
    def cost(client: Client, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    cycle = round_.opened()
    round_.order(cycle, round_.cast.warung, rice=1)
    pages = [
        (hasan, f"/toko/restok/putaran/{cycle.number}/"),
        (hasan, "/toko/restok/putaran/"),
        (yuli, f"/satker/putaran/{cycle.number}/"),
        (yuli, f"/satker/putaran/{cycle.number}/pesanan/"),
        (yuli, "/satker/putaran/"),
    ]
    before = [cost(*page) for page in pages]
    for index in range(30):
        product = Product.objects.create(
            sku=f"XX-{index}",
            name=f"Barang {index}",
            category=round_.cast.rice.category,
            base_unit="pcs",
            search="barang",
        )
        pack = Pack.objects.create(product=product, label="dus", base_quantity=12, use=Use.BUY)
        CycleGood.objects.create(
            cycle=cycle,
            product=product,
            pack=pack,
            product_name=product.name,
            pack_label="dus",
            base_unit="pcs",
            base_quantity=12,
            price=10_000,
        )
    round_.order(cycle, round_.cast.other_warung, rice=1, eggs=6)
    assert [cost(*page) for page in pages] == before
    close_cycle(cycle=cycle, by=BY)
    assert cost(yuli, f"/satker/putaran/{cycle.number}/") <= before[2] + 8
