"""What somebody ordered before it was bought."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.fresh_buying.models.trips import MarketTrip
from tenant_apps.orders.models import MOST_OF_A_PACK, Method
from tenant_apps.payments.models import Method as Pay
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.kernel.units import BaseUnit
from tenants.personal.fields import BlindIndexField, HoldsSealed, SealedField


class PreOrderState(models.TextChoices):
    PLACED = "placed", _("ordered")
    BUYING = "buying", _("being bought")
    READY = "ready", _("ready")
    HANDED_OVER = "handed_over", _("handed over")
    CANCELLED = "cancelled", _("cancelled")
    CALLED_OFF = "called_off", _("called off")


# Somebody waits for goods.
WAITING = (PreOrderState.PLACED, PreOrderState.BUYING, PreOrderState.READY)


class PreOrder(HoldsSealed):
    """What one person wants from a stand on a day. All money in rupiah; what it came to is known when it is handed over."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="preorders")
    stand = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="preorders")
    # The warung whose shelf it is for; empty for one's own kitchen.
    for_warung = models.ForeignKey(
        "warungs.Warung", null=True, blank=True, on_delete=models.PROTECT, related_name="fresh_preorders"
    )
    trip = models.ForeignKey(MarketTrip, null=True, blank=True, on_delete=models.PROTECT, related_name="preorders")
    state = models.CharField(
        _("state"), max_length=11, choices=PreOrderState.choices, default=PreOrderState.PLACED, editable=False
    )
    key = models.UUIDField(editable=False)
    for_day = models.DateField(_("for the day"))
    due_from = models.TimeField(_("from"), null=True, blank=True)
    due_until = models.TimeField(_("until"), null=True, blank=True)
    slot = models.ForeignKey(
        "warungs.DeliverySlot",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="preorders",
        db_index=False,
    )
    method = models.CharField(_("how it reaches the customer"), max_length=8, choices=Method.choices)
    customer_name = models.CharField(_("name"), max_length=120)
    customer_phone = SealedField(_("phone number"), max_length=16, blank=True)
    customer_phone_index = BlindIndexField(of="customer_phone", db_default="")
    village_name = models.CharField(_("kelurahan"), max_length=120, blank=True)
    rw = models.PositiveSmallIntegerField(_("RW"), null=True, blank=True)
    rt = models.PositiveSmallIntegerField(_("RT"), null=True, blank=True)
    address = models.CharField(_("street and number"), max_length=240, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    pay = models.CharField(_("way to pay"), max_length=8, choices=Pay.choices)
    # At the promised prices, and at the highest that the customer agreed to.
    goods_total = models.BigIntegerField(_("goods"))
    most_total = models.BigIntegerField(_("goods at most"))
    delivery_fee = models.BigIntegerField(_("delivery fee"), default=0)
    goods_due = models.BigIntegerField(_("goods as handed over"), null=True, blank=True)
    placed_at = models.DateTimeField(_("placed at"))
    moved_at = models.DateTimeField()

    moves: ClassVar[Moves] = Moves(
        Move("buy", (PreOrderState.PLACED,), PreOrderState.BUYING),
        Move("ready", (PreOrderState.BUYING,), PreOrderState.READY),
        Move("hand_over", (PreOrderState.READY,), PreOrderState.HANDED_OVER),
        Move("cancel", (PreOrderState.PLACED,), PreOrderState.CANCELLED),
        Move("call_off", WAITING, PreOrderState.CALLED_OFF),
    )

    class Meta:
        verbose_name = _("pre-order")
        verbose_name_plural = _("pre-orders")
        ordering: ClassVar[list[str]] = ["-placed_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="preorder_of_customer", fields=["customer", "-placed_at"]),
            # What a day's cut-off takes up, and what it may still take.
            models.Index(name="preorder_of_day", fields=["stand", "for_day"]),
            models.Index(name="preorder_of_slot", fields=["slot", "for_day"], condition=Q(slot__isnull=False)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="preorder_state_known", condition=Q(state__in=PreOrderState.values)),
            models.UniqueConstraint(name="preorder_once_per_tap", fields=["customer", "key"]),
            models.CheckConstraint(
                name="preorder_of_something",
                condition=Q(goods_total__gt=0, delivery_fee__gte=0, most_total__gte=F("goods_total")),
            ),
            # Nobody pays more than they agreed to; what it came to is known from the hand-over on.
            models.CheckConstraint(
                name="preorder_due_within",
                condition=Q(goods_due__isnull=True)
                | Q(state="handed_over", goods_due__gt=0, goods_due__lte=F("most_total")),
            ),
            models.CheckConstraint(
                name="preorder_bought_by_trip",
                condition=Q(trip__isnull=False) | ~Q(state__in=["buying", "ready", "handed_over"]),
            ),
            models.CheckConstraint(
                name="preorder_way_whole",
                condition=(Q(method=Method.DELIVERY) & ~Q(address="") & ~Q(village_name=""))
                | Q(method=Method.PICKUP, delivery_fee=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How stock, payments and ledger name this pre-order."""
        return f"preorder:{self.number}"

    @property
    def total(self) -> int:
        """What was promised, with delivery."""
        return self.goods_total + self.delivery_fee

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=self.moved_at
        )


class PreOrderLine(models.Model):
    """One kind of pack, as it was promised. Quantities after `quantity` are base units; prices are for one pack."""

    preorder = models.ForeignKey(PreOrder, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="preorder_lines")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="preorder_lines")
    product_name = models.CharField(_("product"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    base_unit = models.CharField(max_length=3, choices=BaseUnit.choices)
    base_quantity = models.BigIntegerField()
    quantity = models.PositiveIntegerField(_("packs"))
    # Promised; the highest that the customer agreed to; what the market asked, and where that was seen.
    price = models.BigIntegerField(_("price"))
    most_price = models.BigIntegerField(_("price at most"))
    market_price = models.BigIntegerField(_("market price"))
    market = models.CharField(_("market"), max_length=120)
    # Its share of what came, and what a pack costs then.
    allocated = models.BigIntegerField(_("share"), null=True, blank=True)
    price_due = models.BigIntegerField(_("price to pay"), null=True, blank=True)
    # What was handed over, and what is paid for it.
    given = models.BigIntegerField(_("handed over"), null=True, blank=True)
    due = models.BigIntegerField(_("to pay"), null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="preorder_line_once", fields=["preorder", "pack"]),
            models.CheckConstraint(
                name="preorder_line_promised",
                condition=Q(
                    base_quantity__gt=0,
                    quantity__gt=0,
                    quantity__lte=MOST_OF_A_PACK,
                    price__gt=0,
                    most_price__gte=F("price"),
                ),
            ),
            # Nobody gets more than they ordered, and nobody pays for what they did not get.
            models.CheckConstraint(
                name="preorder_line_shares",
                condition=Q(allocated__isnull=True, price_due__isnull=True)
                | Q(
                    allocated__gte=0,
                    allocated__lte=F("quantity") * F("base_quantity"),
                    price_due__gte=0,
                    price_due__lte=F("most_price"),
                ),
            ),
            models.CheckConstraint(
                name="preorder_line_paid_for_given",
                condition=Q(given__isnull=True, due__isnull=True)
                | Q(given__gte=0, given__lte=F("allocated"), due__gte=0)
                & Q(due__lte=F("price_due") * F("given") / F("base_quantity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name} {self.pack_label}"

    @property
    def ordered(self) -> int:
        """Base units."""
        return self.quantity * self.base_quantity

    @property
    def is_short(self) -> bool:
        return self.allocated is not None and self.allocated < self.ordered


class PreOrderEvent(models.Model):
    """One step of a pre-order. The database refuses to change or delete it."""

    preorder = models.ForeignKey(PreOrder, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=11, blank=True)
    after = models.CharField(max_length=11, choices=PreOrderState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
