"""One way to pay at a time, money that was too much, rounds that go on, and the order of locks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shared_apps.billing import errors
from shared_apps.billing.models import (
    CreditNote,
    Difference,
    Invoice,
    Payment,
    Quotation,
    StripeCall,
    Subscription,
)
from shared_apps.billing.outgoing import ask_later
from shared_apps.billing.services import invoicing, paying, quoting, settling, sponsoring, subscribing
from shared_apps.billing.services.leaving import end_closed
from shared_apps.billing.services.reminding import remind
from shared_apps.billing.states import day_of
from shared_apps.billing.stripe import doors, reading
from shared_apps.billing.stripe.calls import MAKERS, ask_now
from shared_apps.billing.stripe.money import OddMoney
from shared_apps.billing.stripe.reconciling import reconcile
from shared_apps.billing.stripe.syncing import sync
from shared_apps.operations.models import OperatorRole
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import deliver
from tests.shared_apps.billing.account import pay_by_card, tell_in_order
from tests.shared_apps.billing.house import BUYER, BY, NPWP, fresh, invoiced, pdf, plan, subscribed, trial_over
from tests.shared_apps.operations.people import operator, operator_browser
from tests.standins.stripe import StripeStandIn
from tests.world import admin

pytestmark = pytest.mark.usefixtures("platform")
ASK: dict[str, Any] = {"interval": "year", "by": "user:budi"}


def claimed(invoice: Invoice) -> Payment:
    return paying.claim(invoice=invoice, amount=invoice.due, paid_on=day_of(clock.now()), proof=pdf(), by=BY)


def a_sponsor() -> Any:
    return sponsoring.add_sponsor(
        name="PT Contoh", npwp=NPWP, address="Jakarta", email="bumn@example.test", interval="year", by=BY
    )


def carry_out() -> None:
    for pk in OutboxMessage.objects.filter(kind="billing.stripe", state="waiting").values_list("pk", flat=True):
        deliver(pk)


def test_the_log_is_held_only_after_the_region_and_the_series(kalidoni: Region) -> None:
    payment = claimed(invoiced(subscribed(kalidoni)))
    with CaptureQueriesContext(connection) as seen:
        paying.confirm(payment=payment, by=BY)
        paying.refund(payment=payment, amount=100, reason="x", by=BY)
        invoicing.credit(invoice=payment.invoice, reason="x", by=BY, total=100)
    _log_is_last(seen)
    Invoice.objects.update(state="paid")
    with CaptureQueriesContext(connection) as seen:
        quoting.ask_quotation(subscription=fresh(subscribed(kalidoni)), plan=plan("kota"), **ASK, **BUYER)
    _log_is_last(seen)


def _log_is_last(seen: CaptureQueriesContext) -> None:
    """Between a row of the log and the end of its transaction nothing else is locked."""
    deep, holds = 0, False
    for one in seen.captured_queries:
        sql = one["sql"]
        if sql.startswith("SAVEPOINT"):
            deep += 1
        elif sql.startswith(("RELEASE", "ROLLBACK")):
            deep -= 1
            holds = holds and deep > 0
        elif sql.startswith("INSERT INTO") and "audit_auditevent" in sql:
            holds = True
        elif "FOR NO KEY UPDATE" in sql or "FOR UPDATE" in sql:
            assert not holds, sql


class TestOneWay:
    def test_an_order_keeps_other_ways_out(self, account: StripeStandIn, customer: Subscription) -> None:
        quoting.ask_quotation(subscription=customer, plan=plan("kota"), **ASK, **BUYER)
        with pytest.raises(errors.AlreadyAsked):
            doors.open_checkout(subscription=customer, plan=plan("kota"), key=str(uuid4()), **ASK)
        with pytest.raises(errors.AlreadyAsked):
            sponsoring.sponsor_region(sponsor=a_sponsor(), subscription=customer, by=BY)
        quoting.withdraw_quotation(quotation=Quotation.objects.get(), by=BY)
        invoiced(customer)
        with pytest.raises(errors.AlreadyAsked):
            quoting.ask_quotation(subscription=customer, plan=plan("kota"), **ASK, **BUYER)
        with pytest.raises(errors.AlreadyAsked):
            sponsoring.sponsor_region(sponsor=a_sponsor(), subscription=customer, by=BY)

    def test_a_sponsored_region_asks_for_no_quotation(self, kalidoni: Region) -> None:
        one = subscribed(kalidoni)
        sponsoring.sponsor_region(sponsor=a_sponsor(), subscription=one, by=BY)
        with pytest.raises(errors.NotBilled):
            quoting.ask_quotation(subscription=one, plan=plan("kota"), **ASK, **BUYER)

    def test_a_card_that_came_meanwhile_stops_the_order(self, kalidoni: Region) -> None:
        one = subscribed(kalidoni)
        asked = quoting.ask_quotation(subscription=one, plan=plan("kota"), **ASK, **BUYER)
        quoting.send_quotation(quotation=asked, by=BY)
        Subscription.objects.filter(pk=one.pk).update(stripe_status="active")
        with pytest.raises(errors.NotBilled):
            quoting.order(quotation=asked, po_number="PO", file=None, by="x")
        assert Invoice.objects.count() == 0

    def test_one_session_can_be_paid_and_none_once_an_order_is_made(
        self, account: StripeStandIn, customer: Subscription
    ) -> None:
        for _time in range(2):
            doors.open_checkout(subscription=fresh(customer), plan=plan("kota"), key=str(uuid4()), **ASK)
        sessions = account.client.v1.checkout.sessions
        assert sorted(str(one.status) for one in sessions.list().data) == ["expired", "open"]
        assert all(one.expires_at - one.created <= 1900 for one in sessions.list().data)
        quoting.ask_quotation(subscription=fresh(customer), plan=plan("kota"), **ASK, **BUYER)
        carry_out()
        assert {one.status for one in sessions.list().data} == {"expired"}

    def test_who_pays_anew_does_not_end(self, account: StripeStandIn, customer: Subscription) -> None:
        subscribing.end(subscription=customer, by=BY, reason="x")
        doors.open_checkout(subscription=fresh(customer), plan=plan("kota"), key=str(uuid4()), **ASK)
        assert (fresh(customer).ends_at, fresh(customer).state) == (None, "past_due")
        subscribing.end(subscription=customer, by=BY, reason="x")
        invoiced(fresh(customer))
        assert fresh(customer).ends_at is None


def test_no_transfer_is_counted_to_a_cards_invoice(account: StripeStandIn, customer: Subscription) -> None:
    pay_by_card(account, customer)
    tell_in_order(account, customer)
    Payment.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    Invoice.objects.update(state="open", paid=0)
    invoice = Invoice.objects.get()
    with pytest.raises(errors.NotBilled):
        claimed(invoice)
    now = clock.now()
    Payment.objects.create(invoice=invoice, way="transfer", amount=1, paid_on=now.date(), by="x", at=now)
    with transaction.atomic():
        sync(customer)
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["claimed", "confirmed"]


def test_what_was_too_much_goes_back_and_the_cover_stays(kalidoni: Region) -> None:
    one = trial_over(subscribed(kalidoni))
    invoice = invoiced(one)
    payment = claimed(invoice)
    invoicing.credit(invoice=invoice, reason="potongan", by=BY, total=1_000_000)
    paying.confirm(payment=payment, by=BY)
    paying.refund(payment=payment, amount=1_000_000, reason="kelebihan", by=BY)
    assert CreditNote.objects.count() == 1
    paying.refund(payment=payment, amount=500_000, reason="lagi", by=BY)
    invoice.refresh_from_db()
    assert (invoice.credited, invoice.refunded, invoice.state) == (1_500_000, 1_500_000, "paid")
    assert fresh(one).state == "active"


def test_one_odd_amount_keeps_nothing_else_back(account: StripeStandIn, customer: Subscription) -> None:
    pay_by_card(account, customer)
    tell_in_order(account, customer)
    account.advance(days=31, seconds=2 * 3600)
    account.take()
    real, seen = reading._billed, []

    def odd_once(one: Any) -> Any:
        if one["id"] != Invoice.objects.get().stripe_id:
            seen.append(one["id"])
            raise OddMoney("150 idr")
        return real(one)

    with mock.patch.object(reading, "_billed", odd_once):
        browser = operator_browser()
        address = f"/operator/tagihan/langganan/{customer.public_id}/baca-ulang/"
        assert browser.post(address).status_code == 302
        reconcile()
    assert fresh(customer).state == "active"
    assert list(Difference.objects.filter(kind="odd_money").values_list("subject", flat=True)) == seen[:1]


class TestRounds:
    def test_only_whose_time_has_come_and_one_failure_ends_nothing(self, kalidoni: Region, lombok: Region) -> None:
        rows = [trial_over(subscribed(region), days=3) for region in (kalidoni, lombok)]
        real = settling.settle

        def fails(row: Subscription, **more: Any) -> bool:
            if row.pk == rows[0].pk:
                raise ZeroDivisionError
            return real(row, **more)

        with mock.patch.object(settling, "settle", fails):
            assert settling.sweep() == 1
        settling.sweep()
        assert not settling._out_of_date(clock.now()).exists()
        later = clock.now() + timedelta(days=12)
        assert settling._out_of_date(later).count() == 2
        sponsoring.sponsor_region(sponsor=a_sponsor(), subscription=rows[0], by=BY)
        sponsoring.leave_sponsor(subscription=rows[0], by=BY)
        Subscription.objects.update(invoice_until=later)
        settling.sweep()
        assert not settling._out_of_date(clock.now()).exists()

    def test_nobody_gives_more_than_three_years(self, kalidoni: Region) -> None:
        one = subscribed(kalidoni)
        with pytest.raises(errors.TooLong):
            subscribing.extend_trial(subscription=one, until=clock.now() + timedelta(days=1200), by=BY, reason="x")

    def test_a_closed_region_is_charged_no_more(self, kalidoni: Region) -> None:
        one = trial_over(subscribed(kalidoni), days=1)
        Subscription.objects.filter(pk=one.pk).update(email="x@example.test")
        asked = quoting.ask_quotation(subscription=one, plan=plan("kota"), **ASK, **BUYER)
        sponsor = a_sponsor()
        Subscription.objects.filter(pk=one.pk).update(sponsor=sponsor, stripe_status="active", stripe_subscription="s")
        Region.objects.filter(pk=kalidoni.pk).update(status=RegionStatus.CLOSED)
        with pytest.raises(errors.NotBilled):
            sponsoring.bill_sponsor(sponsor=sponsor, by=BY)
        assert remind() == 0
        assert (end_closed(), end_closed()) == (1, 0)
        asked.refresh_from_db()
        assert (asked.state, fresh(one).leaves_sponsor, fresh(one).ends_at is not None) == ("withdrawn", True, True)
        assert StripeCall.objects.get().kind == "subscription.end"


class TestCalls:
    def test_the_newest_wish_is_told_last(self, account: StripeStandIn, customer: Subscription) -> None:
        pay_by_card(account, customer)
        tell_in_order(account, customer)
        subscribing.end(subscription=customer, by=BY, reason="x")
        subscribing.go_on(subscription=customer, by=BY)
        waiting = OutboxMessage.objects.filter(kind="billing.stripe", state="waiting").order_by("-pk")
        for pk in list(waiting.values_list("pk", flat=True)):
            deliver(pk)
        tell_in_order(account, customer)
        assert fresh(customer).card_ends is False

    def test_after_a_refusal_other_words_are_another_question(self, account: StripeStandIn) -> None:
        made = mock.Mock(side_effect=[errors.StripeAway("no"), mock.Mock(to_dict=lambda: {"id": "cus_1"})])
        with mock.patch.dict(MAKERS, customer=made):
            with pytest.raises(errors.StripeAway):
                ask_now("customer", {"email": "bad"}, key="k")
            assert ask_now("customer", {"email": "good@example.test"}, key="k") == {"id": "cus_1"}
        assert made.call_args.args[1] == {"email": "good@example.test"}

    def test_what_nobody_answers_is_listed_and_one_process_compares(
        self, account: StripeStandIn, kalidoni: Region
    ) -> None:
        operator(email="baca@example.test", role=OperatorRole.READER)
        operator(email="kerja@example.test", role=OperatorRole.OPERATOR)
        call = ask_later("subscription.end", subscribed(kalidoni), {"subscription": "s", "ends": True})
        StripeCall.objects.update(asked_at=clock.now() - timedelta(hours=2))
        with admin() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 0)", [0x57_42])
            assert reconcile() == 0
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [0x57_42])
        assert reconcile() == 1
        assert Difference.objects.get().subject == call.key[:80]
        letters = OutboxMessage.objects.filter(dedupe__startswith="billing.differences")
        assert [one.payload["to"] for one in letters] == ["kerja@example.test"]


def test_a_purchase_order_with_a_null_byte_is_told(kalidoni: Region) -> None:
    sponsor = a_sponsor()
    sponsoring.sponsor_region(sponsor=sponsor, subscription=trial_over(subscribed(kalidoni)), by=BY)
    address = f"/operator/tagihan/sponsor/{sponsor.public_id}/tagih/"
    answer = operator_browser().post(address, {"po_number": "PO\x001"})
    assert (answer.status_code, Invoice.objects.count()) == (302, 0)
