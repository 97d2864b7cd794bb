"""Quotations, invoices, credit notes, payments: what an auditor reads. What is issued never changes, the database sees to it."""

from __future__ import annotations

import secrets
import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from shared_apps.billing.models.plans import Interval, PlanVersion
from shared_apps.billing.models.subscriptions import Sponsor, Subscription
from tenants.kernel.moves import Move, Moves, Step


def kept_path(row: Any, filename: str) -> str:
    """A name that nobody can guess and that holds nothing of the person's own."""
    return f"billing/{row.public_id}/{secrets.token_hex(16)}"


class Series(models.Model):
    """The last number that a kind of paper has in a year. Its row is locked while the next is taken, so none is missing."""

    kind = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "year"], name="series_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class QuotationState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("quotation", "asked for")
    SENT = "sent", pgettext_lazy("quotation", "sent")
    INVOICED = "invoiced", pgettext_lazy("quotation", "ordered, invoice issued")
    WITHDRAWN = "withdrawn", pgettext_lazy("quotation", "withdrawn")


Q_ = QuotationState


class Quotation(models.Model):
    """An offer to an institution; its purchase order makes it an invoice. Rupiah."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=24, unique=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="quotations")
    state = models.CharField(max_length=9, choices=Q_, default=Q_.ASKED)
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="quotations")
    interval = models.CharField(max_length=5, choices=Interval)
    institution = models.CharField(max_length=160)
    npwp = models.CharField(max_length=20)
    address = models.CharField(max_length=240)
    email = models.EmailField()
    subtotal = models.BigIntegerField()
    tax = models.BigIntegerField()
    tax_note = models.CharField(max_length=160)
    seller = models.JSONField()
    valid_until = models.DateField(null=True)
    po_number = models.CharField(max_length=60, blank=True)
    po_file = models.FileField(upload_to=kept_path, blank=True)
    po_type = models.CharField(max_length=40, blank=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    moves: ClassVar[Moves] = Moves(
        Move("send", (Q_.ASKED,), Q_.SENT),
        Move("invoice", (Q_.SENT,), Q_.INVOICED),
        Move("withdraw", (Q_.ASKED, Q_.SENT), Q_.WITHDRAWN),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=Q_.values), name="quotation_state_known"),
            # An institution has one question open at a time.
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(state__in=["asked", "sent"]), name="quotation_open_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        return self.subtotal + self.tax

    def record_move(self, step: Step) -> None:
        QuotationEvent.objects.create(
            quotation=self, move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason
        )


class QuotationEvent(models.Model):
    """One step that a quotation took."""

    quotation = models.ForeignKey(Quotation, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=9, choices=Q_)
    after = models.CharField(max_length=9, choices=Q_)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class InvoiceState(models.TextChoices):
    OPEN = "open", pgettext_lazy("invoice", "open")
    PAID = "paid", pgettext_lazy("invoice", "paid")
    CREDITED = "credited", pgettext_lazy("invoice", "cancelled by credit note")


class Source(models.TextChoices):
    ORDER = "order", pgettext_lazy("invoice", "purchase order")
    SPONSOR = "sponsor", pgettext_lazy("invoice", "sponsor")
    CARD = "card", pgettext_lazy("invoice", "card")


I = InvoiceState  # noqa: E741 - short where it stands beside its values only


class Invoice(models.Model):
    """An issued invoice. Only its state, what came and what was credited change; a trigger refuses the rest."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=24, unique=True)
    source = models.CharField(max_length=7, choices=Source)
    subscription = models.ForeignKey(Subscription, null=True, on_delete=models.PROTECT, related_name="invoices")
    sponsor = models.ForeignKey(Sponsor, null=True, on_delete=models.PROTECT, related_name="invoices")
    quotation = models.OneToOneField(Quotation, null=True, on_delete=models.PROTECT, related_name="invoice")
    stripe_id = models.CharField(max_length=80, null=True, unique=True)
    state = models.CharField(max_length=8, choices=I, default=I.OPEN)
    buyer = models.CharField(max_length=160)
    buyer_npwp = models.CharField(max_length=20, blank=True)
    buyer_address = models.CharField(max_length=240, blank=True)
    buyer_email = models.EmailField(blank=True)
    seller = models.JSONField()
    po_number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField()
    due_on = models.DateField()
    subtotal = models.BigIntegerField()
    tax = models.BigIntegerField()
    tax_note = models.CharField(max_length=160, blank=True)
    paid = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    paid_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    moves: ClassVar[Moves] = Moves(
        Move("pay", (I.OPEN,), I.PAID),
        Move("credit", (I.OPEN, I.PAID), I.CREDITED),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-issued_on", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=I.values), name="invoice_state_known"),
            models.CheckConstraint(condition=Q(subtotal__gte=0, tax__gte=0), name="invoice_not_negative"),
            models.CheckConstraint(
                condition=Q(credited__gte=0, credited__lte=F("subtotal") + F("tax")), name="invoice_credit_within"
            ),
            models.CheckConstraint(condition=Q(refunded__gte=0, refunded__lte=F("paid")), name="invoice_refund_within"),
            # Somebody owes it: a region, or its sponsor.
            models.CheckConstraint(
                condition=Q(subscription__isnull=False, sponsor__isnull=True)
                | Q(subscription__isnull=True, sponsor__isnull=False),
                name="invoice_has_one_payer",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Reminders, and the operators' list of what is owed.
            models.Index(fields=["due_on"], condition=Q(state="open"), name="invoice_open_by_day"),
            models.Index(fields=["subscription", "-issued_on"], name="invoice_of_subscription"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        return self.subtotal + self.tax

    @property
    def due(self) -> int:
        """What is still to come, in rupiah."""
        return max(self.total - self.credited - self.paid, 0)

    def record_move(self, step: Step) -> None:
        """Its history is its payments and credit notes, which never go."""


class InvoiceLine(models.Model):
    """One region for one period. Days: `period_to` is the first that is no longer paid for."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="lines")
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=240)
    period_from = models.DateField()
    period_to = models.DateField()
    amount = models.BigIntegerField()
    tax = models.BigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.text


class CreditNote(models.Model):
    """Takes back an invoice or a part of it. Never changes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=24, unique=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    subtotal = models.BigIntegerField()
    tax = models.BigIntegerField()
    reason = models.CharField(max_length=240)
    issued_on = models.DateField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        return self.subtotal + self.tax


class PaymentState(models.TextChoices):
    CLAIMED = "claimed", pgettext_lazy("payment of a subscription", "waiting for a look at the bank")
    CONFIRMED = "confirmed", pgettext_lazy("payment of a subscription", "confirmed")
    REFUSED = "refused", pgettext_lazy("payment of a subscription", "not found at the bank")


class Way(models.TextChoices):
    TRANSFER = "transfer", pgettext_lazy("payment of a subscription", "bank transfer")
    CARD = "card", pgettext_lazy("payment of a subscription", "card")


P = PaymentState


class Payment(models.Model):
    """Money for an invoice: claimed with a proof until an operator saw it at the bank, or told by Stripe."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    way = models.CharField(max_length=8, choices=Way)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=P, default=P.CLAIMED)
    paid_on = models.DateField()
    proof = models.FileField(upload_to=kept_path, blank=True)
    proof_type = models.CharField(max_length=40, blank=True)
    # How Stripe names what was charged.
    stripe_id = models.CharField(max_length=80, null=True, unique=True)
    reason = models.CharField(max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    moves: ClassVar[Moves] = Moves(
        Move("confirm", (P.CLAIMED,), P.CONFIRMED),
        Move("refuse", (P.CLAIMED,), P.REFUSED),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=P.values), name="billing_payment_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_payment_of_something"),
            # A second tap makes no second claim.
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(state="claimed"), name="billing_payment_claimed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.amount}"

    def record_move(self, step: Step) -> None:
        type(self).objects.filter(pk=self.pk).update(
            decided_by=step.by, reason=step.reason or self.reason, decided_at=Now()
        )


class RefundState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("refund", "on its way")
    DONE = "done", pgettext_lazy("refund", "paid back")
    FAILED = "failed", pgettext_lazy("refund", "failed")


class Refund(models.Model):
    """Money that goes back, or went back at Stripe without us. Rupiah."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=6, choices=RefundState, default=RefundState.ASKED)
    reason = models.CharField(max_length=240)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    stripe_id = models.CharField(max_length=80, null=True, unique=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_refund_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.payment}: {self.amount}"
