"""Who gets what of the goods that came, on which way, and what each warung signed for."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.procurement.models.cycles import Cycle, CycleLine
from tenant_apps.procurement.models.purchases import PurchasePart
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.kernel.units import BaseUnit


class Route(models.Model):
    """One way of the lorry in a cycle."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="routes")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class RouteStop(models.Model):
    """A warung on a route; each is on one."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="stops")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="stops")
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="route_stops")
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["route__position", "position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="route_stop_once", fields=["cycle", "warung"]),
        ]

    def __str__(self) -> str:
        return f"{self.route_id}/{self.position}"


class Distribution(models.Model):
    """What had come until then is shared out. A cycle whose goods come in parts has several."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="distributions")
    number = models.PositiveSmallIntegerField(_("number"))
    key = models.UUIDField(unique=True, editable=False)
    # Why somebody got other numbers than the fair ones; empty where nobody did.
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["cycle", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="distribution_number_once", fields=["cycle", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id}/{self.number}"


class Allotment(models.Model):
    """So many units of a part in a distribution. The database refuses to change it, and looks after its part in sets (migration 0009)."""

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="allotments")
    part = models.ForeignKey(PurchasePart, on_delete=models.PROTECT, related_name="allotments", db_constraint=False)
    units = models.PositiveIntegerField(_("units"))
    # How many more (or fewer) than the fair number, by hand.
    shifted = models.IntegerField(default=0)
    # All of it, in base units; as it was weighed, for goods that are.
    base_quantity = models.BigIntegerField()
    # What the warung pays for it, in rupiah; 0 for the Satker's own.
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="allotment_once", fields=["distribution", "part"]),
            models.CheckConstraint(
                name="allotment_real",
                condition=(Q(units__gt=0, base_quantity__gt=0, amount__gte=0) | Q(units=0, base_quantity=0, amount=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.part_id}"


class HandOverState(models.TextChoices):
    PICKING = "picking", _("being put together")
    ON_THE_WAY = "on_the_way", _("on the way")
    HANDED_OVER = "handed_over", _("handed over")
    NOT_MET = "not_met", _("nobody was there")


class SignedBy(models.TextChoices):
    SIGNATURE = "signature", _("signature")
    CODE = "code", _("code from the warung's app")


class HandOver(models.Model):
    """What a warung gets of one distribution. It pays for what it signed for, and for nothing else."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="hand_overs")
    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="hand_overs")
    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="hand_overs")
    state = models.CharField(
        _("state"), max_length=11, choices=HandOverState.choices, default=HandOverState.PICKING, editable=False
    )
    # How often it was tried; each try sets the goods aside anew.
    attempt = models.PositiveSmallIntegerField(default=1)
    # Of the tap that handed it over: the same tap again changes nothing.
    key = models.UUIDField(null=True, unique=True, editable=False)
    # The owner's phone shows it, and whoever brings the goods types it.
    code = models.CharField(max_length=6)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    signed_how = models.CharField(max_length=9, choices=SignedBy.choices, blank=True)
    signed_by = models.CharField(_("name of who signs"), max_length=120, blank=True)
    # "M12 30L13 31…": a drawing of 600 × 200, letters and whole numbers alone.
    signature = models.TextField(blank=True)
    # Rupiah of what was set aside, and of what was handed over.
    planned = models.BigIntegerField(_("planned"))
    total = models.BigIntegerField(_("handed over"), default=0)
    moved_at = models.DateTimeField(default=clock.now)

    moves: ClassVar[Moves] = Moves(
        Move("load", (HandOverState.PICKING,), HandOverState.ON_THE_WAY),
        Move("hand_over", (HandOverState.PICKING, HandOverState.ON_THE_WAY), HandOverState.HANDED_OVER),
        Move("miss", (HandOverState.PICKING, HandOverState.ON_THE_WAY), HandOverState.NOT_MET),
        Move("again", (HandOverState.NOT_MET,), HandOverState.PICKING),
    )

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="hand_over_once", fields=["distribution", "warung"]),
            models.CheckConstraint(name="hand_over_state_known", condition=Q(state__in=HandOverState.values)),
            models.CheckConstraint(
                name="hand_over_pays_what_it_got", condition=Q(total__gte=0, total__lte=F("planned"))
            ),
            models.CheckConstraint(
                name="hand_over_is_signed",
                condition=~Q(state="handed_over") | (~Q(signed_by="") & ~Q(signed_how="") & Q(key__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How ledger names this hand-over."""
        return f"handover:{self.number}"

    @property
    def reference_of_try(self) -> str:
        """How stock names this try of it."""
        return f"handover:{self.number}:{self.attempt}"

    @property
    def is_ended(self) -> bool:
        return self.state in (HandOverState.HANDED_OVER, HandOverState.NOT_MET)

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=self.moved_at
        )


class HandOverLine(models.Model):
    """Units of one good in a hand-over: set aside, and then handed over or not."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(CycleLine, on_delete=models.PROTECT, related_name="hand_over_lines")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="hand_over_lines")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="hand_over_lines")
    product_name = models.CharField(_("product"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)
    base_unit = models.CharField(max_length=3, choices=BaseUnit.choices)
    units = models.PositiveIntegerField(_("units"))
    base_quantity = models.BigIntegerField()
    price = models.BigIntegerField(_("price"))
    amount = models.BigIntegerField(_("amount"))
    handed = models.PositiveIntegerField(_("handed over"), default=0)
    handed_base = models.BigIntegerField(default=0)
    handed_amount = models.BigIntegerField(_("to be paid"), default=0)
    # Why not all of it.
    reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("line of a hand-over")
        verbose_name_plural = _("lines of hand-overs")
        ordering: ClassVar[list[str]] = ["product_name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="hand_over_line_once", fields=["hand_over", "line"]),
            models.CheckConstraint(
                name="hand_over_line_shrinks",
                condition=Q(
                    units__gt=0,
                    base_quantity__gt=0,
                    amount__gte=0,
                    handed__lte=F("units"),
                    handed_base__gte=0,
                    handed_base__lte=F("base_quantity"),
                    handed_amount__gte=0,
                    handed_amount__lte=F("amount"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.product_name}"


class HandOverEvent(models.Model):
    """One step of a hand-over. The database refuses to change or delete it."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=11, blank=True)
    after = models.CharField(max_length=11, choices=HandOverState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
