"""Money goes back: to the payer's balance, and where nobody is known, the way that it came."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import Posting, post
from tenant_apps.payments.accounts import Books
from tenant_apps.payments.errors import OtherPayment, TooMuchBack
from tenant_apps.payments.issues import raise_issue
from tenant_apps.payments.locks import locked
from tenant_apps.payments.models import IssueKind, NextStep, Payment, PaymentState, Refund, To
from tenant_apps.payments.outgoing import ask_for_refund
from tenants.kernel import clock
from tenants.kernel.moves import move


def refund(*, payment: Payment, amount: int, by: str, reason: str, key: str) -> Refund:
    """So much goes back to the payer, once for its `key`; to the drawer's customer where no payer is known.

    States:  PAID, SETTLED -> REFUNDED when nothing is left of what was paid; cash stays where its coins are.
    Raises:  TooMuchBack; OtherPayment when the key gave back another amount.
    Writes:  refund, one journal entry, history.
    """
    with transaction.atomic():
        now = locked(payment)
        return give_back(now, amount=amount, key=f"asked:{key}", reason=reason, by=by, sold=now.is_settled)


def give_back(
    payment: Payment,
    *,
    amount: int,
    key: str,
    reason: str,
    by: str,
    sold: bool,
    to: To | None = None,
    sent: bool = False,
) -> Refund:
    """As `refund`, for a payment that is locked. `sold`: the warung has earned it; else it is still held.

    `to` names another way than the usual one; `sent`: the money has gone there already.
    """
    before = Refund.objects.filter(payment=payment, key=key).first()
    if before is not None:
        if before.amount != amount:
            raise OtherPayment(_("This was given back before with another amount."))
        return before
    left = payment.paid - payment.refunded
    if not 0 < amount <= left:
        raise TooMuchBack(_("No more can be given back than was paid."), left=left)
    to = to or _way_back(payment, sold)
    post(
        key=f"{payment.reference}:back:{key}",
        text=_("Given back for %(number)s") % {"number": payment.number},
        postings=_postings(payment, amount, to, sold),
        by=by,
    )
    given = Refund.objects.create(
        payment=payment, key=key, amount=amount, to=to, reason=reason[:240], by=by, at=clock.now()
    )
    payment.refunded += amount
    payment.save(update_fields=["refunded"])
    if not sent:
        _carry_out(given)
    if payment.refunded == payment.paid and payment.state in (PaymentState.PAID, PaymentState.SETTLED):
        move(payment, "give_back", by=by, reason=reason)
    return given


def accounts_back(payment: Payment) -> list[Account]:
    """Every account that giving back held money needs; to be held with the others before a first entry locks any."""
    return [one.account for one in _postings(payment, 1, _way_back(payment, False), False)]


def _way_back(payment: Payment, sold: bool) -> To:
    if payment.payer is not None:
        return To.BALANCE
    if sold:
        return To.DRAWER
    return To.PROVIDER if payment.provider else To.WARUNG_QRIS


def _postings(payment: Payment, amount: int, to: To, sold: bool) -> list[Posting]:
    books = Books(payment)
    leaves = Posting(books.of_warung("returns") if sold else books.held, amount)
    back = Posting(_account(books, to), -amount)
    if (books.with_warung or sold) and to in (To.BALANCE, To.PROVIDER):
        # The warung has the money, the region gives it back: so the warung owes it to the region.
        return [leaves, Posting(books.debt, -amount), Posting(books.owed, amount), back]
    return [leaves, back]


def _account(books: Books, to: To) -> Account:
    if to == To.BALANCE:
        return books.payer
    if to == To.PROVIDER:
        return books.provider
    return books.of_warung("cash" if to == To.DRAWER else "qris")


def _carry_out(given: Refund) -> None:
    if given.to == To.PROVIDER:
        ask_for_refund(given)
    elif given.to == To.WARUNG_QRIS:
        raise_issue(
            key=f"by_hand:{given.payment.reference}:{given.key}",
            kind=IssueKind.BY_HAND,
            next_step=NextStep.RETURN_BY_HAND,
            payment=given.payment,
            amount=given.amount,
        )
