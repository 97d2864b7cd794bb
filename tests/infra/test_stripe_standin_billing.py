"""Subscriptions and invoices at the stand-in: periods, retries, terms changed on the way, money that goes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from tests.infra.stripe_selling import MONTHLY, Shop
from tests.infra.test_stripe_standin import refused
from tests.standins.stripe import DAY, StripeStandIn

HOUR = 3600


@pytest.fixture
def shop(stripe_standin: StripeStandIn) -> Shop:
    return Shop(stripe_standin)


def period(subscription: stripe.Subscription) -> tuple[int, int]:
    item = subscription["items"].data[0]
    return item.current_period_start, item.current_period_end


def renew(shop: Shop, subscription: stripe.Subscription) -> stripe.Subscription:
    """To the end of its period, and the hour that the draft waits."""
    end = period(shop.api.subscriptions.retrieve(subscription.id))[1]
    shop.account.advance(end - shop.account.now() + HOUR + 1)
    return shop.api.subscriptions.retrieve(subscription.id)


def test_a_month_after_the_other_is_billed_on_its_day(shop: Shop) -> None:
    shop.keep_card()
    start = int(datetime(2027, 1, 31, 8, tzinfo=UTC).timestamp())
    shop.account.control("POST", "clock", to=start, freeze=True)
    subscription = shop.subscribe(default_tax_rates=[shop.ppn.id])
    assert subscription.status == "active"
    ends = []
    for _ in range(4):
        subscription = renew(shop, subscription)
        ends.append(datetime.fromtimestamp(period(subscription)[0], UTC).strftime("%d %b %H"))
    assert ends == ["28 Feb 08", "31 Mar 08", "30 Apr 08", "31 May 08"]
    bills = shop.invoices()
    assert [one.total for one in bills] == [277_500_00] * 5
    assert [one.status for one in bills] == ["paid"] * 5
    assert [one.billing_reason for one in bills] == ["subscription_cycle"] * 4 + ["subscription_create"]
    assert len({one.number for one in bills}) == 5
    assert bills[0].total_taxes is not None
    assert [one.amount for one in bills[0].total_taxes] == [27_500_00]
    assert bills[0].parent is not None and bills[0].parent.subscription_details is not None
    assert bills[0].parent.subscription_details.subscription == subscription.id


def test_a_renewal_waits_an_hour_as_a_draft(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    shop.account.advance(period(subscription)[1] - shop.account.now() + 60)
    latest = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]}).latest_invoice
    assert isinstance(latest, stripe.Invoice)
    assert (latest.status, latest.number) == ("draft", None)


@pytest.mark.parametrize("then", ["unpaid", "canceled", "past_due"])
def test_a_failing_card_is_tried_again_and_then_given_up(shop: Shop, then: str) -> None:
    shop.keep_card("pm_card_visa")
    subscription = shop.subscribe()
    shop.keep_card("pm_card_chargeCustomerFail")
    shop.account.switch(after_retries=then)
    subscription = renew(shop, subscription)
    assert subscription.status == "past_due"
    bill = shop.invoices()[0]
    assert (bill.status, bill.attempt_count, bill.amount_remaining) == ("open", 1, MONTHLY)
    assert bill.next_payment_attempt is not None
    assert abs(bill.next_payment_attempt - shop.account.now() - 3 * DAY) < 60
    shop.told()
    shop.account.advance(days=9)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "past_due"
    shop.account.advance(days=7)
    subscription = shop.api.subscriptions.retrieve(subscription.id)
    bill = shop.invoices()[0]
    assert (subscription.status, bill.attempt_count, bill.next_payment_attempt) == (then, 4, None)
    told = shop.told()
    assert told.count("invoice.payment_failed") == 3
    assert ("customer.subscription.deleted" in told) == (then == "canceled")


def test_a_good_card_makes_it_active_again(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    shop.account.fail_next()
    assert renew(shop, subscription).status == "past_due"
    bill = shop.invoices(status="open")[0]
    assert shop.api.invoices.pay(bill.id).status == "paid"
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"
    assert refused(stripe.InvalidRequestError, shop.api.invoices.pay, bill.id)["code"] == "invoice_already_paid"


def test_a_try_by_hand_leaves_the_schedule(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    shop.keep_card("pm_card_chargeCustomerFail")
    renew(shop, subscription)
    planned = shop.invoices()[0].next_payment_attempt
    assert planned is not None
    refused(stripe.CardError, shop.api.invoices.pay, shop.invoices()[0].id)
    assert (shop.invoices()[0].attempt_count, shop.invoices()[0].next_payment_attempt) == (1, planned)


def test_an_invoice_that_goes_on_by_itself(shop: Shop) -> None:
    shop.keep_card()
    invoice = shop.api.invoices.create({"customer": shop.customer.id, "auto_advance": True})
    shop.api.invoice_items.create({"customer": shop.customer.id, "invoice": invoice.id, "amount": 700_00})
    shop.account.advance(HOUR + 60)
    assert shop.api.invoices.retrieve(invoice.id).status == "paid"


def test_unpaid_makes_drafts_that_stay(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    shop.keep_card("pm_card_chargeCustomerFail")
    renew(shop, subscription)
    shop.account.advance(days=16)
    assert renew(shop, subscription).status == "unpaid"
    assert [one.status for one in shop.invoices()] == ["draft", "open", "paid"]


def test_a_trial_costs_nothing_until_it_ends(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe(trial_period_days=14)
    assert (subscription.status, shop.invoices()[0].amount_due) == ("trialing", 0)
    shop.told()
    shop.account.advance(days=12)
    assert shop.told() == ["customer.subscription.trial_will_end"]
    subscription = renew(shop, subscription)
    assert (subscription.status, shop.invoices()[0].amount_paid) == ("active", MONTHLY)


def test_without_a_card_nothing_begins(shop: Shop) -> None:
    assert refused(stripe.InvalidRequestError, shop.subscribe)["code"] == "resource_missing"
    assert shop.api.subscriptions.list({"status": "all"}).data == []


def test_a_refused_first_payment_leaves_it_incomplete_and_expires(shop: Shop) -> None:
    shop.keep_card("pm_card_chargeCustomerFail")
    assert refused(stripe.CardError, shop.subscribe, payment_behavior="error_if_incomplete")["status"] == 402
    assert shop.api.subscriptions.list({"status": "all"}).data == []
    subscription = shop.subscribe()
    assert subscription.status == "incomplete"
    shop.account.advance(24 * HOUR)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "incomplete_expired"
    assert [one.status for one in shop.invoices()] == ["void"]


def test_half_a_month_is_credited_and_charged(shop: Shop) -> None:
    shop.keep_card()
    shop.account.control("POST", "clock", to=int(datetime(2027, 4, 1, tzinfo=UTC).timestamp()), freeze=True)
    subscription = shop.subscribe()
    shop.account.advance(days=15)
    dearer = shop.sell(2 * MONTHLY)
    item = subscription["items"].data[0]
    shop.api.subscriptions.update(
        subscription.id,
        {"items": [{"id": item.id, "price": dearer.id}], "proration_behavior": "always_invoice"},
    )
    bill = shop.invoices()[0]
    assert (bill.billing_reason, bill.status) == ("subscription_update", "paid")
    assert sorted(line.amount for line in bill.lines.data) == [-MONTHLY // 2, MONTHLY]
    assert bill.amount_paid == MONTHLY // 2
    renew(shop, subscription)
    assert shop.invoices()[0].amount_paid == 2 * MONTHLY


def test_fewer_leaves_a_credit_for_the_next_bill(shop: Shop) -> None:
    shop.keep_card()
    shop.account.control("POST", "clock", to=int(datetime(2027, 4, 1, tzinfo=UTC).timestamp()), freeze=True)
    subscription = shop.api.subscriptions.create(
        {"customer": shop.customer.id, "items": [{"price": shop.price.id, "quantity": 4}]}
    )
    shop.account.advance(days=15)
    item = subscription["items"].data[0]
    shop.api.subscriptions.update(
        subscription.id, {"items": [{"id": item.id, "quantity": 1}], "proration_behavior": "always_invoice"}
    )
    assert (shop.invoices()[0].total, shop.invoices()[0].amount_due) == (-3 * MONTHLY // 2, 0)
    assert shop.api.customers.retrieve(shop.customer.id).balance == -3 * MONTHLY // 2
    renew(shop, subscription)
    assert (shop.invoices()[0].total, shop.invoices()[0].amount_due) == (MONTHLY, 0)
    assert shop.api.customers.retrieve(shop.customer.id).balance == -MONTHLY // 2


def test_a_retired_price_stays_with_those_who_have_it(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    shop.api.prices.update(shop.price.id, {"active": False})
    assert refused(stripe.InvalidRequestError, shop.subscribe)["param"] == "items[0][price]"
    item = subscription["items"].data[0]
    shop.api.subscriptions.update(subscription.id, {"items": [{"id": item.id, "quantity": 3}]})
    renew(shop, subscription)
    assert shop.invoices()[0].amount_paid > 3 * MONTHLY


def test_a_customer_who_is_gone_does_not_stop_the_clock(shop: Shop) -> None:
    card = shop.keep_card("pm_card_chargeCustomerFail")
    invoice = shop.api.invoices.create({"customer": shop.customer.id, "auto_advance": True})
    shop.api.invoice_items.create({"customer": shop.customer.id, "invoice": invoice.id, "amount": 700_00})
    shop.account.advance(HOUR + 60)
    assert shop.api.invoices.retrieve(invoice.id).next_payment_attempt is not None
    shop.api.customers.delete(shop.customer.id)
    shop.account.advance(days=30)
    assert shop.api.invoices.retrieve(invoice.id).attempt_count == 1
    assert card


def test_a_year_begins_at_once(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    yearly = shop.sell(10 * MONTHLY, "year")
    item = subscription["items"].data[0]
    subscription = shop.api.subscriptions.update(
        subscription.id, {"items": [{"id": item.id, "price": yearly.id}], "proration_behavior": "none"}
    )
    start, end = period(subscription)
    assert end - start in (365 * DAY, 366 * DAY)
    assert shop.invoices()[0].amount_paid == 10 * MONTHLY


def test_it_ends_with_its_period_unless_it_is_taken_up_again(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    update = shop.api.subscriptions.update
    ending = update(subscription.id, {"cancel_at_period_end": True})
    assert (ending.status, ending.cancel_at) == ("active", period(subscription)[1])
    assert update(subscription.id, {"cancel_at_period_end": False}).cancel_at is None
    assert renew(shop, subscription).status == "active"
    update(subscription.id, {"cancel_at_period_end": True})
    shop.told()
    ended = renew(shop, subscription)
    assert (ended.status, len(shop.invoices())) == ("canceled", 2)
    assert shop.told() == ["customer.subscription.deleted"]
    assert refused(stripe.InvalidRequestError, update, subscription.id, {"description": "x"})["status"] == 400
    assert refused(stripe.InvalidRequestError, shop.api.subscriptions.cancel, subscription.id)["status"] == 404


def test_cancelling_now_stops_what_is_open(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    shop.account.fail_next()
    renew(shop, subscription)
    assert shop.api.subscriptions.cancel(subscription.id).status == "canceled"
    shop.account.advance(days=30)
    bill = shop.invoices()[0]
    assert (bill.status, bill.attempt_count, bill.auto_advance) == ("open", 1, False)


def test_an_invoice_that_is_sent(shop: Shop) -> None:
    invoice = shop.api.invoices.create(
        {
            "customer": shop.customer.id,
            "collection_method": "send_invoice",
            "days_until_due": 30,
            "default_tax_rates": [shop.ppn.id],
            "metadata": {"po": "PO-17"},
        }
    )
    for amount in (1_000_000_00, 250_000_00):
        shop.api.invoice_items.create(
            {"customer": shop.customer.id, "invoice": invoice.id, "amount": amount, "description": "Paket Kota"}
        )
    sent = shop.api.invoices.send_invoice(invoice.id)
    assert (sent.status, sent.subtotal, sent.total, sent.amount_due) == (
        "open",
        1_250_000_00,
        1_387_500_00,
        1_387_500_00,
    )
    assert sent.due_date is not None and abs(sent.due_date - shop.account.now() - 30 * DAY) < 60
    assert "Rp 1.387.500" in shop.account.page(str(sent.hosted_invoice_url))
    shop.told()
    shop.account.advance(days=31)
    assert shop.told() == ["invoice.overdue"]
    paid = shop.api.invoices.pay(invoice.id, {"paid_out_of_band": True})
    assert (paid.status, paid.amount_paid_off_stripe, paid.amount_remaining) == ("paid", 1_387_500_00, 0)
    assert shop.api.invoice_payments.list({"invoice": invoice.id}).data[0].status == "canceled"


def test_a_sent_subscription_falls_past_due(shop: Shop) -> None:
    subscription = shop.subscribe(collection_method="send_invoice", days_until_due=14)
    assert subscription.status == "active"
    shop.account.advance(2 * HOUR)
    assert shop.invoices()[0].status == "open"
    shop.account.advance(days=14)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "past_due"
    shop.api.invoices.pay(shop.invoices()[0].id, {"paid_out_of_band": True})
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_inclusive_tax_is_inside(shop: Shop) -> None:
    rate = shop.api.tax_rates.create({"display_name": "PPN", "inclusive": True, "percentage": 11})
    invoice = shop.api.invoices.create({"customer": shop.customer.id, "default_tax_rates": [rate.id]})
    shop.api.invoice_items.create({"customer": shop.customer.id, "invoice": invoice.id, "amount": 111_000_00})
    done = shop.api.invoices.finalize_invoice(invoice.id)
    assert (done.total, done.total_excluding_tax) == (111_000_00, 100_000_00)
    assert done.total_taxes is not None and done.total_taxes[0].amount == 11_000_00


def test_only_a_draft_can_be_changed(shop: Shop) -> None:
    invoice = shop.api.invoices.create({"customer": shop.customer.id})
    item = shop.api.invoice_items.create({"customer": shop.customer.id, "invoice": invoice.id, "amount": 100_00})
    shop.api.invoice_items.delete(item.id)
    assert shop.api.invoices.retrieve(invoice.id).total == 0
    more: Any = {"customer": shop.customer.id, "invoice": invoice.id, "amount": 500_00}
    shop.api.invoice_items.create(more)
    shop.api.invoices.finalize_invoice(invoice.id)
    for call, args in (
        (shop.api.invoice_items.create, [more]),
        (shop.api.invoices.finalize_invoice, [invoice.id]),
        (shop.api.invoices.delete, [invoice.id]),
        (shop.api.invoices.update, [invoice.id, {"description": "x"}]),
    ):
        assert refused(stripe.InvalidRequestError, call, *args)["status"] == 400
    assert shop.api.invoices.void_invoice(invoice.id).status == "void"
    assert refused(stripe.InvalidRequestError, shop.api.invoices.pay, invoice.id)["code"] == "invoice_not_editable"


def test_money_goes_back_once(shop: Shop) -> None:
    shop.keep_card()
    shop.subscribe()
    bill = shop.invoices()[0]
    intent = shop.api.invoice_payments.list({"invoice": bill.id}).data[0].payment.payment_intent
    assert isinstance(intent, str)
    create = shop.api.refunds.create
    assert create({"payment_intent": intent, "amount": 50_000_00}).status == "succeeded"
    too_much: Any = {"payment_intent": intent, "amount": MONTHLY}
    assert refused(stripe.InvalidRequestError, create, too_much)["code"] == "amount_too_large"
    assert create({"payment_intent": intent}).amount == MONTHLY - 50_000_00
    assert refused(stripe.InvalidRequestError, create, {"payment_intent": intent})["code"] == "charge_already_refunded"
    charge = shop.api.charges.list({"payment_intent": intent, "expand": ["data.refunds"]}).data[0]
    assert (charge.refunded, charge.amount_refunded) == (True, MONTHLY)
    assert charge.refunds is not None and len(charge.refunds.data) == 2
    assert shop.told().count("charge.refunded") == 2


def test_a_credit_note_makes_less_due(shop: Shop) -> None:
    invoice = shop.api.invoices.create(
        {"customer": shop.customer.id, "collection_method": "send_invoice", "days_until_due": 14}
    )
    shop.api.invoice_items.create({"customer": shop.customer.id, "invoice": invoice.id, "amount": 900_00})
    shop.api.invoices.finalize_invoice(invoice.id)
    shop.api.credit_notes.create({"invoice": invoice.id, "amount": 400_00, "reason": "order_change"})
    assert shop.api.invoices.retrieve(invoice.id).amount_remaining == 500_00
    shop.api.credit_notes.create({"invoice": invoice.id, "amount": 500_00})
    assert shop.api.invoices.retrieve(invoice.id).status == "paid"
