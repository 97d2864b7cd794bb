"""What we ask of Stripe, its hundredths, and where it and we differ."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.billing import errors
from shared_apps.billing.checks import cards_are_whole
from shared_apps.billing.models import (
    CreditNote,
    Difference,
    Invoice,
    Payment,
    Refund,
    StripeCall,
    StripePrice,
    Subscription,
    SubscriptionEvent,
)
from shared_apps.billing.services import invoicing, paying, quoting, subscribing
from shared_apps.billing.stripe import doors
from shared_apps.billing.stripe.client import live
from shared_apps.billing.stripe.money import OddMoney, from_stripe, to_stripe
from shared_apps.billing.stripe.reconciling import reconcile
from shared_apps.operations.models import OperatorRole
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import deliver
from tests.shared_apps.billing.account import pay_by_card, tell_in_order
from tests.shared_apps.billing.house import BUYER, BY, fresh, invoiced, plan
from tests.shared_apps.operations.people import operator
from tests.standins.stripe import StripeStandIn


@given(st.integers(min_value=0, max_value=10**13))
def test_whole_rupiah_go_there_and_come_back(rupiah: int) -> None:
    assert to_stripe(rupiah) == rupiah * 100
    assert from_stripe(to_stripe(rupiah)) == rupiah


@given(st.integers(min_value=-(10**15), max_value=10**15).filter(lambda number: number % 100))
def test_what_is_no_whole_rupiah_is_refused(amount: int) -> None:
    with pytest.raises(OddMoney):
        from_stripe(amount)
    with pytest.raises(OddMoney):
        from_stripe(amount * 100, "usd")


def carry_out() -> None:
    for pk in OutboxMessage.objects.filter(kind="billing.stripe", state="waiting").values_list("pk", flat=True):
        deliver(pk)


def test_a_second_tap_opens_the_same_payment(account: StripeStandIn, customer: Subscription) -> None:
    key = str(uuid4())
    ask: dict[str, Any] = {"plan": plan("kecamatan"), "interval": "year", "key": key, "by": "user:budi"}
    assert doors.open_checkout(subscription=fresh(customer), **ask) == doors.open_checkout(
        subscription=fresh(customer), **ask
    )
    assert len(account.client.v1.checkout.sessions.list().data) == 1
    assert len(account.client.v1.customers.list().data) == 1
    assert StripeCall.objects.filter(state="done").count() == 5
    other = doors.open_checkout(subscription=fresh(customer), **{**ask, "key": str(uuid4())})
    assert other and StripePrice.objects.count() == 1
    price = account.client.v1.prices.retrieve(StripePrice.objects.get().price)
    assert (price.unit_amount, price.currency, price.recurring and price.recurring.interval) == (
        250_000_000,
        "idr",
        "year",
    )


def test_an_answer_that_was_lost_is_asked_for_again_with_its_key(
    account: StripeStandIn, customer: Subscription, settings: Any
) -> None:
    ask: dict[str, Any] = {"plan": plan("kecamatan"), "interval": "year", "key": str(uuid4()), "by": "user:budi"}
    settings.STRIPE_URL = "http://127.0.0.1:9"
    with pytest.raises(errors.StripeAway):
        doors.open_checkout(subscription=fresh(customer), **ask)
    call = StripeCall.objects.get()
    assert (call.kind, call.state, call.attempts) == ("customer", "asked", 1)
    settings.STRIPE_URL = account.url
    assert doors.open_checkout(subscription=fresh(customer), **ask).startswith("http")


def test_what_is_left_of_the_trial_stays_free(account: StripeStandIn, platform: None, kalidoni: Any) -> None:
    one = subscribing.subscription_of(kalidoni)
    pay_by_card(account, one)
    tell_in_order(account, one)
    row = fresh(one)
    assert (row.state, row.stripe_status, Invoice.objects.count()) == ("active", "trialing", 0)
    assert row.card_until is not None and abs((row.card_until - row.trial_until).total_seconds()) < 2


def test_nobody_pays_twice_by_two_ways(account: StripeStandIn, customer: Subscription) -> None:
    ask: dict[str, Any] = {"plan": plan("kecamatan"), "interval": "year", "by": "user:budi"}
    invoice = invoiced(customer)
    with pytest.raises(errors.AlreadyAsked, match=invoice.number):
        doors.open_checkout(subscription=fresh(customer), key="x", **ask)
    invoicing.credit(invoice=invoice, reason="pindah ke kartu", by=BY)
    pay_by_card(account, customer)
    tell_in_order(account, customer)
    with pytest.raises(errors.NotBilled):
        quoting.ask_quotation(subscription=fresh(customer), **{**ask, **BUYER})
    with pytest.raises(errors.AlreadyAsked):
        doors.open_checkout(subscription=fresh(customer), key="y", **ask)


def test_without_a_key_no_card_is_taken(customer: Subscription, settings: Any) -> None:
    settings.STRIPE_KEY = ""
    with pytest.raises(errors.CardsClosed):
        doors.open_checkout(subscription=customer, plan=plan("kota"), interval="year", key="x", by="user:budi")
    assert StripeCall.objects.count() == 0
    assert reconcile() == 0


def test_the_key_says_whether_money_is_real(settings: Any) -> None:
    for key, real in (("sk_test_1", False), ("rk_live_1", True), ("sk_live_1", True), ("", False)):
        settings.STRIPE_KEY = key
        assert live() is real


def test_money_goes_back_by_stripe_and_is_counted_once(account: StripeStandIn, customer: Subscription) -> None:
    pay_by_card(account, customer)
    tell_in_order(account, customer)
    payment = Payment.objects.get()
    paying.refund(payment=payment, amount=77_500, reason="salah paket", by=BY)
    carry_out()
    refund = Refund.objects.get()
    assert (refund.state, refund.stripe_id is not None) == ("done", True)
    tell_in_order(account, customer)
    assert Refund.objects.count() == 1
    invoice = Invoice.objects.get()
    assert (invoice.refunded, invoice.credited, CreditNote.objects.get().total) == (77_500, 77_500, 77_500)
    assert reconcile() == 0


def test_a_refund_that_stripe_refuses_is_listed(account: StripeStandIn, customer: Subscription) -> None:
    pay_by_card(account, customer)
    tell_in_order(account, customer)
    payment = Payment.objects.get()
    account.client.v1.refunds.create({"payment_intent": payment.stripe_id or ""})
    paying.refund(payment=payment, amount=77_500, reason="terlambat", by=BY)
    carry_out()
    assert Refund.objects.get().state == "failed"
    assert reconcile() >= 1
    assert Difference.objects.filter(kind="call_refused", gone_at=None).exists()


def test_another_plan_and_the_end_are_told_to_stripe(account: StripeStandIn, customer: Subscription) -> None:
    pay_by_card(account, customer)
    tell_in_order(account, customer)
    doors.change_plan(subscription=fresh(customer), plan=plan("kota"), interval="month", by="user:budi")
    subscribing.end(subscription=customer, by="user:budi", reason="pindah", at=fresh(customer).covered_until)
    carry_out()
    tell_in_order(account, customer)
    row = fresh(customer)
    assert (row.plan.code, row.card_ends, row.state) == ("kota", True, "active")
    subscribing.go_on(subscription=customer, by="user:budi")
    carry_out()
    tell_in_order(account, customer)
    assert fresh(customer).card_ends is False
    account.advance(days=32)
    tell_in_order(account, customer)
    assert [one.subtotal for one in Invoice.objects.order_by("number")] == [250_000, 1_500_000]


def test_differences_are_listed_told_once_and_closed(account: StripeStandIn, customer: Subscription) -> None:
    boss = operator(role=OperatorRole.OPERATOR)
    pay_by_card(account, customer)
    account.take()
    # Stripe has it all, and we were told nothing.
    assert reconcile() == 3
    kinds = set(Difference.objects.values_list("kind", flat=True))
    assert kinds == {"status", "cover", "invoice_missing"}
    assert reconcile() == 3
    assert Difference.objects.count() == 3
    letters = OutboxMessage.objects.filter(dedupe__startswith="billing.differences")
    assert [one.payload["to"] for one in letters] == [boss.email]
    from django.db import transaction

    from shared_apps.billing.stripe.syncing import sync

    with transaction.atomic():
        sync(customer)
    assert reconcile() == 0
    assert Difference.objects.filter(gone_at=None).count() == 0
    assert SubscriptionEvent.objects.filter(subscription=customer, after="active").exists()


def test_half_a_way_to_pay_stops_the_start(settings: Any) -> None:
    assert cards_are_whole() == []
    settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRETS = "sk_live_1", ["whsec_1"]
    assert cards_are_whole() == []
    settings.STRIPE_WEBHOOK_SECRETS = []
    settings.BILLING_SELLER = {**settings.BILLING_SELLER, "npwp": ""}
    (fault,) = cards_are_whole()
    assert fault.msg == "WARSA_BILLING_NPWP, WARSA_STRIPE_WEBHOOK_SECRET not set"
