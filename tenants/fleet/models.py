"""What is done to every region: a run, a row per region, the regions that wait for a person, and those that differ."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.models import Region


class FleetRun(models.Model):
    """One pass over many regions.

    States: planned -> running -> finished, or stopped by failures or by a run for a later version. A run that is `running`
    while nobody works on it was cut off; the next one goes on with it.
    """

    class Kind(models.TextChoices):
        MIGRATE = "migrate", _("migration")
        VERIFY = "verify", _("comparison")
        COMMAND = "command", _("command")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("fleet run", "planned")
        RUNNING = "running", pgettext_lazy("fleet run", "running")
        STOPPED = "stopped", pgettext_lazy("fleet run", "stopped")
        FINISHED = "finished", pgettext_lazy("fleet run", "finished")

    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.PLANNED)
    # The version that a migration leads to; empty for other kinds.
    target = models.CharField(max_length=64, blank=True)
    # Version a region comes from -> names of the migrations that it lacks, or null where that is not known.
    plans = models.JSONField(default=dict)
    # Name and arguments of a command.
    command = models.JSONField(default=list)
    # The wave that is under way or was last; 0 before the first.
    wave = models.PositiveSmallIntegerField(default=0)
    stop_share = models.FloatField(default=0.0, help_text="share of failures in a wave above which the run stops")
    stop_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    # The last sign of life of whoever works on it.
    seen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Who wants it to stop after the regions in hand; empty while it may go on.
    stop_asked_by = models.CharField(max_length=80, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["migrate", "verify", "command"]), name="fleet_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "running", "stopped", "finished"]), name="fleet_state_known"
            ),
        ]
        indexes = [
            # Asked by each migration, before anything else.
            models.Index(fields=["kind", "target"], condition=models.Q(ended_at=None), name="fleet_open_runs"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class FleetTask(models.Model):
    """One region's part of a run. Its outcome is written in the transaction that migrates the region."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("fleet task", "waiting")
        DONE = "done", pgettext_lazy("fleet task", "done")
        FAILED = "failed", pgettext_lazy("fleet task", "failed")
        SKIPPED = "skipped", pgettext_lazy("fleet task", "skipped")

    run = models.ForeignKey(FleetRun, on_delete=models.CASCADE, related_name="tasks")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="fleet_tasks")
    wave = models.PositiveSmallIntegerField(default=1)
    from_version = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    # Attempts that were given up because somebody held a lock.
    lock_waits = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(null=True, blank=True)
    error = models.TextField(blank=True)
    # The end of what a command printed.
    output = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "region"], name="fleet_task_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "done", "failed", "skipped"]), name="fleet_task_state_known"
            ),
        ]
        indexes = [models.Index(fields=["run", "wave", "state"], name="fleet_task_of_wave")]

    def __str__(self) -> str:
        return f"{self.run}: {self.region}"


class ParkedRegion(models.Model):
    """A region that no run migrates until a person has looked at it."""

    region = models.OneToOneField(Region, on_delete=models.CASCADE, related_name="parked")
    reason = models.TextField()
    run = models.ForeignKey(FleetRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="parked")
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.region}: {self.reason}"


class Drift(models.Model):
    """How a region's schema differs from the release that it should be; no row where it does not."""

    region = models.OneToOneField(Region, on_delete=models.CASCADE, related_name="drift")
    version = models.CharField(max_length=64)
    # A line each, `+` too much and `-` missing; at most as many as a person reads.
    differences = models.JSONField()
    number = models.PositiveIntegerField()
    run = models.ForeignKey(FleetRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="drifts")
    first_seen_at = models.DateTimeField(auto_now_add=True)
    found_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.region}: {self.number}"
