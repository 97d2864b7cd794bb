"""What was sold over the counter, on whose credit, and how the drawer was counted in the evening."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.personal.fields import BlindIndexField, HoldsSealed, SealedField

# Of one pack on one line of a sale, and lines of one sale.
MOST_OF_A_PACK = 9_999
MOST_LINES = 100


class BonCustomer(HoldsSealed):
    """Somebody who may take goods now and pay later, up to a limit, at one warung. What they owe stands in the ledger."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="bon_customers")
    name = models.CharField(_("name"), max_length=120)
    phone = SealedField(_("telephone"), max_length=20, blank=True)
    phone_index = BlindIndexField(of="phone", db_default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="bons"
    )
    limit = models.BigIntegerField(_("at most"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("bon customer")
        verbose_name_plural = _("bon customers")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="bon_limit_real", condition=Q(limit__gte=0)),
            # Two people of one name are told apart by what the owner writes: "Bu Ani (RT 3)".
            models.UniqueConstraint(
                name="bon_name_once", fields=["warung", "name"], condition=Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def book(self) -> str:
        """The book of the warung in which their debt stands."""
        return f"bon:{self.pk}"


class SaleState(models.TextChoices):
    DONE = "done", _("sold")
    VOIDED = "voided", _("sale taken back")


class CounterSale(models.Model):
    """Goods that went over the counter, and how they were paid. Only taking it back changes it."""

    # Made by the phone that sold: sent again, it finds its sale.
    public_id = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=6, unique=True)
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="counter_sales")
    customer = models.ForeignKey(BonCustomer, null=True, blank=True, on_delete=models.PROTECT, related_name="sales")
    state = models.CharField(max_length=6, choices=SaleState.choices, default=SaleState.DONE, editable=False)
    by = models.CharField(max_length=80)
    # When it happened, as the phone says, and when we heard of it.
    at = models.DateTimeField(_("sold"))
    received_at = models.DateTimeField(default=clock.now)
    # The day in whose closing it is counted.
    day = models.DateField(_("day"))
    total = models.BigIntegerField(_("total"))
    cash = models.BigIntegerField(_("cash"), default=0)
    qris = models.BigIntegerField(_("QRIS"), default=0)
    bon = models.BigIntegerField(_("bon"), default=0)
    # From savings that the region keeps for somebody: see `tenant_apps/payments/sources.py`.
    savings = models.BigIntegerField(_("savings"), default=0, db_default=0)
    cash_received = models.BigIntegerField(_("cash received"), default=0)
    change = models.BigIntegerField(_("change"), default=0)
    # Of everything that was sent: the same key with other content is another sale.
    content = models.CharField(max_length=64, editable=False)
    entry = models.OneToOneField("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    # More was sold than the books knew of; the owner looks at the shelf.
    short = models.BooleanField(_("sold uncounted"), default=False)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=80, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.CharField(max_length=80, blank=True)
    void_reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("counter sale")
        verbose_name_plural = _("counter sales")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="sale_of_day", fields=["warung", "day", "-id"]),
            # Charts ask for a stretch of time.
            models.Index(name="sale_by_time", fields=["warung", "at"]),
            models.Index(name="sale_to_review", fields=["warung"], condition=Q(short=True, reviewed_at=None)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="sale_state_known", condition=Q(state__in=SaleState.values)),
            models.CheckConstraint(name="sale_worth_something", condition=Q(total__gt=0)),
            # What was paid is what it costs.
            models.CheckConstraint(
                name="sale_tenders_are_the_sum",
                condition=Q(
                    cash__gte=0,
                    qris__gte=0,
                    bon__gte=0,
                    savings__gte=0,
                    total=F("cash") + F("qris") + F("bon") + F("savings"),
                ),
            ),
            models.CheckConstraint(
                name="sale_change_right",
                condition=Q(change__gte=0, cash_received=F("cash") + F("change")) & (Q(cash__gt=0) | Q(change=0)),
            ),
            models.CheckConstraint(name="sale_bon_has_customer", condition=Q(bon=0) | Q(customer__isnull=False)),
            models.CheckConstraint(
                name="sale_void_has_reason",
                condition=Q(state=SaleState.DONE, voided_at=None)
                | (Q(state=SaleState.VOIDED, voided_at__isnull=False) & ~Q(void_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        return f"sale:{self.public_id}"


class CounterSaleLine(models.Model):
    """So many of a pack, as it was called and as it cost then."""

    sale = models.ForeignKey(CounterSale, on_delete=models.PROTECT, related_name="lines")
    pack = models.ForeignKey("catalog.Pack", null=True, on_delete=models.SET_NULL, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    product_name = models.CharField(_("product"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    # Of one pack, in base units.
    base_quantity = models.BigIntegerField()
    quantity = models.BigIntegerField(_("quantity"))
    price = models.BigIntegerField(_("price"))
    market_price = models.BigIntegerField(_("market price"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="sale_line_amount",
                condition=Q(price__gt=0, base_quantity__gt=0, quantity__gt=0, amount=F("quantity") * F("price")),
            ),
            models.CheckConstraint(name="sale_line_bounded", condition=Q(quantity__lte=MOST_OF_A_PACK)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name}"


class SaleShortfall(models.Model):
    """Base units of a product that were sold although the books knew of none: the owner counts the shelf."""

    sale = models.ForeignKey(CounterSale, on_delete=models.PROTECT, related_name="shortfalls")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="shortfall_once", fields=["sale", "product"]),
            models.CheckConstraint(name="shortfall_real", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.quantity}"


class DayState(models.TextChoices):
    OPEN = "open", _("open")
    COUNTED = "counted", _("counted")
    CLOSED = "closed", _("closed")


class CashDay(models.Model):
    """A day of the drawer: what lay in it in the morning, and what was counted against the books in the evening."""

    moves: ClassVar[Moves] = Moves(
        Move("count", (DayState.OPEN,), DayState.COUNTED),
        Move("recount", (DayState.COUNTED,), DayState.OPEN),
        Move("close", (DayState.COUNTED,), DayState.CLOSED),
    )

    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="cash_days")
    day = models.DateField(_("day"))
    state = models.CharField(max_length=7, choices=DayState.choices, default=DayState.OPEN, editable=False)
    opening = models.BigIntegerField(_("in the drawer at opening"))
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.CharField(max_length=80)
    # By the books at the moment of counting; `difference` is counted − expected.
    expected = models.BigIntegerField(_("expected"), null=True, blank=True)
    counted = models.BigIntegerField(_("counted"), null=True, blank=True)
    # How many of each note and coin: {"100000": 3, …}; empty when only the sum was written down.
    pieces = models.JSONField(default=dict, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    entry = models.OneToOneField(
        "ledger.JournalEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("day of the drawer")
        verbose_name_plural = _("days of the drawer")
        ordering: ClassVar[list[str]] = ["-day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cash_day_once", fields=["warung", "day"]),
            # One drawer: the next day begins when this one is closed.
            models.UniqueConstraint(
                name="cash_day_one_at_work", fields=["warung"], condition=~Q(state=DayState.CLOSED)
            ),
            models.CheckConstraint(name="cash_day_state_known", condition=Q(state__in=DayState.values)),
            models.CheckConstraint(name="cash_day_opening_real", condition=Q(opening__gte=0)),
            models.CheckConstraint(
                name="cash_day_counted",
                condition=Q(state=DayState.OPEN) | Q(counted__gte=0, expected__isnull=False, counted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cash_day_closed_explained",
                condition=~Q(state=DayState.CLOSED)
                | (Q(closed_at__isnull=False) & (Q(counted=F("expected")) | ~Q(reason=""))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warung}: {self.day}"

    @property
    def difference(self) -> int | None:
        """Below zero: money is missing."""
        return None if self.counted is None or self.expected is None else self.counted - self.expected

    def record_move(self, step: Step) -> None:
        self.events.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=clock.now()
        )


class CashDayEvent(models.Model):
    """One step of a day."""

    day = models.ForeignKey(CashDay, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=10)
    before = models.CharField(max_length=7)
    after = models.CharField(max_length=7)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class CashMoveKind(models.TextChoices):
    BANK = "bank", _("brought to the bank")
    PURCHASE = "purchase", _("goods bought")
    TAKEN = "taken", _("taken by the owner")
    CAPITAL = "capital", _("put in by the owner")


class CashMove(models.Model):
    """Money that went out of the drawer, or into it, without a sale."""

    public_id = models.UUIDField(unique=True, editable=False)
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="cash_moves")
    kind = models.CharField(max_length=8, choices=CashMoveKind.choices)
    amount = models.BigIntegerField(_("amount"))
    note = models.CharField(_("note"), max_length=240, blank=True)
    day = models.DateField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    entry = models.OneToOneField("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="cash_move_of_day", fields=["warung", "day"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="cash_move_real", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="cash_move_kind_known", condition=Q(kind__in=CashMoveKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount}"

    @property
    def goes_in(self) -> bool:
        return self.kind == CashMoveKind.CAPITAL
