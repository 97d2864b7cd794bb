"""Every night: what Stripe has against what we have, customer by customer. Differences are listed until they are gone."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from shared_apps.billing.models import (
    CallState,
    Difference,
    Invoice,
    InvoiceState,
    Source,
    StripeCall,
    StripeEvent,
    Subscription,
)
from shared_apps.billing.outgoing import DECIDED
from shared_apps.billing.stripe.client import cards_open, client, told
from shared_apps.billing.stripe.reading import Customer, read_customer
from shared_apps.billing.stripe.syncing import GOOD, cover_of
from shared_apps.operations.models import OperatorGrant, OperatorRole
from tenants.hosts import platform_url
from tenants.kernel import clock
from tenants.locks import alone
from tenants.outbox.services import put_mail

log = logging.getLogger(__name__)

_LOCK_SPACE = 0x57_42  # "WB"


@dataclass(frozen=True)
class Found:
    """A difference: what it is about, what we say, what Stripe says."""

    kind: str
    subject: str
    ours: str
    theirs: str


def compare(row: Subscription, read: Customer) -> list[Found]:
    """Everything that one region's billing and its customer at Stripe do not agree on."""
    found = []
    current = read.current
    if (row.stripe_status or "") != (current.status if current else ""):
        found.append(Found("status", row.stripe_customer or "", row.stripe_status, current.status if current else ""))
    if row.card_until != cover_of(read):
        found.append(Found("cover", row.stripe_customer or "", str(row.card_until), str(cover_of(read))))
    living = [one.id for one in read.subscriptions if one.status in (*GOOD, "past_due", "unpaid")]
    if len(living) > 1:
        found.append(Found("paid_twice", row.stripe_customer or "", "1", ", ".join(living)[:160]))
    ours = {one.stripe_id: one for one in Invoice.objects.filter(subscription=row, source=Source.CARD)}
    states = {"paid": InvoiceState.PAID, "open": InvoiceState.OPEN, "uncollectible": InvoiceState.OPEN}
    for strange in read.odd:
        ours.pop(strange.id, None)
        found.append(Found("odd_money", strange.id, "", strange.why))
    for one in read.invoices:
        total = one.subtotal + one.tax
        if total <= 0:
            continue
        mine = ours.pop(one.id, None)
        if mine is None:
            found.append(Found("invoice_missing", one.id, "", f"{one.status}, {total}"))
            continue
        back = read.refunded(one)
        expected = InvoiceState.CREDITED if back >= total else states.get(one.status, InvoiceState.CREDITED)
        if (mine.total, mine.paid, mine.refunded, mine.state) != (total, one.paid, back, expected):
            found.append(
                Found(
                    "invoice",
                    one.id,
                    f"{mine.state}, {mine.total}, {mine.paid}, {mine.refunded}",
                    f"{expected}, {total}, {one.paid}, {back}",
                )
            )
    found += [Found("invoice_unknown", str(ident), one.number, "") for ident, one in ours.items()]
    return found


def reconcile() -> int:
    """Beat: all customers are compared; what is new is mailed to the operators. Returns how many differences are open.

    While another process compares, nothing is done.
    """
    if not cards_open():
        return 0
    # The broker hands a task out a second time when it takes long.
    with alone(_LOCK_SPACE) as mine:
        return _compare_all() if mine else Difference.objects.filter(gone_at=None).count()


def _compare_all() -> int:
    began, fresh = clock.now(), 0
    for row in Subscription.objects.exclude(stripe_customer=None).select_related("region").iterator(chunk_size=200):
        try:
            with told():
                found = compare(row, read_customer(client(), str(row.stripe_customer)))
        except Exception as failure:
            log.exception("customer %s is not compared", row.stripe_customer)
            found = [Found("unreadable", str(row.stripe_customer), "", type(failure).__name__)]
        fresh += _write_down(row, found)
    fresh += _waiting()
    Difference.objects.filter(gone_at=None, last_seen_at__lt=began).update(gone_at=clock.now())
    count = Difference.objects.filter(gone_at=None).count()
    if fresh:
        _alert(fresh, count)
    return count


def _write_down(row: Subscription | None, found: list[Found]) -> int:
    now, fresh = clock.now(), 0
    for one in found:
        seen = Difference.objects.filter(kind=one.kind, subject=one.subject, gone_at=None)
        if not seen.update(last_seen_at=now, ours=one.ours[:160], theirs=one.theirs[:160]):
            made = Difference(
                subscription=row,
                kind=one.kind,
                subject=one.subject,
                ours=one.ours[:160],
                theirs=one.theirs[:160],
                first_seen_at=now,
                last_seen_at=now,
            )
            Difference.objects.bulk_create([made], ignore_conflicts=True)
            fresh += 1
    return fresh


def _waiting() -> int:
    """What we asked and Stripe refused or never answered, and what it told and we could not apply."""
    fresh = 0
    for call in StripeCall.objects.filter(state="refused").select_related("subscription")[:200]:
        fresh += _write_down(call.subscription, [Found("call_refused", call.key[:80], call.kind, call.error[:160])])
    # Pages ask anew by themselves; what was decided and is not carried out, nobody else would see.
    silent = StripeCall.objects.filter(
        state=CallState.ASKED, kind__in=DECIDED, asked_at__lte=clock.now() - timedelta(hours=1)
    )
    for call in silent.order_by("pk").select_related("subscription")[:200]:
        fresh += _write_down(call.subscription, [Found("call_waits", call.key[:80], call.kind, call.error[:160])])
    stuck = StripeEvent.objects.filter(applied_at=None, attempts__gte=5).select_related("subscription")[:200]
    for event in stuck:
        fresh += _write_down(event.subscription, [Found("event_waits", event.event_id, event.kind, event.error[:160])])
    return fresh


def _alert(fresh: int, count: int) -> None:
    day = clock.today()
    able = OperatorGrant.objects.filter(role__in=[OperatorRole.OPERATOR, OperatorRole.OWNER])
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        for mail in able.exclude(user__email="").values_list("user__email", flat=True):
            put_mail(
                to=mail,
                subject=_("Billing: %(fresh)s new differences from Stripe") % {"fresh": fresh},
                body=_("%(count)s differences are open. Look at them here: %(address)s")
                % {"count": count, "address": platform_url("/operator/tagihan/selisih/")},
                dedupe=f"billing.differences:{day}:{mail}",
            )
