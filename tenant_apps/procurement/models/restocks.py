"""A warung asks the Satker for packs that lie there."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.kernel.units import BaseUnit

# More of one pack is a typing error, not a delivery.
MOST_OF_A_PACK = 9_999


class RestockState(models.TextChoices):
    SUBMITTED = "submitted", _("waiting for the Satker")
    ACCEPTED = "accepted", _("being prepared")
    SENT = "sent", _("on the way")
    RECEIVED = "received", _("received")
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")
    CALLED_OFF = "called_off", _("called off by the Satker")


# Goods are still to come while a request is in one of these.
OPEN_STATES = (RestockState.SUBMITTED, RestockState.ACCEPTED, RestockState.SENT)
# These ended without goods.
CAME_TO_NOTHING = (RestockState.REJECTED, RestockState.CANCELLED, RestockState.CALLED_OFF)


class RestockRequest(models.Model):
    """A warung asks the Satker for packs, and pays for what arrives. All money in rupiah."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What people say to each other: letters and digits that are not taken for one another.
    number = models.CharField(_("number"), max_length=6, unique=True)
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="restock_requests")
    satker = models.ForeignKey("satker.Satker", on_delete=models.PROTECT, related_name="restock_requests")
    state = models.CharField(
        _("state"), max_length=10, choices=RestockState.choices, default=RestockState.SUBMITTED, editable=False
    )
    key = models.UUIDField(editable=False)
    note = models.CharField(_("note for the Satker"), max_length=240, blank=True)
    # Sums of the lines: price × packs.
    total_asked = models.BigIntegerField(_("asked for"))
    total_accepted = models.BigIntegerField(_("accepted"), default=0)
    total_received = models.BigIntegerField(_("received"), default=0)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField(_("asked at"))
    # When the state last changed.
    moved_at = models.DateTimeField()

    moves: ClassVar[Moves] = Moves(
        Move("accept", (RestockState.SUBMITTED,), RestockState.ACCEPTED),
        Move("reject", (RestockState.SUBMITTED,), RestockState.REJECTED),
        Move("cancel", (RestockState.SUBMITTED,), RestockState.CANCELLED),
        Move("call_off", (RestockState.ACCEPTED,), RestockState.CALLED_OFF),
        Move("send", (RestockState.ACCEPTED,), RestockState.SENT),
        Move("receive", (RestockState.SENT,), RestockState.RECEIVED),
    )

    class Meta:
        verbose_name = _("restock request")
        verbose_name_plural = _("restock requests")
        ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The Satker's queue, one state at a time.
            models.Index(name="restock_queue", fields=["state", "-asked_at"]),
            # A warung's own requests, newest first.
            models.Index(name="restock_of_warung", fields=["warung", "-asked_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="restock_state_known", condition=Q(state__in=RestockState.values)),
            # The owner's phone sends again on a bad network: the same key must find the same request.
            models.UniqueConstraint(name="restock_once_per_tap", fields=["warung", "key"]),
            # What arrives was sent, and what was sent was asked for.
            models.CheckConstraint(
                name="restock_totals_shrink",
                condition=Q(
                    total_received__gte=0,
                    total_received__lte=F("total_accepted"),
                    total_accepted__lte=F("total_asked"),
                    total_asked__gt=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether goods are still to come."""
        return self.state in OPEN_STATES

    @property
    def reference(self) -> str:
        """How stock and ledger name this request."""
        return f"restock:{self.number}"

    @property
    def total(self) -> int:
        """What it costs as things stand: received, else accepted, else asked for."""
        if self.state == RestockState.RECEIVED:
            return self.total_received
        return self.total_accepted if self.state in (RestockState.ACCEPTED, RestockState.SENT) else self.total_asked

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=self.moved_at
        )


class RestockLine(models.Model):
    """One kind of pack in a request, as it was when it was asked for. Quantities are packs."""

    request = models.ForeignKey(RestockRequest, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="restock_lines")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="restock_lines")
    product_name = models.CharField(_("product"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    base_unit = models.CharField(max_length=3, choices=BaseUnit.choices)
    # Of one pack.
    base_quantity = models.BigIntegerField()
    # Of one pack, in rupiah.
    price = models.BigIntegerField(_("price"))
    quantity_asked = models.PositiveIntegerField(_("asked for"))
    quantity_accepted = models.PositiveIntegerField(_("accepted"), default=0)
    quantity_received = models.PositiveIntegerField(_("received"), default=0)

    class Meta:
        verbose_name = _("restock line")
        verbose_name_plural = _("restock lines")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="restock_line_once", fields=["request", "pack"]),
            models.CheckConstraint(name="restock_line_positive", condition=Q(base_quantity__gt=0, price__gt=0)),
            # The Satker never sends more than was asked for, and nothing arrives that was not sent.
            models.CheckConstraint(
                name="restock_line_shrinks",
                condition=Q(
                    quantity_received__gte=0,
                    quantity_received__lte=F("quantity_accepted"),
                    quantity_accepted__lte=F("quantity_asked"),
                    quantity_asked__gt=0,
                    quantity_asked__lte=MOST_OF_A_PACK,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity_asked} × {self.product_name} {self.pack_label}"


class RestockEvent(models.Model):
    """One step of a request. The database refuses to change or delete it."""

    request = models.ForeignKey(RestockRequest, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=RestockState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
