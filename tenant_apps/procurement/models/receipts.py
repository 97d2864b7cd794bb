"""Goods that the Satker got, as the supplier's paper says."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.procurement.models.restocks import MOST_OF_A_PACK
from tenants.kernel.units import BaseUnit


class GoodsReceipt(models.Model):
    """Goods that the Satker got from a supplier. `total` is the sum of its lines, in rupiah."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    satker = models.ForeignKey("satker.Satker", on_delete=models.PROTECT, related_name="goods_receipts")
    key = models.UUIDField(unique=True, editable=False)
    supplier = models.CharField(_("supplier"), max_length=120)
    # What the supplier's own paper says.
    supplier_reference = models.CharField(_("number on the supplier's paper"), max_length=60, blank=True)
    received_on = models.DateField(_("day of receipt"))
    note = models.CharField(_("note"), max_length=240, blank=True)
    total = models.BigIntegerField(_("cost"))
    by = models.CharField(max_length=80)
    written_at = models.DateTimeField(_("written down at"))

    class Meta:
        verbose_name = _("goods receipt")
        verbose_name_plural = _("goods receipts")
        ordering: ClassVar[list[str]] = ["-received_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A gift costs nothing; nobody is paid for taking goods.
            models.CheckConstraint(name="receipt_total_not_negative", condition=Q(total__gte=0)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How stock names this receipt."""
        return f"receipt:{self.number}"


class GoodsReceiptLine(models.Model):
    """So many packs of a receipt. The database refuses to change it: the stock has moved."""

    receipt = models.ForeignKey(GoodsReceipt, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="receipt_lines")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="receipt_lines")
    product_name = models.CharField(_("product"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    base_unit = models.CharField(max_length=3, choices=BaseUnit.choices)
    # Of one pack.
    base_quantity = models.BigIntegerField()
    quantity = models.PositiveIntegerField(_("packs"))
    # Of one pack, in rupiah.
    cost = models.BigIntegerField(_("cost"))

    class Meta:
        verbose_name = _("receipt line")
        verbose_name_plural = _("receipt lines")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="receipt_line_positive",
                condition=Q(quantity__gt=0, quantity__lte=MOST_OF_A_PACK, base_quantity__gt=0, cost__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name} {self.pack_label}"

    @property
    def total(self) -> int:
        """What the line cost, in rupiah."""
        return self.quantity * self.cost
