"""A way to the market: what is to be bought, what was bought and paid, what came back. Quantities are base units."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.files import RegionStorage
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.kernel.units import BaseUnit


class TripState(models.TextChoices):
    OPEN = "open", _("to be started")
    BUYING = "buying", _("at the market")
    BACK = "back", _("weighed in")
    DISTRIBUTED = "distributed", _("shared out")
    SETTLED = "settled", _("settled")
    CANCELLED = "cancelled", _("cancelled")


class MarketTrip(models.Model):
    """What was pre-ordered at a stand for one day, bought in one go by one person with cash in hand."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    stand = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="market_trips")
    satker = models.ForeignKey("satker.Satker", on_delete=models.PROTECT, related_name="market_trips")
    for_day = models.DateField(_("for the day"))
    # As the terms were at the cut-off.
    market = models.CharField(_("market"), max_length=120)
    margin_percent = models.PositiveSmallIntegerField(_("margin"))
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="market_trips"
    )
    state = models.CharField(
        _("state"), max_length=11, choices=TripState.choices, default=TripState.OPEN, editable=False
    )
    # Sum of the cash that the buyer was given, and what carrying and parking cost. Rupiah.
    advance = models.BigIntegerField(_("cash advance"), default=0)
    transport = models.BigIntegerField(_("transport"), default=0)
    made_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    moves: ClassVar[Moves] = Moves(
        Move("start", (TripState.OPEN,), TripState.BUYING),
        Move("come_back", (TripState.BUYING,), TripState.BACK),
        Move("distribute", (TripState.BACK,), TripState.DISTRIBUTED),
        Move("settle", (TripState.DISTRIBUTED,), TripState.SETTLED),
        Move("cancel", (TripState.OPEN, TripState.BUYING), TripState.CANCELLED),
    )

    class Meta:
        verbose_name = _("market trip")
        verbose_name_plural = _("market trips")
        ordering: ClassVar[list[str]] = ["-for_day", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="trip_state_known", condition=Q(state__in=TripState.values)),
            # The cut-off comes once, however often it is asked for.
            models.UniqueConstraint(name="trip_once_a_day", fields=["stand", "for_day"]),
            models.CheckConstraint(name="trip_money_not_negative", condition=Q(advance__gte=0, transport__gte=0)),
            models.CheckConstraint(
                name="trip_has_buyer", condition=Q(state__in=["open", "cancelled"]) | Q(buyer__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How stock and ledger name this trip."""
        return f"trip:{self.number}"

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=self.moved_at
        )


class WayReason(models.TextChoices):
    """Why less came back than was bought."""

    DRIED = "dried", _("dried out")
    SPOILED = "spoiled", _("spoiled")
    LOST = "lost", _("fell off or got lost")
    SCALES = "scales", _("the stall's scales show more")


class TripLine(models.Model):
    """One product of a trip. Prices are for `per_quantity` base units: a kilogram, a litre or a piece."""

    trip = models.ForeignKey(MarketTrip, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="trip_lines")
    product_name = models.CharField(_("product"), max_length=160)
    section = models.CharField(_("section of the market"), max_length=40)
    base_unit = models.CharField(max_length=3, choices=BaseUnit.choices)
    per_quantity = models.BigIntegerField()
    # The sum of the pre-orders at the cut-off.
    wanted = models.BigIntegerField(_("to buy"))
    # What may be paid so that the promised price still holds; what was paid the last time.
    limit_price = models.BigIntegerField(_("pay at most"))
    last_price = models.BigIntegerField(_("paid last time"), null=True, blank=True)
    absent = models.BooleanField(_("not available"), default=False)
    note = models.CharField(_("note"), max_length=240, blank=True)
    # From here on empty until the trip is back: sums of the purchases, what the scales say, and what it cost with its
    # share of the transport.
    bought = models.BigIntegerField(_("bought"), null=True, blank=True)
    paid = models.BigIntegerField(_("paid"), null=True, blank=True)
    received = models.BigIntegerField(_("received"), null=True, blank=True)
    way_reason = models.CharField(_("reason"), max_length=8, choices=WayReason.choices, blank=True)
    cost = models.BigIntegerField(_("cost"), null=True, blank=True)
    # Of what was received: thrown away or cleaned off since, and promised to the pre-orders as a whole.
    shrunk = models.BigIntegerField(_("shrink"), default=0)
    held = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["section", "product_name", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            # What was paid the last time, and how a product went over time.
            models.Index(name="trip_line_of_product", fields=["product", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="trip_line_once", fields=["trip", "product"]),
            models.CheckConstraint(
                name="trip_line_positive", condition=Q(wanted__gt=0, per_quantity__gt=0, limit_price__gte=0)
            ),
            models.CheckConstraint(
                name="trip_line_back_whole",
                condition=Q(bought__isnull=True, paid__isnull=True, received__isnull=True, cost__isnull=True)
                | Q(bought__gte=0, paid__gte=0, received__gte=0, cost__gte=F("paid")),
            ),
            models.CheckConstraint(
                name="trip_line_shrinks_within",
                condition=Q(received__isnull=True, shrunk=0, held=0)
                | Q(shrunk__gte=0, held__gte=0, received__gte=F("shrunk") + F("held")),
            ),
        ]

    def __str__(self) -> str:
        return self.product_name

    @property
    def lost_on_the_way(self) -> int:
        """Below zero where our scales show more than the stall's."""
        return (self.bought or 0) - (self.received or 0)

    @property
    def paid_price(self) -> int | None:
        """What was paid for `per_quantity`, rounded down."""
        return self.paid * self.per_quantity // self.bought if self.bought and self.paid is not None else None

    @property
    def landed_price(self) -> int | None:
        """What `per_quantity` of what came cost, with transport, rounded up."""
        return -(-self.cost * self.per_quantity // self.received) if self.received and self.cost is not None else None


class StallPurchase(models.Model):
    """Bought at one stall. The database refuses to change it; one that `drops` another takes it back, with negative numbers."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey(TripLine, on_delete=models.PROTECT, related_name="purchases")
    # Made by the phone: what is sent twice is written once.
    key = models.UUIDField(unique=True, editable=False)
    quantity = models.BigIntegerField(_("bought"))
    paid = models.BigIntegerField(_("paid"))
    seller = models.CharField(_("seller"), max_length=80, blank=True)
    over_reason = models.CharField(_("why above the limit"), max_length=240, blank=True)
    photo = models.FileField(storage=RegionStorage(), upload_to="receipts", blank=True)
    drops = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="dropped_by")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="stall_purchase_signed",
                condition=Q(drops__isnull=True, quantity__gt=0, paid__gte=0)
                | Q(drops__isnull=False, quantity__lt=0, paid__lte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} / {self.paid}"


class CashAdvance(models.Model):
    """Cash that the buyer was given for a trip. The database refuses to change it."""

    trip = models.ForeignKey(MarketTrip, on_delete=models.PROTECT, related_name="advances")
    key = models.UUIDField(unique=True, editable=False)
    amount = models.BigIntegerField(_("amount"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="advance_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class ShrinkReason(models.TextChoices):
    """Why goods that came are no more. Each is a word of `stock.reasons`."""

    SPOILED = "spoiled", _("spoiled")
    CLEANED = "cleaned", _("cleaned and trimmed")
    BROKEN = "broken", _("broken")


class Shrinkage(models.Model):
    """Goods of a trip that were thrown away or cleaned off at the stand. The database refuses to change it."""

    line = models.ForeignKey(TripLine, on_delete=models.PROTECT, related_name="shrinkages")
    key = models.UUIDField(unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=8, choices=ShrinkReason.choices)
    quantity = models.BigIntegerField(_("quantity"))
    note = models.CharField(_("note"), max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="shrinkage_positive", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.quantity}"


class TripEvent(models.Model):
    """One step of a trip. The database refuses to change or delete it."""

    trip = models.ForeignKey(MarketTrip, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=11, blank=True)
    after = models.CharField(max_length=11, choices=TripState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
