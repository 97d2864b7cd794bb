"""What came of a purchase, as it was counted at the door, and what went back. Nothing here is ever changed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.procurement.models.purchases import Purchase, PurchaseLine
from tenants.files import RegionStorage
from tenants.kernel import clock


class Arrival(models.Model):
    """One count at the door. Part deliveries are several of them; what was counted wrongly is taken back by another one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="arrivals")
    key = models.UUIDField(unique=True, editable=False)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    # The number on the supplier's delivery note.
    reference = models.CharField(_("number on the delivery note"), max_length=60, blank=True)
    received_on = models.DateField(_("day of receipt"))
    note = models.CharField(_("note"), max_length=240, blank=True)
    # Rupiah of what is good, at the agreed prices with PPN on top; below zero for one that takes back.
    value = models.BigIntegerField(_("value"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def reference_of_stock(self) -> str:
        """How stock and ledger name this arrival."""
        return f"arrival:{self.number}"


class ArrivalLine(models.Model):
    """Whole cartons that are good, units that are good out of broken ones, and cartons that are not taken.

    All numbers are below zero in an arrival that takes another one back.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="arrived")
    cartons = models.IntegerField(_("good"), default=0)
    # Of the cartons that are rejected.
    units = models.IntegerField(_("good units of broken ones"), default=0)
    rejected = models.IntegerField(_("rejected"), default=0)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    photo = models.FileField(_("photo"), storage=RegionStorage(), upload_to="arrivals", blank=True, default="")
    # What the scale says of all that is good, for goods that are weighed.
    grams = models.BigIntegerField(_("weight"), null=True)
    expires_on = models.DateField(_("good until"), null=True)

    class Meta:
        verbose_name = _("line of an arrival")
        verbose_name_plural = _("lines of arrivals")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="arrival_line_once", fields=["arrival", "line"]),
            models.CheckConstraint(
                name="arrival_line_one_sign",
                condition=(
                    Q(cartons__gte=0, units__gte=0, rejected__gte=0) & (Q(grams=None) | Q(grams__gte=0))
                    | Q(cartons__lte=0, units__lte=0, rejected__lte=0) & (Q(grams=None) | Q(grams__lte=0))
                )
                & ~Q(cartons=0, rejected=0),
            ),
            models.CheckConstraint(name="arrival_line_says_why", condition=Q(rejected__lte=0) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.cartons} × {self.line_id}"


class PurchaseClosing(models.Model):
    """Nothing more comes of this purchase, though not all of it has come."""

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="closing")
    reason = models.CharField(_("reason"), max_length=240)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.purchase_id}: {self.reason}"


class ReturnToSupplier(models.Model):
    """Cartons that were taken in and went back. They make the supplier's claim smaller, or one on the supplier."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    key = models.UUIDField(unique=True, editable=False)
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="returned")
    cartons = models.PositiveIntegerField(_("cartons"))
    grams = models.BigIntegerField(_("weight"), null=True)
    reason = models.CharField(_("reason"), max_length=240)
    photo = models.FileField(_("photo"), storage=RegionStorage(), upload_to="arrivals", blank=True, default="")
    # Rupiah at the agreed price, and how much of that was taken off what is invoiced already.
    value = models.BigIntegerField(_("value"))
    claimed = models.BigIntegerField(_("claimed back"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("return to a supplier")
        verbose_name_plural = _("returns to suppliers")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="return_to_supplier_positive",
                condition=Q(cartons__gt=0, value__gte=0, claimed__gte=0, claimed__lte=models.F("value"))
                & (Q(grams=None) | Q(grams__gt=0))
                & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How stock and ledger name this return."""
        return f"supplier_return:{self.number}"
