"""The stand-in's pages, used as a browser without scripts does: Checkout, the portal, an invoice."""

from __future__ import annotations

import re

import pytest
import stripe

from tests.infra.stripe_selling import CARD, MONTHLY, Shop
from tests.infra.test_stripe_standin import refused
from tests.standins.stripe import DAY, DECLINED, FAILS_LATER, PAYS, Refused, StripeStandIn


@pytest.fixture
def shop(stripe_standin: StripeStandIn) -> Shop:
    return Shop(stripe_standin)


def test_a_region_pays_at_checkout(shop: Shop) -> None:
    session = shop.checkout(client_reference_id="kalidoni", subscription_data={"metadata": {"region": "kalidoni"}})
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 277_500_00)
    page = shop.account.page(session.url)
    assert "Paket Kecamatan" in page and "Rp 277.500" in page and "kalidoni@palembang.go.id" in page
    shop.told()
    where = shop.account.send(session.url, card=PAYS, **CARD)
    assert where == f"http://localhost/tagihan/?sesi={session.id}"
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["line_items", "subscription", "invoice"]})
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert isinstance(done.subscription, stripe.Subscription) and isinstance(done.invoice, stripe.Invoice)
    assert (done.subscription.status, done.subscription.metadata["region"]) == ("active", "kalidoni")
    assert done.invoice.amount_paid == 277_500_00
    assert done.line_items is not None and done.line_items.data[0].amount_total == 277_500_00
    told = shop.told()
    assert {"checkout.session.completed", "customer.subscription.created", "invoice.paid"} <= set(told)


def test_paying_twice_pays_once(shop: Shop) -> None:
    session = shop.checkout()
    shop.account.send(session.url, card=PAYS, **CARD)
    assert "sudah dipakai" in shop.account.send(session.url, card=PAYS, **CARD)
    assert len(shop.invoices()) == 1


@pytest.mark.parametrize(
    ("case", "fields", "words"),
    [
        ("declined", {"card": DECLINED}, "ditolak"),
        ("no money", {"card": "4000000000009995"}, "Saldo kartu tidak cukup"),
        ("no test card", {"card": "4111111111111112"}, "Nomor kartu salah"),
        ("no date", {"card": PAYS, "expiry": "next year"}, "Tulis masa berlaku"),
        ("no cvc", {"card": PAYS, "cvc": ""}, "CVC"),
    ],
)
def test_a_refused_card_leaves_the_page_open(shop: Shop, case: str, fields: dict[str, str], words: str) -> None:
    session = shop.checkout()
    shop.told()
    page = shop.account.send(session.url, **{**CARD, **fields})
    assert re.search(rf'role="alert">[^<]*{words}', page)
    assert shop.api.checkout.sessions.retrieve(session.id).status == "open"
    assert shop.api.subscriptions.list({"status": "all"}).data == []
    assert shop.told() == []
    shop.account.send(session.url, card=PAYS, **CARD)
    assert shop.api.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_card_that_fails_later(shop: Shop) -> None:
    shop.account.pay(shop.checkout().id, FAILS_LATER)
    subscription = shop.api.subscriptions.list().data[0]
    assert subscription.status == "active"
    shop.account.advance(days=32)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "past_due"


def test_a_trial_keeps_the_card_and_takes_nothing(shop: Shop) -> None:
    session = shop.checkout(subscription_data={"trial_period_days": 365})
    assert session.amount_total == 0
    shop.account.pay(session.id)
    done = shop.api.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert shop.api.subscriptions.list().data[0].status == "trialing"
    assert shop.api.charges.list().data == []


def test_a_session_ends_unpaid(shop: Shop) -> None:
    early, late = shop.checkout(), shop.checkout()
    assert shop.api.checkout.sessions.expire(early.id).status == "expired"
    shop.account.advance(DAY + 60)
    assert shop.api.checkout.sessions.retrieve(late.id).status == "expired"
    assert shop.told().count("checkout.session.expired") == 2
    assert refused(stripe.InvalidRequestError, shop.api.checkout.sessions.expire, early.id)["status"] == 400
    with pytest.raises(Refused, match="no longer open"):
        shop.account.pay(late.id)


def test_one_payment_with_an_invoice(shop: Shop) -> None:
    session = shop.api.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [
                {
                    "price_data": {
                        "currency": "idr",
                        "unit_amount": 75_000_00,
                        "product_data": {"name": "Pelatihan operator"},
                    },
                    "quantity": 2,
                }
            ],
            "invoice_creation": {"enabled": True},
            "success_url": "http://localhost/ok",
        }
    )
    assert 'type="email"' in shop.account.page(str(session.url))
    shop.account.send(str(session.url), card=PAYS, email="pembina@palembang.go.id", **CARD)
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["customer", "payment_intent", "invoice"]})
    assert isinstance(done.customer, stripe.Customer) and done.customer.email == "pembina@palembang.go.id"
    assert isinstance(done.payment_intent, stripe.PaymentIntent) and done.payment_intent.amount_received == 150_000_00
    assert isinstance(done.invoice, stripe.Invoice) and done.invoice.status == "paid"


def test_the_portal_cancels_resumes_and_changes_the_card(shop: Shop) -> None:
    shop.account.pay(shop.checkout().id)
    subscription = shop.api.subscriptions.list().data[0]
    portal = shop.api.billing_portal.sessions.create(
        {"customer": shop.customer.id, "return_url": "http://localhost/tagihan/"}
    )
    page = shop.account.page(portal.url)
    assert "aktif" in page and "Rp 277.500" in page and "http://localhost/tagihan/" in page
    shop.account.send(f"{portal.url}/cancel/{subscription.id}")
    assert shop.api.subscriptions.retrieve(subscription.id).cancel_at_period_end is True
    assert "Lanjutkan langganan" in shop.account.page(portal.url)
    shop.account.send(f"{portal.url}/resume/{subscription.id}")
    assert shop.api.subscriptions.retrieve(subscription.id).cancel_at_period_end is False
    before = shop.api.subscriptions.retrieve(subscription.id).default_payment_method
    assert "ditolak" in shop.account.send(f"{portal.url}/card", card=DECLINED, **CARD)
    assert shop.api.subscriptions.retrieve(subscription.id).default_payment_method == before
    shop.account.send(f"{portal.url}/card", card="5555 5555 5555 4444", **CARD)
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["default_payment_method"]})
    assert isinstance(after.default_payment_method, stripe.PaymentMethod) and after.default_payment_method.card
    assert after.default_payment_method.card.last4 == "4444"


def test_nobody_reaches_another_customers_subscription(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    made = shop.api.customers.create({"name": "Lombok"})
    portal = shop.api.billing_portal.sessions.create({"customer": made.id})
    assert "tidak dapat diubah" in shop.account.send(f"{portal.url}/cancel/{subscription.id}")
    assert shop.api.subscriptions.retrieve(subscription.id).cancel_at_period_end is False
    for path in ("/p/session/bps_test_guess", "/i/guess", "/c/pay/cs_test_guess", "/nothing"):
        with pytest.raises(Refused, match="404"):
            shop.account.page(path)


def test_an_open_invoice_is_paid_on_its_page(shop: Shop) -> None:
    shop.account.pay(shop.checkout().id)
    shop.account.fail_next()
    shop.account.advance(days=32)
    bill = shop.invoices(status="open")[0]
    assert "ditolak" in shop.account.send(str(bill.hosted_invoice_url), card=DECLINED, **CARD)
    shop.account.send(str(bill.hosted_invoice_url), card=PAYS, **CARD)
    assert shop.api.invoices.retrieve(bill.id).status == "paid"
    assert shop.api.subscriptions.list().data[0].status == "active"
    assert "lunas" in shop.account.page(str(bill.hosted_invoice_url))
    assert bill.total > MONTHLY
