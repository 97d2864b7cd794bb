"""What suppliers are owed and paid, what goods cost once they are here, and what warungs pay."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.procurement.models.handovers import HandOver
from tenant_apps.procurement.models.purchases import Purchase, PurchaseLine
from tenants.kernel import clock


class FreightBy(models.TextChoices):
    VALUE = "value", _("by value")
    WEIGHT = "weight", _("by weight")


class PaidHow(models.TextChoices):
    CASH = "cash", _("cash")
    TRANSFER = "transfer", _("transfer")


class InvoiceMatch(models.Model):
    """A supplier's invoice that was found right, or whose difference was explained: from then on it is owed. Never changed."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="matches")
    # Public id of the exchange's invoice, and what it says. Rupiah.
    invoice = models.UUIDField(unique=True)
    number = models.CharField(_("invoice number"), max_length=60)
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"), null=True)
    goods = models.BigIntegerField(_("goods"))
    tax = models.BigIntegerField(_("PPN on top"), default=0)
    freight = models.BigIntegerField(_("freight"), default=0)
    freight_by = models.CharField(max_length=6, choices=FreightBy.choices, default=FreightBy.VALUE)
    # What had been received of it, at agreed prices; the rest of goods and PPN is a difference.
    cleared = models.BigIntegerField()
    explanation = models.CharField(_("why it differs"), max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("matched invoice")
        verbose_name_plural = _("matched invoices")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="match_money", condition=Q(goods__gte=0, tax__gte=0, freight__gte=0, cleared__gte=0)
            ),
            models.CheckConstraint(
                name="match_explains_what_differs",
                condition=Q(cleared=models.F("goods") + models.F("tax")) | ~Q(explanation=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        """What is owed, in rupiah."""
        return self.goods + self.tax + self.freight

    @property
    def difference(self) -> int:
        """More (or less) than was received, in rupiah."""
        return self.goods + self.tax - self.cleared


class InvoiceMatchLine(models.Model):
    """A line of a matched invoice, with its share of the freight. Never changed."""

    match = models.ForeignKey(InvoiceMatch, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="invoiced")
    packs = models.PositiveIntegerField(_("packs"))
    price = models.BigIntegerField(_("price"))
    tax = models.BigIntegerField(default=0)
    freight = models.BigIntegerField(default=0)
    cleared = models.BigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="match_line_once", fields=["match", "line"]),
            models.CheckConstraint(
                name="match_line_money",
                condition=Q(packs__gt=0, price__gt=0, tax__gte=0, freight__gte=0, cleared__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packs} × {self.line_id}"

    @property
    def cost(self) -> int:
        """What the line costs once it is here, in rupiah."""
        return self.packs * self.price + self.tax + self.freight


class SupplierPayment(models.Model):
    """A matched invoice is paid, less what went back. Never changed."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    match = models.OneToOneField(InvoiceMatch, on_delete=models.PROTECT, related_name="payment")
    key = models.UUIDField(unique=True, editable=False)
    amount = models.BigIntegerField(_("amount"))
    how = models.CharField(_("paid by"), max_length=8, choices=PaidHow.choices)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    paid_on = models.DateField(_("paid on"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="supplier_payment_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return self.number


class LandedCost(models.Model):
    """What a product cost once it lay in the Satker's store: rupiah for so many base units. The newest counts."""

    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="landed_costs")
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="landed_costs")
    amount = models.BigIntegerField(_("amount"))
    base_quantity = models.BigIntegerField()
    # Empty while only the order says what it costs.
    match = models.ForeignKey(InvoiceMatch, null=True, on_delete=models.PROTECT, related_name="landed_costs")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="landed_cost_newest", fields=["product", "-id"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="landed_cost_real", condition=Q(amount__gte=0, base_quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} / {self.base_quantity}"


class WarungPayment(models.Model):
    """A warung paid the Satker for goods of cycles, at the hand-over or later. Never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="wholesale_payments")
    hand_over = models.ForeignKey(HandOver, null=True, on_delete=models.PROTECT, related_name="payments")
    key = models.UUIDField(unique=True, editable=False)
    amount = models.BigIntegerField(_("amount"))
    how = models.CharField(_("paid by"), max_length=8, choices=PaidHow.choices, default=PaidHow.CASH)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    paid_on = models.DateField(_("paid on"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("payment of a warung")
        verbose_name_plural = _("payments of warungs")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="warung_payment_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference_of_books(self) -> str:
        """How the ledger names this payment."""
        return f"wholesale_payment:{self.number}"
