"""Who sells to regions, who works there, and where it delivers."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class SupplierState(models.TextChoices):
    REGISTERED = "registered", _("waiting to be verified")
    VERIFIED = "verified", _("verified")
    SUSPENDED = "suspended", _("suspended")
    REFUSED = "refused", _("refused")


class SupplierRole(models.TextChoices):
    # Everything, people too.
    ADMIN = "admin", _("administrator")
    # Articles, offers, price lists.
    CATALOGUE = "catalogue", _("catalogue")
    # Orders, shipments, invoices.
    ORDERS = "orders", _("orders")


def new_supplier_role() -> str:
    """A database role's name that says nothing about the supplier."""
    return f"s_{secrets.token_hex(8)}"


class SupplierOrganisation(models.Model):
    """A wholesaler, distributor or producer. It may work in its portal at once; regions see it once it is verified."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=160)
    # Nomor Induk Berusaha: 13 digits (PP 5/2021).
    nib = models.CharField(_("NIB"), max_length=13)
    # Nomor Pokok Wajib Pajak: 16 digits, or 15 of the earlier form (PMK 112/2022); a small seller may have none.
    npwp = models.CharField(_("NPWP"), max_length=16, blank=True)
    address = models.CharField(_("address"), max_length=240)
    area = models.ForeignKey("regions.Area", verbose_name=_("area"), on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(_("phone"), max_length=16)
    email = models.EmailField(_("e-mail"))
    about = models.CharField(_("about the business"), max_length=400, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=SupplierState.choices, default=SupplierState.REGISTERED, editable=False
    )
    # Rupiah of goods below which it takes no order.
    minimum_order = models.BigIntegerField(_("smallest order"), default=0)
    # Rupiah for bringing one order, however much is in it.
    order_freight = models.BigIntegerField(_("freight of an order"), default=0)
    # Whether several regions may reach its price tiers together.
    allows_pooling = models.BooleanField(_("joint purchases allowed"), default=False, db_default=False)
    # Its role in the database, by which the exchange knows whose orders these are; made when it is verified.
    db_role = models.CharField(max_length=18, unique=True, default=new_supplier_role, editable=False)
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    moved_at = models.DateTimeField(default=clock.now, editable=False)

    moves: ClassVar[Moves] = Moves(
        Move("verify", (SupplierState.REGISTERED,), SupplierState.VERIFIED),
        Move("refuse", (SupplierState.REGISTERED,), SupplierState.REFUSED),
        Move("suspend", (SupplierState.VERIFIED,), SupplierState.SUSPENDED),
        Move("restore", (SupplierState.SUSPENDED,), SupplierState.VERIFIED),
    )

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The operators' queue, who waits longest first.
            models.Index(name="supplier_queue", fields=["state", "registered_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="supplier_state_known", condition=Q(state__in=SupplierState.values)),
            models.CheckConstraint(name="supplier_nib_form", condition=Q(nib__regex=r"^[0-9]{13}$")),
            models.CheckConstraint(name="supplier_npwp_form", condition=Q(npwp="") | Q(npwp__regex=r"^[0-9]{15,16}$")),
            # One business registers once; who was refused may try again.
            models.UniqueConstraint(
                name="supplier_nib_once", fields=["nib"], condition=~Q(state=SupplierState.REFUSED.value)
            ),
            models.CheckConstraint(
                name="supplier_terms_not_negative", condition=Q(minimum_order__gte=0, order_freight__gte=0)
            ),
            models.CheckConstraint(name="supplier_role_is_generated", condition=Q(db_role__regex=r"^s_[0-9a-f]{16}$")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sells(self) -> bool:
        """Whether regions see its offers and may order."""
        return self.state == SupplierState.VERIFIED

    def record_move(self, step: Step) -> None:
        self.moved_at = clock.now()
        type(self).objects.filter(pk=self.pk).update(moved_at=self.moved_at)
        self.history.create(
            move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason, at=self.moved_at
        )


class SupplierEvent(models.Model):
    """One step of a supplier. The database refuses to change or delete it."""

    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=SupplierState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class SupplierMember(models.Model):
    """A platform account that works for a supplier, in one role."""

    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="supplier_memberships")
    role = models.CharField(_("role"), max_length=10, choices=SupplierRole.choices)
    joined_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["joined_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="supplier_member_once", fields=["organisation", "user"]),
            models.CheckConstraint(name="supplier_member_role_known", condition=Q(role__in=SupplierRole.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class SupplierInvitation(models.Model):
    """A mailed link by which somebody comes to work for a supplier; who registers it gets the first one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=10, choices=SupplierRole.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A second invitation takes the first one's place.
            models.UniqueConstraint(
                name="supplier_invitation_open_once",
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(name="supplier_invitation_role_known", condition=Q(role__in=SupplierRole.values)),
        ]

    def __str__(self) -> str:
        return self.email


class SupplierArea(models.Model):
    """An official area where the supplier delivers: a province, regency, city or kecamatan."""

    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey("regions.Area", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["area"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="supplier_area_once", fields=["organisation", "area"]),
        ]

    def __str__(self) -> str:
        return str(self.area_id)
