"""Carts and orders. An order's lines copy what the customer saw, so that no later price or name changes them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.payments.models import Method as Pay
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.kernel.units import BaseUnit
from tenants.personal.fields import BlindIndexField, HoldsSealed, SealedField

# More of one pack is a typing error, not a neighbour's shopping.
MOST_OF_A_PACK = 999


class Cart(models.Model):
    """What somebody means to buy at one warung.

    `key` is the visitor's, kept in the session; for a person who is signed in it is their own public_id, so that the
    cart follows them to another phone.
    """

    key = models.UUIDField()
    warung = models.ForeignKey("warungs.Warung", on_delete=models.CASCADE, related_name="carts")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Each warung is paid and delivers by itself.
            models.UniqueConstraint(name="cart_once", fields=["key", "warung"]),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.warung}"


class CartLine(models.Model):
    """So many of a pack."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField(_("quantity"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cart_line_once", fields=["cart", "pack"]),
            # A line of nothing is no line.
            models.CheckConstraint(
                name="cart_line_quantity", condition=Q(quantity__gte=1, quantity__lte=MOST_OF_A_PACK)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.pack}"


class OrderState(models.TextChoices):
    UNPAID = "unpaid", _("waiting for the payment")
    PLACED = "placed", _("waiting for the warung")
    ACCEPTED = "accepted", _("being prepared")
    PACKED = "packed", _("ready")
    HANDED_OVER = "handed_over", _("handed over")
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")
    CALLED_OFF = "called_off", _("called off by the warung")
    EXPIRED = "expired", _("not paid in time")


# What the counter works on.
COUNTER_STATES = (OrderState.PLACED, OrderState.ACCEPTED, OrderState.PACKED)
# Goods are promised while an order is in one of these; in the others it has ended.
OPEN_STATES = (OrderState.UNPAID, *COUNTER_STATES)


class Method(models.TextChoices):
    DELIVERY = "delivery", _("delivery")
    PICKUP = "pickup", _("pick-up")


class Purchase(models.Model):
    """A belanja: what somebody ordered in one tap, one order a warung. Its state is that of its orders, and stored nowhere."""

    # What people say to each other, and what stands in its address.
    number = models.CharField(_("number"), max_length=6, unique=True)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="purchases")
    key = models.UUIDField(editable=False)
    placed_at = models.DateTimeField(_("placed at"))

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        ordering: ClassVar[list[str]] = ["-placed_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A phone sends again on a bad network: the same key must find the same purchase.
            models.UniqueConstraint(name="purchase_once_per_tap", fields=["customer", "key"]),
        ]

    def __str__(self) -> str:
        return self.number


class Order(HoldsSealed):
    """One basket of one customer at one warung. All money in rupiah.

    `goods_total` and `total` are what was ordered; `packed_goods` is what the goods came to when they were packed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What people say to each other: letters and digits that are not taken for one another.
    number = models.CharField(_("number"), max_length=6, unique=True)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(
        _("state"), max_length=11, choices=OrderState.choices, default=OrderState.PLACED, editable=False
    )
    key = models.UUIDField(editable=False)
    method = models.CharField(_("how it reaches the customer"), max_length=8, choices=Method.choices)
    customer_name = models.CharField(_("name"), max_length=120)
    customer_phone = SealedField(_("phone number"), max_length=16, blank=True)
    customer_phone_index = BlindIndexField(of="customer_phone", db_default="")
    # Where to; empty for an order that is picked up.
    village_name = models.CharField(_("kelurahan"), max_length=120, blank=True)
    rw = models.PositiveSmallIntegerField(_("RW"), null=True, blank=True)
    rt = models.PositiveSmallIntegerField(_("RT"), null=True, blank=True)
    address = models.CharField(_("street and number"), max_length=240, blank=True)
    note = models.CharField(_("note for the warung"), max_length=240, blank=True)
    # Orders of an earlier release stand alone.
    purchase = models.ForeignKey(
        Purchase, null=True, blank=True, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    pay = models.CharField(_("way to pay"), max_length=8, choices=Pay.choices, default=Pay.CASH, db_default=Pay.CASH)
    goods_total = models.BigIntegerField(_("goods"))
    # Weighed lines and lines left out; empty while nothing differs from what was ordered.
    packed_goods = models.BigIntegerField(_("goods as packed"), null=True, blank=True)
    delivery_fee = models.BigIntegerField(_("delivery fee"), default=0)
    total = models.BigIntegerField(_("total"))
    # When it comes, as it was chosen: a day, and a part of it. Empty: as soon as it is ready.
    due_on = models.DateField(_("delivery day"), null=True, blank=True)
    due_from = models.TimeField(_("from"), null=True, blank=True)
    due_until = models.TimeField(_("until"), null=True, blank=True)
    # The slot whose places are counted; its index stands in Meta.
    slot = models.ForeignKey(
        "warungs.DeliverySlot",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="orders",
        db_index=False,
    )
    # What a shared receipt's link holds; another one, or none, and the link is worth nothing.
    share = models.UUIDField(null=True, blank=True, editable=False)
    placed_at = models.DateTimeField(_("placed at"))
    # When the state last changed.
    moved_at = models.DateTimeField()

    moves: ClassVar[Moves] = Moves(
        Move("pay", (OrderState.UNPAID,), OrderState.PLACED),
        Move("expire", (OrderState.UNPAID,), OrderState.EXPIRED),
        Move("accept", (OrderState.PLACED,), OrderState.ACCEPTED),
        Move("reject", (OrderState.PLACED,), OrderState.REJECTED),
        Move("cancel", (OrderState.UNPAID, OrderState.PLACED), OrderState.CANCELLED),
        Move("pack", (OrderState.ACCEPTED,), OrderState.PACKED),
        Move("hand_over", (OrderState.PACKED,), OrderState.HANDED_OVER),
        Move("call_off", (OrderState.ACCEPTED, OrderState.PACKED), OrderState.CALLED_OFF),
    )

    class Meta:
        verbose_name = _("customer order")
        verbose_name_plural = _("customer orders")
        ordering: ClassVar[list[str]] = ["-placed_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The board: what waits at this warung.
            models.Index(name="order_of_warung", fields=["warung", "state", "-placed_at"]),
            # The customer's own orders, newest first.
            models.Index(name="order_of_customer", fields=["customer", "-placed_at"]),
            # What came since a day, for the figures of the region.
            models.Index(name="order_by_day", fields=["placed_at"]),
            # The orders of one purchase.
            models.Index(name="order_of_purchase", fields=["purchase"]),
            # How many come in a slot of a day.
            models.Index(name="order_of_slot", fields=["slot", "due_on"], condition=Q(slot__isnull=False)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="order_state_is_known", condition=Q(state__in=OrderState.values)),
            # What is packed is worth something, or the order is called off.
            models.CheckConstraint(
                name="order_packed_something", condition=Q(packed_goods__isnull=True) | Q(packed_goods__gt=0)
            ),
            # A phone sends again on a bad network: the same key must find the same order.
            models.UniqueConstraint(name="order_once_per_tap", fields=["customer", "key"]),
            # The customer pays what the lines say, and nothing else.
            models.CheckConstraint(name="order_total_adds_up", condition=Q(total=F("goods_total") + F("delivery_fee"))),
            models.CheckConstraint(name="order_of_something", condition=Q(goods_total__gt=0, delivery_fee__gte=0)),
            # Nobody can deliver to nowhere, and a pick-up is free.
            models.CheckConstraint(
                name="order_way_is_whole",
                condition=(Q(method=Method.DELIVERY) & ~Q(address="") & ~Q(village_name=""))
                | Q(method=Method.PICKUP, delivery_fee=0),
            ),
            models.CheckConstraint(name="order_rt_has_rw", condition=Q(rt__isnull=True) | Q(rw__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether its goods are promised and its customer waits."""
        return self.state in OPEN_STATES

    @property
    def is_prepaid(self) -> bool:
        """Whether the money comes before the goods."""
        return self.pay != Pay.CASH

    @property
    def goods_due(self) -> int:
        """What the goods cost: as packed, or as ordered while nothing else is known."""
        return self.goods_total if self.packed_goods is None else self.packed_goods

    @property
    def due(self) -> int:
        """What the customer pays in all."""
        return self.goods_due + self.delivery_fee

    @property
    def cash_due(self) -> int:
        """What is taken in cash at hand-over: all of it, or what weighs more than was paid for."""
        return max(self.due - self.total, 0) if self.is_prepaid else self.due

    @property
    def has_weighed(self) -> bool:
        """Whether something in it is weighed at packing."""
        return any(line.product.by_weight for line in self.lines.all())

    @property
    def has_replaceable(self) -> bool:
        """Whether something else may be put in instead of a line, and was not yet."""
        return any(line.is_replaceable for line in self.lines.all())

    @property
    def reference(self) -> str:
        """How stock, payments and ledger name this order."""
        return f"order:{self.number}"

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.events.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=self.moved_at
        )


class OrderLine(models.Model):
    """One pack of an order as the customer saw it. The database refuses to change it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="order_lines")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="order_lines")
    product_name = models.CharField(_("product"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    base_unit = models.CharField(max_length=3, choices=BaseUnit.choices)
    # Of one pack.
    base_quantity = models.BigIntegerField()
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    # Of one pack, in rupiah.
    price = models.BigIntegerField(_("price"))
    total = models.BigIntegerField(_("total"))
    # The evidence of the price guarantee: what a pack cost where, and when somebody saw it.
    market_price = models.BigIntegerField(_("market price"))
    market = models.CharField(_("market"), max_length=120)
    observed_on = models.DateField(_("seen on"))
    # The warung may put something else into the bag that costs no more.
    may_replace = models.BooleanField(_("may be replaced"), default=False, db_default=False)
    note = models.CharField(_("note"), max_length=120, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="order_line_once", fields=["order", "pack"]),
            models.CheckConstraint(name="order_line_adds_up", condition=Q(total=F("quantity") * F("price"))),
            models.CheckConstraint(
                name="order_line_positive",
                condition=Q(quantity__gte=1, quantity__lte=MOST_OF_A_PACK, price__gt=0, base_quantity__gt=0),
            ),
            # The price guarantee, as it was when the customer ordered.
            models.CheckConstraint(name="order_line_below_market", condition=Q(price__lt=F("market_price"))),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name} {self.pack_label}"

    @property
    def ordered(self) -> int:
        """Base units that were ordered; for what is weighed, the estimate."""
        return self.quantity * self.base_quantity

    @property
    def in_bag(self) -> int:
        """Base units that were packed, or are to be packed."""
        packed: PackedLine | None = getattr(self, "packed", None)
        return self.ordered if packed is None else packed.base_quantity

    @property
    def due(self) -> int:
        """What the line costs: as packed, or as ordered."""
        packed: PackedLine | None = getattr(self, "packed", None)
        return self.total if packed is None else packed.total

    @property
    def saving(self) -> int:
        """What the customer keeps on this line, against the market, as packed."""
        return self.market_price * self.in_bag // self.base_quantity - self.due

    @property
    def is_replaceable(self) -> bool:
        """Whether something else may be put in instead of it."""
        return self.may_replace and self.packed_row is None

    @property
    def ordered_base(self) -> int:
        """Base units as ordered."""
        return self.quantity * self.base_quantity

    @property
    def packed_row(self) -> PackedLine | None:
        """What was packed, where that differs."""
        return getattr(self, "packed", None)

    @property
    def total_due(self) -> int:
        """What the line costs: as packed, or as ordered."""
        row = self.packed_row
        return self.total if row is None else row.total


class PackedLine(models.Model):
    """What really went into the bag for a line, where that differs from the order. The database refuses to change it."""

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="packed")
    # In base units of the product; 0 for a line that was left out.
    base_quantity = models.BigIntegerField(_("packed quantity"))
    total = models.BigIntegerField(_("total"))
    # The line of what was put in instead.
    replaced_by = models.ForeignKey(
        OrderLine, null=True, blank=True, on_delete=models.PROTECT, related_name="stands_for", db_index=False
    )
    by = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="packed_line_not_negative", condition=Q(base_quantity__gte=0, total__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.base_quantity}"


class OrderEvent(models.Model):
    """One step of an order. The database refuses to change or delete it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=11, blank=True)
    after = models.CharField(max_length=11, choices=OrderState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class ReturnState(models.TextChoices):
    ASKED = "asked", _("waiting for the warung")
    ACCEPTED = "accepted", _("taken back")
    REFUSED = "refused", _("not taken back")


class Return(models.Model):
    """Goods of a handed over order that its customer brings back. Rupiah; the warung decides."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    state = models.CharField(
        _("state"), max_length=8, choices=ReturnState.choices, default=ReturnState.ASKED, editable=False
    )
    reason = models.CharField(_("reason"), max_length=240)
    answer = models.CharField(_("answer"), max_length=240, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)

    moves: ClassVar[Moves] = Moves(
        Move("accept", (ReturnState.ASKED,), ReturnState.ACCEPTED),
        Move("refuse", (ReturnState.ASKED,), ReturnState.REFUSED),
    )

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The warung answers one before the next is asked.
            models.UniqueConstraint(name="return_one_open", fields=["order"], condition=Q(state="asked")),
            models.CheckConstraint(name="return_state_known", condition=Q(state__in=ReturnState.values)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How stock names it."""
        return f"return:{self.number}"

    @property
    def amount(self) -> int:
        """What goes back to the customer."""
        return sum(line.amount for line in self.lines.all())

    def record_move(self, step: Step) -> None:
        """It is decided once, so the document itself is its history."""
        self.decided_by, self.decided_at, self.answer = step.by, clock.now(), step.reason
        type(self).objects.filter(pk=self.pk).update(
            decided_by=self.decided_by, decided_at=self.decided_at, answer=self.answer
        )


class ReturnLine(models.Model):
    """So much of a line comes back, in base units and rupiah."""

    document = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="returned")
    base_quantity = models.BigIntegerField()
    amount = models.BigIntegerField()
    # The goods lie on the shelf again; empty until the warung has decided.
    on_shelf = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="return_line_once", fields=["document", "line"]),
            models.CheckConstraint(name="return_line_positive", condition=Q(base_quantity__gt=0, amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.base_quantity}"


class ShopTerms(models.Model):
    """What the region has set for its shops; one row at most."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    return_days = models.PositiveSmallIntegerField(_("days to bring goods back"))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="shop_terms_only_one", condition=Q(only=True)),
            models.CheckConstraint(name="shop_terms_days_sensible", condition=Q(return_days__lte=90)),
        ]

    def __str__(self) -> str:
        return str(self.return_days)


class Favourite(models.Model):
    """A warung or a product that somebody wants to find again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    warung = models.ForeignKey("warungs.Warung", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey("catalog.Product", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="favourite_warung_once", fields=["user", "warung"]),
            models.UniqueConstraint(name="favourite_product_once", fields=["user", "product"]),
            models.CheckConstraint(
                name="favourite_of_one_thing",
                condition=Q(warung__isnull=True, product__isnull=False) | Q(warung__isnull=False, product__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.warung or self.product)
