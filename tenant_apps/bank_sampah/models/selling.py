"""Waste is sold to a buyer, and a part of the margin is the committees'."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenant_apps.bank_sampah.models.terms import WHOLE
from tenant_apps.bank_sampah.models.types import Buyer, WasteGrade
from tenant_apps.bank_sampah.models.units import WasteUnit


class SaleState(models.TextChoices):
    OWED = "owed", _("to be paid")
    PAID = "paid", _("paid")
    REVERSED = "reversed", pgettext_lazy("slip", "taken back")


class Settled(models.TextChoices):
    """How the buyer paid."""

    CASH = "cash", _("cash into the box")
    BANK = "bank", _("to the Satker's bank account")


class WasteSale(models.Model):
    """What a buyer took, by the weighbridge note. Rupiah; `margin` is what it brought above its cost, below zero for a loss."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="sales")
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="sales")
    note_number = models.CharField(_("number of the weighbridge note"), max_length=40)
    state = models.CharField(
        _("state"), max_length=8, choices=SaleState.choices, default=SaleState.OWED, editable=False
    )
    settled = models.CharField(_("how it was paid"), max_length=4, choices=Settled.choices, blank=True)
    day = models.DateField(_("day"))
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    total = models.BigIntegerField(_("total"))
    cost = models.BigIntegerField(_("cost"))
    proceeds_bps = models.PositiveIntegerField(_("committee's share of the margin"))
    shared = models.BigIntegerField(_("shares of the committees"))
    paid_at = models.DateTimeField(null=True, blank=True)
    paid_by = models.CharField(max_length=80, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("sale of waste")
        verbose_name_plural = _("sales of waste")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="waste_sale_of_day", fields=["day"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A weighbridge note is written down once, unless it was taken back.
            models.UniqueConstraint(
                name="waste_sale_note_once",
                fields=["buyer", "note_number"],
                condition=Q(state__in=[SaleState.OWED, SaleState.PAID]),
            ),
            models.CheckConstraint(
                name="waste_sale_money",
                condition=Q(total__gt=0, cost__gte=0, shared__gte=0, proceeds_bps__lte=WHOLE)
                & (Q(shared=0) | Q(shared__lte=F("total") - F("cost"))),
            ),
            models.CheckConstraint(
                name="waste_sale_paid_whole",
                condition=Q(state=SaleState.OWED, settled="", paid_at__isnull=True)
                | (Q(state=SaleState.PAID, paid_at__isnull=False) & Q(settled__in=Settled.values))
                | (Q(state=SaleState.REVERSED, reversed_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        return f"waste_sale:{self.number}"

    @property
    def margin(self) -> int:
        return self.total - self.cost


class WasteSaleLine(models.Model):
    """One grade of a sale. The database refuses to change it."""

    sale = models.ForeignKey(WasteSale, on_delete=models.PROTECT, related_name="lines")
    grade = models.ForeignKey(WasteGrade, on_delete=models.PROTECT, related_name="sale_lines")
    name = models.CharField(_("waste"), max_length=170)
    measure = models.CharField(max_length=3)
    quantity = models.BigIntegerField(_("quantity"))
    price = models.BigIntegerField(_("price"))
    amount = models.BigIntegerField(_("amount"))
    cost = models.BigIntegerField(_("cost"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="waste_sale_line_once", fields=["sale", "grade"]),
            models.CheckConstraint(
                name="waste_sale_line_positive", condition=Q(quantity__gt=0, price__gte=0, amount__gte=0, cost__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.quantity}"


class WasteSaleShare(models.Model):
    """What the committee of one unit gets of a sale. The database refuses to change it."""

    sale = models.ForeignKey(WasteSale, on_delete=models.PROTECT, related_name="shares")
    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="sale_shares")
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="waste_sale_share_once", fields=["sale", "unit"]),
            models.CheckConstraint(name="waste_sale_share_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.amount}"
