"""Archives of regions that the platform keeps for itself, and restores: a region's way back to one of them. Both in public."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from shared_apps.archives.errors import words_of
from tenants.kernel.moves import Move, Moves, Step
from tenants.models import Region

# States in which a worker has something to do; and those beside them in which the restore is not over.
_WORKING = ("asked", "swapping", "returning", "finishing", "dropping")
_OPEN = (*_WORKING, "beside", "swapped")
_UNDER_WAY = ("waiting", "running")


class KeptArchive(models.Model):
    """One region's whole data as of one moment, in a file that only workers read."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("archive", "waiting")
        RUNNING = "running", pgettext_lazy("archive", "being made")
        MADE = "made", pgettext_lazy("archive", "kept")
        FAILED = "failed", pgettext_lazy("archive", "failed")
        # The region was shut before its turn came.
        SKIPPED = "skipped", pgettext_lazy("archive", "left out")
        REMOVED = "removed", pgettext_lazy("archive", "removed")

    UNDER_WAY = _UNDER_WAY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="kept_archives")
    # The night, in Jakarta; none for what an operator ordered.
    day = models.DateField(null=True, blank=True)
    by = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    # Which of the workers that make archives at the same time has it.
    lane = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The moment of which the data are.
    made_at = models.DateTimeField(null=True, blank=True)
    # Its manifest's own name for it.
    archive_id = models.UUIDField(null=True, blank=True)
    # Below settings.ARCHIVES_ROOT.
    path = models.CharField(max_length=160, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="archive_once_a_night", fields=["region", "day"], condition=Q(day__isnull=False)
            ),
            models.UniqueConstraint(
                name="archive_one_at_a_time", fields=["region"], condition=Q(state__in=[*_UNDER_WAY])
            ),
            models.CheckConstraint(
                name="archive_made_is_whole",
                condition=~Q(state="made") | (Q(made_at__isnull=False) & ~Q(path="") & ~Q(sha256="")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="archive_of_region", fields=["region", "-made_at"]),
            models.Index(name="archive_of_night", fields=["-day"]),
            models.Index(name="archive_waits", fields=["id"], condition=Q(state__in=[*_UNDER_WAY])),
        ]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.made_at or self.state}"

    @property
    def error_words(self) -> str:
        return words_of(self.error)


class Restore(models.Model):
    """A region goes back to an archive: put beside it, looked at, exchanged, and the other state dropped in the end."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("restore", "is being put beside")
        BESIDE = "beside", pgettext_lazy("restore", "stands beside")
        SWAPPING = "swapping", pgettext_lazy("restore", "is being exchanged")
        SWAPPED = "swapped", pgettext_lazy("restore", "in use")
        RETURNING = "returning", pgettext_lazy("restore", "is being taken back")
        FINISHING = "finishing", pgettext_lazy("restore", "is being finished")
        DROPPING = "dropping", pgettext_lazy("restore", "is being given up")
        DONE = "done", pgettext_lazy("restore", "finished")
        DROPPED = "dropped", pgettext_lazy("restore", "given up")
        FAILED = "failed", pgettext_lazy("restore", "failed")

    WORKING, OPEN = _WORKING, _OPEN

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="restores")
    archive = models.ForeignKey(KeptArchive, on_delete=models.PROTECT, related_name="restores")
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    by = models.CharField(max_length=80)
    reason = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    # When it came into its present state.
    since = models.DateTimeField(auto_now_add=True)
    # A row for each table that differs: numbers and keys, never what stands in the rows.
    differences = models.JSONField(default=list)
    error = models.CharField(max_length=60, blank=True)

    moves: ClassVar[Moves] = Moves(
        Move("put_beside", (State.ASKED,), State.BESIDE),
        Move("fail", (State.ASKED,), State.FAILED),
        Move("swap", (State.BESIDE,), State.SWAPPING),
        Move("swapped", (State.SWAPPING,), State.SWAPPED),
        Move("stay", (State.SWAPPING,), State.BESIDE),
        Move("take_back", (State.SWAPPED,), State.RETURNING),
        Move("taken_back", (State.RETURNING,), State.BESIDE),
        Move("stay_swapped", (State.RETURNING, State.FINISHING), State.SWAPPED),
        Move("finish", (State.SWAPPED,), State.FINISHING),
        Move("finished", (State.FINISHING,), State.DONE),
        Move("drop", (State.BESIDE,), State.DROPPING),
        Move("stay_beside", (State.DROPPING,), State.BESIDE),
        Move("dropped", (State.DROPPING,), State.DROPPED),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="restore_one_at_a_time",
                fields=["region"],
                condition=Q(state__in=[*_OPEN]),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="restore_of_region", fields=["region", "-id"])]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.state}"

    @property
    def working(self) -> bool:
        return self.state in self.WORKING

    @property
    def error_words(self) -> str:
        return words_of(self.error)

    def record_move(self, step: Step) -> None:
        from tenants.lifecycle.history import note

        note(
            self.region,
            f"restore_{step.move}",
            by=step.by,
            reason=step.reason,
            details={"restore": str(self.public_id), "archive": str(self.archive.public_id), "error": self.error},
        )
