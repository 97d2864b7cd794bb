"""One region's billing is as Stripe has it now: cover, invoices, payments, refunds. The same reading twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from shared_apps.billing.locks import lock_invoice, lock_subscription
from shared_apps.billing.models import (
    Invoice,
    InvoiceState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Source,
    StripeEvent,
    Subscription,
    Way,
)
from shared_apps.billing.services.invoicing import Item, credit_locked, issue
from shared_apps.billing.services.paying import count_refunds, owed_on_paper, take_in
from shared_apps.billing.services.settling import settle
from shared_apps.billing.states import day_of
from shared_apps.billing.stripe.catalogue import plan_of
from shared_apps.billing.stripe.client import client, told
from shared_apps.billing.stripe.reading import Back, Billed, Customer, read_customer
from tenants.kernel import clock

BY = "system:stripe"
GOOD = ("active", "trialing")


def sync(subscription: Subscription, events: QuerySet[StripeEvent] | None = None) -> list[int]:
    """Reads the customer and applies the reading. Returns the ids of the events that it answers; without any nothing is read.

    Called inside a transaction. The lock comes before the reading: whoever reads later applies later.
    What has an amount that is no whole rupiah is left out, and listed as a difference.
    Raises:  StripeAway.
    """
    row = lock_subscription(subscription)
    ids = list(events.values_list("pk", flat=True)) if events is not None else []
    if row.stripe_customer and (ids or events is None):
        with told():
            read = read_customer(client(), row.stripe_customer)
        apply(row, read)
    return ids


def apply(row: Subscription, read: Customer) -> None:
    """The locked subscription is as it was read. Papers are issued in the order in which things happened at Stripe."""
    for _at, _rank, _id, step in sorted(_happened(row, read), key=lambda one: one[:3]):
        step()
    current = read.current
    if current is not None:
        known = plan_of(current.price)
        # What has ended says once which plan it was; after that the region may have chosen another.
        ended_before = (current.id, current.status) == (row.stripe_subscription, row.stripe_status)
        if (
            known is not None
            and not current.status.startswith("incomplete")
            and (current.status != "canceled" or not ended_before)
        ):
            row.plan, row.interval = known
        row.stripe_subscription, row.stripe_status, row.card_ends = current.id, current.status, current.ends
    row.card_until = cover_of(read)
    row.save(update_fields=["stripe_subscription", "stripe_status", "card_ends", "card_until", "plan", "interval"])
    settle(row, by=BY)


def _happened(row: Subscription, read: Customer) -> Iterator[tuple[datetime, int, str, Callable[[], None]]]:
    """What came of invoices: when, and how to take it over. Each step finds what was taken over before."""
    for one in read.invoices:
        if one.subtotal + one.tax <= 0:
            # A free trial: there is nothing to be told on paper.
            continue
        yield one.issued_at, 0, one.id, partial(_issue, row, one)
        if one.status == "paid" and one.paid:
            yield one.paid_at or one.issued_at, 1, one.id, partial(_pay, one)
        if one.status == "void":
            yield one.voided_at or one.issued_at, 2, one.id, partial(_void, one)
    for back in read.refunds:
        yield back.at, 3, back.id, partial(_give_back, back)


def cover_of(read: Customer) -> datetime | None:
    """Until when cards pay for it: what Stripe holds to be in order, and else the last period that was paid and not paid back."""
    moments = [one.period_end for one in read.subscriptions if one.status in GOOD]
    for one in read.invoices:
        if one.status == "paid" and one.subscription and read.refunded(one) < max(one.paid, 1):
            moments.append(one.period_end)
    return max(moments, default=None)


def _issue(row: Subscription, one: Billed) -> None:
    if Invoice.objects.filter(stripe_id=one.id).exists():
        return
    known = plan_of(one.price)
    issue(
        source=Source.CARD,
        subscription=row,
        buyer=(row.institution or row.region.name, row.npwp, row.address, row.email),
        items=[
            Item(
                row,
                known[0] if known else row.plan,
                day_of(one.period_start),
                day_of(one.period_end),
                one.subtotal,
                one.tax,
            )
        ],
        due_on=day_of(one.issued_at),
        issued_at=one.issued_at,
        stripe_id=one.id,
        by=BY,
    )


def _pay(one: Billed) -> None:
    invoice = lock_invoice(Invoice.objects.get(stripe_id=one.id))
    # A claim of somebody's is no money.
    if invoice.payments.filter(state=PaymentState.CONFIRMED).exists():
        return
    now = clock.now()
    payment = Payment.objects.create(
        invoice=invoice,
        way=Way.TRANSFER if one.outside else Way.CARD,
        amount=one.paid,
        state=PaymentState.CONFIRMED,
        paid_on=day_of(one.paid_at or one.issued_at),
        stripe_id=one.payment_intent or None,
        by=BY,
        at=now,
        decided_by=BY,
        decided_at=now,
    )
    take_in(invoice, payment, by=BY)


def _void(one: Billed) -> None:
    invoice = lock_invoice(Invoice.objects.get(stripe_id=one.id))
    if invoice.state == InvoiceState.OPEN:
        credit_locked(invoice, reason="Stripe: void", by=BY)


def _give_back(back: Back) -> None:
    """A refund that Stripe has; ours among them is known by its id, or by what waits for it."""
    payment = Payment.objects.select_related("invoice").filter(stripe_id=back.payment_intent).first()
    if payment is None or payment.refunds.filter(stripe_id=back.id).exists():
        return
    invoice = lock_invoice(payment.invoice)
    ours = payment.refunds.filter(stripe_id=None, amount=back.amount, state=RefundState.ASKED).first()
    if ours is not None:
        ours.stripe_id, ours.state = back.id, RefundState.DONE
        ours.save(update_fields=["stripe_id", "state"])
        count_refunds(invoice)
        return
    credited = owed_on_paper(invoice, back.amount)
    Refund.objects.create(
        payment=payment,
        amount=back.amount,
        reason="Stripe",
        stripe_id=back.id,
        state=RefundState.DONE,
        by=BY,
        at=clock.now(),
    )
    count_refunds(invoice)
    if credited:
        credit_locked(invoice, reason="Stripe: refund", by=BY, total=credited)
