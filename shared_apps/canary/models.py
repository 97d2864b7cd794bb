"""Runs of the canary, in public."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from shared_apps.canary.errors import words_of
from shared_apps.canary.trading import label_of
from tenants.kernel import clock
from tenants.models import Region


class CanaryRun(models.Model):
    """One trade, or an attempt at one."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("canary", "under way")
        PASSED = "passed", pgettext_lazy("canary", "passed")
        FAILED = "failed", pgettext_lazy("canary", "failed")

    # What the steps derive their keys from.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # As it was set then; the region is empty where none had this name.
    slug = models.CharField(max_length=30)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="canary_runs")
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    by = models.CharField(max_length=80)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Those that passed, in their order: [{"name": "order", "ms": 41}].
    steps = models.JSONField(default=list)
    # Milliseconds of all of it.
    ms = models.PositiveIntegerField(default=0)
    failed_step = models.CharField(max_length=40, blank=True)
    # A class's name, and for a wrong effect what was wrong: numbers, nobody's data.
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="canary_ended_whole",
                condition=Q(state="running", ended_at__isnull=True)
                | Q(state="passed", ended_at__isnull=False, error="")
                | (Q(state="failed", ended_at__isnull=False) & ~Q(error="")),
            ),
            models.UniqueConstraint(name="canary_one_at_a_time", fields=["state"], condition=Q(state="running")),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="canary_by_start", fields=["started_at"])]

    def __str__(self) -> str:
        return f"{self.slug}: {self.state}"

    @property
    def error_words(self) -> str:
        return words_of(self.error)

    @property
    def failed_label(self) -> str:
        return label_of(self.failed_step)

    @property
    def told_steps(self) -> list[tuple[str, int]]:
        """Words and milliseconds of what passed."""
        return [(label_of(one["name"]), one["ms"]) for one in self.steps]
