"""Nights in which regions are restored for a trial, and what each trial proved. A region reads its own proofs."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from tenants.context import current_region, region_is_bound
from tenants.models import Region

__all__ = ["DrillNight", "RestoreProof"]


class DrillNight(models.Model):
    """Regions that are proven together. It goes on until none of them waits; who asked it to stop leaves the rest undone."""

    # One of beat's own a day; none for what an operator ordered.
    day = models.DateField(null=True, blank=True, unique=True)
    by = models.CharField(max_length=80)
    begun_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    stop_asked_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return str(self.day or self.begun_at)


class Own(models.Manager["RestoreProof"]):
    """Inside a region, only its own."""

    def get_queryset(self) -> models.QuerySet[RestoreProof]:
        rows = super().get_queryset()
        return rows.filter(region=current_region()) if region_is_bound() else rows


class RestoreProof(models.Model):
    """One region, restored for a trial: what was compared and what differed."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("drill", "waiting")
        RUNNING = "running", pgettext_lazy("drill", "under way")
        PASSED = "passed", pgettext_lazy("drill", "passed")
        FAILED = "failed", pgettext_lazy("drill", "failed")
        SKIPPED = "skipped", pgettext_lazy("drill", "left out")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    night = models.ForeignKey(DrillNight, on_delete=models.PROTECT, related_name="proofs")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="restore_proofs")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    archive_made_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    tables = models.PositiveIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    # Sums of the books by app; the ledger's debits are whole rupiah.
    totals = models.JSONField(default=dict)
    differences = models.JSONField(default=list)

    objects: ClassVar[Own] = Own()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="restore_proof_once_a_night", fields=["night", "region"]),
            models.CheckConstraint(
                name="restore_proof_passed_is_equal", condition=~Q(state="passed") | Q(differences=[])
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="restore_proof_of_region", fields=["region", "-id"]),
            models.Index(name="restore_proof_waits", fields=["id"], condition=Q(state__in=["waiting", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.state}"
