"""The only place that locks payments. Documents come before payments, payments by pk, accounts after both."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from tenant_apps.payments.hooks import payable_of
from tenant_apps.payments.models import Payment


def locked(payment: Payment) -> Payment:
    """The payment as it is now, locked. For callers that hold their document already, or touch none."""
    return _rows().get(pk=payment.pk)


def locked_with_document(payment: Payment) -> Payment:
    """The same, for moves that begin with the payment and go on to its document."""
    found = payable_of(payment.reference)
    if found is not None:
        found.lock(payment.reference)
    return locked(payment)


def locked_all(pks: Iterable[int]) -> list[Payment]:
    """Several payments, in order."""
    return list(_rows().filter(pk__in=list(pks)).order_by("pk"))


def _rows() -> QuerySet[Payment]:
    return Payment.objects.select_for_update(no_key=True, of=("self",)).select_related("warung", "payer", "collector")
