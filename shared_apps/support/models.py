"""An operator's access to a region: who asked, why, who let them in, until when. In public; a region sees and answers its own."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.context import current_region, region_is_bound
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.models import Region

MOST_HOURS = 24
# Without the region's word: shorter.
MOST_HOURS_BROKEN = 4


class Own(models.Manager["SupportAccess"]):
    """Inside a region, only what concerns it."""

    def get_queryset(self) -> models.QuerySet[SupportAccess]:
        rows = super().get_queryset()
        return rows.filter(region=current_region()) if region_is_bound() else rows


class SupportAccess(models.Model):
    """One access. Open from the region's yes (or, when glass is broken, a second operator's) until `until` and no longer."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked for")
        BREAK_GLASS = "break_glass", _("glass broken")

    class State(models.TextChoices):
        ASKED = "asked", _("waits for an answer")
        OPEN = "open", _("open")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended")
        REVOKED = "revoked", _("revoked")
        EXPIRED = "expired", _("expired")

    moves = Moves(
        Move("open", (State.ASKED,), State.OPEN),
        Move("refuse", (State.ASKED,), State.REFUSED),
        Move("withdraw", (State.ASKED,), State.WITHDRAWN),
        Move("end", (State.OPEN,), State.ENDED),
        Move("revoke", (State.OPEN,), State.REVOKED),
        Move("expire", (State.OPEN, State.ASKED), State.EXPIRED),
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="support_accesses")
    kind = models.CharField(max_length=11, choices=Kind, default=Kind.ASKED)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    reason = models.CharField(_("reason"), max_length=400)
    hours = models.PositiveSmallIntegerField(_("hours"))
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # For the region to read: it knows no accounts of the platform.
    operator_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The way in: good once, for a moment. Only its digest is kept.
    ticket_digest = models.CharField(max_length=64, blank=True)
    ticket_until = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Own] = Own()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="support_hours_bounded",
                condition=Q(kind="asked", hours__range=(1, MOST_HOURS))
                | Q(kind="break_glass", hours__range=(1, MOST_HOURS_BROKEN)),
            ),
            models.CheckConstraint(
                name="support_open_has_an_end",
                condition=~Q(state="open") | Q(opened_at__isnull=False, until__gt=F("opened_at")),
            ),
            models.UniqueConstraint(
                name="support_one_at_a_time", fields=["region", "operator"], condition=Q(state__in=["asked", "open"])
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="support_of_region", fields=["region", "-id"]),
            models.Index(name="support_running", fields=["until"], condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.operator_name}: {self.reason}"

    @property
    def lets_in(self) -> bool:
        """Whether it opens the region now."""
        return self.state == self.State.OPEN and self.until is not None and clock.now() < self.until

    @property
    def actor(self) -> str:
        """How rows that this access leaves in the region name it."""
        return f"support:{self.public_id}"

    def record_move(self, step: Step) -> None:
        SupportEvent.objects.create(
            access=self, move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason
        )


class OwnEvents(models.Manager["SupportEvent"]):
    def get_queryset(self) -> models.QuerySet[SupportEvent]:
        rows = super().get_queryset()
        return rows.filter(access__region=current_region()) if region_is_bound() else rows


class SupportEvent(models.Model):
    """One move of an access."""

    access = models.ForeignKey(SupportAccess, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=10)
    before = models.CharField(max_length=9)
    after = models.CharField(max_length=9)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[OwnEvents] = OwnEvents()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"
