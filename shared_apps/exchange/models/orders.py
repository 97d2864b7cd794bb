"""Orders between regions and suppliers: written by the region, worked on by the supplier, seen by those two alone.

Row-level security (migration 0002) shows a region's role its own rows, a supplier's role those addressed to it, and the
platform none but the trace of steps. Nothing here names a citizen.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models import SupplierOrganisation, Tax
from tenants.kernel.moves import Move, Moves, Step
from tenants.kernel.units import BaseUnit
from tenants.models import Region

# More packs of one article are a typing error, not an order.
MOST_PACKS = 999_999


class OrderState(models.TextChoices):
    SENT = "sent", _("sent")
    CHANGED = "changed", _("changed by the supplier")
    CONFIRMED = "confirmed", _("confirmed")
    SHIPPED = "shipped", _("on the way")
    RECEIVED = "received", _("received")
    INVOICED = "invoiced", _("invoiced")
    PAID = "paid", _("paid")
    REFUSED = "refused", _("refused by the supplier")
    CANCELLED = "cancelled", _("cancelled")


class Side(models.TextChoices):
    REGION = "region", _("region")
    SUPPLIER = "supplier", _("supplier")


class SupplierOrder(models.Model):
    """What a region's Satker orders from a supplier. All money in whole rupiah.

    `goods`, `tax` and `freight` are as they were ordered; what was confirmed stands in the lines.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="supplier_orders")
    supplier = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="orders")
    # The region's own name for it: sending again finds the same order.
    key = models.UUIDField(editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=OrderState.choices, default=OrderState.SENT, editable=False
    )
    cycle = models.CharField(_("cycle"), max_length=120, blank=True)
    # The Satker, as an institution.
    buyer = models.CharField(_("buyer"), max_length=160)
    buyer_address = models.CharField(_("address"), max_length=240, blank=True)
    buyer_phone = models.CharField(_("phone"), max_length=16, blank=True)
    wanted_on = models.DateField(_("wanted on"))
    promised_on = models.DateField(_("promised on"), null=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    supplier_note = models.CharField(_("the supplier's note"), max_length=240, blank=True)
    goods = models.BigIntegerField(_("goods"))
    tax = models.BigIntegerField(_("PPN on top"), default=0)
    freight = models.BigIntegerField(_("freight"), default=0)
    sent_at = models.DateTimeField(_("sent at"))
    moved_at = models.DateTimeField()

    moves: ClassVar[Moves] = Moves(
        # The supplier's.
        Move("confirm", (OrderState.SENT,), OrderState.CONFIRMED),
        Move("change", (OrderState.SENT,), OrderState.CHANGED),
        Move("refuse", (OrderState.SENT, OrderState.CHANGED), OrderState.REFUSED),
        Move("ship", (OrderState.CONFIRMED,), OrderState.SHIPPED),
        Move("invoice", (OrderState.RECEIVED,), OrderState.INVOICED),
        # The region's.
        Move("accept_change", (OrderState.CHANGED,), OrderState.CONFIRMED),
        Move("cancel", (OrderState.SENT, OrderState.CHANGED, OrderState.CONFIRMED), OrderState.CANCELLED),
        # The goods came, and nobody had said that they would.
        Move("arrive", (OrderState.CONFIRMED,), OrderState.SHIPPED),
        Move("receive", (OrderState.SHIPPED,), OrderState.RECEIVED),
        Move("pay", (OrderState.INVOICED,), OrderState.PAID),
    )

    class Meta:
        verbose_name = _("supplier order")
        verbose_name_plural = _("supplier orders")
        ordering: ClassVar[list[str]] = ["-sent_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The supplier's inbox, newest first.
            models.Index(name="exchange_inbox", fields=["supplier", "state", "-sent_at"]),
            # A region's own.
            models.Index(name="exchange_of_region", fields=["region", "-sent_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="exchange_order_state_known", condition=Q(state__in=OrderState.values)),
            models.UniqueConstraint(name="exchange_order_once", fields=["region", "key"]),
            models.CheckConstraint(name="exchange_order_money", condition=Q(goods__gt=0, tax__gte=0, freight__gte=0)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        """What was ordered, with PPN on top and freight, in rupiah."""
        return self.goods + self.tax + self.freight

    def record_move(self, step: Step) -> None:
        """The services write events themselves, for they know whose step it was."""


class SupplierOrderLine(models.Model):
    """So many packs of one version of an article, at a price that no later price changes. Quantities are packs."""

    order = models.ForeignKey(SupplierOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    # Public ids of the supplier catalogue.
    offer = models.UUIDField()
    version = models.UUIDField()
    sku = models.CharField(_("SKU"), max_length=60)
    name = models.CharField(_("article"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    base_unit = models.CharField(max_length=3, choices=BaseUnit.choices)
    # Of one pack.
    base_quantity = models.BigIntegerField()
    barcode = models.CharField(max_length=14, blank=True)
    tax = models.CharField(max_length=8, choices=Tax.choices)
    catch_weight = models.BooleanField(default=False)
    packs = models.PositiveIntegerField(_("ordered"))
    # Of one pack, in rupiah.
    price = models.BigIntegerField(_("price"))
    # What the supplier will deliver; empty until it answers.
    packs_confirmed = models.PositiveIntegerField(_("confirmed"), null=True)
    price_confirmed = models.BigIntegerField(_("confirmed price"), null=True)
    packs_shipped = models.PositiveIntegerField(_("shipped"), default=0)
    # Good and rejected ones, as the region counted them.
    packs_received = models.PositiveIntegerField(_("received"), default=0)
    packs_rejected = models.PositiveIntegerField(_("rejected"), default=0)

    class Meta:
        verbose_name = _("line of a supplier order")
        verbose_name_plural = _("lines of supplier orders")
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="exchange_line_once", fields=["order", "position"]),
            models.UniqueConstraint(name="exchange_line_offer_once", fields=["order", "offer"]),
            models.CheckConstraint(
                name="exchange_line_positive",
                condition=Q(packs__gt=0, packs__lte=MOST_PACKS, price__gt=0, base_quantity__gt=0),
            ),
            models.CheckConstraint(
                name="exchange_line_confirmed",
                condition=(Q(packs_confirmed=None) | Q(packs_confirmed__lte=F("packs")))
                & (Q(price_confirmed=None) | Q(price_confirmed__gt=0)),
            ),
            # Nothing is shipped that was not promised, and nothing comes that was not shipped.
            models.CheckConstraint(
                name="exchange_line_shipped",
                condition=Q(packs_shipped=0)
                | Q(packs_confirmed__isnull=False, packs_shipped__lte=F("packs_confirmed")),
            ),
            models.CheckConstraint(
                name="exchange_line_received", condition=Q(packs_shipped__gte=F("packs_received") + F("packs_rejected"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packs} × {self.name}"

    @property
    def packs_agreed(self) -> int:
        """What is to come as things stand."""
        return self.packs if self.packs_confirmed is None else self.packs_confirmed

    @property
    def price_agreed(self) -> int:
        """What a pack costs as things stand, in rupiah."""
        return self.price if self.price_confirmed is None else self.price_confirmed


class SupplierOrderEvent(models.Model):
    """One step of an order. The database refuses to change it, but for the moment when the region was told."""

    order = models.ForeignKey(SupplierOrder, on_delete=models.PROTECT, related_name="history")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=OrderState.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    # The caller's name for a step that may come again, as for a receipt in parts.
    key = models.UUIDField(null=True, editable=False)
    at = models.DateTimeField()
    # When the other side's region took notice; a supplier's steps wait for that.
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # Which regions are to be told of something.
            models.Index(name="exchange_untold", fields=["region"], condition=Q(told_at=None, side="supplier")),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Shipment(models.Model):
    """What the supplier sent off at once. Part deliveries are several of them. Never changed."""

    order = models.ForeignKey(SupplierOrder, on_delete=models.PROTECT, related_name="shipments")
    number = models.PositiveSmallIntegerField(_("delivery"))
    key = models.UUIDField(editable=False)
    shipped_on = models.DateField(_("sent off on"))
    reference = models.CharField(_("number on the delivery note"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="exchange_shipment_number_once", fields=["order", "number"]),
            models.UniqueConstraint(name="exchange_shipment_once", fields=["order", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.number}"


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(SupplierOrderLine, on_delete=models.PROTECT, related_name="shipped")
    packs = models.PositiveIntegerField(_("packs"))
    # What the supplier's scale said, for goods that are weighed.
    grams = models.BigIntegerField(_("weight"), null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="exchange_shipment_line_once", fields=["shipment", "line"]),
            models.CheckConstraint(
                name="exchange_shipment_line_positive", condition=Q(packs__gt=0) & (Q(grams=None) | Q(grams__gt=0))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packs} × {self.line_id}"


class InvoiceState(models.TextChoices):
    SUBMITTED = "submitted", _("waiting to be checked")
    DISPUTED = "disputed", _("disputed")
    MATCHED = "matched", _("matched")
    PAID = "paid", _("paid")


class SupplierInvoice(models.Model):
    """The supplier's bill for an order, or for a part of it. Amounts in rupiah; its lines are never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(SupplierOrder, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(_("invoice number"), max_length=60)
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"), null=True)
    goods = models.BigIntegerField(_("goods"))
    tax = models.BigIntegerField(_("PPN on top"), default=0)
    freight = models.BigIntegerField(_("freight"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=InvoiceState.choices, default=InvoiceState.SUBMITTED, editable=False
    )
    # Why the region disputes it.
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("supplier invoice")
        verbose_name_plural = _("supplier invoices")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="exchange_invoice_state_known", condition=Q(state__in=InvoiceState.values)),
            models.UniqueConstraint(name="exchange_invoice_once", fields=["order", "number"]),
            models.CheckConstraint(
                name="exchange_invoice_money", condition=Q(goods__gte=0, tax__gte=0, freight__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        """What is to be paid, in rupiah."""
        return self.goods + self.tax + self.freight


class SupplierInvoiceLine(models.Model):
    invoice = models.ForeignKey(SupplierInvoice, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(SupplierOrderLine, on_delete=models.PROTECT, related_name="invoiced")
    packs = models.PositiveIntegerField(_("packs"))
    price = models.BigIntegerField(_("price"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="exchange_invoice_line_once", fields=["invoice", "line"]),
            models.CheckConstraint(name="exchange_invoice_line_positive", condition=Q(packs__gt=0, price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.packs} × {self.line_id}"
