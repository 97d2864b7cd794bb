"""The payer's page, the owner's list and code, the Satker's desk: who may, and what bad input gets."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.notifications.models import Notice
from tenant_apps.payments.models import Method, Payment, PaymentIssue, PaymentState, ProviderSettings, WarungQris
from tenant_apps.payments.selectors import payload_to_pay
from tenant_apps.payments.services import claim_paid, confirm_received, expire_due, expire_payment, open_payment
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast, browser_of
from tests.standins.midtrans import MidtransStandIn
from tests.tenant_apps.payments.purse import (
    CALLS,
    balances,
    give_code,
    now_of,
    owe,
    rows_of_everything,
    static_code,
    work_off,
)
from tests.tenant_apps.warungs.test_delivery import stand


@pytest.fixture
def bill(market: Cast) -> Payment:
    """Ratna is to pay 14.500 by Hasan's own code."""
    give_code(market.warung)
    return owe(market, Method.QRIS, 14_500)


def test_the_payer_sees_code_amount_and_end(market: Cast, bill: Payment) -> None:
    page = browser_of(market.ratna).get(f"/bayar/{bill.public_id}/")
    text = page.content.decode()
    assert "Rp\u00a014.500" in text and "data:image/svg+xml" in text and "WARUNG HASAN" in text
    assert 'hx-trigger="every 5s"' in text and "style=" not in text and "<script>" not in text
    picture = browser_of(market.ratna).get(f"/bayar/{bill.public_id}/kode.png")
    assert picture.content.startswith(b"\x89PNG") and picture.headers["Content-Type"] == "image/png"


def test_the_page_answers_only_when_something_is_new(market: Cast, bill: Payment) -> None:
    browser, path = browser_of(market.ratna), f"/bayar/{bill.public_id}/"
    seen = re.search(r"\?seen=([^\"]+)", browser.get(path).content.decode())
    assert seen is not None
    ask = {"headers": {"hx-request": "true"}}
    assert browser.get(f"{path}?seen={seen[1]}", **ask).status_code == 204  # type: ignore[arg-type]
    confirm_received(payment=bill, by=BY)
    answer = browser.get(f"{path}?seen={seen[1]}", **ask)  # type: ignore[arg-type]
    assert (answer.status_code, b"hx-get" in answer.content) == (200, False)
    assert "/tagihan/7KQ4MP/" in answer.content.decode()


def test_i_have_paid_tells_the_owner_once(market: Cast, bill: Payment) -> None:
    browser = browser_of(market.ratna)
    for _again in range(2):
        assert browser.post(f"/bayar/{bill.public_id}/sudah/").status_code == 302
    assert OutboxMessage.objects.filter(dedupe__startswith="payment.claim:").count() == 1
    work_off()
    notice = Notice.objects.get()
    assert (notice.user, notice.path) == (market.hasan, "/toko/pembayaran/") and "7KQ4MP" in notice.subject
    assert "7KQ4MP" in browser_of(market.hasan).get("/kabar/").content.decode()
    assert now_of(bill).state == PaymentState.PENDING
    hasan = browser_of(market.hasan)
    assert "14.500" in hasan.get("/toko/pembayaran/").content.decode()
    assert hasan.post(f"/toko/pembayaran/{bill.public_id}/belum/").status_code == 302
    assert now_of(bill).denied_at is not None and now_of(bill).claimed_at is None
    browser.post(f"/bayar/{bill.public_id}/sudah/")
    assert now_of(bill).claimed_at is not None
    for _again in range(2):
        assert hasan.post(f"/toko/pembayaran/{bill.public_id}/terima/").status_code == 302
    assert (now_of(bill).state, CALLS) == (PaymentState.PAID, ["paid 7KQ4MP"])
    assert balances(market) == {"qris": 14_500, "held": 14_500}


def test_at_the_stand_the_people_of_the_satker_are_asked(market: Cast) -> None:
    """Nobody owns the stand: who runs it keeps its code, hears of its payments and confirms them."""
    here = stand(market)
    yuli = browser_of(market.yuli)
    text = {"warung": str(here.public_id), "payload": static_code("FRESH FOOD"), "do": "keep"}
    assert yuli.post("/toko/qris/", text).status_code == 302
    payment = open_payment(
        reference="bill:STAND1", payer=market.ratna, warung=here, method="qris", amount=9_000, expires_at=None, by=BY
    )
    browser_of(market.ratna).post(f"/bayar/{payment.public_id}/sudah/")
    work_off()
    assert list(Notice.objects.values_list("user", flat=True)) == [market.yuli.pk]
    assert "STAND1" in yuli.get("/toko/pembayaran/").content.decode()
    for stranger in (market.hasan, market.siti, market.wati, market.budi):
        assert browser_of(stranger).post(f"/toko/pembayaran/{payment.public_id}/terima/").status_code == 404
    assert now_of(payment).state == PaymentState.PENDING
    assert yuli.post(f"/toko/pembayaran/{payment.public_id}/terima/").status_code == 302
    assert now_of(payment).state == PaymentState.PAID
    hasans = {"warung": str(market.warung.public_id), "payload": static_code(), "do": "keep"}
    assert yuli.post("/toko/qris/", hasans).status_code == 404
    assert not WarungQris.objects.filter(warung=market.warung).exists()


def test_before_its_time_nothing_runs_out(market: Cast, bill: Payment) -> None:
    assert expire_payment(payment=bill) is False and expire_due() == 0
    assert (now_of(bill).state, CALLS) == (PaymentState.PENDING, [])


def test_after_its_time_no_code_is_shown(market: Cast, bill: Payment) -> None:
    claim_paid(payment=bill, by=BY)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        browser = browser_of(market.ratna)
        assert "data:image" not in browser.get(f"/bayar/{bill.public_id}/").content.decode()
        expire_due()
        assert browser.get(f"/bayar/{bill.public_id}/").status_code == 200
        assert browser.get(f"/bayar/{bill.public_id}/kode.png").status_code == 404
    issue = PaymentIssue.objects.get()
    assert (issue.kind, issue.next_step, issue.warung) == ("unanswered", "look_at_phone", market.warung)
    hasan = browser_of(market.hasan)
    for _again in range(2):
        path = f"/toko/pembayaran/masalah/{issue.public_id}/"
        assert hasan.post(path, {"step": "money_came", "note": "ada di GoPay"}).status_code == 302
    assert now_of(bill).state == PaymentState.EXPIRED and CALLS == ["expired 7KQ4MP"]
    assert balances(market) == {"qris": 14_500, "debt": 14_500, "owed": 14_500, "ratna:balance": 14_500}
    assert sorted(PaymentIssue.objects.values_list("kind", "step_taken")) == [
        ("late", ""),
        ("unanswered", "money_came"),
    ]


@pytest.mark.parametrize(
    ("step", "state", "calls", "books"),
    [
        ("take_rest", PaymentState.PAID, ["paid 7KQ4MP"], {"qris": 14_000, "held": 14_000}),
        (
            "end",
            PaymentState.EXPIRED,
            ["expired 7KQ4MP"],
            {"qris": 14_000, "debt": 14_000, "owed": 14_000, "ratna:balance": 14_000},
        ),
    ],
)
def test_less_than_asked_for_is_the_owners_choice(
    market: Cast, bill: Payment, step: str, state: str, calls: list[str], books: dict[str, int]
) -> None:
    hasan = browser_of(market.hasan)
    hasan.post(f"/toko/pembayaran/{bill.public_id}/terima/", {"amount": "14.000"})
    issue = PaymentIssue.objects.get()
    assert (issue.kind, issue.amount, now_of(bill).state, CALLS) == ("short", 500, PaymentState.PENDING, [])
    page = browser_of(market.ratna).get(f"/bayar/{bill.public_id}/").content.decode()
    assert "Rp\u00a0500" in page and "data:image" in page
    assert "5403500" in payload_to_pay(now_of(bill))
    before = rows_of_everything()
    for nonsense in ("told", "", "x" * 99, "take\x00rest"):
        hasan.post(f"/toko/pembayaran/masalah/{issue.public_id}/", {"step": nonsense})
    assert rows_of_everything() == before and PaymentIssue.objects.get().done_at is None
    for _again in range(2):
        hasan.post(f"/toko/pembayaran/masalah/{issue.public_id}/", {"step": step})
    assert (now_of(bill).state, CALLS, balances(market)) == (state, calls, books)
    assert PaymentIssue.objects.get().step_taken == step


@pytest.mark.parametrize("amount", ["abc", "-1", "0", "1e9", "99999999999999999999", "١٤", "14\x00000", "14.00"])
def test_an_amount_that_is_none_confirms_nothing(market: Cast, bill: Payment, amount: str) -> None:
    before = rows_of_everything()
    answer = browser_of(market.hasan).post(f"/toko/pembayaran/{bill.public_id}/terima/", {"amount": amount})
    after = rows_of_everything()
    before.pop("sessions.Session", None), after.pop("sessions.Session", None)
    assert (answer.status_code, after, now_of(bill).state) == (302, before, PaymentState.PENDING)


def test_strangers_find_nothing(market: Cast, bill: Payment, lombok: Region) -> None:
    pay = [f"/bayar/{bill.public_id}/", f"/bayar/{bill.public_id}/kode.png"]
    decide = [f"/toko/pembayaran/{bill.public_id}/{verb}/" for verb in ("terima", "belum")]
    confirm_received(payment=bill, by=BY, amount=1)
    issue = PaymentIssue.objects.get()
    steps = [f"/toko/pembayaran/masalah/{issue.public_id}/", f"/satker/pembayaran/masalah/{issue.public_id}/"]
    before = rows_of_everything()
    for who in (market.siti, market.hasan, market.yuli):
        assert {browser_of(who).get(path).status_code for path in pay} == {404}
        assert browser_of(who).post(f"/bayar/{bill.public_id}/sudah/").status_code == 404
    for who in (market.siti, market.ratna, market.yuli):
        data = {"step": "end", "amount": "14500"}
        assert {browser_of(who).post(path, data).status_code for path in [*decide, *steps]} == {404}
    visitor = browser_of(None)
    assert {visitor.get(path).status_code for path in [*pay, "/toko/pembayaran/", "/toko/qris/"]} == {302}
    assert browser_of(market.ratna).get(f"/bayar/{uuid4()}/").status_code == 404
    with in_region(lombok):
        elsewhere: Client = browser_of(None, "lombok")
    assert elsewhere.get(pay[0]).status_code == 302
    assert {
        browser_of(market.wati).get("/toko/qris/").status_code,
        browser_of(market.ratna).get("/toko/qris/").status_code,
    } == {404}
    assert (rows_of_everything(), now_of(bill).paid) == (before, 1)


def test_the_owner_enters_their_code_and_sees_whose_it_is(market: Cast) -> None:
    hasan, here = browser_of(market.hasan), {"warung": str(market.warung.public_id)}
    page = hasan.post("/toko/qris/", {**here, "payload": f"  {static_code()}\n"})
    assert "WARUNG HASAN" in page.content.decode() and "PALEMBANG" in page.content.decode()
    assert not WarungQris.objects.exists()
    hasan.post("/toko/qris/", {**here, "payload": static_code(), "do": "keep"})
    assert WarungQris.objects.get().merchant_name == "WARUNG HASAN"
    assert "WARUNG HASAN" in hasan.get("/toko/qris/").content.decode()
    hasan.post("/toko/qris/", {**here, "do": "drop"})
    assert not WarungQris.objects.exists()


BAD_CODES = {
    "nothing": "",
    "words": "selamat pagi",
    "damaged": static_code().replace("HASAN", "HASAM"),
    "cut off": static_code()[:-6],
    "dynamic": static_code(kind="12"),
    "dollars": static_code(currency="840"),
    "nobody": static_code(name=""),
    "too long": "0" * 1_500,
    "much too long": "0" * 30_000,
    "a NUL": static_code()[:20] + "\x00" + static_code()[20:],
    "other digits": "٠٠٠٢٠١" + static_code(),
}


@pytest.mark.parametrize("name", BAD_CODES)
def test_a_code_that_nobody_can_pay_is_refused_with_its_reasons(market: Cast, name: str) -> None:
    hasan = browser_of(market.hasan)
    for do in ("", "keep"):
        data = {"warung": str(market.warung.public_id), "payload": BAD_CODES[name], "do": do}
        page = hasan.post("/toko/qris/", data)
        assert page.status_code == 400 and "errorlist" in page.content.decode()
    assert not WarungQris.objects.exists()


def test_the_admin_chooses_the_provider_once_its_key_is_there(market: Cast, settings: object) -> None:
    budi = browser_of(market.budi)
    budi.post("/satker/pembayaran/penyedia/", {"do": "enable"})
    assert not ProviderSettings.objects.exists()
    assert browser_of(market.yuli).post("/satker/pembayaran/penyedia/", {"do": "enable"}).status_code == 404
    assert browser_of(market.yuli).get("/satker/pembayaran/?page=abc").status_code == 200


def test_the_satker_takes_the_next_step(market: Cast, provider: MidtransStandIn) -> None:
    from tests.tenant_apps.payments.purse import bill as through_provider
    from tests.tenant_apps.payments.purse import notify

    payment = through_provider(market)
    provider.pay(payment.provider_reference or "", 15_000)
    notify(provider.told())
    yuli, issue = browser_of(market.yuli), PaymentIssue.objects.get()
    assert (issue.kind, issue.amount, now_of(payment).state) == ("over", 500, PaymentState.PAID)
    page = yuli.get("/satker/pembayaran/").content.decode()
    assert "Rp\u00a0500" in page and 'value="told"' in page
    yuli.post(f"/satker/pembayaran/masalah/{issue.public_id}/", {"step": "told", "note": "lewat WA"})
    assert PaymentIssue.objects.values_list("step_taken", "note", "done_by").get() == (
        "told",
        "lewat WA",
        market.yuli.actor,
    )
    assert 'value="told"' not in yuli.get("/satker/pembayaran/").content.decode()


def test_lists_ask_no_more_for_more_rows(market: Cast) -> None:
    give_code(market.warung)
    hasan = browser_of(market.hasan)
    # What a process asks once, and what nobody has looked at before.
    hasan.get("/toko/pembayaran/")
    counts = []
    for many in (1, 8):
        for number in range(many):
            one = owe(market, Method.QRIS, 14_500, number=f"W{many}{number}")
            claim_paid(payment=one, by=BY)
            short = owe(market, Method.QRIS, 14_500, number=f"S{many}{number}")
            confirm_received(payment=short, by=BY, amount=9_000)
            confirm_received(payment=owe(market, Method.QRIS, 9_000, number=f"P{many}{number}"), by=BY)
        with CaptureQueriesContext(connection) as asked:
            assert hasan.get("/toko/pembayaran/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
