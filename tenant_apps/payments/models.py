"""What somebody is to pay, what came, what went back, and what has to be looked at. All money in whole rupiah."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class Method(models.TextChoices):
    CASH = "cash", _("cash")
    BALANCE = "balance", _("WARSA balance")
    QRIS = "qris", _("QRIS")


class PaymentState(models.TextChoices):
    PENDING = "pending", _("not paid yet")
    PAID = "paid", _("paid")
    SETTLED = "settled", _("settled")
    EXPIRED = "expired", _("ran out")
    CANCELLED = "cancelled", _("cancelled")
    REFUNDED = "refunded", _("paid back")
    # Cash alone: with whoever took it, in the drawer, counted at a closing.
    COLLECTED = "collected", _("cash on the way")
    DEPOSITED = "deposited", _("in the drawer")
    RECONCILED = "reconciled", _("counted at closing")


# Handed over: what the payment was for has been sold.
SETTLED_STATES = (
    PaymentState.SETTLED,
    PaymentState.COLLECTED,
    PaymentState.DEPOSITED,
    PaymentState.RECONCILED,
)


class Payment(models.Model):
    """What one document ("order:7KQ4MP") is to be paid, and how far that is.

    `paid` is the sum of its `MoneyIn` rows, `refunded` of its `Refund` rows; `settled` is what the warung earned by it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=80, unique=True)
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(_("way to pay"), max_length=8, choices=Method.choices)
    amount = models.BigIntegerField(_("amount"))
    paid = models.BigIntegerField(_("paid"), default=0)
    refunded = models.BigIntegerField(_("paid back"), default=0)
    settled = models.BigIntegerField(_("earned by the warung"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=PaymentState.choices, default=PaymentState.PENDING, editable=False
    )
    expires_at = models.DateTimeField(_("runs out at"), null=True, blank=True)
    # Empty for cash, balance and the warung's own QRIS; else who collects the money for the region.
    provider = models.CharField(max_length=20, blank=True)
    # How the provider names this charge.
    provider_reference = models.CharField(max_length=50, null=True, blank=True, unique=True)
    # The text of the QR code with its amount, as it was when the code was first shown.
    payload = models.TextField(blank=True)
    # The payer says that it is paid; the owner said that it did not come.
    claimed_at = models.DateTimeField(null=True, blank=True)
    denied_at = models.DateTimeField(null=True, blank=True)
    # Cash taken at hand-over: by whom (nobody: straight into the drawer), and since when it lies there.
    cash = models.BigIntegerField(_("cash taken"), default=0)
    collector = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="collected_payments"
    )
    deposited_at = models.DateTimeField(null=True, blank=True)
    reconciled_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    moves: ClassVar[Moves] = Moves(
        Move("pay", (PaymentState.PENDING,), PaymentState.PAID),
        Move("settle", (PaymentState.PENDING, PaymentState.PAID, PaymentState.REFUNDED), PaymentState.SETTLED),
        Move("expire", (PaymentState.PENDING,), PaymentState.EXPIRED),
        Move("cancel", (PaymentState.PENDING,), PaymentState.CANCELLED),
        Move("give_back", (PaymentState.PAID, PaymentState.SETTLED), PaymentState.REFUNDED),
        Move("collect", (PaymentState.PENDING,), PaymentState.COLLECTED),
        Move("deposit", (PaymentState.COLLECTED,), PaymentState.DEPOSITED),
        Move("reconcile", (PaymentState.DEPOSITED,), PaymentState.RECONCILED),
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The owner's list: what waits for a look at the phone.
            models.Index(name="payment_of_warung", fields=["warung", "state", "-created_at"]),
            # The minute's question: whose time is over.
            models.Index(name="payment_runs_out", fields=["expires_at"], condition=Q(state="pending")),
            # What a courier still carries.
            models.Index(name="payment_carried", fields=["collector"], condition=Q(deposited_at=None, cash__gt=0)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="payment_state_known", condition=Q(state__in=PaymentState.values)),
            models.CheckConstraint(name="payment_method_known", condition=Q(method__in=Method.values)),
            models.CheckConstraint(name="payment_of_something", condition=Q(amount__gt=0)),
            # Nothing goes back that never came.
            models.CheckConstraint(
                name="payment_refunds_within_paid", condition=Q(refunded__gte=0, paid__gte=F("refunded"))
            ),
            models.CheckConstraint(
                name="payment_parts_within_paid",
                condition=Q(settled__gte=0, cash__gte=0, paid__gte=F("settled")) & Q(paid__gte=F("cash")),
            ),
            # Paid is at least what was asked for, or somebody took less on purpose; never nothing.
            models.CheckConstraint(name="payment_paid_has_money", condition=~Q(state="paid") | Q(paid__gt=0)),
            models.CheckConstraint(
                name="payment_balance_has_payer", condition=~Q(method="balance") | Q(payer__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def held(self) -> int:
        """What was paid and is neither earned nor given back. Meaningful until the hand-over."""
        return self.paid - self.refunded

    @property
    def missing(self) -> int:
        """What is still to come, of what was asked for."""
        return max(self.amount - self.held, 0)

    @property
    def number(self) -> str:
        """The document's own number, as people say it."""
        return self.reference.partition(":")[2] or self.reference

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason[:240], at=self.moved_at
        )


class PaymentMove(models.Model):
    """One step of a payment. The database refuses to change or delete it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=PaymentState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Source(models.TextChoices):
    """Where money came from, and so which account it went to."""

    CASH = "cash", _("cash")
    BALANCE = "balance", _("WARSA balance")
    WARUNG_QRIS = "warung_qris", _("the warung's own QRIS")
    PROVIDER = "provider", _("payment provider")


class MoneyIn(models.Model):
    """Money that came for a payment. The database refuses to change or delete it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="money_in")
    # What names this money where it comes from; the same money is counted once.
    key = models.CharField(max_length=120)
    source = models.CharField(max_length=11, choices=Source.choices)
    amount = models.BigIntegerField(_("amount"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="money_in_once", fields=["payment", "key"]),
            models.CheckConstraint(name="money_in_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.payment}: {self.amount}"


class To(models.TextChoices):
    """Where money goes back to."""

    BALANCE = "balance", _("WARSA balance")
    DRAWER = "drawer", _("cash from the drawer")
    PROVIDER = "provider", _("back through the payment provider")
    WARUNG_QRIS = "warung_qris", _("by the owner's phone")


class Refund(models.Model):
    """Money that went back, in part or whole. The database refuses to change or delete it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=120)
    amount = models.BigIntegerField(_("amount"))
    to = models.CharField(max_length=11, choices=To.choices)
    reason = models.CharField(max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="refund_once", fields=["payment", "key"]),
            models.CheckConstraint(name="refund_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.payment}: -{self.amount}"


class Verdict(models.TextChoices):
    """What a notification was taken for."""

    WAITS = "waits", _("not applied yet")
    MONEY = "money", _("money came")
    REFUND = "refund", _("money went back")
    FAILED = "failed", _("the charge came to nothing")
    NOTHING = "nothing", _("nothing new")
    UNKNOWN = "unknown", _("no such payment here")


class PaymentEvent(models.Model):
    """What a provider told us, as it came, kept before it is applied. Only what the provider signed is kept."""

    provider = models.CharField(max_length=20)
    # The same event, sent again, is the same row.
    key = models.CharField(max_length=64)
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.WAITS)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="event_waits", fields=["received_at"], condition=Q(applied_at=None)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="event_once", fields=["provider", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key[:12]}"


class IssueKind(models.TextChoices):
    LATE = "late", _("money came too late")
    SHORT = "short", _("less came than asked for")
    OVER = "over", _("more came than asked for")
    DOUBLED = "doubled", _("paid twice")
    UNANSWERED = "unanswered", _("said to be paid, but nobody confirmed it")
    UNKNOWN = "unknown", _("money for a payment that is not here")
    OUTSIDE = "outside", _("paid back outside of WARSA")
    BY_HAND = "by_hand", _("to be paid back by hand")


class NextStep(models.TextChoices):
    """What somebody has to do; the page offers exactly this."""

    TELL_PAYER = "tell_payer", _("Tell the payer that the money is in their WARSA balance.")
    REST_OR_BACK = "rest_or_back", _("Take the rest in cash at hand-over, or give everything back.")
    LOOK_AT_PHONE = "look_at_phone", _("Look at the QRIS app: did this money come after all?")
    ASK_PROVIDER = "ask_provider", _("Look the transaction up at the provider and return the money there.")
    SETTLE_WITH_PAYER = (
        "settle_with_payer",
        _("Ask the payer whether the goods are still wanted, and against what money."),
    )
    RETURN_BY_HAND = "return_by_hand", _("Send the money back to the payer from the QRIS app.")


class PaymentIssue(models.Model):
    """Something about money that a person has to look at. `warung` is empty where the Satker has to."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=10, choices=IssueKind.choices)
    next_step = models.CharField(max_length=20, choices=NextStep.choices)
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="issues")
    event = models.ForeignKey(PaymentEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="issues")
    warung = models.ForeignKey(
        "warungs.Warung", null=True, blank=True, on_delete=models.PROTECT, related_name="payment_issues"
    )
    amount = models.BigIntegerField(_("amount"))
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)
    step_taken = models.CharField(max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="issue_open", fields=["warung", "-created_at"], condition=Q(done_at=None)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="issue_kind_known", condition=Q(kind__in=IssueKind.values)),
            # Done means that somebody did something.
            models.CheckConstraint(
                name="issue_done_by_somebody",
                condition=Q(done_at__isnull=True, done_by="", step_taken="")
                | (Q(done_at__isnull=False) & ~Q(done_by="") & ~Q(step_taken="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.payment or ''}"


class WarungQris(models.Model):
    """The static QRIS code of a warung, as its owner entered it and saw it read back."""

    warung = models.OneToOneField("warungs.Warung", on_delete=models.CASCADE, related_name="qris")
    payload = models.TextField()
    merchant_name = models.CharField(_("merchant"), max_length=25)
    merchant_city = models.CharField(_("city"), max_length=15)
    nmid = models.CharField(max_length=20, blank=True)
    # When the owner confirmed that this is their merchant; only then payers see it.
    verified_at = models.DateTimeField()
    verified_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("QRIS of a warung")
        verbose_name_plural = _("QRIS of warungs")

    def __str__(self) -> str:
        return self.merchant_name


class ProviderSettings(models.Model):
    """Which payment provider collects QRIS for the region. One row at most.

    Its secret is not here: it comes from the environment (settings.MIDTRANS_SERVER_KEYS), because a region's rows travel
    in backups and archives to other machines, and a key to money must not.
    """

    only = models.BooleanField(default=True, unique=True, editable=False)
    provider = models.CharField(max_length=20, choices=[("midtrans", "Midtrans")], default="midtrans")
    enabled = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="one_provider_row", condition=Q(only=True)),
        ]

    def __str__(self) -> str:
        return self.provider
