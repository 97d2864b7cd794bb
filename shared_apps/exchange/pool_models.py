"""Joint purchase ("patungan"): several regions reach one supplier's price tier together, each with orders of its own.

Who sees what is said by migration 0006: a region reads its own pledges alone, and of the others' nothing but what the view
`exchange_poolreach` rounds (`docs/adr/0014-*`).
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models import Offer, SupplierOrganisation
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step
from tenants.models import Region


class PoolState(models.TextChoices):
    GATHERING = "gathering", _("is gathering")
    # The totals are frozen; each region sends its own order.
    CLOSED = "closed", _("closed, prices stand")
    ENDED = "ended", _("over")
    CANCELLED = "cancelled", _("cancelled")


class MemberState(models.TextChoices):
    INVITED = "invited", _("invited")
    JOINED = "joined", _("joined")
    LEFT = "left", _("left")


class Pool(models.Model):
    """Regions that order of one supplier at the tiers of what all of them pledge together until `closes_at`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    supplier = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="pools")
    host = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="hosted_pools")
    # The host's own name for it: opening again finds the same pool.
    key = models.UUIDField(editable=False)
    name = models.CharField(_("name"), max_length=120)
    closes_at = models.DateTimeField(_("closes at"))
    state = models.CharField(
        _("state"), max_length=10, choices=PoolState.choices, default=PoolState.GATHERING, editable=False
    )
    made_at = models.DateTimeField(default=clock.now)
    # These two are the database's own.
    closed_at = models.DateTimeField(null=True, editable=False)
    moved_at = models.DateTimeField(default=clock.now, editable=False)

    moves: ClassVar[Moves] = Moves(
        Move("close", (PoolState.GATHERING,), PoolState.CLOSED),
        Move("cancel", (PoolState.GATHERING,), PoolState.CANCELLED),
        Move("end", (PoolState.CLOSED,), PoolState.ENDED),
    )

    class Meta:
        verbose_name = _("joint purchase")
        verbose_name_plural = _("joint purchases")
        ordering: ClassVar[list[str]] = ["-made_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="exchange_pool_due", fields=["state", "closes_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="exchange_pool_state_known", condition=Q(state__in=PoolState.values)),
            models.UniqueConstraint(name="exchange_pool_once", fields=["host", "key"]),
        ]

    def __str__(self) -> str:
        return self.number

    def record_move(self, step: Step) -> None:
        self.history.create(region=current_region(), move=step.move, reason=step.reason, at=clock.now())


class PoolMember(models.Model):
    """A region that was invited. `region_name` is written by the database, for no region reads another's row."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="members")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="pools")
    region_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=MemberState.choices, default=MemberState.INVITED)
    invited_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="exchange_pool_member_known", condition=Q(state__in=MemberState.values)),
            models.UniqueConstraint(name="exchange_pool_member_once", fields=["pool", "region"]),
        ]

    def __str__(self) -> str:
        return self.region_name


class PoolLine(models.Model):
    """An offer whose tiers count for all together. It is one made to an area: the same offer for every region."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="pool_lines")
    # Names to be read where the offer is not: in the supplier's inbox.
    sku = models.CharField(_("SKU"), max_length=60)
    name = models.CharField(_("article"), max_length=160)
    pack_label = models.CharField(_("pack"), max_length=40)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="exchange_pool_line_once", fields=["pool", "offer"]),
        ]

    def __str__(self) -> str:
        return self.name


class PoolPledge(models.Model):
    """So many packs a region's plan buys. Replaced with each plan, never changed, and kept once the pool is closed."""

    line = models.ForeignKey(PoolLine, on_delete=models.PROTECT, related_name="pledges")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    cartons = models.PositiveIntegerField(_("packs"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="exchange_pool_pledge_once", fields=["line", "region"]),
            models.CheckConstraint(name="exchange_pool_pledge_positive", condition=Q(cartons__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.cartons} × {self.line_id}"


class PoolTotal(models.Model):
    """What was pledged of a line when its pool closed: written by the database, read by the supplier."""

    line = models.OneToOneField(PoolLine, on_delete=models.PROTECT, related_name="total")
    cartons = models.PositiveIntegerField(_("packs"))
    regions = models.PositiveIntegerField(_("regions"))
    # Where the tier begins that they reach.
    reached = models.PositiveIntegerField(_("tier from"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.cartons} × {self.line_id}"


class PoolEvent(models.Model):
    """One step of a pool. The database refuses to change or delete it."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="history")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    region_name = models.CharField(max_length=120, blank=True)
    # Who of the region it was stands in the region's own history.
    move = models.CharField(max_length=10)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.move


class PooledLine(models.Model):
    """An order's line at the tier that its pool reached. The database checks its price against the frozen total."""

    order_line = models.OneToOneField(
        "exchange.SupplierOrderLine", on_delete=models.PROTECT, primary_key=True, related_name="pooled"
    )
    line = models.ForeignKey(PoolLine, on_delete=models.PROTECT, related_name="order_lines")
    # The tier of the pool; the line's own packs may reach a later one.
    reached = models.PositiveIntegerField(_("tier from"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.order_line_id} ({self.reached})"
