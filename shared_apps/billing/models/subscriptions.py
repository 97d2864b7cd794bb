"""A region's subscription, who pays it, and how much of the plan it uses."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shared_apps.billing.models.plans import Interval, PlanVersion
from tenants.kernel.moves import Move, Moves, Step
from tenants.models import Region


class SubscriptionState(models.TextChoices):
    TRIALING = "trialing", pgettext_lazy("subscription", "free trial")
    ACTIVE = "active", pgettext_lazy("subscription", "active")
    PAST_DUE = "past_due", pgettext_lazy("subscription", "payment overdue")
    READ_ONLY = "read_only", pgettext_lazy("subscription", "read only")
    CANCELLED = "cancelled", pgettext_lazy("subscription", "cancelled")


S = SubscriptionState
ALL = tuple(S.values)


class Sponsor(models.Model):
    """Somebody who pays for many regions with one invoice: a BUMN, a BUMD, a city."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=160)
    npwp = models.CharField("NPWP", max_length=20)
    address = models.CharField(_("Postal address"), max_length=240)
    email = models.EmailField(_("E-mail address"))
    interval = models.CharField(_("How often"), max_length=5, choices=Interval, default=Interval.YEAR)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """One per region. Its state follows from the moments below and the time alone: see `shared_apps.billing.states`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.OneToOneField(Region, on_delete=models.PROTECT, related_name="subscription")
    state = models.CharField(max_length=10, choices=S, default=S.TRIALING)
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="subscriptions")
    interval = models.CharField(max_length=5, choices=Interval, default=Interval.YEAR)
    sponsor = models.ForeignKey(Sponsor, null=True, blank=True, on_delete=models.PROTECT, related_name="subscriptions")
    # It leaves its sponsor when what the sponsor has paid for ends.
    leaves_sponsor = models.BooleanField(default=False)
    # Until when it is covered, by what; each is the newest that is known.
    trial_until = models.DateTimeField()
    card_until = models.DateTimeField(null=True)
    invoice_until = models.DateTimeField(null=True)
    # An invoice that nobody need have paid before then.
    terms_until = models.DateTimeField(null=True)
    # Asked to end; it ends then, but never before what is paid for.
    ends_at = models.DateTimeField(null=True)
    stripe_customer = models.CharField(max_length=80, null=True, unique=True)
    stripe_subscription = models.CharField(max_length=80, blank=True)
    stripe_status = models.CharField(max_length=30, blank=True)
    # The card is not charged again after card_until.
    card_ends = models.BooleanField(default=False)
    institution = models.CharField(max_length=160, blank=True)
    npwp = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=240, blank=True)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    moves: ClassVar[Moves] = Moves(
        Move("try", (S.ACTIVE, S.PAST_DUE, S.READ_ONLY, S.CANCELLED), S.TRIALING),
        Move("activate", (S.TRIALING, S.PAST_DUE, S.READ_ONLY, S.CANCELLED), S.ACTIVE),
        Move("fall_due", (S.TRIALING, S.ACTIVE, S.READ_ONLY, S.CANCELLED), S.PAST_DUE),
        Move("lock", (S.TRIALING, S.ACTIVE, S.PAST_DUE, S.CANCELLED), S.READ_ONLY),
        Move("cancel", (S.TRIALING, S.ACTIVE, S.PAST_DUE, S.READ_ONLY), S.CANCELLED),
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=ALL), name="subscription_state_known"),
            models.CheckConstraint(condition=Q(interval__in=Interval.values), name="subscription_interval_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The operators' list by state.
            models.Index(fields=["state", "region"], name="subscription_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.region}: {self.state}"

    @property
    def paid_until(self) -> datetime | None:
        """Until when it is paid for, or may be paid later by the terms of an invoice."""
        return max((at for at in (self.card_until, self.invoice_until, self.terms_until) if at), default=None)

    @property
    def covered_until(self) -> datetime:
        """Until when nobody need pay anything."""
        return max(self.trial_until, self.paid_until or self.trial_until)

    @property
    def by_card(self) -> bool:
        """Whether a card is charged for it, or would be again if it were changed."""
        return self.stripe_status in ("active", "trialing", "past_due", "unpaid", "incomplete")

    def record_move(self, step: Step) -> None:
        SubscriptionEvent.objects.create(
            subscription=self, move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason
        )


class SubscriptionEvent(models.Model):
    """One step that a subscription took; a change without a step stands here too, with the same state before and after."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=30)
    before = models.CharField(max_length=10, choices=S)
    after = models.CharField(max_length=10, choices=S)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class UsageMonth(models.Model):
    """How much of its plan a region used in a month, as it last told; `month` is the first day of it."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="usage_months")
    month = models.DateField()
    warungs = models.BigIntegerField(default=0)
    orders = models.BigIntegerField(default=0)
    storage_mb = models.BigIntegerField(default=0)
    measured_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["month"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "month"], name="usage_once_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.region}: {self.month}"
