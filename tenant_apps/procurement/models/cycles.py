"""A restock cycle: what warungs may order together until when, and what each of them ordered."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.kernel.units import BaseUnit

# More units of one good are a typing error, not a warung's order.
MOST_UNITS = 99_999


class CycleState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    OPEN = "open", _("open for orders")
    LOCKED = "locked", _("closed, being put together")
    ORDERED = "ordered", _("ordered from suppliers")
    RECEIVING = "receiving", _("goods are coming in")
    DISTRIBUTED = "distributed", _("handed out")
    SETTLED = "settled", _("settled")
    CANCELLED = "cancelled", _("cancelled")


class BelowMinimum(models.TextChoices):
    """What becomes of goods whose supplier's smallest order is not reached; see `consolidation.Below`."""

    KEEP = "keep", _("the cycle stays open longer")
    LEAVE_OUT = "leave_out", _("they are left out, and the warungs are told")
    ELSEWHERE = "elsewhere", _("they are bought from others")


class Cycle(models.Model):
    """Warungs order together. Its plan is what consolidation made of the lines, anew each time."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    satker = models.ForeignKey("satker.Satker", on_delete=models.PROTECT, related_name="cycles")
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(
        _("state"), max_length=11, choices=CycleState.choices, default=CycleState.DRAFT, editable=False
    )
    closes_at = models.DateTimeField(_("open until"))
    deliver_on = models.DateField(_("delivery on"))
    below = models.CharField(
        _("where a supplier's smallest order is not reached"),
        max_length=9,
        choices=BelowMinimum.choices,
        default=BelowMinimum.KEEP,
    )
    # So many days after it closes the next one closes, with the same goods; empty: once.
    repeats_days = models.PositiveSmallIntegerField(_("again after so many days"), null=True, blank=True)
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    note = models.CharField(_("note for the warungs"), max_length=240, blank=True)
    # What the last consolidation said besides its purchases: {"gaps": …, "advice": …, "missed": …, "unfilled": …}.
    plan = models.JSONField(default=dict)
    # Public ids of suppliers that the Satker left out of the plan by hand.
    left_out = models.JSONField(default=list)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)

    moves: ClassVar[Moves] = Moves(
        Move("open", (CycleState.DRAFT,), CycleState.OPEN),
        Move("lock", (CycleState.OPEN,), CycleState.LOCKED),
        Move("extend", (CycleState.LOCKED,), CycleState.OPEN),
        Move("order", (CycleState.LOCKED,), CycleState.ORDERED),
        Move("receive", (CycleState.ORDERED,), CycleState.RECEIVING),
        Move("distribute", (CycleState.RECEIVING,), CycleState.DISTRIBUTED),
        Move("settle", (CycleState.DISTRIBUTED,), CycleState.SETTLED),
        Move("cancel", (CycleState.DRAFT, CycleState.OPEN, CycleState.LOCKED), CycleState.CANCELLED),
    )

    class Meta:
        verbose_name = _("restock cycle")
        verbose_name_plural = _("restock cycles")
        ordering: ClassVar[list[str]] = ["-made_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # Which are open, and which are due to be closed.
            models.Index(name="cycle_due", fields=["state", "closes_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="cycle_state_known", condition=Q(state__in=CycleState.values)),
            models.CheckConstraint(name="cycle_below_known", condition=Q(below__in=BelowMinimum.values)),
            models.CheckConstraint(
                name="cycle_repeats_sensibly", condition=Q(repeats_days=None) | Q(repeats_days__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How stock and ledger name this cycle."""
        return f"cycle:{self.number}"

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=self.moved_at
        )


class CycleEvent(models.Model):
    """One step of a cycle. The database refuses to change or delete it."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=11, blank=True)
    after = models.CharField(max_length=11, choices=CycleState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class CycleGood(models.Model):
    """What may be ordered in a cycle: a product in units of one of its buying packs, at what the warung pays for a unit."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="goods")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="cycle_goods")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="cycle_goods")
    product_name = models.CharField(_("product"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    base_unit = models.CharField(max_length=3, choices=BaseUnit.choices)
    # Of one unit.
    base_quantity = models.BigIntegerField()
    # Of one unit, in rupiah.
    price = models.BigIntegerField(_("price"))

    class Meta:
        verbose_name = _("good of a cycle")
        verbose_name_plural = _("goods of a cycle")
        ordering: ClassVar[list[str]] = ["product_name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cycle_good_once", fields=["cycle", "product"]),
            models.CheckConstraint(name="cycle_good_positive", condition=Q(base_quantity__gt=0, price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.product_name}, {self.pack_label}"


class CycleOrder(models.Model):
    """What one warung ordered in a cycle; without a warung, what the Satker takes for its own store."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="orders")
    warung = models.ForeignKey("warungs.Warung", null=True, on_delete=models.PROTECT, related_name="cycle_orders")
    # Of the last tap that was taken: the same tap again changes nothing.
    key = models.UUIDField(editable=False)
    note = models.CharField(_("note for the Satker"), max_length=240, blank=True)
    # Sum of firm units at their prices, in rupiah.
    total = models.BigIntegerField(_("total"))
    by = models.CharField(max_length=80)
    ordered_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("order in a cycle")
        verbose_name_plural = _("orders in a cycle")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cycle_order_once", fields=["cycle", "warung"]),
            models.UniqueConstraint(name="cycle_order_of_satker_once", fields=["cycle"], condition=Q(warung=None)),
            models.CheckConstraint(name="cycle_order_not_negative", condition=Q(total__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.cycle}: {self.warung or self.cycle.satker}"


class CycleLine(models.Model):
    """So many units of a good firmly, and so many more to fill a carton, at a price that no later price changes."""

    # Also in the order; here, for consolidation reads a whole cycle at once.
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="lines")
    order = models.ForeignKey(CycleOrder, on_delete=models.PROTECT, related_name="lines")
    good = models.ForeignKey(CycleGood, on_delete=models.PROTECT, related_name="lines")
    firm = models.PositiveIntegerField(_("ordered"))
    tolerance = models.PositiveIntegerField(_("at most so many more"), default=0)
    price = models.BigIntegerField(_("price"))

    class Meta:
        verbose_name = _("line of a cycle")
        verbose_name_plural = _("lines of a cycle")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cycle_line_once", fields=["order", "good"]),
            models.CheckConstraint(
                name="cycle_line_positive",
                condition=Q(firm__gt=0, firm__lte=MOST_UNITS, tolerance__lte=MOST_UNITS, price__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm} × {self.good_id}"
