"""Carries to the provider what `outgoing` put into the outbox. Each runs at least once, and holds no lock of ours while it asks."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.payments.hooks import payable_of
from tenant_apps.payments.issues import raise_issue
from tenant_apps.payments.locks import locked_with_document
from tenant_apps.payments.models import IssueKind, NextStep, Payment, PaymentState, Refund
from tenant_apps.payments.outgoing import ASK, CHARGE, DROP, REFUND
from tenant_apps.payments.providers import provider_called
from tenant_apps.payments.providers.base import (
    AlreadyCharged,
    Charge,
    Provider,
    ProviderRefused,
    ProviderSilent,
    Status,
)
from tenant_apps.payments.services.events import apply_told, order_id_of
from tenant_apps.payments.services.receiving import end_unpaid
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import MAX_ATTEMPTS, deliverer

ATTEMPTS = range(1, 4)


def _provider(payment: Payment) -> Provider:
    found = provider_called(payment.provider)
    if found is None:
        raise ProviderRefused(f"no key for {payment.provider}")
    return found


@deliverer(CHARGE)
def make_charge(message: OutboxMessage) -> None:
    """The payer's page shows the code as soon as this is done."""
    payment = Payment.objects.get(pk=message.payload["payment"])
    if payment.payload or payment.state != PaymentState.PENDING:
        return
    provider = _provider(payment)
    try:
        charge = _charge(provider, payment)
    except ProviderRefused as refused:
        with transaction.atomic():
            now = locked_with_document(payment)
            if now.state == PaymentState.PENDING:
                end_unpaid(now, "expire", by=f"system:{provider.name}", reason=str(refused))
                found = payable_of(now.reference)
                if found is not None:
                    found.expired(now, by=f"system:{provider.name}")
        return
    with transaction.atomic():
        now = locked_with_document(payment)
        if not now.payload:
            now.payload, now.provider_reference = charge.payload, charge.order_id
            now.save(update_fields=["payload", "provider_reference"])


def _charge(provider: Provider, payment: Payment) -> Charge:
    if payment.expires_at is None:
        raise ProviderRefused("a code without an end")
    for attempt in ATTEMPTS:
        order_id = order_id_of(payment, attempt)
        try:
            return provider.create_charge(order_id=order_id, amount=payment.amount, expires_at=payment.expires_at)
        except AlreadyCharged:
            # An earlier try was charged and its answer was lost with the code in it: that code shall not be paid.
            provider.expire(order_id)
    raise ProviderRefused("every order id was used before")


@deliverer(DROP)
def end_charge(message: OutboxMessage) -> None:
    """Nobody pays a code that ended. If somebody just did, the money is taken in as late."""
    payment = Payment.objects.get(pk=message.payload["payment"])
    provider = _provider(payment)
    for attempt in ATTEMPTS:
        order_id = order_id_of(payment, attempt)
        told = provider.status(order_id)
        if told is None:
            break
        if told.status == Status.PENDING:
            provider.expire(order_id)
            told = provider.status(order_id)
        if told is not None and told.status in (Status.PAID, Status.REFUNDED):
            with transaction.atomic():
                apply_told(locked_with_document(payment), told, by=f"system:{provider.name}")


@deliverer(ASK)
def ask_status(message: OutboxMessage) -> None:
    """How every charge of this payment stands, from the provider itself."""
    payment = Payment.objects.get(pk=message.payload["payment"])
    provider = _provider(payment)
    found = []
    for attempt in ATTEMPTS:
        told = provider.status(order_id_of(payment, attempt))
        if told is None:
            break
        found.append(told)
    with transaction.atomic():
        now = locked_with_document(payment)
        for told in found:
            apply_told(now, told, by=f"system:{provider.name}")


@deliverer(REFUND)
def send_refund(message: OutboxMessage) -> None:
    """The provider gives it back, or somebody has to: also when it was silent to the last."""
    refund = Refund.objects.select_related("payment").get(pk=message.payload["refund"])
    payment = refund.payment
    order_id = payment.provider_reference or order_id_of(payment)
    try:
        _provider(payment).refund(
            order_id=order_id, key=refund.public_id.hex, amount=refund.amount, reason=_("Refund") + f" {payment.number}"
        )
    except (ProviderRefused, ProviderSilent) as failure:
        if isinstance(failure, ProviderSilent) and message.attempts < MAX_ATTEMPTS:
            raise
        with transaction.atomic():
            raise_issue(
                key=f"by_hand:{payment.reference}:{refund.key}",
                kind=IssueKind.BY_HAND,
                next_step=NextStep.ASK_PROVIDER,
                payment=payment,
                amount=refund.amount,
            )
