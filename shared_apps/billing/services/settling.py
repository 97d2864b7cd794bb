"""What time and money make of subscriptions, and whether their regions may be changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Max, Q, QuerySet, Value
from django.db.models.functions import Greatest

from shared_apps.billing.locks import lock_invoice, lock_subscription, lock_subscriptions
from shared_apps.billing.models import Invoice, InvoiceLine, InvoiceState, Source, Subscription, SubscriptionState
from shared_apps.billing.states import MOVES, start_of, state_of
from shared_apps.operations.noting import note_billing
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.models import ReadOnlyBecause
from tenants.read_only import lift_read_only, make_read_only

log = logging.getLogger(__name__)

LOCKED = (SubscriptionState.READ_ONLY, SubscriptionState.CANCELLED)
BY_TIME = "system:billing"


def settle(subscription: Subscription, *, by: str = BY_TIME, now: datetime | None = None, reason: str = "") -> bool:
    """The locked subscription is in the state that its facts and the time make, and its region is read-only or not.

    Called inside the transaction that changed a fact, with the row locked. Returns whether it moved.
    """
    moment = now or clock.now()
    wanted = state_of(subscription, moment)
    moved = False
    if subscription.state != wanted:
        moved = move(subscription, MOVES[wanted], by=by, reason=reason)
        Subscription.objects.filter(pk=subscription.pk).update(moved_at=clock.now())
    if subscription.state in LOCKED:
        make_read_only(region=subscription.region, because=ReadOnlyBecause.BILLING)
    else:
        lift_read_only(region=subscription.region, because=ReadOnlyBecause.BILLING)
    note_billing(region=subscription.region, plan=subscription.plan.name, state=subscription.state)
    return moved


def recount(subscription: Subscription) -> None:
    """What the locked subscription's invoices say of it is written down: until when they pay for it, until when they need not."""
    lines = InvoiceLine.objects.filter(subscription=subscription).exclude(invoice__source=Source.CARD)
    paid = lines.filter(invoice__state=InvoiceState.PAID).aggregate(last=Max("period_to"))["last"]
    due = lines.filter(invoice__state=InvoiceState.OPEN).aggregate(last=Max("invoice__due_on"))["last"]
    subscription.invoice_until = _start(paid)
    # The day on which it is due is still in time.
    subscription.terms_until = _start(due + timedelta(days=1)) if due else None
    subscription.save(update_fields=["invoice_until", "terms_until"])


def _start(day: date | None) -> datetime | None:
    return start_of(day) if day else None


@contextmanager
def holding(invoice: Invoice) -> Iterator[Invoice]:
    """One transaction with the invoice, and all subscriptions that it has a line for, as they are now and locked.

    At its end each of these is as the invoice then makes it.
    """
    with transaction.atomic():
        ids = InvoiceLine.objects.filter(invoice=invoice).values_list("subscription", flat=True)
        rows = lock_subscriptions(list(ids))
        locked = lock_invoice(invoice)
        yield locked
        for row in rows:
            recount(row)
            settle(row, reason=locked.number)


def sweep(now: datetime | None = None, limit: int = 1000) -> int:
    """Beat: subscriptions whose time has come take their step. Returns how many moved. `now` is for trials of the future.

    One statement finds them; each is settled in a transaction of its own, so that one that fails keeps none back.
    """
    moment = now or clock.now()
    moved = 0
    for pk in list(_out_of_date(moment).values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                row = lock_subscription(Subscription(pk=pk))
                _leave_sponsor(row, moment)
                step = settle(row, now=moment)
        except Exception:
            log.exception("subscription %s is not settled", pk)
        else:
            moved += step
    return moved


def _out_of_date(now: datetime) -> QuerySet[Subscription]:
    """Those whose stored state can no longer be the one of this moment."""
    S = SubscriptionState
    paid = Q(card_until__gt=now) | Q(invoice_until__gt=now) | Q(terms_until__gt=now)
    over = Q(ends_at__lte=now)
    # As `states.grace_until`. PostgreSQL's greatest() looks past what is not there.
    covered = Greatest("trial_until", "card_until", "invoice_until", "terms_until")
    grace = ExpressionWrapper(F("plan__grace_days") * Value(timedelta(days=1)), output_field=DurationField())
    ends = ExpressionWrapper(covered + grace, output_field=DateTimeField())
    rows = Subscription.objects.annotate(grace_ends=ends).filter(
        (Q(state=S.ACTIVE) & ~paid)
        | (Q(state=S.TRIALING) & (paid | Q(trial_until__lte=now) | over))
        | (Q(state=S.PAST_DUE) & (paid | Q(trial_until__gt=now) | over | Q(grace_ends__lte=now)))
        | (Q(state=S.READ_ONLY) & (paid | Q(trial_until__gt=now) | over))
        | (Q(state=S.CANCELLED) & (paid | Q(ends_at=None)))
        | (Q(leaves_sponsor=True) & (Q(invoice_until=None) | Q(invoice_until__lte=now)))
    )
    return rows.order_by("pk")


def _leave_sponsor(row: Subscription, now: datetime) -> None:
    if row.leaves_sponsor and (row.invoice_until is None or row.invoice_until <= now):
        row.sponsor, row.leaves_sponsor = None, False
        row.save(update_fields=["sponsor", "leaves_sponsor"])
