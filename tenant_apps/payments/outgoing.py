"""What leaves for a payment provider, by the outbox: after the transaction that decided it, at least once."""

from __future__ import annotations

from tenant_apps.payments.models import Payment, Refund
from tenants.outbox.services import put

CHARGE, DROP, REFUND, ASK = "payments.charge", "payments.drop", "payments.refund", "payments.ask"


def ask_for_charge(payment: Payment) -> None:
    """A code is made for this payment."""
    put(CHARGE, {"payment": payment.pk}, dedupe=f"{CHARGE}:{payment.reference}")


def drop_charge(payment: Payment) -> None:
    """The code of this payment shall be paid by nobody any more."""
    put(DROP, {"payment": payment.pk}, dedupe=f"{DROP}:{payment.reference}")


def ask_for_refund(refund: Refund) -> None:
    """The provider gives this back."""
    put(REFUND, {"refund": refund.pk}, dedupe=f"{REFUND}:{refund.public_id}")


def ask_how_it_stands(payment: Payment, *, why: str) -> None:
    """What came is not clear by itself: the provider is asked."""
    put(ASK, {"payment": payment.pk}, dedupe=f"{ASK}:{payment.reference}:{why}")
