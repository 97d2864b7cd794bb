"""The document ends: handed over, or not."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.services import Posting, hold, post
from tenant_apps.payments.accounts import Books
from tenant_apps.payments.errors import OtherPayment
from tenant_apps.payments.locks import locked
from tenant_apps.payments.models import Method, MoneyIn, Payment, PaymentState, Refund, Source
from tenant_apps.payments.outgoing import drop_charge
from tenant_apps.payments.services.giving_back import accounts_back, give_back
from tenant_apps.payments.services.receiving import end_unpaid
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move


@dataclass(frozen=True)
class Settlement:
    """What the hand-over came to: `paid` before it, `refunded` of that, `collected` in cash. The rest is what was earned."""

    paid: int
    refunded: int
    collected: int

    @property
    def earned(self) -> int:
        return self.paid - self.refunded + self.collected


def settle(*, payment: Payment, goods: int, delivery: int, by: str, collector: User | None = None) -> Settlement:
    """The goods are handed over for `goods` + `delivery`: what was held for them is the warung's, the rest is squared.

    Too much paid goes to the payer's balance; what is still due was taken in cash, by `collector`, or else at the counter.
    States:  PENDING, PAID, REFUNDED -> SETTLED; cash: PENDING -> COLLECTED, and at the counter on to DEPOSITED.
    Raises:  StaleDocument when it has run out or was cancelled; OtherPayment when it was settled with another total.
    Writes:  one journal entry and another for what goes back; money in, refund, history.
    """
    if goods < 0 or delivery < 0:
        raise ValueError("nothing costs less than nothing")
    total = goods + delivery
    with transaction.atomic():
        now = locked(payment)
        if now.is_settled:
            return _settled_before(now, total)
        was_waiting = now.state == PaymentState.PENDING
        held = now.held
        used = min(held, total)
        cash = total - used
        if now.method == Method.CASH:
            move(now, "collect", by=by)
        else:
            move(now, "settle", by=by)
        sale = _sale(now, goods, delivery, used, cash, collector)
        if held > used:
            hold([*(one.account for one in sale), *accounts_back(now)])
        if total:
            text = _("Sale %(number)s") % {"number": now.number}
            post(key=f"{now.reference}:settled", text=text, postings=sale, by=by)
        moment = clock.now()
        now.paid += cash
        now.cash, now.settled, now.settled_at = cash, total, moment
        now.collector = collector if cash else None
        now.deposited_at = None if now.collector else moment
        now.save(update_fields=["paid", "cash", "settled", "settled_at", "collector", "deposited_at"])
        if cash:
            MoneyIn.objects.create(payment=now, key="cash", source=Source.CASH, amount=cash, by=by, at=moment)
        if now.method == Method.CASH and now.collector is None:
            move(now, "deposit", by=by)
        if held > used:
            reason = _("Less was delivered than was paid for.")
            give_back(now, amount=held - used, key="settle", reason=reason, by=by, sold=False)
        if was_waiting and now.provider:
            drop_charge(now)
    return Settlement(paid=held, refunded=held - used, collected=cash)


def release_payment(*, payment: Payment, by: str, reason: str) -> Payment:
    """The document ended before its hand-over: nobody has to pay, and what was paid goes back.

    States:  PENDING -> CANCELLED; PAID -> REFUNDED. What has ended already stays as it is.
    Raises:  StaleDocument after the hand-over: then it is a refund.
    Writes:  history; refund and its journal entry.
    """
    with transaction.atomic():
        now = locked(payment)
        if now.is_settled:
            raise StaleDocument(_("This has been handed over. Give the money back instead."), state=now.state)
        if now.state == PaymentState.PENDING:
            end_unpaid(now, "cancel", by=by, reason=reason)
        elif now.state == PaymentState.PAID:
            give_back(now, amount=now.held, key="ended", reason=reason, by=by, sold=False)
    return now


def _settled_before(payment: Payment, total: int) -> Settlement:
    if payment.settled != total:
        raise OtherPayment(_("This was settled before with another total."))
    back = Refund.objects.filter(payment=payment, key="settle").first()
    refunded = back.amount if back else 0
    return Settlement(paid=payment.settled - payment.cash + refunded, refunded=refunded, collected=payment.cash)


def _sale(payment: Payment, goods: int, delivery: int, used: int, cash: int, collector: User | None) -> list[Posting]:
    books = Books(payment)
    postings = [Posting(books.of_warung("sales"), -goods), Posting(books.of_warung("delivery"), -delivery)]
    if cash:
        postings.append(Posting(books.drawer_or_courier(collector), cash))
    if used:
        postings.append(Posting(books.held, used))
        if not books.with_warung:
            postings += [Posting(books.of_warung("payable"), -used), Posting(books.of_warung("claim"), used)]
    return postings
