"""What an operator should look at: opened and resolved by the job, acknowledged by a person."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from tenants.alerting import Severity
from tenants.kernel.moves import Move, Moves, Step
from tenants.models import Region

__all__ = ["Alert", "AlertEvent", "HouseCheck"]


class Alert(models.Model):
    """A figure of a region, or of the platform, that is beyond its rule's threshold.

    States: watching (not for long enough yet; goes without a trace when it is well again) -> open -> acknowledged ->
    resolved. At most one that is not resolved for each rule and region.
    """

    class State(models.TextChoices):
        WATCHING = "watching", pgettext_lazy("alert", "watched")
        OPEN = "open", pgettext_lazy("alert", "open")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("alert", "acknowledged")
        RESOLVED = "resolved", pgettext_lazy("alert", "resolved")

    moves = Moves(
        Move("open", (State.WATCHING,), State.OPEN),
        Move("acknowledge", (State.OPEN,), State.ACKNOWLEDGED),
        Move("resolve", (State.OPEN, State.ACKNOWLEDGED), State.RESOLVED),
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.CharField(max_length=40)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts")
    severity = models.CharField(max_length=8, choices=Severity)
    state = models.CharField(max_length=12, choices=State, default=State.WATCHING)
    # As it was judged last, and the threshold of then.
    value = models.BigIntegerField()
    threshold = models.BigIntegerField()
    seen_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=400, blank=True)
    # Neither mailed nor counted until then; the next alert of the same rule and region keeps to it as well.
    silenced_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="alert_one_at_a_time",
                fields=["rule", "region"],
                condition=~Q(state="resolved"),
                # The platform's own alerts have no region, and are one at a time as well.
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="alert_severity_known", condition=Q(severity__in=Severity.values)),
            models.CheckConstraint(
                name="alert_open_has_a_time", condition=Q(state="watching") | Q(opened_at__isnull=False)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The number in the navigation, and the page's first question.
            models.Index(name="alert_open", fields=["-opened_at"], condition=Q(state="open")),
            models.Index(name="alert_of_region", fields=["region", "-id"]),
            models.Index(name="alert_silences", fields=["silenced_until"], condition=Q(silenced_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.region or 'platform'}"

    def record_move(self, step: Step) -> None:
        AlertEvent.objects.create(
            alert=self, move=step.move, before=step.before, after=step.after, by=step.by, note=step.reason
        )


class AlertEvent(models.Model):
    """One move of an alert, or a silence."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    move = models.CharField(max_length=12)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class HouseCheck(models.Model):
    """What a nightly check of the platform itself found last, for a rule to read: too dear to be asked each minute."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
