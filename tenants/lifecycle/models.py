"""What lifecycle keeps in public: what happened to regions, how they close, archives that were handed out, domains of their own."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.kernel.moves import Move, Moves, Step
from tenants.lifecycle.steps import STEPS
from tenants.models import Region


class RegionEvent(models.Model):
    """One step in a region's life: written once, never changed (the database refuses it)."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="life_events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.move}"

    @property
    def title(self) -> str:
        """The step as people call it."""
        return str(STEPS[self.move].label)


class Closing(models.Model):
    """A region that closes: announced, shut on a day, its data deleted on a later one. Until then it can be taken back."""

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        CLOSED = "closed", _("closed, data kept")
        # Too late to take it back: a worker tries the archive, and drops the schema.
        DELETING = "deleting", _("data being deleted")
        DELETED = "deleted", _("data deleted")
        UNDONE = "undone", pgettext_lazy("closing of a region", "taken back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="closings")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANNOUNCED)
    reason = models.TextField()
    by = models.CharField(max_length=80)
    # How money owed to people is given back, where there was some; empty where there was none.
    settlement = models.TextField(blank=True)
    announced_at = models.DateTimeField(auto_now_add=True)
    closes_at = models.DateTimeField()
    deletes_at = models.DateTimeField()
    # Why it stands still past its day: money that people paid in meanwhile, or an archive that does not hold.
    held_because = models.TextField(blank=True)
    # What the region was before it was shut, for taking it back.
    status_before = models.CharField(max_length=12, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    moves: ClassVar[Moves] = Moves(
        Move("close", (State.ANNOUNCED,), State.CLOSED),
        Move("begin_deletion", (State.CLOSED,), State.DELETING),
        # The archive does not hold: nothing was deleted, and it can be taken back again.
        Move("stop_deletion", (State.DELETING,), State.CLOSED),
        Move("delete", (State.DELETING,), State.DELETED),
        Move("undo", (State.ANNOUNCED, State.CLOSED), State.UNDONE),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="closing_state_known",
                condition=Q(state__in=["announced", "closed", "deleting", "deleted", "undone"]),
            ),
            models.CheckConstraint(name="closing_in_order", condition=Q(deletes_at__gt=models.F("closes_at"))),
            models.UniqueConstraint(
                name="closing_one_at_a_time",
                fields=["region"],
                condition=Q(state__in=["announced", "closed", "deleting"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.state}"

    def record_move(self, step: Step) -> None:
        from tenants.lifecycle.history import note

        if self.held_because and step.move in ("begin_deletion", "stop_deletion"):
            # It is tried again every few minutes; `closing_held` tells of it once.
            return
        note(self.region, step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class HandedArchive(models.Model):
    """A region's whole data in a file, which its admin may fetch by a link until a day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="handed_archives")
    closing = models.OneToOneField(Closing, null=True, blank=True, on_delete=models.PROTECT, related_name="archive")
    by = models.CharField(max_length=80)
    # Relative to settings.ARCHIVES_ROOT.
    path = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.path}"


def new_proof() -> str:
    """What the owner of a domain writes into its DNS."""
    return f"warsa-{secrets.token_hex(16)}"


class DomainClaim(models.Model):
    """A region's wish to answer at a host of its own, and how well it is proven."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for the TXT record")
        VERIFIED = "verified", _("proven, not opened yet")
        ACTIVE = "active", _("open")
        FAILING = "failing", _("the TXT record is missing")
        REMOVED = "removed", _("removed")

    class Found(models.TextChoices):
        """What the last look into the DNS found."""

        PROOF = "proof", _("The TXT record is right.")
        MISSING = "missing", _("There is no TXT record yet.")
        OTHER = "other", _("The TXT record is there, but says something else.")
        UNANSWERED = "unanswered", _("The DNS did not answer. Try again later.")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="domain_claims")
    host = models.CharField(max_length=253)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    proof = models.CharField(max_length=64, default=new_proof, editable=False)
    by = models.CharField(max_length=80)
    asked_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # Failed checks since the last good one.
    failures = models.PositiveSmallIntegerField(default=0)
    found = models.CharField(max_length=10, choices=Found.choices, blank=True)

    moves: ClassVar[Moves] = Moves(
        Move("verify", (State.PENDING,), State.VERIFIED),
        Move("activate", (State.VERIFIED,), State.ACTIVE),
        Move("fail", (State.ACTIVE,), State.FAILING),
        Move("lapse", (State.VERIFIED,), State.PENDING),
        Move("recover", (State.FAILING,), State.ACTIVE),
        Move("remove", (State.PENDING, State.VERIFIED, State.ACTIVE, State.FAILING), State.REMOVED),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="domain_claim_state_known",
                condition=Q(state__in=["pending", "verified", "active", "failing", "removed"]),
            ),
            models.CheckConstraint(name="domain_claim_lower_case", condition=Q(host=models.functions.Lower("host"))),
            models.UniqueConstraint(
                name="domain_claim_once_per_region", fields=["region", "host"], condition=~Q(state="removed")
            ),
            # Several may wish for a host; whoever proves it first has it.
            models.UniqueConstraint(
                name="domain_proven_once", fields=["host"], condition=Q(state__in=["verified", "active", "failing"])
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="domain_claim_to_check", fields=["checked_at"], condition=~Q(state__in=["removed", "pending"])
            ),
        ]

    def __str__(self) -> str:
        return self.host

    def record_move(self, step: Step) -> None:
        from tenants.lifecycle.history import note

        details = {"host": self.host, "claim": str(self.public_id)}
        note(
            self.region,
            f"domain_{step.move}",
            before=step.before,
            after=step.after,
            by=step.by,
            reason=step.reason,
            details=details,
        )
