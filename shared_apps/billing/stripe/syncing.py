"""One region's billing is as Stripe has it now: cover, invoices, payments, refunds. The same reading twice changes nothing."""

from __future__ import annotations

from datetime import datetime

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
from shared_apps.billing.services.paying import take_in
from shared_apps.billing.services.settling import settle
from shared_apps.billing.states import day_of
from shared_apps.billing.stripe.catalogue import plan_of
from shared_apps.billing.stripe.client import client, told
from shared_apps.billing.stripe.reading import Billed, Customer, read_customer
from tenants.kernel import clock

BY = "system:stripe"
GOOD = ("active", "trialing")


def sync(subscription: Subscription, events: QuerySet[StripeEvent] | None = None) -> list[int]:
    """Reads the customer and applies the reading. Returns the ids of the events that it answers.

    Called inside a transaction. The lock comes before the reading: whoever reads later applies later.
    Raises:  StripeAway; OddMoney.
    """
    row = lock_subscription(subscription)
    ids = list(events.values_list("pk", flat=True)) if events is not None else []
    if row.stripe_customer:
        with told():
            read = read_customer(client(), row.stripe_customer)
        apply(row, read)
    return ids


def apply(row: Subscription, read: Customer) -> None:
    """The locked subscription is as it was read."""
    for one in read.invoices:
        _take_over(row, one, read)
    current = read.current
    if current is not None:
        row.stripe_subscription, row.stripe_status, row.card_ends = current.id, current.status, current.ends
        known = plan_of(current.price)
        if known is not None and current.status in GOOD:
            row.plan, row.interval = known
    row.card_until = cover_of(read)
    row.save(
        update_fields=[
            "stripe_subscription",
            "stripe_status",
            "card_ends",
            "card_until",
            "plan",
            "interval",
        ]
    )
    settle(row, by=BY)


def cover_of(read: Customer) -> datetime | None:
    """Until when cards pay for it: what Stripe holds to be in order, and else the last period that was paid and not paid back."""
    moments = [one.period_end for one in read.subscriptions if one.status in GOOD]
    for one in read.invoices:
        back = sum(amount for _ident, amount in read.refunds.get(one.payment_intent, []))
        if one.status == "paid" and one.subscription and back < max(one.paid, 1):
            moments.append(one.period_end)
    return max(moments, default=None)


def _take_over(row: Subscription, one: Billed, read: Customer) -> None:
    total = one.subtotal + one.tax
    if total <= 0:
        # A free trial: there is nothing to be told on paper.
        return
    invoice = Invoice.objects.filter(stripe_id=one.id).first()
    if invoice is None:
        known = plan_of(one.price)
        plan = known[0] if known else row.plan
        invoice = issue(
            source=Source.CARD,
            subscription=row,
            buyer=(row.institution or row.region.name, row.npwp, row.address, row.email),
            items=[Item(row, plan, day_of(one.period_start), day_of(one.period_end), one.subtotal, one.tax)],
            due_on=day_of(one.issued_at),
            issued_at=one.issued_at,
            stripe_id=one.id,
            by=BY,
        )
    invoice = lock_invoice(invoice)
    if one.status == "paid" and one.paid and not invoice.payments.exists():
        payment = Payment.objects.create(
            invoice=invoice,
            way=Way.TRANSFER if one.outside else Way.CARD,
            amount=one.paid,
            state=PaymentState.CONFIRMED,
            paid_on=day_of(one.paid_at or one.issued_at),
            stripe_id=one.payment_intent or None,
            by=BY,
            at=clock.now(),
            decided_by=BY,
            decided_at=clock.now(),
        )
        take_in(invoice, payment, by=BY)
    if one.status == "void" and invoice.state == InvoiceState.OPEN:
        credit_locked(invoice, reason="Stripe: void", by=BY)
    _take_refunds(invoice, read)


def _take_refunds(invoice: Invoice, read: Customer) -> None:
    """Refunds that Stripe has and we do not; ours among them are known by their id, or by what waits for it."""
    for payment in invoice.payments.exclude(stripe_id=None):
        for ident, amount in read.refunds.get(str(payment.stripe_id), []):
            if payment.refunds.filter(stripe_id=ident).exists():
                continue
            ours = payment.refunds.filter(stripe_id=None, amount=amount, state=RefundState.ASKED).first()
            if ours is not None:
                ours.stripe_id, ours.state = ident, RefundState.DONE
                ours.save(update_fields=["stripe_id", "state"])
                continue
            Refund.objects.create(
                payment=payment,
                amount=amount,
                reason="Stripe",
                stripe_id=ident,
                state=RefundState.DONE,
                by=BY,
                at=clock.now(),
            )
            invoice.refunded += amount
            invoice.save(update_fields=["refunded"])
            left = invoice.total - invoice.credited
            if left > 0:
                credit_locked(invoice, reason="Stripe: refund", by=BY, total=min(amount, left))
