"""Money came, or its time is over: whichever is first."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.services import Posting, hold, post
from tenant_apps.payments.accounts import Books
from tenant_apps.payments.hooks import payable_of
from tenant_apps.payments.issues import close_issues, raise_issue
from tenant_apps.payments.locks import locked_with_document
from tenant_apps.payments.models import (
    IssueKind,
    Method,
    MoneyIn,
    NextStep,
    Payment,
    PaymentEvent,
    PaymentState,
    Source,
)
from tenant_apps.payments.outgoing import drop_charge
from tenant_apps.payments.services.giving_back import accounts_back, give_back
from tenant_apps.payments.telling import tell_owner_of_claim
from tenants.kernel import clock
from tenants.kernel.errors import NotAllowed
from tenants.kernel.moves import move

CLOCK = "system:clock"
# So many expire in one round of a region; the next minute takes the rest.
A_ROUND = 500


def confirm_received(*, payment: Payment, by: str, amount: int | None = None) -> Payment:
    """The owner sees the money on their own phone. `amount`: all that came so far, where it is not what was asked for.

    States:  PENDING -> PAID, and the document goes on. What came too late, twice or too much goes to the payer's balance.
    Raises:  NotAllowed for money that does not come to the warung's own QRIS.
    Writes:  money in, journal, history; an issue for anything but the exact amount in time.
    """
    if payment.method != Method.QRIS or payment.provider:
        raise NotAllowed(_("This payment is not confirmed by hand."))
    with transaction.atomic():
        now = locked_with_document(payment)
        total = now.amount if amount is None else amount
        known = sum(one.amount for one in now.money_in.all() if one.source == Source.WARUNG_QRIS)
        if total > known:
            take_in(now, amount=total - known, key=f"qris:{total}", source=Source.WARUNG_QRIS, by=by)
        close_issues(now, IssueKind.UNANSWERED, step="money_came", by=by)
    return now


def claim_paid(*, payment: Payment, by: str) -> Payment:
    """The payer says that they paid; the owner hears of it, once.

    Writes:  the claim; outbox to the owner. Nothing when it is paid already, or has run out.
    """
    with transaction.atomic():
        now = locked_with_document(payment)
        if now.state == PaymentState.PENDING and now.method == Method.QRIS and now.claimed_at is None:
            now.claimed_at, now.denied_at = clock.now(), None
            now.save(update_fields=["claimed_at", "denied_at"])
            if not now.provider:
                tell_owner_of_claim(now)
    return now


def deny_received(*, payment: Payment, by: str) -> Payment:
    """The owner looked, and the money is not there. The payer sees it and may say so again.

    Writes:  the answer. Nothing when the payment waits no more.
    """
    with transaction.atomic():
        now = locked_with_document(payment)
        if now.state == PaymentState.PENDING and not now.provider:
            now.claimed_at, now.denied_at = None, clock.now()
            now.save(update_fields=["claimed_at", "denied_at"])
        close_issues(now, IssueKind.UNANSWERED, step="nothing_came", by=by)
    return now


def expire_payment(*, payment: Payment, by: str = CLOCK) -> bool:
    """The time is over: the document ends in the same transaction. False where money was first, or the time is not over.

    States:  PENDING -> EXPIRED.
    Writes:  history; what had come in part goes back; an issue where the payer says that they paid.
    """
    with transaction.atomic():
        now = locked_with_document(payment)
        over = now.expires_at is not None and now.expires_at <= clock.now()
        if now.state != PaymentState.PENDING or not over:
            return False
        end_unpaid(now, "expire", by=by)
        found = payable_of(now.reference)
        if found is not None:
            found.expired(now, by=by)
    return True


def expire_due(limit: int = A_ROUND) -> int:
    """Every payment whose time is over, each in a transaction of its own. Returns how many ended."""
    due = Payment.objects.filter(state=PaymentState.PENDING, expires_at__lte=clock.now()).order_by("expires_at")
    return sum(expire_payment(payment=payment) for payment in list(due[:limit]))


def end_unpaid(payment: Payment, step: str, *, by: str, reason: str = "") -> None:
    """A locked payment that waits no longer ("expire" or "cancel"): what came of it goes back, its code is worth nothing."""
    if payment.held:
        give_back(payment, amount=payment.held, key="ended", reason=reason, by=by, sold=False)
        close_issues(payment, IssueKind.SHORT, step="given_back", by=by)
    move(payment, step, by=by, reason=reason)
    if payment.provider:
        drop_charge(payment)
    elif payment.claimed_at is not None:
        raise_issue(
            key=f"unanswered:{payment.reference}",
            kind=IssueKind.UNANSWERED,
            next_step=NextStep.LOOK_AT_PHONE,
            payment=payment,
            amount=payment.amount,
        )


def take_in(
    payment: Payment, *, amount: int, key: str, source: Source, by: str, event: PaymentEvent | None = None
) -> bool:
    """Money came for a locked payment, counted once for its `key`. False if it had been counted before.

    States:  PENDING -> PAID when it is all there, and the document goes on.
    Writes:  money in and its entry; what is late, doubled or over goes back at once, and is told by an issue.
    """
    if MoneyIn.objects.filter(payment=payment, key=key).exists():
        return False
    books = Books(payment)
    hold([books.source(source), books.held, *accounts_back(payment)])
    post(
        key=f"{payment.reference}:in:{key}",
        text=_("Payment of %(number)s") % {"number": payment.number},
        postings=[Posting(books.source(source), amount), Posting(books.held, -amount)],
        by=by,
    )
    MoneyIn.objects.create(payment=payment, key=key, source=source, amount=amount, by=by, at=clock.now())
    payment.paid += amount
    payment.save(update_fields=["paid"])
    if payment.state == PaymentState.PENDING:
        _count(payment, amount, key, by, event)
    else:
        late = payment.state in (PaymentState.EXPIRED, PaymentState.CANCELLED)
        _return(payment, amount, IssueKind.LATE if late else IssueKind.DOUBLED, key, by, event)
    return True


def go_on(payment: Payment, *, by: str) -> None:
    """A locked payment has what it needs: the document goes on."""
    move(payment, "pay", by=by)
    found = payable_of(payment.reference)
    if found is not None:
        found.paid(payment, by=by)


def _count(payment: Payment, amount: int, key: str, by: str, event: PaymentEvent | None) -> None:
    if payment.missing:
        raise_issue(
            key=f"short:{payment.reference}:{key}",
            kind=IssueKind.SHORT,
            next_step=NextStep.REST_OR_BACK,
            payment=payment,
            event=event,
            amount=payment.missing,
        )
        return
    close_issues(payment, IssueKind.SHORT, step="rest_came", by=by)
    over = payment.held - payment.amount
    go_on(payment, by=by)
    if over:
        _return(payment, over, IssueKind.OVER, key, by, event)


def _return(payment: Payment, amount: int, kind: IssueKind, key: str, by: str, event: PaymentEvent | None) -> None:
    give_back(payment, amount=amount, key=f"{kind}:{key}", reason=str(kind.label), by=by, sold=False)
    known = payment.payer is not None
    if known or payment.provider:
        raise_issue(
            key=f"{kind}:{payment.reference}:{key}",
            kind=kind,
            next_step=NextStep.TELL_PAYER if known else NextStep.ASK_PROVIDER,
            payment=payment,
            event=event,
            amount=amount,
        )
