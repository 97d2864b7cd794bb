"""Waste goes from a unit to another, is sorted, and shrinks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.bank_sampah.models.lots import Lot
from tenant_apps.bank_sampah.models.types import WasteGrade
from tenant_apps.bank_sampah.models.units import WasteUnit


class TransferState(models.TextChoices):
    SENT = "sent", _("on the way")
    RECEIVED = "received", _("received")


class Transfer(models.Model):
    """Waste on its way from one unit to another. What arrives less is shrink of the receiver's books."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    key = models.UUIDField(unique=True, editable=False)
    sender = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="sent")
    receiver = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="received")
    state = models.CharField(
        _("state"), max_length=8, choices=TransferState.choices, default=TransferState.SENT, editable=False
    )
    sent_at = models.DateTimeField(_("sent"))
    sent_by = models.CharField(max_length=80)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    received_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("transfer of waste")
        verbose_name_plural = _("transfers of waste")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="transfer_to_another", condition=~Q(sender=F("receiver"))),
            models.CheckConstraint(
                name="transfer_received_whole",
                condition=Q(state=TransferState.SENT, received_at__isnull=True)
                | Q(state=TransferState.RECEIVED, received_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        return f"waste_transfer:{self.number}"


class TransferLine(models.Model):
    """What one lot gave. `arrived` is empty while it is on the way."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="transfer_lines")
    quantity = models.BigIntegerField(_("sent"))
    cost = models.BigIntegerField(_("cost"))
    arrived = models.BigIntegerField(_("arrived"), null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="transfer_line_once", fields=["transfer", "lot"]),
            models.CheckConstraint(name="transfer_line_positive", condition=Q(quantity__gt=0, cost__gte=0)),
            models.CheckConstraint(
                name="transfer_line_arrives_within",
                condition=Q(arrived__isnull=True) | Q(arrived__gte=0, arrived__lte=F("quantity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot}: {self.quantity}"


class LossReason(models.TextChoices):
    """Why waste is no more."""

    DRIED = "dried", _("dried out")
    DIRTY = "dirty", _("too dirty to be sold")
    LOST = "lost", _("lost")
    COUNTED = "counted", _("counted less")


class Work(models.Model):
    """Something done to waste in store: sorted into other grades, or written off. The database refuses to change it."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="works")
    grade = models.ForeignKey(WasteGrade, on_delete=models.PROTECT, related_name="works")
    quantity = models.BigIntegerField(_("quantity"))
    # What came of sorting, by the ids of grades; empty for what is written off as a whole.
    outcome = models.JSONField(default=dict, blank=True)
    lost = models.BigIntegerField(_("lost"))
    reason = models.CharField(_("reason"), max_length=8, choices=LossReason.choices, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("work on waste")
        verbose_name_plural = _("works on waste")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="work_within", condition=Q(quantity__gt=0, lost__gte=0, lost__lte=F("quantity"))
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        return f"waste_work:{self.number}"
