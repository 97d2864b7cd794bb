"""What we asked of Stripe, what it told us, and where the two do not agree."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shared_apps.billing.models.plans import Interval, PlanVersion
from shared_apps.billing.models.subscriptions import Subscription


class StripePrice(models.Model):
    """How Stripe names the price of a plan's version. One for its test mode, one for real money."""

    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="stripe_prices")
    interval = models.CharField(max_length=5, choices=Interval)
    livemode = models.BooleanField()
    price = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "interval", "livemode"], name="stripe_price_once"),
        ]

    def __str__(self) -> str:
        return self.price


class CallState(models.TextChoices):
    ASKED = "asked", _("asked")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


class StripeCall(models.Model):
    """A change that we ask of Stripe: written before it is asked, with the key by which Stripe knows a repeat."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    subscription = models.ForeignKey(Subscription, null=True, on_delete=models.PROTECT, related_name="calls")
    params = models.JSONField()
    state = models.CharField(max_length=7, choices=CallState, default=CallState.ASKED)
    answer = models.JSONField(null=True)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.key


class StripeEvent(models.Model):
    """An event as it came, its signature proven; kept for ever, applied once."""

    event_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=80)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="stripe_events")
    # What it is about, as Stripe names it.
    subject = models.CharField(max_length=80, blank=True)
    body = models.TextField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The sweeper's only question.
            models.Index(fields=["subscription"], condition=Q(applied_at=None), name="stripe_event_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Difference(models.Model):
    """Something that Stripe and we tell differently. It is closed by the run that no longer finds it."""

    subscription = models.ForeignKey(Subscription, null=True, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    ours = models.CharField(max_length=160, blank=True)
    theirs = models.CharField(max_length=160, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-first_seen_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "subject"], condition=Q(gone_at=None), name="difference_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
