"""The pages of agents: for whom they are there, the way through a day without a script, and what they never show."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tenant_apps.agent_banking.models import (
    AccountReferral,
    Agent,
    AgentDay,
    AgentTransaction,
    BankStatement,
    DocumentKind,
    FloatMove,
    LimitScope,
    MoveKind,
)
from tenant_apps.agent_banking.services import add_document, submit_referral
from tenant_apps.notifications.models import Notice
from tenant_apps.pricing.pictures import redrawn
from tenant_apps.satker.models import ServiceSetting
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.agent_banking.desk import (
    ANI,
    agent_at,
    begun,
    footprint,
    kind_of,
    limit,
    moved,
    offer_service,
    record,
    reference,
)

FOR_BOTH = [
    "/toko/agen/",
    "/toko/agen/catat/",
    "/toko/agen/catat/setor_tunai/",
    "/toko/agen/transaksi/",
    "/toko/agen/saldo/",
    "/toko/agen/hari/",
    "/toko/agen/rujukan/",
]
FOR_THE_OWNER = [
    "/toko/agen/hari/riwayat/",
    "/toko/agen/rekening-koran/",
    "/toko/agen/komisi/",
    "/toko/agen/komisi/unduh/",
    "/toko/agen/komisi/unduh/?bentuk=xlsx",
]
FOR_THE_SATKER = ["/satker/agen/", "/satker/agen/saldo/", "/satker/agen/rujukan/"]
RULES = ["/satker/agen/aturan/", "/satker/agen/aturan/jenis/setor_tunai/"]


def form_of(cast: Cast, **more: object) -> dict[str, object]:
    return {"warung": str(cast.warung.public_id), "key": str(uuid.uuid4()), **more}


def photo() -> Any:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "ktp.png"
    return drawn


@pytest.mark.parametrize("place", FOR_BOTH + FOR_THE_OWNER + FOR_THE_SATKER + RULES)
def test_who_sees_it(market: Cast, place: str) -> None:
    agent, _day = begun(market)
    record(agent, "setor_tunai", 100_000)
    owner, staff, satker, admin = (
        place in FOR_BOTH + FOR_THE_OWNER,
        place in FOR_BOTH,
        place in FOR_THE_SATKER + RULES,
        place in RULES,
    )
    for who, may in (
        (market.hasan, owner),
        (market.wati, staff),
        (market.yuli, satker),
        (market.budi, admin),
        (market.ratna, False),
    ):
        assert browser_of(who).get(place).status_code == (200 if may else 404), who
    assert browser_of(None).get(place).status_code in (302, 404)


@pytest.mark.parametrize("place", FOR_BOTH + FOR_THE_OWNER + FOR_THE_SATKER + RULES)
def test_where_the_service_is_off_nothing_is_there(market: Cast, place: str) -> None:
    begun(market)
    ServiceSetting.objects.filter(code="agent_banking").update(enabled=False)
    for who in (market.hasan, market.wati, market.yuli, market.budi):
        assert browser_of(who).get(place).status_code == 404
        assert browser_of(who).post(place, form_of(market)).status_code in (404, 405)
    for who, page in ((market.hasan, "/toko/kasir/"), (market.yuli, "/satker/buku/"), (market.budi, "/wilayah/")):
        shown = browser_of(who).get(page).content.decode()
        assert "/agen/" not in shown


def test_where_it_is_on_the_entries_are_there(market: Cast) -> None:
    offer_service()
    for who, page, entry in (
        (market.hasan, "/toko/kasir/", "/toko/agen/"),
        (market.yuli, "/satker/buku/", "/satker/agen/"),
        (market.budi, "/wilayah/", "/satker/agen/aturan/"),
    ):
        assert f'href="{entry}"' in browser_of(who).get(page).content.decode()


def test_another_owner_sees_and_moves_nothing_of_it(market: Cast) -> None:
    agent, day = begun(market)
    agent_at(market.other_warung)
    done, sent = record(agent, "setor_tunai", 100_000), moved(agent, MoveKind.CASH_TO_SATKER, 1_000)
    paper = add_document(agent=agent, kind=DocumentKind.IDENTITY, photo=redrawn(photo_upload()), by=BY)
    siti = browser_of(market.siti)
    before = footprint()
    for place in (
        f"transaksi/{done.number}/",
        f"saldo/{sent.number}/bukti/",
        f"berkas/{paper.public_id}/",
        f"hari/riwayat/{day.day}/",
    ):
        assert siti.get(f"/toko/agen/{place}").status_code == 404
    own = {"warung": str(market.other_warung.public_id), "back-reference": "REV-1", "back-reason": "x"}
    assert siti.post(f"/toko/agen/transaksi/{done.number}/balik/", own).status_code == 404
    assert siti.post(f"/toko/agen/saldo/{sent.number}/tarik/", own).status_code == 404
    theirs = own | {"warung": str(market.warung.public_id)}
    assert siti.post("/toko/agen/hari/hitung/", theirs).status_code == 404
    assert footprint() == before


def photo_upload() -> Any:
    return SimpleUploadedFile("ktp.png", photo().read(), "image/png")


def test_from_the_application_to_the_approval(market: Cast) -> None:
    offer_service()
    hasan, yuli = browser_of(market.hasan), browser_of(market.yuli)
    assert browser_of(market.wati).post("/toko/agen/daftar/", form_of(market)).status_code == 404
    for _tap in range(2):
        hasan.post("/toko/agen/daftar/", form_of(market))
    agent = Agent.objects.get()
    answer = hasan.post("/toko/agen/berkas/", form_of(market, kind="identity", photo=photo()))
    assert answer.status_code == 302
    paper = agent.documents.get()
    assert hasan.get(f"/toko/agen/berkas/{paper.public_id}/").headers["Content-Type"] == "image/jpeg"
    assert browser_of(market.wati).get(f"/toko/agen/berkas/{paper.public_id}/").status_code == 404
    assert yuli.get(f"/satker/agen/berkas/{paper.public_id}/").status_code == 200
    # No page of an agent yet but the first one.
    for page in ("catat", "saldo", "hari", "komisi"):
        assert hasan.get(f"/toko/agen/{page}/").headers["Location"] == "/toko/agen/"
    place = f"/satker/agen/{agent.number}/"
    assert market.warung.name in yuli.get("/satker/agen/").content.decode()
    assert yuli.post(f"{place}tolak/", {"reason": "foto kabur"}).status_code == 302
    assert "foto kabur" in hasan.get("/toko/agen/").content.decode()
    hasan.post("/toko/agen/daftar/", form_of(market))
    assert yuli.post(f"{place}setujui/", {"bank_number": "?"}).status_code == 400
    assert yuli.post(f"{place}setujui/", {"bank_number": "BNI46-0001"}).status_code == 302
    assert "BNI46-0001" in hasan.get("/toko/agen/").content.decode()
    assert yuli.post(f"{place}bekukan/", {"reason": "pelatihan"}).status_code == 302
    assert yuli.post(f"{place}lanjut/").status_code == 302
    agent.refresh_from_db()
    assert [step.move for step in agent.history.all()] == [
        "apply", "refuse", "apply_again", "approve", "suspend", "resume",
    ]  # fmt: skip
    assert OutboxMessage.objects.filter(dedupe__contains=f"agent.{agent.number}").count() == 6
    assert Notice.objects.count() == 0


def posted(client: Client, place: str, data: Mapping[str, object]) -> Any:
    return client.post(place, dict(data))


def test_a_day_from_opening_to_approval(market: Cast) -> None:
    offer_service()
    agent = agent_at(market.warung)
    hasan, wati, yuli = browser_of(market.hasan), browser_of(market.wati), browser_of(market.yuli)
    assert posted(hasan, "/toko/agen/hari/buka/", form_of(market, cash="2.000.000")).status_code == 400
    assert (
        posted(hasan, "/toko/agen/hari/buka/", form_of(market, cash="2.000.000", deposit="3000000")).status_code == 302
    )
    page = wati.get("/toko/agen/catat/setor_tunai/").content.decode()
    rule = re.search(r'name="rule" value="(\d+)"', page)
    assert rule
    told = form_of(market, rule=rule[1], amount="500.000", customer=ANI, reference="DEV-1", note="titipan")
    answer = posted(wati, "/toko/agen/catat/setor_tunai/", told)
    done = AgentTransaction.objects.get()
    assert answer.headers["Location"] == f"/toko/agen/transaksi/{done.number}/"
    receipt = wati.get(answer.headers["Location"]).content.decode()
    for shown in (done.number, "DEV-1", "****6789", "500.000", "505.000", "5.000"):
        assert shown in receipt.replace("\u00a0", " ")
    assert ANI not in receipt
    # The owner's part: helpers may count, and not close.
    count = form_of(market, **{"piece-100000": "24", "shown_float": "2.500.000"})
    assert posted(wati, "/toko/agen/hari/hitung/", count).status_code == 302
    assert posted(wati, "/toko/agen/hari/tutup/", form_of(market, reason="x")).status_code == 404
    assert posted(hasan, "/toko/agen/hari/tutup/", form_of(market, reason=" ")).status_code == 400
    assert posted(hasan, "/toko/agen/hari/tutup/", form_of(market, reason="salah kembali")).status_code == 302
    day = AgentDay.objects.get()
    assert (day.state, day.cash_difference, day.waits_for_approval) == ("counted", -105_000, True)
    place = f"/satker/agen/{agent.number}/hari/{day.day}/"
    assert "salah kembali" in yuli.get("/satker/agen/").content.decode()
    assert "salah kembali" in yuli.get(place).content.decode()
    assert posted(yuli, f"{place}kembalikan/", {"reason": " "}).status_code == 400
    assert browser_of(market.hasan).post(f"{place}setujui/").status_code == 404
    assert posted(yuli, f"{place}setujui/", {}).status_code == 302
    day.refresh_from_db()
    assert (day.state, day.approved_by) == ("closed", market.yuli.actor)
    assert "salah kembali" in hasan.get(f"/toko/agen/hari/riwayat/{day.day}/").content.decode()


@pytest.mark.parametrize(
    ("case", "change", "status", "shown"),
    [
        ("no amount", {"amount": ""}, 400, ""),
        ("a card for a customer", {"customer": "4111 1111 1111 1111"}, 400, "nomor kartu"),
        ("no number", {"customer": "abc"}, 400, "6 sampai 20"),
        ("a repeated reference", {"reference": "used-1"}, 409, "Lihat struk"),
        ("over the limit", {"amount": "1000001"}, 409, "Melebihi batas"),
        ("a PIN in the note", {"note": "pin 123456"}, 400, "PIN"),
        ("an unknown rule", {"rule": "0"}, 400, ""),
    ],
)
def test_a_refused_form_comes_back_without_the_number(
    market: Cast, case: str, change: dict[str, str], status: int, shown: str
) -> None:
    agent, _day = begun(market)
    limit(LimitScope.TRANSACTION, 1_000_000)
    record(agent, "setor_tunai", 1_000, ref="USED-1")
    wati = browser_of(market.wati)
    rule = kind_of("setor_tunai").fees.latest("pk").pk
    told = form_of(market, rule=rule, amount="100000", customer="5566778899", reference=reference()) | change
    before = footprint()
    answer = posted(wati, "/toko/agen/catat/setor_tunai/", told)
    page = answer.content.decode()
    assert (answer.status_code, shown in page) == (status, True), case
    assert "5566778899" not in page
    assert "4111" not in page
    assert footprint() == before
    if "customer" in change:
        return
    # The masked number travels along under our seal: it is not typed twice.
    seal = re.search(r'name="customer_seal" value="([^"]+)"', page)
    assert seal
    assert "****8899" in page
    good = form_of(market, rule=rule, amount="100000", reference=reference(), customer_seal=seal[1])
    assert posted(wati, "/toko/agen/catat/setor_tunai/", good).status_code == 302
    assert AgentTransaction.objects.latest("pk").customer.mask == "****8899"
    forged = form_of(market, rule=rule, amount="100000", reference=reference(), customer_seal=seal[1][:-1] + "x")
    assert posted(wati, "/toko/agen/catat/setor_tunai/", forged).status_code == 400


def test_moves_and_their_slips(market: Cast) -> None:
    _agent, _day = begun(market)
    wati, hasan, yuli = browser_of(market.wati), browser_of(market.hasan), browser_of(market.yuli)
    for kind in ("cash_to_owner", "owner_to_cash"):
        assert posted(wati, "/toko/agen/saldo/", form_of(market, kind=kind, amount="1000")).status_code == 400
    assert posted(hasan, "/toko/agen/saldo/", form_of(market, kind="cash_to_owner", amount="1000")).status_code == 302
    told = form_of(market, kind="cash_to_satker", amount="1.000.000", photo=photo())
    assert posted(wati, "/toko/agen/saldo/", told).status_code == 302
    sent = FloatMove.objects.get(state="submitted")
    assert wati.get(f"/toko/agen/saldo/{sent.number}/bukti/").status_code == 200
    assert yuli.get(f"/satker/agen/saldo/{sent.number}/bukti/").status_code == 200
    assert sent.number in yuli.get("/satker/agen/saldo/").content.decode()
    assert posted(yuli, f"/satker/agen/saldo/{sent.number}/tolak/", {"reason": ""}).status_code == 400
    assert posted(yuli, f"/satker/agen/saldo/{sent.number}/terima/", {}).status_code == 302
    sent.refresh_from_db()
    assert sent.state == "confirmed"
    assert posted(hasan, f"/toko/agen/saldo/{sent.number}/tarik/", form_of(market)).status_code == 302
    sent.refresh_from_db()
    assert sent.state == "confirmed"


def test_referrals_are_followed_until_they_are_active(market: Cast) -> None:
    agent, _day = begun(market)
    wati, yuli = browser_of(market.wati), browser_of(market.yuli)
    told = form_of(market, name="Ani", phone="0812 3456 7890", note="tabungan anak")
    for _tap in range(2):
        assert posted(wati, "/toko/agen/rujukan/", told).status_code == 302
    one = AccountReferral.objects.get()
    assert one.phone == "****7890"
    assert posted(wati, "/toko/agen/rujukan/", form_of(market, name="Ani", note="rek 0123456789")).status_code == 400
    place = f"/satker/agen/rujukan/{one.number}/"
    assert posted(yuli, f"{place}aktif/", {}).status_code == 409
    assert posted(yuli, f"{place}setujui/", {}).status_code == 302
    assert posted(yuli, f"{place}aktif/", {}).status_code == 302
    assert posted(wati, f"/toko/agen/rujukan/{one.number}/batal/", form_of(market)).status_code == 302
    one.refresh_from_db()
    assert (one.state, [step.move for step in one.history.all()]) == ("active", ["submit", "approve", "activate"])
    two = submit_referral(agent=agent, key=uuid.uuid4(), name="Budi", phone="", note="", by=BY)
    assert posted(yuli, f"/satker/agen/rujukan/{two.number}/tolak/", {"reason": ""}).status_code == 400
    assert posted(yuli, f"/satker/agen/rujukan/{two.number}/tolak/", {"reason": "KTP"}).status_code == 302
    three = submit_referral(agent=agent, key=uuid.uuid4(), name="Cici", phone="", note="", by=BY)
    posted(wati, f"/toko/agen/rujukan/{three.number}/batal/", form_of(market))
    assert sorted(AccountReferral.objects.values_list("state", flat=True)) == ["active", "rejected", "withdrawn"]


def test_a_statement_from_the_file_to_the_last_exception(market: Cast) -> None:
    agent, _day = begun(market)
    one = record(agent, "setor_tunai", 100_000)
    hasan = browser_of(market.hasan)
    day = f"{one.local_day:%d/%m/%Y}"

    def upload(text: str, **more: object) -> Any:
        file = io.BytesIO(text.encode())
        file.name = "mutasi.csv"
        return hasan.post("/toko/agen/rekening-koran/", form_of(market, file=file, **more))

    asked = upload(f"A;B;C\n{day};{one.reference};100000")
    assert (asked.status_code, "column-2" in asked.content.decode()) == (400, True)
    text = f"Tanggal;Ref;Nominal\n{day};{one.reference};100000\n{day};GONE1;70000\n"
    kept = upload(text)
    statement = BankStatement.objects.get()
    place = f"/toko/agen/rekening-koran/{statement.public_id}/"
    assert kept.headers["Location"] == place
    assert "GONE1" in hasan.get(place).content.decode()
    columns = {"column-0": "day", "column-1": "reference", "column-2": ""}
    assert posted(hasan, f"{place}cocokkan/", form_of(market, **columns)).status_code == 400
    assert posted(hasan, f"{place}cocokkan/", form_of(market, **columns | {"column-2": "amount"})).status_code == 302
    exception = statement.exceptions.get()
    work = f"/toko/agen/rekening-koran/beda/{exception.public_id}/"
    assert str(exception.public_id) in hasan.get(place).content.decode()
    assert "GONE1" in hasan.get(work).content.decode()
    late = {"late-kind": "setor_tunai", "late-customer": "12", "late-key": str(uuid.uuid4())}
    assert posted(hasan, f"{work}masukkan/", form_of(market, **late)).status_code == 400
    assert posted(hasan, f"{work}masukkan/", form_of(market, **late | {"late-customer": ANI})).status_code == 302
    assert AgentTransaction.objects.get(reference="GONE1").is_late
    assert posted(hasan, f"{work}buka/", form_of(market, reason="salah jenis")).status_code == 302
    assert posted(hasan, f"{work}catat/", form_of(market, reason="sudah benar")).status_code == 302
    assert posted(hasan, f"{work}apa/", form_of(market)).status_code == 404
    exception.refresh_from_db()
    assert (exception.state, exception.resolution) == ("resolved", "noted")
    assert upload(text).headers["Location"] == place
    assert BankStatement.objects.count() == 1
    for state in ("open", "resolved", "all"):
        assert hasan.get(f"{place}?state={state}").status_code == 200


def test_the_commission_of_a_month_for_a_spreadsheet(market: Cast) -> None:
    agent, _day = begun(market)
    kind = kind_of("setor_tunai")
    kind.name = "=HYPERLINK(1)"
    kind.save()
    record(agent, "setor_tunai", 100_000)
    record(agent, "tarik_tunai", 50_000)
    hasan = browser_of(market.hasan)
    page = hasan.get("/toko/agen/komisi/").content.decode().replace("\u00a0", " ")
    assert "Rp 10.000" in page
    answer: Any = hasan.get("/toko/agen/komisi/unduh/")
    sheet = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert sheet.splitlines()[1:] == [
        "'=HYPERLINK(1),1,100000,5000,0,5000,0,5000",
        "Tarik tunai,1,50000,5000,0,5000,0,5000",
        "Total,2,150000,10000,0,10000,0,10000",
    ]
    assert hasan.get("/toko/agen/komisi/?bulan=2020-01").status_code == 200
    assert hasan.get("/toko/agen/komisi/?bulan=x").status_code == 200


def test_rules_are_decided_on_pages(market: Cast) -> None:
    ServiceSetting.objects.update_or_create(code="agent_banking", defaults={"enabled": True})
    yuli = browser_of(market.yuli)
    assert "Mulai dengan aturan" in yuli.get("/satker/agen/aturan/").content.decode()
    for _tap in range(2):
        assert yuli.post("/satker/agen/aturan/mulai/").status_code == 302
    kind = kind_of("setor_tunai")
    place = f"/satker/agen/aturan/jenis/{kind.code}/"
    fee = {"fee-customer_fee": "7.500", "fee-bank_share": "2.500", "fee-commission": "0"}
    assert posted(yuli, place, fee | {"fee-bank_share": "7.501"}).status_code == 400
    assert posted(yuli, place, fee | {"fee-valid_from": "2020-01-01"}).status_code == 400
    assert posted(yuli, place, fee).status_code == 302
    assert posted(yuli, place, {"name-name": "Setor", "name-is_offered": ""}).status_code == 302
    new = {
        "new-code": "bayar_pajak", "new-name": "Pajak", "new-does": "bill", "new-fee_way": "on_top",
        "new-customer_fee": "2000", "new-bank_share": "0", "new-commission": "0",
    }  # fmt: skip
    assert posted(yuli, "/satker/agen/aturan/jenis/", new | {"new-fee_way": "account"}).status_code == 400
    assert posted(yuli, "/satker/agen/aturan/jenis/", new).status_code == 302
    assert posted(yuli, "/satker/agen/aturan/jenis/", new).status_code == 400
    limits = {"limit-scope": "customer_day", "limit-kind": "bayar_pajak", "limit-amount": "1.000.000"}
    assert posted(yuli, "/satker/agen/aturan/batas/", limits).status_code == 302
    assert posted(yuli, "/satker/agen/aturan/toleransi/", {"tolerance-amount": "10.000"}).status_code == 302
    page = yuli.get("/satker/agen/aturan/").content.decode().replace("\u00a0", " ")
    for shown in ("Pajak", "Rp 7.500", "Rp 1.000.000", "Rp 10.000"):
        assert shown in page
    kind.refresh_from_db()
    assert (kind.name, kind.is_offered) == ("Setor", False)


def test_lists_are_searched(market: Cast) -> None:
    agent, _day = begun(market)
    one, two = record(agent, "setor_tunai", 1_000), record(agent, "tarik_tunai", 2_000, number="5566778899")
    hasan = browser_of(market.hasan)
    for word, shown, hidden in (
        ("setor", one, two), (one.number, one, two), ("8899", two, one), (two.reference.lower(), two, one),
    ):  # fmt: skip
        page = hasan.get(f"/toko/agen/transaksi/?q={word}").content.decode()
        assert f"/transaksi/{shown.number}/" in page
        assert f"/transaksi/{hidden.number}/" not in page
    assert hasan.get("/toko/agen/transaksi/?q=zzz&state=reversed&page=9").status_code == 200
