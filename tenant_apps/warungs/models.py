"""The neighbourhood shops: who runs them, where they are and when they are open."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from shared_apps.regions.models import Area
from tenants.kernel.moves import Move, Moves, Step


class WarungState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    OPEN = "open", _("open")
    PAUSED = "paused", _("on a break")
    CLOSED = "closed", _("closed for good")


class Kind(models.TextChoices):
    WARUNG = "warung", _("warung")
    # The Satker's own stand: people order ahead, for a day of delivery.
    FRESH = "fresh", _("Fresh Food")


class Warung(models.Model):
    """One shop. Only an OPEN one takes orders: a warung within its opening hours, a Fresh Food stand before its cut-off."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address on the site"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("kind"), max_length=6, choices=Kind.choices, default=Kind.WARUNG, db_default=Kind.WARUNG.value
    )
    # Nobody, until the invited owner has accepted; a stand is run by the people of the Satker.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="warungs",
    )
    village_code = models.CharField(_("kelurahan"), max_length=13, db_index=True)
    rw = models.PositiveSmallIntegerField(_("RW"), null=True, blank=True)
    rt = models.PositiveSmallIntegerField(_("RT"), null=True, blank=True)
    address = models.CharField(_("street and number"), max_length=240, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    delivers = models.BooleanField(_("delivers"), default=False)
    pickup = models.BooleanField(_("pick-up"), default=True)
    delivery_fee = models.BigIntegerField(_("delivery fee"), default=0)
    # Rupiah of goods from which it delivers, where no zone says otherwise.
    minimum_order = models.BigIntegerField(_("delivers from"), default=0, db_default=0)
    state = models.CharField(
        _("state"), max_length=8, choices=WarungState.choices, default=WarungState.DRAFT, editable=False
    )
    note = models.CharField(_("note for customers"), max_length=240, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    moves: ClassVar[Moves] = Moves(
        Move("open", (WarungState.DRAFT, WarungState.PAUSED), WarungState.OPEN),
        Move("pause", (WarungState.OPEN,), WarungState.PAUSED),
        Move("close", (WarungState.DRAFT, WarungState.OPEN, WarungState.PAUSED), WarungState.CLOSED),
    )

    class Meta:
        verbose_name = _("warung")
        verbose_name_plural = _("warungs")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="warung_state_known", condition=Q(state__in=WarungState.values)),
            models.CheckConstraint(name="warung_fee_not_negative", condition=Q(delivery_fee__gte=0)),
            models.CheckConstraint(name="warung_minimum_not_negative", condition=Q(minimum_order__gte=0)),
            models.CheckConstraint(name="warung_kind_known", condition=Q(kind__in=Kind.values)),
            # A shop that neither delivers nor hands over has no way to fill an order.
            models.CheckConstraint(name="warung_reaches_customers", condition=Q(delivers=True) | Q(pickup=True)),
            # An RT is part of an RW.
            models.CheckConstraint(name="warung_rt_has_rw", condition=Q(rt__isnull=True) | Q(rw__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def village_name(self) -> str:
        """The kelurahan in which it is; a query, unless it was read along."""
        return Area.objects.filter(code=self.village_code).values_list("name", flat=True).first() or ""

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class WarungStaff(models.Model):
    """Somebody who stands at the counter besides the owner."""

    warung = models.ForeignKey(Warung, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="staff_once", fields=["warung", "user"]),
        ]

    def __str__(self) -> str:
        return f"{self.warung}: {self.user}"


class WarungHistory(models.Model):
    """One move of a warung."""

    warung = models.ForeignKey(Warung, on_delete=models.CASCADE, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=8)
    after = models.CharField(max_length=8)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """Open from `opens` until `closes`, in the region's time; a `closes` not after `opens` lies on the next day."""

    warung = models.ForeignKey(Warung, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering: ClassVar[list[str]] = ["weekday", "opens"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="hours_once", fields=["warung", "weekday", "opens"]),
            models.CheckConstraint(name="hours_weekday_known", condition=Q(weekday__lte=6)),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H.%M}–{self.closes:%H.%M}"


class PreorderTerms(models.Model):
    """How a Fresh Food stand takes orders from a day on: until `cutoff`, `lead_days` before one of its `weekdays`."""

    warung = models.ForeignKey(Warung, on_delete=models.CASCADE, related_name="terms")
    # Delivery days before this one follow the terms of before.
    valid_from = models.DateField(_("valid from"))
    cutoff = models.TimeField(_("orders until"))
    lead_days = models.PositiveSmallIntegerField(_("days before delivery"))
    # "0,3": Monday and Thursday.
    weekdays = models.CharField(_("delivery days"), max_length=13)

    class Meta:
        ordering: ClassVar[list[str]] = ["valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="terms_once", fields=["warung", "valid_from"]),
            models.CheckConstraint(name="terms_lead_sensible", condition=Q(lead_days__lte=7)),
            # A stand that never delivers takes no orders: it pauses instead.
            models.CheckConstraint(name="terms_on_some_day", condition=~Q(weekdays="")),
        ]

    def __str__(self) -> str:
        return f"{self.warung}: {self.weekdays}"

    @property
    def days(self) -> frozenset[int]:
        return frozenset(int(day) for day in self.weekdays.split(","))


class DeliveryZone(models.Model):
    """Where the warung brings goods, and for how much. Without any zone it delivers everywhere for its own fee."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    warung = models.ForeignKey(Warung, on_delete=models.CASCADE, related_name="zones")
    village_code = models.CharField(_("kelurahan"), max_length=13)
    # One RW, or the whole kelurahan; the RW counts where both are there.
    rw = models.PositiveSmallIntegerField(_("RW"), null=True, blank=True)
    fee = models.BigIntegerField(_("delivery fee"))
    minimum_order = models.BigIntegerField(_("delivers from"), default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["village_code", "rw"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="zone_once", fields=["warung", "village_code", "rw"], nulls_distinct=False),
            models.CheckConstraint(name="zone_not_negative", condition=Q(fee__gte=0, minimum_order__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.village_code} {self.rw or ''}"


class DeliverySlot(models.Model):
    """A part of a weekday in which the warung brings goods, to so many customers."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    warung = models.ForeignKey(Warung, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    capacity = models.PositiveSmallIntegerField(_("orders at most"))

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "starts"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="slot_once", fields=["warung", "weekday", "starts"]),
            models.CheckConstraint(name="slot_lasts", condition=Q(ends__gt=models.F("starts"))),
            models.CheckConstraint(name="slot_takes_somebody", condition=Q(capacity__gte=1, weekday__lte=6)),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H.%M}–{self.ends:%H.%M}"


class Neighbourhood(models.Model):
    """An RW of a kelurahan and how many RT it has. RW 0 stands for a kelurahan whose RW nobody has entered yet."""

    village_code = models.CharField(_("kelurahan"), max_length=13)
    rw = models.PositiveSmallIntegerField(_("RW"), default=0)
    rt_count = models.PositiveSmallIntegerField(_("number of RT"), default=0)

    class Meta:
        verbose_name = _("neighbourhood")
        verbose_name_plural = _("neighbourhoods")
        ordering: ClassVar[list[str]] = ["village_code", "rw"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="neighbourhood_once", fields=["village_code", "rw"]),
        ]

    def __str__(self) -> str:
        return f"{self.village_code} RW {self.rw:02}"
