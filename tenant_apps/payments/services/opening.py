"""A document is to be paid."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from lokal.qris import set_qris_amount

from tenant_apps.ledger.services import Posting, post
from tenant_apps.payments.accounts import Books
from tenant_apps.payments.errors import NoWayToPay, OtherPayment
from tenant_apps.payments.models import Method, MoneyIn, Payment, PaymentMove, PaymentState, Source, WarungQris
from tenant_apps.payments.outgoing import ask_for_charge
from tenant_apps.payments.providers import active_provider
from tenant_apps.warungs.models import Warung
from tenants.activity import note_activity
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.moves import move

# How long a code waits for its money when the caller does not say.
PAY_WITHIN = timedelta(minutes=30)
# What a QR code can carry (EMVCo tag 54: 13 characters).
MOST = 9_999_999_999_999


def open_payment(
    *,
    reference: str,
    payer: User | None,
    warung: Warung,
    method: Method | str,
    amount: int,
    expires_at: datetime | None,
    by: str,
) -> Payment:
    """The document waits to be paid; the same reference finds the same payment. No hook runs: the caller has it in hand.

    States:  nothing -> PENDING; a balance payment is taken at once: nothing -> PAID.
    Units:   whole rupiah. `expires_at` counts for QRIS alone (half an hour unless told); cash and balance do not run out.
    Raises:  NoWayToPay; Overdrawn; OtherPayment when the reference was opened with other facts.
    Writes:  payment, history; with balance, money in and one journal entry; with a provider, its charge leaves by the outbox.
    """
    way = Method(method)
    if not 0 < amount <= MOST:
        raise ValueError(f"cannot be paid: {amount}")
    before = Payment.objects.filter(reference=reference).first()
    if before is not None:
        return _same(before, payer, warung, way, amount)
    moment = clock.now()
    payment = Payment(
        reference=reference,
        payer=payer,
        warung=warung,
        method=way,
        amount=amount,
        created_at=moment,
        moved_at=moment,
    )
    if way == Method.QRIS:
        payment.expires_at = expires_at or moment + PAY_WITHIN
        _choose_code(payment)
    elif way == Method.BALANCE and payer is None:
        raise NoWayToPay(_("Only somebody with an account has a WARSA balance."))
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
            PaymentMove.objects.create(payment=payment, move="open", after=PaymentState.PENDING, by=by, at=moment)
            if way == Method.BALANCE:
                _take_balance(payment, by)
            if payment.provider:
                ask_for_charge(payment)
            note_activity()
    except IntegrityError:
        # Somebody opened it a moment ago; anything else that the database refuses is no such thing.
        before = Payment.objects.filter(reference=reference).first()
        if before is None:
            raise
        return _same(before, payer, warung, way, amount)
    return payment


def _same(before: Payment, payer: User | None, warung: Warung, way: Method, amount: int) -> Payment:
    asked = (payer.pk if payer else None, warung.pk, way, amount)
    if (before.payer_id, before.warung_id, before.method, before.amount) != asked:
        raise OtherPayment(_("This was opened before with another amount. Look at it again."))
    return before


def _choose_code(payment: Payment) -> None:
    """Through the region's provider where there is one, else by the warung's own code."""
    provider = active_provider()
    if provider is not None:
        payment.provider = provider.name
        return
    own = WarungQris.objects.filter(warung=payment.warung).first()
    if own is None:
        raise NoWayToPay(
            _("%(warung)s does not take QRIS. Choose another way to pay.") % {"warung": payment.warung.name}
        )
    payment.payload = set_qris_amount(own.payload, payment.amount)


def _take_balance(payment: Payment, by: str) -> None:
    books = Books(payment)
    post(
        key=f"{payment.reference}:paid",
        text=_("Payment of %(number)s") % {"number": payment.number},
        postings=[Posting(books.payer, payment.amount), Posting(books.held, -payment.amount)],
        by=by,
    )
    MoneyIn.objects.create(
        payment=payment, key="balance", source=Source.BALANCE, amount=payment.amount, by=by, at=clock.now()
    )
    payment.paid = payment.amount
    payment.save(update_fields=["paid"])
    move(payment, "pay", by=by)
