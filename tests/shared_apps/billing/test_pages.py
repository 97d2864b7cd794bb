"""The region's own page, the operators' desk, who may enter them, and what a read-only region still lets people do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.billing.models import Invoice, Payment, Quotation, Subscription, UsageMonth
from shared_apps.billing.services.settling import sweep
from shared_apps.billing.services.sponsoring import add_sponsor
from shared_apps.billing.states import day_of
from shared_apps.operations.models import OperatorRole
from tenant_apps.accounts.models import Role
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import browser_of, person
from tests.papers import words
from tests.shared_apps.billing.account import pay_by_card, tell_in_order
from tests.shared_apps.billing.house import BUYER, BY, NPWP, fresh, invoiced, pdf, subscribed, trial_over
from tests.shared_apps.operations.people import operator, operator_browser
from tests.standins.stripe import StripeStandIn

HOME = "/wilayah/langganan/"


@pytest.fixture
def budi(kalidoni: Region) -> Client:
    """Kalidoni's admin."""
    with in_region(kalidoni):
        return browser_of(person("Budi", Role.ADMIN))


@pytest.fixture
def desk(database: None) -> Client:
    """An operator, the second factor shown."""
    with on_platform():
        return operator_browser(operator(role=OperatorRole.OPERATOR))


def one_of(region: Region) -> Subscription:
    with on_platform():
        return subscribed(region)


def test_the_admin_orders_by_purchase_order_and_operators_confirm(kalidoni: Region, budi: Client, desk: Client) -> None:
    assert "uji coba gratis" in budi.get(HOME).content.decode()
    asked = {"plan": "kecamatan", "interval": "year", **BUYER}
    bad = budi.post(f"{HOME}penawaran/", {**asked, "npwp": "12"})
    assert bad.status_code == 400 and "15 atau 16" in bad.content.decode()
    assert budi.post(f"{HOME}penawaran/", asked).status_code == 302
    assert budi.get(f"{HOME}penawaran/pdf/").status_code == 404
    with on_platform():
        quotation = Quotation.objects.get()
    page = desk.get("/operator/tagihan/penawaran/").content.decode()
    assert quotation.number in page and "Kecamatan Kalidoni" in page
    assert desk.post(f"/operator/tagihan/penawaran/{quotation.public_id}/kirim/").status_code == 302
    assert quotation.number in words(budi.get(f"{HOME}penawaran/pdf/").content)
    empty = budi.post(f"{HOME}penawaran/pesan/", {"po_number": " "})
    assert empty.status_code == 400
    wrong = budi.post(f"{HOME}penawaran/pesan/", {"po_number": "PO-1", "po_file": pdf_like(b"GIF89a")})
    assert wrong.status_code == 400
    ordered = budi.post(f"{HOME}penawaran/pesan/", {"po_number": "PO-1", "po_file": pdf("po.pdf")})
    with on_platform():
        invoice = Invoice.objects.get()
    where = f"{HOME}tagihan/{invoice.public_id}/"
    assert ordered.headers["Location"] == where
    assert invoice.number in words(budi.get(f"{where}pdf/").content)
    paid = {"amount": "2.775.000", "paid_on": day_of(clock.now()).isoformat()}
    assert budi.post(where, {**paid, "proof": pdf_like(b"MZ")}).status_code == 400
    assert budi.post(where, {**paid, "proof": pdf()}).status_code == 302
    assert "menunggu" in budi.get(where).content.decode()
    with on_platform():
        payment = Payment.objects.get()
    assert "Rp\u00a02.775.000" in desk.get("/operator/tagihan/pembayaran/").content.decode()
    proof = desk.get(f"/operator/tagihan/pembayaran/{payment.public_id}/bukti/")
    assert (proof.headers["Content-Type"], "attachment" in proof.headers["Content-Disposition"]) == (
        "application/pdf",
        True,
    )
    assert desk.post(f"/operator/tagihan/pembayaran/{payment.public_id}/terima/").status_code == 302
    assert "lunas" in budi.get(where).content.decode()
    assert "aktif" in budi.get(HOME).content.decode()
    with on_platform():
        assert fresh(one_of(kalidoni)).state == "active"


def pdf_like(data: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("berkas.pdf", data)


def test_the_card_is_paid_at_stripe_and_the_page_waits(
    account: StripeStandIn, customer: Subscription, kalidoni: Region, budi: Client
) -> None:
    answer = budi.post(f"{HOME}kartu/", {"plan": "kecamatan", "interval": "month", "key": str(uuid4())})
    assert answer.status_code == 200
    assert account.url.rpartition(":")[2] in answer.headers["Refresh"]
    waits = budi.get(f"{HOME}kembali/")
    assert (waits.status_code, "lagi=1" in waits.headers["Refresh"]) == (200, True)
    assert "Refresh" not in budi.get(f"{HOME}kembali/?lagi=20").headers
    assert budi.get(f"{HOME}kembali/?lagi=x").status_code == 200
    with on_platform():
        session = account.client.v1.checkout.sessions.list().data[0]
        account.pay(session.id)
        tell_in_order(account, customer)
    assert budi.get(f"{HOME}kembali/").headers["Location"] == HOME
    portal = budi.post(f"{HOME}portal/")
    assert (portal.status_code, "Refresh" in portal.headers) == (200, True)
    again = budi.post(f"{HOME}kartu/", {"plan": "kecamatan", "interval": "month"})
    assert again.headers["Location"] == HOME
    assert budi.post(f"{HOME}kartu/", {"plan": "tidak-ada", "interval": "month"}).status_code == 302


def test_read_only_lets_people_pay_and_take_out_and_nothing_else(kalidoni: Region, budi: Client) -> None:
    with on_platform():
        trial_over(subscribed(kalidoni), days=30)
        sweep()
    page = budi.get("/wilayah/").content.decode()
    assert "hanya dapat dibaca" in page and HOME in page
    citizens = browser_of(None).get("/").content.decode()
    assert "Tidak ada yang dapat dipesan" in citizens and HOME not in citizens
    assert budi.post("/wilayah/satker/", {"name": "x"}).status_code == 423
    assert budi.get(HOME).status_code == 200
    assert budi.post(f"{HOME}paket/", {"plan": "kota", "interval": "year"}).status_code == 302
    asked = {"plan": "kecamatan", "interval": "year", **BUYER}
    assert budi.post(f"{HOME}penawaran/", asked).status_code == 302
    with in_region(kalidoni):
        ratna = browser_of(person("Ratna"))
    # Refused for other reasons perhaps, but never because of the bill.
    for path in (f"/tabungan/{uuid4()}/tarik/", "/akun/data/salinan/", "/tabungan/pin/", "/keluar/"):
        assert ratna.post(path, {}).status_code != 423, path


def test_the_banner_comes_before_it_is_too_late(kalidoni: Region, budi: Client) -> None:
    with on_platform():
        one = subscribed(kalidoni)
    assert "Masa uji coba" not in budi.get("/wilayah/").content.decode()
    with on_platform():
        trial_over(one, days=-3)
    with in_region(kalidoni):
        cache.delete("billing.notice")
    assert "Masa uji coba" in budi.get("/wilayah/").content.decode()


def test_more_use_than_the_plan_has_is_told_and_stops_nobody(kalidoni: Region, budi: Client) -> None:
    with on_platform():
        subscribed(kalidoni)
        month = day_of(clock.now()).replace(day=1)
        UsageMonth.objects.create(region=kalidoni, month=month, warungs=301, orders=9, measured_at=clock.now())
    assert "melebihi paket" in budi.get("/wilayah/").content.decode()
    assert "di atas paket" in budi.get(HOME).content.decode()
    with on_platform():
        kalidoni.refresh_from_db()
    assert kalidoni.read_only_because == []


def test_the_page_of_a_region_is_its_own(kalidoni: Region, lombok: Region, budi: Client) -> None:
    with on_platform():
        theirs = invoiced(subscribed(lombok))
    for path in (f"{HOME}tagihan/{theirs.public_id}/", f"{HOME}tagihan/{theirs.public_id}/pdf/"):
        assert budi.get(path).status_code == 404
    assert theirs.number not in budi.get(f"{HOME}tagihan/").content.decode()
    with in_region(kalidoni):
        others = [browser_of(person("Yuli", Role.SATKER)), browser_of(person("Hasan", Role.OWNER)), browser_of(None)]
    for client in others:
        assert client.get(HOME).status_code in (302, 404)
        assert client.post(f"{HOME}akhiri/", {"reason": "x"}).status_code in (302, 404)
    with on_platform():
        assert not Subscription.objects.exclude(ends_at=None).exists()


def test_ending_and_going_on(kalidoni: Region, budi: Client) -> None:
    budi.get(HOME)
    budi.post(f"{HOME}akhiri/", {"reason": ""})
    with on_platform():
        assert Subscription.objects.get().ends_at is None
    budi.post(f"{HOME}akhiri/", {"reason": "pindah kantor"})
    assert "berakhir" in budi.get(HOME).content.decode()
    budi.post(f"{HOME}lanjutkan/")
    with on_platform():
        assert Subscription.objects.get().ends_at is None


@pytest.mark.parametrize(
    "query",
    [{}, {"q": "kali"}, {"q": "\x00%"}, {"state": "read_only"}, {"state": "x"}, {"page": "9" * 30}, {"q": "x" * 999}],
)
def test_operators_find_what_they_look_for(kalidoni: Region, desk: Client, query: dict[str, str]) -> None:
    with on_platform():
        invoiced(subscribed(kalidoni))
    for page in ("", "faktur/", "pembayaran/", "penawaran/", "sponsor/", "selisih/"):
        assert desk.get(f"/operator/tagihan/{page}", query).status_code == 200, page


def test_operators_give_time_credit_and_pay_back(kalidoni: Region, desk: Client) -> None:
    with on_platform():
        one = trial_over(subscribed(kalidoni), days=30)
        sweep()
        where = f"/operator/tagihan/langganan/{one.public_id}/"
    assert desk.get(where).status_code == 200
    assert desk.post(f"{where}uji-coba/", {"until": "kapan", "reason": ""}).status_code == 400
    until = (day_of(clock.now()) + timedelta(days=9)).isoformat()
    assert desk.post(f"{where}uji-coba/", {"until": until, "reason": "kantor libur"}).status_code == 302
    with on_platform():
        assert fresh(one).state == "trialing"
        invoice = invoiced(one)
    bill = f"/operator/tagihan/faktur/{invoice.public_id}/"
    assert desk.post(f"{bill}kredit/", {"amount": "9.999.999", "reason": "x"}).status_code == 400
    assert desk.post(f"{bill}kredit/", {"amount": "775.000", "reason": "potongan"}).status_code == 302
    day = day_of(clock.now()).isoformat()
    recorded = desk.post(f"{bill}bayar/", {"amount": "2.000.000", "paid_on": day, "proof": pdf()})
    assert recorded.status_code == 302
    with on_platform():
        payment = Payment.objects.get()
        invoice.refresh_from_db()
        assert (invoice.state, invoice.due) == ("paid", 0)
    back = f"/operator/tagihan/pembayaran/{payment.public_id}/kembalikan/"
    assert desk.post(back, {"amount": "2.000.001", "reason": "x"}).status_code == 400
    assert desk.post(back, {"amount": "2.000.000", "reason": "batal"}).status_code == 302
    page = desk.get(bill).content.decode()
    assert len(re.findall(r"NK/\d{4}/\d{6}", page)) >= 2
    with on_platform():
        assert fresh(one).state == "trialing"
    table = desk.get("/operator/tagihan/faktur/", {"csv": "1"})
    text = b"".join(table.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert invoice.number in text and "2775000" in text
    table = desk.get("/operator/tagihan/", {"csv": "1"})
    assert "Kalidoni" in b"".join(table.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def test_sponsors_by_their_pages(kalidoni: Region, lombok: Region, desk: Client) -> None:
    with on_platform():
        for region in (kalidoni, lombok):
            trial_over(subscribed(region), days=30)
    given = {"name": "Bank Sumsel", "npwp": NPWP, "address": "Palembang", "email": "b@example.test", "interval": "year"}
    assert desk.post("/operator/tagihan/sponsor/", {**given, "npwp": "1"}).status_code == 400
    where = desk.post("/operator/tagihan/sponsor/", given).headers["Location"]
    assert desk.post(f"{where}wilayah/", {"region": "tidak-ada"}).status_code == 400
    for address in ("kalidoni", "lombok.localhost"):
        assert desk.post(f"{where}wilayah/", {"region": address}).status_code == 302
    billed = desk.post(f"{where}tagih/", {"po_number": "PO-9"})
    page = desk.get(billed.headers["Location"]).content.decode()
    assert "Kalidoni" in page and "Lombok" in page and "5.550.000" in page
    assert desk.post(f"{where}tagih/").headers["Location"] == where
    with on_platform():
        one = Subscription.objects.get(region=kalidoni)
    assert desk.post(f"{where}lepas/{one.public_id}/").status_code == 302
    with on_platform():
        assert fresh(one).leaves_sponsor


def test_readers_look_and_change_nothing(kalidoni: Region) -> None:
    with on_platform():
        reader = operator_browser(operator(role=OperatorRole.READER))
        one = subscribed(kalidoni)
        where = f"/operator/tagihan/langganan/{one.public_id}/"
    assert reader.get(where).status_code == 200
    assert reader.post(f"{where}akhiri/", {"reason": "x"}).status_code == 404
    with on_platform():
        assert fresh(one).ends_at is None
    nobody = Client(headers={"host": "localhost"})
    nobody.defaults["wsgi.url_scheme"] = "https"
    assert nobody.get(where).status_code == 302


def test_many_subscriptions_take_no_more_queries_than_few(kalidoni: Region, desk: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(path).status_code == 200
        assert not [query for query in captured if '"t_' in query["sql"]]
        return len(captured)

    pages = (
        "/operator/tagihan/",
        "/operator/tagihan/faktur/",
        "/operator/tagihan/pembayaran/",
        "/operator/tagihan/sponsor/",
    )
    with on_platform():
        invoiced(subscribed(kalidoni))
        add_sponsor(name="A", npwp=NPWP, address="x", email="a@example.test", interval="year", by=BY)
    few = [queries(path) for path in pages]
    with on_platform():
        for number in range(30):
            region = Region.objects.create(name=f"Wilayah {number:02}", status="ready")
            one = subscribed(region)
            Subscription.objects.filter(pk=one.pk).update(email="x@example.test")
            add_sponsor(name=f"B{number}", npwp=NPWP, address="x", email="a@example.test", interval="year", by=BY)
    assert [queries(path) for path in pages] == few


def test_the_card_of_another_region_is_not_found_by_a_page(
    account: StripeStandIn, customer: Subscription, lombok: Region
) -> None:
    pay_by_card(account, customer)
    tell_in_order(account, customer)
    with in_region(lombok):
        made = browser_of(person("Made", Role.ADMIN), "lombok")
    page = made.get(HOME).content.decode()
    assert "INV/" not in page
    assert made.post(f"{HOME}portal/").headers["Location"] == HOME
