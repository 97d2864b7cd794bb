"""Kalidoni pays by card at a Stripe of its own, and what Stripe tells is handed to the webhook by the test."""

from __future__ import annotations

import itertools
from contextlib import suppress
from random import Random
from typing import Any
from uuid import uuid4

import stripe
from django.test import Client

from shared_apps.billing.models import (
    CreditNote,
    Invoice,
    Payment,
    Refund,
    StripeEvent,
    Subscription,
    UsageMonth,
)
from shared_apps.billing.stripe import doors
from shared_apps.billing.stripe.events import apply_waiting
from tests.shared_apps.billing.house import fresh, plan, platform_client
from tests.standins.stripe import FAILS_LATER, PAYS, StripeStandIn, Told
from tests.world import admin

DOOR = "/tagihan/stripe/"
# What a wipe leaves: plans, and how Stripe names them and the customer.
KEPT = {"billing_planversion", "billing_stripeprice", "billing_stripecall", "billing_subscription", "billing_sponsor"}
NOTHING_YET: dict[str, Any] = {
    "state": "past_due",
    "card_until": None,
    "stripe_subscription": "",
    "stripe_status": "",
    "card_ends": False,
    "interval": "year",
}


def tell(told: Told, client: Client | None = None) -> int:
    """One delivery to the webhook; its status."""
    answer = (client or platform_client()).post(
        DOOR, told.payload, content_type="application/json", headers={"Stripe-Signature": told.signature}
    )
    return int(answer.status_code)


def tell_in_order(account: StripeStandIn, subscription: Subscription) -> list[Told]:
    """All that waits is told and applied, one after the other."""
    told = account.take()
    for one in told:
        assert tell(one) == 200, one.kind
        apply_waiting(subscription)
    return told


def pay_by_card(
    account: StripeStandIn,
    subscription: Subscription,
    *,
    card: str = PAYS,
    code: str = "kecamatan",
    interval: str = "month",
) -> str:
    """Through Checkout; what Stripe tells of it waits."""
    url = doors.open_checkout(
        subscription=fresh(subscription), plan=plan(code), interval=interval, key=str(uuid4()), by="user:budi"
    )
    session = account.client.v1.checkout.sessions.list().data[0]
    assert session.url == url
    account.pay(session.id, card)
    return str(session.id)


def snapshot(subscription: Subscription) -> dict[str, Any]:
    """Everything that an event may change, without keys of the database and moments of ours."""
    row = fresh(subscription)
    return {
        "subscription": [
            row.state, row.plan.code, row.interval, row.card_until, row.stripe_status, row.stripe_subscription, row.card_ends,
        ],
        "read_only": sorted(row.region.read_only_because),
        "invoices": list(
            Invoice.objects.order_by("number").values_list(
                "number", "stripe_id", "state", "issued_on", "subtotal", "tax", "paid", "credited", "refunded"
            )
        ),
        "lines": list(
            Invoice.objects.order_by("number").values_list("number", "lines__plan__code", "lines__period_from", "lines__period_to")
        ),
        "payments": list(
            Payment.objects.order_by("invoice__number").values_list("invoice__number", "stripe_id", "way", "amount", "state", "paid_on")
        ),
        "credit_notes": list(CreditNote.objects.order_by("number").values_list("number", "invoice__number", "subtotal", "tax")),
        "refunds": sorted(Refund.objects.values_list("payment__invoice__number", "stripe_id", "amount", "state")),
        "events": sorted(StripeEvent.objects.values_list("event_id", flat=True)),
        "waiting": StripeEvent.objects.filter(applied_at=None).count(),
    }  # fmt: skip


def wipe(subscription: Subscription) -> None:
    """As if nothing had been told yet. Triggers refuse that to everybody but this throw-away database's superuser."""
    with admin() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'billing\\_%'")
        tables = ", ".join(name for (name,) in cursor.fetchall() if name not in KEPT)
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {tables}")
    Subscription.objects.filter(pk=subscription.pk).update(plan=plan("kecamatan"), **NOTHING_YET)
    type(subscription.region).objects.filter(pk=subscription.region_id).update(
        read_only_because=[], read_only_since=None
    )
    assert not UsageMonth.objects.exists()


class Story:
    """A life at Stripe: paid, failed, mended, refunded, ended, in an order that chance decides."""

    def __init__(self, account: StripeStandIn, subscription: Subscription, rng: Random) -> None:
        self.account, self.subscription, self.rng = account, subscription, rng

    def steps(self, number: int) -> Any:
        """One thing after another; a generator, so that each may be told before the next happens."""
        pay_by_card(
            self.account,
            self.subscription,
            card=self.rng.choice([PAYS, PAYS, FAILS_LATER]),
            code=self.rng.choice(["kecamatan", "kota"]),
            interval=self.rng.choice(["month", "month", "year"]),
        )
        yield "checkout"
        possible = [self.month, self.month, self.fails, self.new_card, self.refund, self.cancel, self.resume, self.days]
        for _place in itertools.repeat(None, number):
            self.account.advance(seconds=2)
            step = self.rng.choice(possible)
            step()
            yield step.__name__

    @property
    def _stripe(self) -> Any:
        return self.account.client.v1

    @property
    def _one(self) -> Any:
        customer = fresh(self.subscription).stripe_customer
        return self._stripe.subscriptions.list({"customer": customer, "status": "all"}).data[0]

    def month(self) -> None:
        self.account.advance(days=31, seconds=2 * 3600)

    def days(self) -> None:
        self.account.advance(days=4)

    def fails(self) -> None:
        self.account.fail_next()
        self.account.advance(days=31, seconds=2 * 3600)

    def new_card(self) -> None:
        """The customer's new card pays whatever is open."""
        customer = fresh(self.subscription).stripe_customer
        method = self._stripe.payment_methods.attach("pm_card_visa", {"customer": customer})
        self._stripe.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})
        if self._one.status not in ("canceled", "incomplete_expired"):
            self._stripe.subscriptions.update(self._one.id, {"default_payment_method": method.id})
        for invoice in self._stripe.invoices.list({"customer": customer, "status": "open"}).data:
            # The card may have been told to fail once more.
            with suppress(stripe.CardError):
                self._stripe.invoices.pay(invoice.id)

    def refund(self) -> None:
        charges = self._stripe.charges.list({"customer": fresh(self.subscription).stripe_customer}).data
        good = [one for one in charges if one.paid and one.amount_refunded < one.amount]
        if good:
            one = self.rng.choice(good)
            left = one.amount - one.amount_refunded
            amount = self.rng.choice([left, max(left // 300 * 100, 100)])
            self._stripe.refunds.create({"payment_intent": one.payment_intent, "amount": amount})

    def cancel(self) -> None:
        if self._one.status not in ("canceled", "incomplete_expired"):
            self._stripe.subscriptions.update(self._one.id, {"cancel_at_period_end": True})

    def resume(self) -> None:
        if self._one.status not in ("canceled", "incomplete_expired"):
            self._stripe.subscriptions.update(self._one.id, {"cancel_at_period_end": False})
