"""Waste in store: what a unit took in of one grade on one day from the members of one unit, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenant_apps.bank_sampah.models.types import WasteGrade
from tenant_apps.bank_sampah.models.units import WasteUnit


class Lot(models.Model):
    """`on_hand` in base units of the grade, `cost` what was given for it in rupiah: sums of its movements, kept by the database."""

    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="lots")
    # Where members brought it: its committee has a share of what it is sold for.
    origin = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="lots_of_members")
    grade = models.ForeignKey(WasteGrade, on_delete=models.PROTECT, related_name="lots")
    day = models.DateField(_("day"))
    on_hand = models.BigIntegerField(_("on hand"), default=0, editable=False)
    cost = models.BigIntegerField(_("cost"), default=0, editable=False)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering: ClassVar[list[str]] = ["day", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            # What there is, oldest first.
            models.Index(name="lot_in_store", fields=["unit", "grade", "day"], condition=Q(on_hand__gt=0)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="lot_once_a_day", fields=["unit", "origin", "grade", "day"]),
            models.CheckConstraint(name="lot_not_negative", condition=Q(on_hand__gte=0, cost__gte=0)),
            models.CheckConstraint(name="lot_empty_costs_nothing", condition=Q(on_hand__gt=0) | Q(cost=0)),
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.day:%Y-%m-%d}"


class LotMoveKind(models.TextChoices):
    WEIGHED_IN = "in", _("weighed in")
    REVERSED = "reversed", pgettext_lazy("slip", "taken back")
    SENT = "sent", _("sent")
    RECEIVED = "received", _("received")
    SORTED_OUT = "sort_out", _("sorted")
    SORTED_IN = "sort_in", _("came of sorting")
    SHRUNK = "shrunk", _("shrink")
    SOLD = "sold", _("sold")
    UNSOLD = "unsold", _("sale taken back")


class LotMovement(models.Model):
    """So much came to a lot, or left it. The database refuses to change it."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(_("what"), max_length=8, choices=LotMoveKind.choices)
    quantity = models.BigIntegerField(_("quantity"))
    cost = models.BigIntegerField(_("cost"))
    # The document: "deposit:7KQ4MP".
    reference = models.CharField(max_length=40)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The report of a year asks what shrank.
            models.Index(name="lot_movement_shrunk", fields=["at"], condition=Q(kind="shrunk")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # What a document does to a lot, it does once.
            models.UniqueConstraint(name="lot_moved_once", fields=["lot", "reference", "kind"]),
            models.CheckConstraint(name="lot_move_kind_known", condition=Q(kind__in=LotMoveKind.values)),
            models.CheckConstraint(
                name="lot_move_signed",
                condition=Q(kind__in=["in", "received", "sort_in", "unsold"], quantity__gt=0, cost__gte=0)
                | Q(kind__in=["reversed", "sent", "sort_out", "shrunk", "sold"], quantity__lt=0, cost__lte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+}"
