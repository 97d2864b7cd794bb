"""When a unit comes by, who asked for it, and the round of one day."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenant_apps.bank_sampah.models.deposits import Deposit
from tenant_apps.bank_sampah.models.members import Member
from tenant_apps.bank_sampah.models.types import Group
from tenant_apps.bank_sampah.models.units import WasteUnit
from tenant_apps.warungs.models import Weekday
from tenants.kernel.moves import Move, Moves, Step


class Every(models.TextChoices):
    WEEK = "week", _("every week")
    OTHER = "other", _("every other week")
    FIRST_THIRD = "first3", _("the first and third of the month")


class CollectionRule(models.Model):
    """A unit comes by on a weekday. `places`: 100 × RW + RT, with 0 for all RTs of an RW; none means everywhere."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="collection_rules")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    every = models.CharField(_("how often"), max_length=6, choices=Every.choices, default=Every.WEEK)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    places = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("where"))
    valid_from = models.DateField(_("valid from"))
    # The last day on which it holds; empty while nobody ended it.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("collection day")
        verbose_name_plural = _("collection days")
        ordering: ClassVar[list[str]] = ["weekday", "starts", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="collection_rule_lasts", condition=Q(ends__gt=F("starts"), weekday__lte=6)),
            models.CheckConstraint(name="collection_rule_every_known", condition=Q(every__in=Every.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H.%M}–{self.ends:%H.%M}"


class CollectionException(models.Model):
    """On this day the unit does not come, whatever its rules say."""

    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="collection_exceptions")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=240)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("day without collection")
        verbose_name_plural = _("days without collection")
        ordering: ClassVar[list[str]] = ["day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="collection_exception_once", fields=["unit", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.reason}"


class CollectionRound(models.Model):
    """The people of a unit set off, once a day."""

    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="collection_rounds")
    day = models.DateField(_("day"))
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering: ClassVar[list[str]] = ["-day", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="collection_round_once", fields=["unit", "day"]),
            models.CheckConstraint(
                name="collection_round_ends_after", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.day}"


class Load(models.TextChoices):
    """Roughly how much, so that the right cart comes."""

    BAG = "bag", _("a bag")
    SACK = "sack", _("a sack")
    SACKS = "sacks", _("two or three sacks")
    MORE = "more", _("more than that")


class PickupState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("pick-up", "asked for")
    ON_ROUND = "on_round", _("on the round")
    COLLECTED = "collected", _("collected")
    MISSED = "missed", _("nobody there")
    REFUSED = "refused", pgettext_lazy("pick-up", "not taken")
    CANCELLED = "cancelled", pgettext_lazy("pick-up", "cancelled")


LIVE = (PickupState.ASKED, PickupState.ON_ROUND, PickupState.COLLECTED)
STOPS = (PickupState.ON_ROUND, PickupState.COLLECTED, PickupState.MISSED)


class PickupRequest(models.Model):
    """A member has waste fetched on a collection day. The place is a copy: it may be another than the member's own."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    # Made by the phone: sent again, it finds its request.
    key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="pickups")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="pickups")
    day = models.DateField(_("day"))
    rw = models.PositiveSmallIntegerField(_("RW"), null=True, blank=True)
    rt = models.PositiveSmallIntegerField(_("RT"), null=True, blank=True)
    address = models.CharField(_("street and number"), max_length=240)
    load = models.CharField(_("how much"), max_length=5, choices=Load.choices)
    groups = ArrayField(models.CharField(max_length=8, choices=Group.choices), default=list, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=PickupState.choices, default=PickupState.ASKED, editable=False
    )
    # By hand: where people moved the stop. Without it stops go by RW, RT and street.
    rank = models.PositiveIntegerField(null=True, blank=True)
    round = models.ForeignKey(
        CollectionRound, null=True, blank=True, on_delete=models.PROTECT, related_name="stops", editable=False
    )
    deposit = models.OneToOneField(
        Deposit, null=True, blank=True, on_delete=models.PROTECT, related_name="pickup", editable=False
    )
    # Why it was missed or not taken.
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    moves: ClassVar[Moves] = Moves(
        Move("set_off", (PickupState.ASKED,), PickupState.ON_ROUND),
        Move("collect", (PickupState.ON_ROUND,), PickupState.COLLECTED),
        Move("miss", (PickupState.ON_ROUND,), PickupState.MISSED),
        Move("refuse", (PickupState.ASKED, PickupState.ON_ROUND), PickupState.REFUSED),
        Move("cancel", (PickupState.ASKED,), PickupState.CANCELLED),
    )

    class Meta:
        verbose_name = _("pick-up")
        verbose_name_plural = _("pick-ups")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="pickup_of_day", fields=["unit", "day"]),
            models.Index(name="pickup_of_member", fields=["member", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="pickup_once_a_day",
                fields=["member", "day"],
                condition=Q(state__in=["asked", "on_round", "collected"]),
            ),
            models.CheckConstraint(name="pickup_state_known", condition=Q(state__in=PickupState.values)),
            models.CheckConstraint(name="pickup_load_known", condition=Q(load__in=Load.values)),
            models.CheckConstraint(name="pickup_rt_has_rw", condition=Q(rt__isnull=True) | Q(rw__isnull=False)),
            # The slip and the round are written just before the step that they belong to.
            models.CheckConstraint(
                name="pickup_collected_with_slip",
                condition=Q(deposit__isnull=False, state__in=["on_round", "collected"])
                | (Q(deposit__isnull=True) & ~Q(state="collected")),
            ),
            models.CheckConstraint(
                name="pickup_on_a_round",
                condition=Q(round__isnull=False) | Q(state__in=["asked", "cancelled", "refused"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def group_names(self) -> list[str]:
        """What it is, in people's words."""
        return [str(Group(one).label) for one in self.groups]

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class PickupEvent(models.Model):
    """One step of a pick-up. The database refuses to change or delete it."""

    pickup = models.ForeignKey(PickupRequest, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=9, blank=True)
    after = models.CharField(max_length=9, choices=PickupState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
