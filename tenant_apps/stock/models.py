"""What lies where. A level is the sum of its movements, and movements are never rewritten."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="level_once", fields=["location", "product"]),
            # Nobody can promise what is not there: the last line against overselling.
            models.CheckConstraint(
                name="level_not_oversold", condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} ({self.reserved})"

    @property
    def available(self) -> int:
        """What may still be promised."""
        return self.on_hand - self.reserved


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
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="movement_moves", condition=~Q(delta_on_hand=0, delta_reserved=0)),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.delta_on_hand:+}/{self.delta_reserved:+}"
