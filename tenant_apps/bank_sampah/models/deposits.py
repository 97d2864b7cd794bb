"""What a member brought: the slip."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenant_apps.bank_sampah.models.lots import Lot
from tenant_apps.bank_sampah.models.members import SavingsBook
from tenant_apps.bank_sampah.models.terms import WHOLE
from tenant_apps.bank_sampah.models.types import WasteGrade
from tenant_apps.bank_sampah.models.units import WasteUnit


class DepositState(models.TextChoices):
    SAVED = "saved", _("saved")
    REVERSED = "reversed", pgettext_lazy("slip", "taken back")


class Deposit(models.Model):
    """Waste that was weighed in and what is saved for it, in rupiah. Only taking it back as a whole changes it."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    # Made by the phone: sent again, it finds its slip.
    key = models.UUIDField(unique=True, editable=False)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="deposits")
    book = models.ForeignKey(SavingsBook, on_delete=models.PROTECT, related_name="deposits")
    state = models.CharField(
        _("state"), max_length=8, choices=DepositState.choices, default=DepositState.SAVED, editable=False
    )
    at = models.DateTimeField(_("weighed"))
    day = models.DateField(_("day"))
    by = models.CharField(max_length=80)
    grams = models.BigIntegerField(_("weight"))
    value = models.BigIntegerField(_("value"))
    share_bps = models.PositiveIntegerField(_("committee's share of a slip"))
    share = models.BigIntegerField(_("committee's share"))
    entry = models.OneToOneField("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="deposit_of_book", fields=["book", "-id"]),
            models.Index(name="deposit_of_unit", fields=["unit", "day", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="deposit_money",
                condition=Q(value__gt=0, share__gte=0, share__lt=F("value"), share_bps__lte=WHOLE, grams__gte=0),
            ),
            models.CheckConstraint(
                name="deposit_reversed_with_reason",
                condition=Q(state=DepositState.SAVED, reversed_at__isnull=True)
                | (Q(state=DepositState.REVERSED, reversed_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How lots and ledger name this slip."""
        return f"deposit:{self.number}"

    @property
    def saved(self) -> int:
        """What the member gets, in rupiah."""
        return self.value - self.share


class DepositLine(models.Model):
    """One grade of a slip, as it was called and priced then. The database refuses to change it."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="lines")
    grade = models.ForeignKey(WasteGrade, on_delete=models.PROTECT, related_name="deposit_lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="deposit_lines")
    name = models.CharField(_("waste"), max_length=170)
    measure = models.CharField(max_length=3)
    quantity = models.BigIntegerField(_("quantity"))
    # Rupiah for a kilogram or a piece; rupiah of the line.
    price = models.BigIntegerField(_("price"))
    value = models.BigIntegerField(_("value"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="deposit_line_once", fields=["deposit", "grade"]),
            models.CheckConstraint(
                name="deposit_line_positive", condition=Q(quantity__gt=0, price__gte=0, value__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.quantity}"
