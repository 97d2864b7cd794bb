"""What lies where. A level is the sum of its movements, and movements are never rewritten."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.stock.reasons import REASONS
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class LocationKind(models.TextChoices):
    WARUNG = "warung", _("warung")
    SATKER = "satker", _("Satker")


class StockLocation(models.Model):
    """The shelf of one warung, or the Satker's store room."""

    kind = models.CharField(max_length=6, choices=LocationKind.choices)
    warung = models.OneToOneField(
        "warungs.Warung", null=True, blank=True, on_delete=models.PROTECT, related_name="stock_location"
    )
    satker = models.OneToOneField(
        "satker.Satker", null=True, blank=True, on_delete=models.PROTECT, related_name="stock_location"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="location_is_someones",
                condition=Q(kind=LocationKind.WARUNG, warung__isnull=False, satker__isnull=True)
                | Q(kind=LocationKind.SATKER, warung__isnull=True, satker__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.warung or self.satker)


class StockLevel(models.Model):
    """How much of a product is here, and how much of that is promised. In base units of the product."""

    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="levels")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="stock_levels")
    on_hand = models.BigIntegerField(_("on hand"), default=0)
    reserved = models.BigIntegerField(_("reserved"), default=0)
    # How much of what is on hand is still in unopened packs, and how much has a date: the sums of SealedPack and of
    # StockLot, so that a level without either moves without asking for them.
    sealed = models.BigIntegerField(_("unopened"), default=0, db_default=0)
    dated = models.BigIntegerField(_("with a date"), default=0, db_default=0)
    # Below this the owner wants to be told; empty: as fast as it sells.
    low_at = models.BigIntegerField(_("tell me below"), null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="level_once", fields=["location", "product"]),
            # Nobody can promise what is not there: the last line against overselling.
            models.CheckConstraint(
                name="level_not_oversold", condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand"))
            ),
            # Unopened packs and dated goods are part of what is there.
            models.CheckConstraint(
                name="level_holds_its_packs", condition=Q(sealed__gte=0) & Q(sealed__lte=F("on_hand"))
            ),
            models.CheckConstraint(name="level_holds_its_lots", condition=Q(dated__gte=0) & Q(dated__lte=F("on_hand"))),
            models.CheckConstraint(name="level_mark_possible", condition=Q(low_at__isnull=True) | Q(low_at__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} ({self.reserved})"

    @property
    def available(self) -> int:
        """What may still be promised."""
        return self.on_hand - self.reserved

    @property
    def loose(self) -> int:
        """What lies outside of unopened packs."""
        return self.on_hand - self.sealed

    @property
    def undated(self) -> int:
        """What came without a date."""
        return self.on_hand - self.dated


class StockMovement(models.Model):
    """One change of one level. The database refuses to change or delete it."""

    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="movements")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="stock_movements")
    delta_on_hand = models.BigIntegerField(default=0)
    delta_reserved = models.BigIntegerField(default=0)
    # Stable word of `stock.reasons`: received, sold, shipped, …, or why it was adjusted.
    reason = models.CharField(_("reason"), max_length=60)
    reference = models.CharField(_("reference"), max_length=120)
    # The same step for the same document finds its movement again instead of moving twice.
    key = models.CharField(max_length=280, unique=True, null=True, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The history of one product on one shelf, newest first.
            models.Index(name="movement_of_level", fields=["location", "product", "-id"]),
            # What a shelf sold in the last days, for the hint that something runs out.
            models.Index(name="movement_sold", fields=["location", "at"], condition=Q(reason__in=["sold", "shipped"])),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="movement_moves", condition=~Q(delta_on_hand=0, delta_reserved=0)),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.delta_on_hand:+}/{self.delta_reserved:+}"


class SealedPack(models.Model):
    """So many packs of this kind on a shelf are unopened. Their units are part of the level, which stays the truth."""

    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="sealed_packs")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="sealed_packs")
    count = models.BigIntegerField(_("unopened"), default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="sealed_once", fields=["location", "pack"]),
            models.CheckConstraint(name="sealed_count_real", condition=Q(count__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.pack}"


class PackOpening(models.Model):
    """Packs were opened (below zero) or came unopened (above). The database refuses to change or delete it."""

    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="openings")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="openings")
    change = models.BigIntegerField(_("packs"))
    # Of one pack, then.
    base_quantity = models.BigIntegerField()
    # Stable word of `stock.reasons`: opened, sealed, or the movement that did it.
    reason = models.CharField(_("reason"), max_length=60)
    reference = models.CharField(_("reference"), max_length=120)
    # A second tap finds the first one's row.
    key = models.CharField(max_length=280, unique=True, null=True, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="opening_of_pack", fields=["location", "pack", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="opening_changes", condition=~Q(change=0)),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.change:+}"


class StockLot(models.Model):
    """Goods that came with a date, and how much of them is left. What leaves takes the earliest date first."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="lots")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="stock_lots")
    expires_on = models.DateField(_("good until"))
    received_on = models.DateField(_("came on"))
    left = models.BigIntegerField(_("left"), default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["expires_on", "received_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="lot_once", fields=["location", "product", "expires_on", "received_on"]),
            models.CheckConstraint(name="lot_left_real", condition=Q(left__gte=0)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Lots that are used up stay as history and are asked for by nobody.
            models.Index(name="lot_expiring", fields=["location", "expires_on"], condition=Q(left__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.left} ({self.expires_on})"


class CountState(models.TextChoices):
    OPEN = "open", _("being counted")
    APPLIED = "applied", _("applied")
    DROPPED = "dropped", _("given up")


class StockCount(models.Model):
    """Somebody walks along a shelf and writes down what is there. Levels change when it is applied, all at once."""

    moves: ClassVar[Moves] = Moves(
        Move("apply", (CountState.OPEN,), CountState.APPLIED),
        Move("drop", (CountState.OPEN,), CountState.DROPPED),
    )

    number = models.CharField(max_length=6, unique=True)
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="counts")
    state = models.CharField(max_length=8, choices=CountState.choices, default=CountState.OPEN)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField(default=clock.now)
    closed_by = models.CharField(max_length=80, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Two people who count at once write into one count.
            models.UniqueConstraint(name="count_one_open", fields=["location"], condition=Q(state=CountState.OPEN)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        return f"count:{self.number}"

    def record_move(self, step: Step) -> None:
        """A count is closed once, so the document itself is its history."""
        self.closed_by, self.closed_at = step.by, clock.now()
        type(self).objects.filter(pk=self.pk).update(closed_by=self.closed_by, closed_at=self.closed_at)


class StockCountLine(models.Model):
    """One product of a count, in base units. What was sold between counting and applying stays sold."""

    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="count_lines")
    # On hand by the books at the moment of counting.
    system = models.BigIntegerField()
    counted = models.BigIntegerField(_("counted"))
    reason = models.CharField(_("reason"), max_length=60, default="count")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="count_line_once", fields=["count", "product"]),
            models.CheckConstraint(name="count_line_real", condition=Q(counted__gte=0, system__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.counted} ({self.system})"

    @property
    def difference(self) -> int:
        return self.counted - self.system

    @property
    def told(self) -> str:
        """Why it differs, as people say it."""
        return str(REASONS.get(self.reason, self.reason))
