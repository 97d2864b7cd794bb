"""What a provider tells: kept as it came, then applied, once and in any order.

A charge's status only rises: pending, then failed or paid, then refunded. Paid money is told for sure by a signed
notification for the charge that is shown; for anything else the provider is asked how the charge stands, and its answer is
applied. So a late, doubled or early notification ends where the orderly one does.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.services import Posting, account_of_region, post
from tenant_apps.payments.accounts import Books
from tenant_apps.payments.hooks import payable_of
from tenant_apps.payments.issues import raise_issue
from tenant_apps.payments.locks import locked_with_document
from tenant_apps.payments.models import (
    IssueKind,
    NextStep,
    Payment,
    PaymentEvent,
    PaymentState,
    Refund,
    Source,
    To,
    Verdict,
)
from tenant_apps.payments.outgoing import ask_how_it_stands
from tenant_apps.payments.providers.base import Back, Provider, Status, Told
from tenant_apps.payments.services.giving_back import give_back
from tenant_apps.payments.services.receiving import end_unpaid, take_in
from tenants.context import current_region
from tenants.kernel import clock

# Of a request's headers, those that help to find it in the provider's own logs.
HEADERS = ("Content-Type", "User-Agent", "X-Request-Id")
_ORDER_ID = re.compile(r"(?P<region>[0-9a-f]{8})-(?P<payment>[0-9a-f]{32})-(?P<attempt>[0-9])", re.ASCII)


def order_id_of(payment: Payment, attempt: int = 1) -> str:
    """How a provider names this charge: the region, the payment, and the how-manieth try. Its 43 characters fit Midtrans."""
    return f"{current_region().public_id.hex[:8]}-{payment.public_id.hex}-{attempt}"


def keep_event(*, provider: Provider, body: bytes, headers: Mapping[str, str]) -> PaymentEvent | None:
    """A notification is kept, once. None, and nothing is written, for one that is forged or speaks of no charge of ours.

    Writes:  the event; an issue where it speaks of a charge that only this region can have made, and has not.
    """
    told = provider.parse_notification(body, headers)
    if told is None:
        return None
    named = _ORDER_ID.fullmatch(told.order_id)
    if named is None or named["region"] != current_region().public_id.hex[:8]:
        return None
    payment = Payment.objects.filter(public_id=UUID(named["payment"])).first()
    if payment is not None and payment.provider != provider.name:
        return None
    kept = {name: value[:200] for name in HEADERS if (value := headers.get(name, ""))}
    with transaction.atomic():
        try:
            with transaction.atomic():
                event = PaymentEvent.objects.create(
                    provider=provider.name,
                    key=_key(told),
                    payment=payment,
                    body=body,
                    headers=kept,
                    received_at=clock.now(),
                )
        except IntegrityError:
            return PaymentEvent.objects.get(provider=provider.name, key=_key(told))
        if payment is None:
            _unknown(event, told)
    return event


def apply_event(event: PaymentEvent, *, provider: Provider) -> Verdict:
    """The event takes effect, once.

    Writes:  what `apply_told` writes; or outbox, so that the provider is asked how the charge stands.
    """
    told = provider.parse_notification(bytes(event.body), {})
    with transaction.atomic():
        payment = event.payment
        now = locked_with_document(payment) if payment is not None else None
        again = PaymentEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
        if again.applied_at is not None or now is None or told is None:
            return Verdict(again.verdict)
        if told.status == Status.PENDING:
            verdict = Verdict.NOTHING
        elif told.status == Status.PAID and told.order_id == now.provider_reference:
            verdict = apply_told(now, told, by=f"system:{provider.name}", event=again)
        else:
            ask_how_it_stands(now, why=again.key)
            verdict = {Status.REFUNDED: Verdict.REFUND, Status.FAILED: Verdict.FAILED}.get(told.status, Verdict.MONEY)
        PaymentEvent.objects.filter(pk=again.pk).update(verdict=verdict, applied_at=clock.now())
    return verdict


def apply_told(payment: Payment, told: Told, *, by: str, event: PaymentEvent | None = None) -> Verdict:
    """How a charge stands, on a locked payment. Safe to repeat.

    States:  PENDING -> PAID by money, PENDING -> EXPIRED when the charge came to nothing; see `take_in` for the rest.
    """
    if told.status == Status.FAILED:
        if payment.state != PaymentState.PENDING or told.order_id != payment.provider_reference:
            return Verdict.NOTHING
        end_unpaid(payment, "expire", by=by)
        found = payable_of(payment.reference)
        if found is not None:
            found.expired(payment, by=by)
        return Verdict.FAILED
    if told.status not in (Status.PAID, Status.REFUNDED):
        return Verdict.NOTHING
    key = f"{payment.provider}:{told.order_id}"
    news = take_in(payment, amount=told.amount, key=key, source=Source.PROVIDER, by=by, event=event)
    returned = [_outside(payment, back, by, event) for back in told.refunds]
    if any(returned):
        return Verdict.REFUND
    return Verdict.MONEY if news else Verdict.NOTHING


def waiting_events(limit: int = 200) -> list[PaymentEvent]:
    """Kept, and not applied: whoever kept them was stopped in between."""
    return list(PaymentEvent.objects.filter(applied_at=None).select_related("payment").order_by("pk")[:limit])


def _key(told: Told) -> str:
    facts = json.dumps(asdict(told), sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()


def _unknown(event: PaymentEvent, told: Told) -> None:
    event.verdict, event.applied_at = Verdict.UNKNOWN, clock.now()
    event.save(update_fields=["verdict", "applied_at"])
    if told.status in (Status.PAID, Status.REFUNDED):
        raise_issue(
            key=f"unknown:{event.provider}:{told.order_id}",
            kind=IssueKind.UNKNOWN,
            next_step=NextStep.ASK_PROVIDER,
            event=event,
            amount=told.amount,
        )


def _outside(payment: Payment, back: Back, by: str, event: PaymentEvent | None) -> bool:
    """The provider gave money back. If we did not ask for it, the books follow, and somebody asks why."""
    ours = {one.public_id.hex for one in payment.refunds.all() if one.to == To.PROVIDER}
    key = f"outside:{back.key}"
    known = Refund.objects.filter(payment=payment, key=key).exists()
    books = f"{payment.reference}:twice:{back.key}"
    issue = f"outside:{payment.reference}:{back.key}"
    if back.key in ours or known or payment.issues.filter(key=issue).exists():
        return False
    left = min(back.amount, payment.paid - payment.refunded)
    reason = _("Given back at the payment provider.")
    if left:
        give_back(
            payment, amount=left, key=key, reason=reason, by=by, sold=payment.is_settled, to=To.PROVIDER, sent=True
        )
    if back.amount > left:
        # It had gone to the payer's balance before: now they have it twice, and the region is owed it.
        twice = account_of_region("overpaid")
        amount = back.amount - left
        post(
            key=books, text=reason, by=by, postings=[Posting(twice, amount), Posting(Books(payment).provider, -amount)]
        )
    raise_issue(
        key=issue,
        kind=IssueKind.OUTSIDE,
        next_step=NextStep.SETTLE_WITH_PAYER,
        payment=payment,
        event=event,
        amount=back.amount,
    )
    return True
