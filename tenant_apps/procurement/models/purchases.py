"""What a cycle buys: the offers as they were when it was locked, and purchases traced to each warung's line."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models import Tax
from tenant_apps.procurement.models.cycles import Cycle, CycleGood, CycleLine


class CycleSupplier(models.Model):
    """A supplier as it was when the cycle was locked; `supplier` is its public id."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="suppliers")
    supplier = models.UUIDField()
    name = models.CharField(_("supplier"), max_length=160)
    # Rupiah of goods below which it takes no order, and for bringing one.
    minimum = models.BigIntegerField(_("smallest order"), default=0)
    freight = models.BigIntegerField(_("freight of an order"), default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cycle_supplier_once", fields=["cycle", "supplier"]),
            models.CheckConstraint(name="cycle_supplier_terms", condition=Q(minimum__gte=0, freight__gte=0)),
        ]

    def __str__(self) -> str:
        return self.name


class CycleOffer(models.Model):
    """An offer as it was when the cycle was locked: no later version or price of the supplier's changes it."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="offers")
    supplier = models.ForeignKey(CycleSupplier, on_delete=models.CASCADE, related_name="offers")
    good = models.ForeignKey(CycleGood, on_delete=models.CASCADE, related_name="offers")
    # Public ids of the supplier catalogue.
    offer = models.UUIDField()
    version = models.UUIDField()
    sku = models.CharField(_("SKU"), max_length=60)
    article_name = models.CharField(_("article"), max_length=160)
    carton_label = models.CharField(_("carton"), max_length=40)
    barcode = models.CharField(max_length=14, blank=True)
    # Units of the good in one carton.
    carton = models.PositiveIntegerField(_("units of a carton"))
    # [[from so many cartons on, rupiah of a carton], …], PPN on top included, for that is what is paid.
    tiers = models.JSONField()
    least = models.PositiveIntegerField(default=1)
    most = models.PositiveIntegerField(null=True)
    # Of one carton, in rupiah.
    freight = models.BigIntegerField(default=0)
    lead_days = models.PositiveSmallIntegerField(default=1)
    tax = models.CharField(max_length=8, choices=Tax.choices)
    catch_weight = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["good", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cycle_offer_once", fields=["cycle", "offer"]),
            models.CheckConstraint(name="cycle_offer_positive", condition=Q(carton__gt=0, least__gt=0, freight__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.article_name}, {self.carton_label}"


class Purchase(models.Model):
    """What a cycle buys from one supplier. `order` is the public id of the exchange's order, once it is sent."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="purchases")
    supplier = models.ForeignKey(CycleSupplier, on_delete=models.PROTECT, related_name="purchases")
    # Sending again finds the same order of the exchange.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.UUIDField(null=True, unique=True)
    order_number = models.CharField(_("number"), max_length=6, blank=True)
    # Rupiah of its lines, and for bringing them.
    goods = models.BigIntegerField(_("goods"))
    freight = models.BigIntegerField(_("freight"), default=0)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="purchase_once", fields=["cycle", "supplier"]),
            models.CheckConstraint(name="purchase_money", condition=Q(goods__gt=0, freight__gte=0)),
        ]

    def __str__(self) -> str:
        return self.order_number or str(self.supplier)

    @property
    def total(self) -> int:
        """What it costs, brought here, in rupiah."""
        return self.goods + self.freight


class PurchaseLine(models.Model):
    """So many cartons of an offer. Its parts are units of warungs' lines and sum to `units` exactly."""

    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey(CycleOffer, on_delete=models.PROTECT, related_name="purchase_lines")
    good = models.ForeignKey(CycleGood, on_delete=models.PROTECT, related_name="purchase_lines")
    cartons = models.PositiveIntegerField(_("cartons"))
    units = models.PositiveIntegerField(_("units"))
    # Of one carton, in rupiah, PPN on top included.
    price = models.BigIntegerField(_("price"))

    class Meta:
        verbose_name = _("line of a purchase")
        verbose_name_plural = _("lines of purchases")
        ordering: ClassVar[list[str]] = ["good__product_name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="purchase_line_once", fields=["purchase", "offer"]),
            models.CheckConstraint(name="purchase_line_positive", condition=Q(cartons__gt=0, units__gt=0, price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.cartons} × {self.offer}"

    @property
    def total(self) -> int:
        """The goods alone, in rupiah."""
        return self.cartons * self.price


class PurchasePart(models.Model):
    """So many units of a purchase line are of a warung's line.

    A large cycle has a hundred thousand of them, so the database checks them in sets (migration 0004), not one by one as foreign
    keys would.
    """

    # Found by the unique rule's index.
    purchase_line = models.ForeignKey(
        PurchaseLine, on_delete=models.CASCADE, related_name="parts", db_constraint=False, db_index=False
    )
    line = models.ForeignKey(CycleLine, on_delete=models.PROTECT, related_name="parts", db_constraint=False)
    units = models.PositiveIntegerField(_("units"))

    class Meta:
        ordering: ClassVar[list[str]] = ["line"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="purchase_part_once", fields=["purchase_line", "line"]),
            models.CheckConstraint(name="purchase_part_positive", condition=Q(units__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.line_id}"


class WarungCredit(models.Model):
    """How much a warung may owe the Satker, in rupiah; without a row it pays when it gets the goods."""

    warung = models.OneToOneField("warungs.Warung", on_delete=models.PROTECT, related_name="wholesale_credit")
    most = models.BigIntegerField(_("credit limit"))
    by = models.CharField(max_length=80)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("credit of a warung")
        verbose_name_plural = _("credits of warungs")
        ordering: ClassVar[list[str]] = ["warung"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="warung_credit_not_negative", condition=Q(most__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.warung_id}: {self.most}"
