"""The pages of the waste bank: for whom they are there, and the way through them without a script."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from tenant_apps.bank_sampah.models import Deposit, DepositState, Member, WastePrice, WasteUnit, Way, Withdrawal
from tenant_apps.bank_sampah.selectors.books import free_book
from tenant_apps.bank_sampah.selectors.prices import terms_on
from tenant_apps.bank_sampah.services import Sold, give_new_card, join, make_buyer, make_unit, sell
from tenant_apps.satker.models import ServiceSetting
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.bank_sampah.bank import PIN, Bank, balance, open_bank


def at(unit: WasteUnit, path: str = "") -> str:
    return f"/sampah/{unit.public_id}/{path}"


@pytest.fixture
def offered(bank: Bank) -> Bank:
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    return bank


def of_unit(bank: Bank) -> list[str]:
    number, slip, payout = bank.member.number, bank.weigh({"PL-01": 5_000}).number, bank.ask(1_000).number
    paths = ["", "nasabah/", "nasabah/baru/", f"nasabah/{number}/", f"nasabah/{number}/kartu/", f"timbang/{number}/"]
    return [at(bank.unit, path) for path in [*paths, f"slip/{slip}/", "penarikan/", f"penarikan/{payout}/"]]


def of_office(bank: Bank) -> list[str]:
    paths = [
        "",
        "jenis/",
        f"jenis/{bank.grade('PL-01').public_id}/",
        "unit/baru/",
        f"unit/{bank.unit.public_id}/",
        "ketentuan/",
    ]
    return [f"/satker/bank-sampah/{path}" for path in paths]


def of_member(bank: Bank) -> list[str]:
    book = f"/tabungan/{bank.book.public_id}/"
    slip = bank.weigh({"PL-01": 5_000}).number
    paths = ["cetak/", "unduh/", "setoran/", ""]
    return [
        "/tabungan/",
        "/tabungan/kartu/",
        "/tabungan/harga/",
        f"/tabungan/slip/{slip}/",
        *(book + path for path in paths),
    ]


def test_who_sees_a_unit(offered: Bank) -> None:
    cast = offered.cast
    for place in of_unit(offered):
        for person in (cast.hasan, cast.wati, cast.yuli):
            assert browser_of(person).get(place).status_code == 200, place
        for stranger in (cast.siti, cast.ratna, cast.budi):
            assert browser_of(stranger).get(place).status_code == 404, place
        assert browser_of(None).get(place).status_code in (302, 404)


def test_who_sees_the_office(offered: Bank) -> None:
    cast = offered.cast
    for place in of_office(offered):
        assert browser_of(cast.yuli).get(place).status_code == 200, place
        for stranger in (cast.hasan, cast.siti, cast.ratna, cast.budi):
            assert browser_of(stranger).get(place).status_code == 404, place


def test_who_sees_a_book(offered: Bank) -> None:
    cast = offered.cast
    own = of_member(offered)
    for place in own:
        assert browser_of(cast.ratna).get(place).status_code == 200, place
    for place in own[3:]:
        for stranger in (cast.siti, cast.hasan, cast.yuli):
            assert browser_of(stranger).get(place).status_code == 404, place


def test_a_region_without_the_service_shows_nobody_how_to_join(bank: Bank) -> None:
    assert browser_of(bank.cast.siti).get("/tabungan/").status_code == 404
    # Who has savings sees them, whatever the region offers now.
    assert browser_of(bank.cast.ratna).get("/tabungan/").status_code == 200


def weigh(client: Client, bank: Bank, key: str, **amounts: str) -> object:
    grades = {f"q-{bank.grade(code.replace('_', '-')).pk}": amount for code, amount in amounts.items()}
    form = {"key": key, "book": str(bank.book.public_id), **grades}
    return client.post(at(bank.unit, f"timbang/{bank.member.number}/"), form, follow=True)


def test_weighing_without_a_script(offered: Bank) -> None:
    client, key = browser_of(offered.cast.wati), str(uuid4())
    for _tap in range(2):
        page = weigh(client, offered, key, PL_01="1,25", KC_01="3", KR_01="")
    assert "Rp\u00a05.575" in page.content.decode()  # type: ignore[attr-defined]
    made = Deposit.objects.get()
    assert (made.value, made.grams) == (4_375 + 1_200, 1_250 + 3 * 350)
    assert made.by == offered.cast.wati.actor
    again = client.post(at(offered.unit, f"slip/{made.number}/batal/"), {"reason": "salah"}, follow=True)
    assert again.status_code == 200
    assert Deposit.objects.get().state == DepositState.REVERSED


@pytest.mark.parametrize("amount", ["-1", "abc", "1,2345", "1 2", "\x00", "99999999999", "٣"])
def test_a_weight_that_cannot_be_loses_nothing(offered: Bank, amount: str) -> None:
    page = weigh(browser_of(offered.cast.wati), offered, str(uuid4()), PL_01=amount, KR_01="2,5")
    assert page.status_code == 400  # type: ignore[attr-defined]
    assert 'value="2,5"' in page.content.decode()  # type: ignore[attr-defined]
    assert Deposit.objects.count() == 0


def test_a_card_or_a_number_leads_straight_to_weighing(offered: Bank) -> None:
    client, member = browser_of(offered.cast.hasan), offered.member
    weighing = at(offered.unit, f"timbang/{member.number}/")
    for typed in (
        member.number,
        member.number.lower(),
        member.card,
        f"http://kalidoni.localhost/tabungan/kartu/{member.card}/",
    ):
        assert client.get(at(offered.unit), {"q": typed}).headers.get("Location") == weighing, typed
    found = client.get(at(offered.unit), {"q": "rat"}).content.decode()
    assert weighing in found
    read = f"/tabungan/kartu/{member.card}/"
    assert client.get(read).headers["Location"] == weighing
    assert browser_of(offered.cast.ratna).get(read).headers["Location"] == "/tabungan/"
    assert browser_of(offered.cast.siti).get(read).status_code == 404
    give_new_card(member=member)
    assert client.get(read).status_code == 404


def test_a_warungs_people_see_their_own_members_alone(offered: Bank) -> None:
    other = make_unit(name="Unit Siti", warung=offered.cast.other_warung)
    siti, hasan = browser_of(offered.cast.siti), browser_of(offered.cast.hasan)
    stranger = join(unit=other, name="Ratna Kedua", by=BY, agrees=True)
    assert hasan.get(at(offered.unit, f"nasabah/{stranger.number}/")).status_code == 404
    assert "Ratna Kedua" not in hasan.get(at(offered.unit), {"q": "ratna"}).content.decode()
    assert "Ratna Kedua" in siti.get(at(other), {"q": "ratna"}).content.decode()
    payout = f"nasabah/{stranger.number}/tarik/"
    form = {"key": str(uuid4()), "amount": "1", "pin": PIN, "way": "cash", "book": str(free_book(stranger).public_id)}
    assert hasan.post(at(offered.unit, payout), form).status_code == 404
    # Waste can be brought to any unit.
    assert siti.get(at(other, f"timbang/{offered.member.number}/")).status_code == 200
    assert browser_of(offered.cast.yuli).get(at(offered.unit, f"nasabah/{stranger.number}/")).status_code == 200


def test_somebody_joins_at_the_unit_and_on_their_own_phone(offered: Bank) -> None:
    client = browser_of(offered.cast.wati)
    form = {"kind": "school", "name": "SDN 5 Kalidoni", "phone": "0711", "rw": "", "rt": "", "address": ""}
    refused = client.post(at(offered.unit, "nasabah/baru/"), form)
    assert (refused.status_code, Member.objects.filter(kind="school").count()) == (400, 0)
    client.post(at(offered.unit, "nasabah/baru/"), {**form, "agrees": "on"})
    assert Member.objects.get(kind="school").books.count() == 1
    siti = browser_of(offered.cast.siti)
    assert siti.get("/tabungan/").status_code == 200
    siti.post("/tabungan/buka/", {"unit": str(offered.unit.public_id), "agrees": "on"})
    assert Member.objects.get(user=offered.cast.siti).name == str(offered.cast.siti)


def test_a_payout_from_asking_to_cash(offered: Bank) -> None:
    offered.weigh({"PL-01": 10_000})
    offered.fill(100_000)
    ratna, wati = browser_of(offered.cast.ratna), browser_of(offered.cast.wati)
    form = {"key": str(uuid4()), "amount": "20.000", "pin": PIN, "way": "cash", "unit": str(offered.unit.public_id)}
    for _tap in range(2):
        assert ratna.post(f"/tabungan/{offered.book.public_id}/tarik/", form).status_code == 302
    one = Withdrawal.objects.get()
    assert "diajukan" in ratna.get(f"/tabungan/{offered.book.public_id}/").content.decode()
    assert wati.post(at(offered.unit, f"penarikan/{one.number}/bayar/")).status_code == 302
    assert balance(f"waste:{offered.unit.pk}:cash") == 80_000
    assert ratna.post(f"/tabungan/penarikan/{one.number}/batal/").status_code == 302
    one.refresh_from_db()
    assert one.state == "paid"
    too_much = ratna.post(
        f"/tabungan/{offered.book.public_id}/tarik/", {**form, "key": str(uuid4()), "amount": "15.001"}
    )
    assert too_much.status_code == 409
    assert "Rp\u00a015.000" in too_much.content.decode()


def test_a_transfer_is_the_satkers(offered: Bank) -> None:
    offered.weigh({"PL-01": 10_000})
    one = offered.ask(10_000, way=Way.TRANSFER)
    path = at(offered.unit, f"penarikan/{one.number}/bayar/")
    assert browser_of(offered.cast.hasan).post(path, {"bank_reference": "X"}).status_code == 404
    assert browser_of(offered.cast.yuli).post(path, {"bank_reference": ""}).status_code == 400
    assert browser_of(offered.cast.yuli).post(path, {"bank_reference": "TRX-1"}).status_code == 302
    assert balance("satker:bank") == -10_000


def test_the_satker_sets_prices_terms_units_and_cash(offered: Bank) -> None:
    yuli, grade = browser_of(offered.cast.yuli), offered.grade("PL-01")
    yuli.post(f"/satker/bank-sampah/jenis/{grade.public_id}/", {"price": "4.200"})
    assert WastePrice.objects.filter(grade=grade).first().price == 4_200  # type: ignore[union-attr]
    told = {"share_percent": "12,5", "proceeds_percent": "50", "least_payout": "5.000", "most_a_day": "500.000"}
    yuli.post("/satker/bank-sampah/ketentuan/", {**told, "first_day": "1", "last_day": "10"})
    assert (terms_on().share_bps, terms_on().proceeds_bps, terms_on().last_day) == (1_250, 5_000, 10)
    assert yuli.post("/satker/bank-sampah/ketentuan/", {**told, "first_day": "9", "last_day": "1"}).status_code == 400
    yuli.post("/satker/bank-sampah/unit/baru/", {"name": "Unit RW 3", "warung": "", "address": "", "hours": ""})
    made = WasteUnit.objects.get(name="Unit RW 3")
    box = f"/satker/bank-sampah/unit/{made.public_id}/kas/"
    yuli.post(box, {"key": str(uuid4()), "amount": "75.000", "direction": "in"})
    assert yuli.post(box, {"key": str(uuid4()), "amount": "75.001", "direction": "out"}).status_code == 409
    assert balance(f"waste:{made.pk}:cash") == 75_000
    assert yuli.post("/satker/bank-sampah/unit/baru/", {"name": "Unit RW 3"}).status_code == 400


def test_a_region_begins_with_one_tap(market: Cast) -> None:
    yuli = browser_of(market.yuli)
    assert "Siapkan" in yuli.get("/satker/bank-sampah/").content.decode()
    for _tap in range(2):
        assert yuli.post("/satker/bank-sampah/mulai/").status_code == 302
    assert (WasteUnit.objects.count(), WastePrice.objects.count()) == (1, 24)
    assert "Botol PET" in yuli.get("/satker/bank-sampah/jenis/").content.decode()
    open_bank(market)


def test_the_satker_adds_types_and_grades(offered: Bank) -> None:
    yuli, place = browser_of(offered.cast.yuli), "/satker/bank-sampah/jenis/"
    told = {"code": "pl-20", "name": "Styrofoam", "group": "plastic", "composition": "plastic", "measure": "g"}
    for refused in ({**told, "measure": "pcs"}, {**told, "piece_g": "5"}, {**told, "code": "PL-01"}):
        assert yuli.post(place + "baru/", refused).status_code == 400
    assert yuli.post(place + "baru/", told).status_code == 302
    clean = offered.grade("PL-20")
    # Without a price nobody can bring it.
    assert "Styrofoam" not in browser_of(offered.cast.ratna).get("/tabungan/harga/").content.decode()
    yuli.post(f"{place}{clean.public_id}/", {"price": "500"})
    yuli.post(f"{place}{clean.public_id}/", {"name": "kotor"})
    assert yuli.post(f"{place}{clean.public_id}/", {"name": "kotor"}).status_code == 400
    page = browser_of(offered.cast.ratna).get("/tabungan/harga/").content.decode()
    assert page.count("Styrofoam") == 1
    assert offered.weigh({"PL-02": 1_000, "PL-01": 1}).value == 1_804


def test_a_price_is_for_all_for_one_unit_or_a_buyers(offered: Bank) -> None:
    yuli, grade, buyer = browser_of(offered.cast.yuli), offered.grade("PL-01"), make_buyer(name="Pengepul Ilir")
    place = f"/satker/bank-sampah/jenis/{grade.public_id}/"
    for price, of in (
        ("4.000", ""),
        ("5.000", f"unit:{offered.unit.public_id}"),
        ("7.000", f"buyer:{buyer.public_id}"),
    ):
        assert yuli.post(place, {"price": price, "place": of}).status_code == 302
    assert yuli.post(place, {"price": "1", "place": "unit:x"}).status_code == 400
    assert offered.weigh({"PL-01": 1_000}).value == 5_000
    assert offered.weigh({"PL-01": 1_000}, unit=offered.centre).value == 4_000
    page = yuli.get(f"/sampah/{offered.unit.public_id}/jual/").content.decode()
    assert 'value="7.000"' in page


@pytest.mark.parametrize("reason", ["salah\x00nota", "x" * 241, " "])
def test_a_reason_that_cannot_be_kept_is_told_and_nothing_changes(offered: Bank, reason: str) -> None:
    offered.weigh({"PL-01": 5_000})
    slip, payout = offered.weigh({"KR-01": 1_000}), offered.ask(1_000)
    line = Sold(offered.grade("PL-01"), 1_000, 5_000)
    told = {"key": uuid4(), "note_number": "NT-1", "lines": [line], "by": BY}
    sale = sell(unit=offered.unit, buyer=make_buyer(name="Pengepul Ilir"), **told)  # type: ignore[arg-type]
    yuli = browser_of(offered.cast.yuli)
    for path in (f"slip/{slip.number}/batal/", f"penarikan/{payout.number}/tolak/", f"penjualan/{sale.number}/batal/"):
        assert yuli.post(at(offered.unit, path), {"reason": reason}).status_code == 400, path
    # A member may leave without a reason.
    if reason.strip():
        place = at(offered.unit, f"nasabah/{offered.member.number}/tutup/")
        assert yuli.post(place, {"reason": reason}).status_code == 400
    for one, state in ((slip, "saved"), (payout, "requested"), (sale, "owed")):
        one.refresh_from_db()
        assert one.state == state
