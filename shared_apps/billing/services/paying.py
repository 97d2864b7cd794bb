"""Money for invoices: claimed with a proof, seen at the bank or not, paid back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from shared_apps.billing.errors import AlreadyAsked, BadAmount, NotBilled
from shared_apps.billing.files import kind_of
from shared_apps.billing.locks import lock_invoice
from shared_apps.billing.models import Invoice, InvoiceState, Payment, PaymentState, Refund, RefundState, Source, Way
from shared_apps.billing.outgoing import ask_later
from shared_apps.billing.services.invoicing import credit_locked, paid
from shared_apps.billing.services.settling import holding
from shared_apps.billing.states import day_of
from tenants.audit.services import record
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.outbox.services import put_mail


def claim(*, invoice: Invoice, amount: int, paid_on: date, proof: UploadedFile[Any], by: str) -> Payment:
    """The payer says that it was transferred, with a proof. It waits until an operator has seen it at the bank.

    Units:   rupiah.
    Raises:  BadFile; BadAmount; AlreadyAsked while another claim waits; StaleDocument when nothing is owed any more;
             NotBilled for an invoice of a card's.
    """
    kind = kind_of(proof)
    fresh = ""
    payment = Payment(invoice=invoice, way=Way.TRANSFER, amount=amount, paid_on=paid_on, by=by, at=clock.now())
    storage = payment.proof.storage
    try:
        with transaction.atomic():
            row = lock_invoice(invoice)
            if row.source == Source.CARD:
                raise NotBilled(
                    _("This invoice is paid by card. Look at the card instead; no transfer is counted to it.")
                )
            if row.state != InvoiceState.OPEN:
                raise StaleDocument(_("This invoice is not open any more."))
            if row.payments.filter(state=PaymentState.CLAIMED).exists():
                raise AlreadyAsked(_("A payment of this invoice waits for our look at the bank already."))
            if not 1 <= amount <= row.due:
                raise BadAmount(_("Write what you have paid: at most %(due)s rupiah are due.") % {"due": row.due})
            if paid_on > day_of(clock.now()):
                raise BadAmount(_("The day of the transfer is still to come."))
            payment.proof_type = kind
            payment.proof.save(proof.name or "proof", proof, save=False)
            fresh = str(payment.proof.name)
            payment.save(force_insert=True)
            _write_down("claimed", payment, by)
    except BaseException:
        if fresh:
            storage.delete(fresh)
        raise
    return payment


def confirm(*, payment: Payment, by: str) -> Payment:
    """An operator has seen it at the bank. When nothing is missing, all regions of the invoice are paid for.

    States:  payment CLAIMED -> CONFIRMED; invoice OPEN -> PAID. Confirming twice changes nothing.
    Raises:  StaleDocument when it was refused.
    """
    with transaction.atomic():
        with holding(payment.invoice) as row:
            if moved := move(payment, "confirm", by=by):
                take_in(row, payment, by=by)
        # Last, after the settling has locked the region: see `tenants.audit.services.record`.
        if moved:
            _write_down("confirmed", payment, by)
    return payment


def refuse(*, payment: Payment, by: str, reason: str) -> Payment:
    """It is not at the bank; the payer is mailed why and may claim again.

    States:  CLAIMED -> REFUSED.
    """
    with transaction.atomic():
        if move(payment, "refuse", by=by, reason=reason):
            invoice = payment.invoice
            if invoice.buyer_email:
                put_mail(
                    to=invoice.buyer_email,
                    subject=_("Your payment of %(number)s was not found") % {"number": invoice.number},
                    body=reason,
                    dedupe=f"billing.refused:{payment.public_id}",
                )
            _write_down("refused", payment, by, reason=reason)
    return payment


def take_in(row: Invoice, payment: Payment, *, by: str) -> None:
    """Confirmed money is counted to an invoice that the caller holds. More than is due stays with it, to be paid back."""
    row.paid += payment.amount
    row.save(update_fields=["paid"])
    if row.state == InvoiceState.OPEN and row.due == 0:
        paid(row, by=by)


def refund(*, payment: Payment, amount: int, reason: str, by: str) -> Refund:
    """Money goes back: by Stripe for a card, by hand at the bank otherwise; a credit note says so on paper.

    What was paid beyond the invoice goes back without one.

    Units:   rupiah.
    Raises:  BadAmount for more than is left of the payment.
    """
    with transaction.atomic():
        with holding(payment.invoice) as row:
            one = _refund_locked(row, payment, amount=amount, reason=reason, by=by)
        _write_down("refunded", one.payment, by, reason=reason, amount=amount)
    return one


def _refund_locked(row: Invoice, payment: Payment, *, amount: int, reason: str, by: str) -> Refund:
    payment = Payment.objects.select_related("invoice__subscription__region").get(pk=payment.pk)
    gone = sum(one.amount for one in payment.refunds.exclude(state=RefundState.FAILED))
    if payment.state != PaymentState.CONFIRMED or not 1 <= amount <= payment.amount - gone:
        raise BadAmount(_("At most %(left)s rupiah can be paid back.") % {"left": max(payment.amount - gone, 0)})
    card = payment.way == Way.CARD
    credited = owed_on_paper(row, amount)
    one = Refund.objects.create(
        payment=payment,
        amount=amount,
        reason=reason[:240],
        by=by,
        at=clock.now(),
        state=RefundState.ASKED if card else RefundState.DONE,
    )
    count_refunds(row)
    if credited:
        credit_locked(row, reason=reason, by=by, total=credited)
    if card and row.subscription is not None:
        ask_later(
            "refund",
            row.subscription,
            {"payment_intent": payment.stripe_id, "rupiah": amount, "refund": one.pk},
            key=f"refund:{one.key}",
        )
    return one


def owed_on_paper(row: Invoice, amount: int) -> int:
    """How much of a refund, not written down yet, is to be credited: what was paid beyond the invoice goes back without.

    Units:   rupiah. The caller holds the invoice.
    """
    refunds = Refund.objects.filter(payment__invoice=row).exclude(state=RefundState.FAILED)
    gone = refunds.aggregate(all=Sum("amount"))["all"] or 0
    left = row.total - row.credited
    too_much = max(row.paid - gone - left, 0)
    return min(max(amount - too_much, 0), left)


def count_refunds(row: Invoice) -> None:
    """What has gone back of an invoice that the caller holds is written down."""
    done = Refund.objects.filter(payment__invoice=row, state=RefundState.DONE)
    row.refunded = done.aggregate(all=Sum("amount"))["all"] or 0
    row.save(update_fields=["refunded"])


def refund_answered(*, refund: Refund, stripe_id: str | None) -> None:
    """Stripe has paid it back under this name, or refused (None): then the credit note stays, and an operator looks at it.

    States:  ASKED -> DONE or FAILED; what was answered before stays.
    """
    with holding(refund.payment.invoice) as row:
        state = RefundState.FAILED if stripe_id is None else RefundState.DONE
        Refund.objects.filter(pk=refund.pk, state=RefundState.ASKED).update(state=state, stripe_id=stripe_id)
        count_refunds(row)


def _write_down(what: str, payment: Payment, by: str, *, reason: str = "", amount: int | None = None) -> None:
    subscription = payment.invoice.subscription
    record(
        f"billing.payment_{what}",
        by=by,
        region=subscription.region.public_id if subscription else None,
        target=f"payment:{payment.public_id}",
        reason=reason,
        details={"invoice": payment.invoice.number, "amount": payment.amount if amount is None else amount},
    )
