"""Waste leaves oldest first and at its cost; what it brings is shared with the committees of where it came from."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tenant_apps.bank_sampah.errors import BadEntry, CashShort, WasteGone
from tenant_apps.bank_sampah.models import (
    LossReason,
    Lot,
    SaleState,
    Settled,
    Transfer,
    WasteGrade,
    WasteSale,
    WasteUnit,
)
from tenant_apps.bank_sampah.selectors.reports import year_report
from tenant_apps.bank_sampah.services import (
    Sold,
    make_buyer,
    make_unit,
    pay_committee,
    receive,
    sell,
    send,
    set_bank_terms,
    set_price,
    settle_sale,
    sort,
    take_back_sale,
    write_off,
)
from tenants.kernel import clock
from tests.cast import BY, browser_of
from tests.tenant_apps.bank_sampah.bank import Bank, balance, must_add_up


def stock(unit: WasteUnit, grade: WasteGrade) -> tuple[int, int]:
    found = list(Lot.objects.filter(unit=unit, grade=grade))
    return sum(lot.on_hand for lot in found), sum(lot.cost for lot in found)


def sent(bank: Bank, quantity: int, code: str = "PL-01", unit: WasteUnit | None = None) -> Transfer:
    return send(
        sender=unit or bank.unit, receiver=bank.centre, key=uuid4(), quantities={bank.grade(code): quantity}, by=BY
    )


def test_what_gets_lost_on_the_way_is_shrink_of_the_receiver(bank: Bank) -> None:
    bank.weigh({"PL-01": 10_000})
    transfer, pet = sent(bank, 4_000), bank.grade("PL-01")
    assert balance(f"waste:{bank.unit.pk}:transit") == 14_000
    for wrong in ({}, {pet.pk: 4_001}, {pet.pk: -1}):
        with pytest.raises(BadEntry):
            receive(transfer=transfer, arrived=wrong, by=BY)
    for _tap in range(2):
        receive(transfer=transfer, arrived={pet.pk: 3_900}, by=BY)
    assert stock(bank.unit, pet) == (6_000, 21_000)
    assert stock(bank.centre, pet) == (3_900, 13_650)
    assert balance(f"waste:{bank.centre.pk}:shrink") == 350
    assert balance(f"waste:{bank.unit.pk}:transit") == 0
    must_add_up()


def test_no_more_leaves_than_is_there(bank: Bank) -> None:
    bank.weigh({"PL-01": 1_000})
    with pytest.raises(WasteGone, match=r"1.kg"):
        sent(bank, 1_001)
    with pytest.raises(BadEntry):
        send(sender=bank.unit, receiver=bank.unit, key=uuid4(), quantities={bank.grade("PL-01"): 1}, by=BY)
    with pytest.raises(BadEntry):
        sent(bank, 0)


def test_sorting_carries_the_cost_along(bank: Bank) -> None:
    bank.weigh({"PL-05": 10_000})
    mixed, clear, caps = bank.grade("PL-05"), bank.grade("PL-01"), bank.grade("PL-07")
    sort(unit=bank.unit, key=uuid4(), grade=mixed, quantity=10_000, into={clear: 6_000, caps: 3_000}, by=BY)
    # A tenth was dirt: its 1.700 of 17.000 are shrink, the rest follows the weight.
    assert balance(f"waste:{bank.unit.pk}:shrink") == 1_700
    assert stock(bank.unit, clear) == (6_000, 10_200)
    assert stock(bank.unit, caps) == (3_000, 5_100)
    assert stock(bank.unit, mixed) == (0, 0)
    with pytest.raises(BadEntry):
        sort(unit=bank.unit, key=uuid4(), grade=clear, quantity=100, into={caps: 101}, by=BY)
    with pytest.raises(BadEntry):
        sort(unit=bank.unit, key=uuid4(), grade=clear, quantity=100, into={bank.grade("KC-01"): 5}, by=BY)
    must_add_up()


def test_a_sale_shares_its_margin_by_origin(bank: Bank) -> None:
    set_bank_terms(by=BY, share_bps=0, proceeds_bps=4_000, least_payout=1, most_a_day=10**9)
    other = make_unit(name="Unit RW 7")
    bank.weigh({"PL-01": 6_000})
    bank.weigh({"PL-01": 3_000}, unit=other)
    pet = bank.grade("PL-01")
    for transfer, grams in ((sent(bank, 6_000), 6_000), (sent(bank, 3_000, unit=other), 3_000)):
        receive(transfer=transfer, arrived={pet.pk: grams}, by=BY)
    buyer, key = make_buyer(name="Pengepul Ilir"), uuid4()
    for _tap in range(2):
        sale = sell(unit=bank.centre, buyer=buyer, key=key, note_number="NT-1", lines=[Sold(pet, 9_000, 5_000)], by=BY)
    # 45.000 for what cost 31.500; four tenths of the margin, two thirds of it to Hasan's unit.
    assert (sale.total, sale.cost, sale.margin, sale.shared) == (45_000, 31_500, 13_500, 5_400)
    assert {share.unit: share.amount for share in sale.shares.all()} == {bank.unit: 3_600, other: 1_800}
    assert balance(f"waste:{bank.unit.pk}:committee") == 3_600
    assert (sale.state, balance(f"waste:{bank.centre.pk}:owed")) == (SaleState.OWED, 45_000)
    for _tap in range(2):
        settle_sale(sale=sale, settled=Settled.CASH, by=BY)
    assert balance(f"waste:{bank.centre.pk}:cash") == 45_000
    with pytest.raises(CashShort):
        pay_committee(unit=bank.unit, key=uuid4(), amount=3_600, by=BY)
    bank.fill(10_000)
    pay_committee(unit=bank.unit, key=uuid4(), amount=3_600, by=BY)
    with pytest.raises(CashShort):
        pay_committee(unit=bank.unit, key=uuid4(), amount=1, by=BY)
    must_add_up()


def test_a_wrong_sale_is_taken_back_as_a_whole(bank: Bank) -> None:
    set_bank_terms(by=BY, share_bps=0, proceeds_bps=5_000, least_payout=1, most_a_day=10**9)
    bank.weigh({"PL-01": 2_000})
    buyer, pet = make_buyer(name="Pengepul Ilir"), bank.grade("PL-01")

    def sold() -> WasteSale:
        line = Sold(pet, 2_000, 5_000)
        told = {"unit": bank.unit, "buyer": buyer, "key": uuid4(), "note_number": "NT", "lines": [line], "by": BY}
        return sell(settled=Settled.CASH, **told)  # type: ignore[arg-type]

    sale = sold()
    pay_committee(unit=bank.unit, key=uuid4(), amount=1_500, by=BY)
    with pytest.raises(CashShort, match="kembali dulu"):
        take_back_sale(sale=sale, reason="salah nota", by=BY)
    bank.weigh({"KR-01": 1_000})
    set_bank_terms(by=BY, share_bps=5_000, proceeds_bps=5_000, least_payout=1, most_a_day=10**9)
    bank.weigh({"PL-02": 2_000})
    bank.fill(1_500)
    for _tap in range(2):
        taken = take_back_sale(sale=sale, reason="salah nota", by=BY)
    assert (taken.state, stock(bank.unit, pet)) == (SaleState.REVERSED, (2_000, 7_000))
    assert balance(f"waste:{bank.unit.pk}:cash") == 0
    # The note can be written anew.
    assert sold().total == 10_000
    must_add_up()


def test_a_loss_is_nobodys_share_and_a_note_is_written_once(bank: Bank) -> None:
    set_bank_terms(by=BY, share_bps=0, proceeds_bps=10_000, least_payout=1, most_a_day=10**9)
    bank.weigh({"PL-01": 2_000})
    buyer, pet = make_buyer(name="Pengepul Ilir"), bank.grade("PL-01")

    def sold(note: str, quantity: int = 1_000, price: int = 3_000) -> WasteSale:
        line = Sold(pet, quantity, price)
        return sell(unit=bank.unit, buyer=buyer, key=uuid4(), note_number=note, lines=[line], by=BY)

    sale = sold(" NT  1 ")
    assert (sale.note_number, sale.margin, sale.shared) == ("NT 1", -500, 0)
    with pytest.raises(BadEntry, match="sudah dicatat"):
        sold("NT 1")
    with pytest.raises(BadEntry):
        sold("NT 2", price=0)
    with pytest.raises(WasteGone):
        sold("NT 2", quantity=1_001)
    assert WasteSale.objects.count() == 1
    must_add_up()


def test_the_oldest_leaves_first(bank: Bank) -> None:
    pet = bank.grade("PL-01")
    old = Lot.objects.create(unit=bank.unit, origin=bank.unit, grade=pet, day=clock.today().replace(year=2025))
    bank.weigh({"PL-01": 1_000})
    fresh = Lot.objects.exclude(pk=old.pk).get()
    old.movements.create(kind="in", quantity=500, cost=100, reference="x", by=BY, at=clock.now())
    write_off(unit=bank.unit, key=uuid4(), grade=pet, quantity=600, reason=LossReason.DRIED, note="", by=BY)
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert ((old.on_hand, old.cost), (fresh.on_hand, fresh.cost)) == ((0, 0), (900, 3_150))


def test_the_years_report_counts_what_happened(bank: Bank) -> None:
    year = clock.today().year
    bank.weigh({"PL-01": 5_000, "KC-01": 10})
    set_price(grade=bank.grade("PL-01"), price=1, by=BY)
    sell(
        unit=bank.unit,
        buyer=make_buyer(name="Pengepul Ilir"),
        key=uuid4(),
        note_number="1",
        lines=[Sold(bank.grade("PL-01"), 4_000, 5_000)],
        by=BY,
    )
    write_off(
        unit=bank.unit, key=uuid4(), grade=bank.grade("PL-01"), quantity=250, reason=LossReason.LOST, note="", by=BY
    )
    report = year_report(year)
    bottle, pet = report.types
    assert (pet.weighed_g, pet.value, pet.sold_g, pet.sold, pet.shrunk_g) == (5_000, 17_500, 4_000, 20_000, 250)
    # 1.146 g for a kilogram of PET.
    assert pet.co2e_g == 4_584
    assert bottle.weighed_g == 3_500
    assert (report.slips, report.saved, report.active, report.members) == (1, 21_500, 1, 1)
    assert dict(report.months)[clock.today().month] == 8_500
    assert [(grams, sold) for _label, grams, sold in report.compositions] == [(5_000, 4_000), (3_500, 0)]
    assert year_report(year - 1).types == []


def test_the_pages_of_the_store(bank: Bank) -> None:
    bank.weigh({"PL-01": 10_000, "KR-01": 2_000})
    pet, cast = bank.grade("PL-01"), bank.cast
    here, centre = f"/sampah/{bank.unit.public_id}/", f"/sampah/{bank.centre.public_id}/"
    hasan, yuli = browser_of(cast.hasan), browser_of(cast.yuli)
    form = {"key": str(uuid4()), "receiver": str(bank.centre.public_id), f"q-{pet.pk}": "4,5"}
    assert hasan.post(here + "gudang/kirim/", {**form, f"q-{pet.pk}": "10,001"}).status_code == 409
    for _tap in range(2):
        assert hasan.post(here + "gudang/kirim/", form).status_code == 302
    transfer = Transfer.objects.get()
    place = f"gudang/kiriman/{transfer.number}/"
    assert hasan.post(here + place, {f"q-{pet.pk}": "4"}).status_code == 404
    assert yuli.get(centre + place).status_code == 200
    assert yuli.post(centre + place, {f"q-{pet.pk}": "4,4"}).status_code == 302
    work = f"gudang/jenis/{bank.grade('KR-01').public_id}/"
    off = {"key": str(uuid4()), "do": "off", "quantity": "0,5", "reason": "dried"}
    assert hasan.get(here + work).status_code == 200
    assert hasan.post(here + work, off).status_code == 302
    assert yuli.post("/satker/bank-sampah/pengepul/", {"name": "Pengepul Ilir"}).status_code == 302
    assert hasan.get(here + "jual/").status_code == 404
    page = yuli.get(centre + "jual/")
    sale = {
        "key": str(uuid4()),
        "buyer": str(page.context["buyers"][0].public_id),
        "note_number": "NT-9",
        f"q-{pet.pk}": "4,4",
        "settled": "bank",
    }
    assert yuli.post(centre + "jual/", sale).status_code == 400
    assert yuli.post(centre + "jual/", {**sale, f"p-{pet.pk}": "5.000"}).status_code == 302
    made = WasteSale.objects.get()
    assert (made.total, balance("satker:bank")) == (22_000, 22_000)
    for path in ("gudang/", "penjualan/", f"penjualan/{made.number}/", "penjualan/?q=NT"):
        assert yuli.get(centre + path).status_code == 200
    year = yuli.get("/satker/bank-sampah/laporan/")
    assert "12\u00a0kg" in year.content.decode()
    sheet = b"".join(yuli.get("/satker/bank-sampah/laporan/unduh/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Botol PET" in sheet
    assert yuli.get("/satker/bank-sampah/laporan/?tahun=1").status_code == 200
    assert hasan.get("/satker/bank-sampah/laporan/").status_code == 404
