"""Who saves, and in which books."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenant_apps.bank_sampah.models.units import WasteUnit
from tenants.kernel.moves import Move, Moves, Step
from tenants.personal.fields import BlindIndexField, HoldsSealed, SealedField


class MemberKind(models.TextChoices):
    PERSON = "person", _("person")
    FAMILY = "family", pgettext_lazy("waste bank", "family")
    GROUP = "group", pgettext_lazy("waste bank", "group")
    SCHOOL = "school", _("school or institution")


class MemberState(models.TextChoices):
    ACTIVE = "active", _("active")
    CLOSED = "closed", _("closed")


def new_card() -> str:
    """What a card's QR code says; whoever has the card is shown to the unit as its member, and nothing more."""
    return secrets.token_urlsafe(12)


class Member(HoldsSealed):
    """A nasabah. `user`: their account in the region, once they have one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    kind = models.CharField(_("kind"), max_length=6, choices=MemberKind.choices, default=MemberKind.PERSON)
    name = models.CharField(_("name"), max_length=120)
    phone = SealedField(_("telephone"), max_length=20, blank=True)
    phone_index = BlindIndexField(of="phone", db_default="")
    # The number of the identity card, where the unit was shown one: it tells two of one name apart.
    nik = SealedField(_("NIK"), max_length=16, blank=True, default="", db_default="")
    nik_index = BlindIndexField(of="nik", db_default="")
    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="members")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="waste_member"
    )
    rw = models.PositiveSmallIntegerField(_("RW"), null=True, blank=True)
    rt = models.PositiveSmallIntegerField(_("RT"), null=True, blank=True)
    address = models.CharField(_("street and number"), max_length=240, blank=True)
    card = models.CharField(max_length=16, unique=True, default=new_card, editable=False)
    # Six digits that the member alone knows: hashed, and closed for a while after wrong tries.
    pin = models.CharField(max_length=128, blank=True, editable=False)
    pin_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    pin_locked_until = models.DateTimeField(null=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=6, choices=MemberState.choices, default=MemberState.ACTIVE, editable=False
    )
    # To what is kept of them: which words, and when.
    consent_version = models.CharField(max_length=20)
    consent_at = models.DateTimeField()
    joined_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    moves: ClassVar[Moves] = Moves(
        Move("close", (MemberState.ACTIVE,), MemberState.CLOSED),
        Move("reopen", (MemberState.CLOSED,), MemberState.ACTIVE),
    )

    class Meta:
        verbose_name = _("member of the waste bank")
        verbose_name_plural = _("members of the waste bank")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="member_by_name", fields=["name", "id"]),
            models.Index(name="member_by_phone", fields=["phone_index"]),
            models.Index(name="member_of_unit_by_name", fields=["unit", "name", "id"]),
            models.Index(name="member_active_of_unit", fields=["unit"], condition=Q(state=MemberState.ACTIVE)),
            # Parts of names are found by `member_name_parts` of migration 0009, over upper(name), which is what `icontains` asks for.
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # One person has one book here; a family of one card shares it.
            models.UniqueConstraint(name="member_nik_once", fields=["nik_index"], condition=~Q(nik_index="")),
            models.CheckConstraint(name="member_kind_known", condition=Q(kind__in=MemberKind.values)),
            models.CheckConstraint(name="member_state_known", condition=Q(state__in=MemberState.values)),
            models.CheckConstraint(name="member_rt_has_rw", condition=Q(rt__isnull=True) | Q(rw__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class MemberEvent(models.Model):
    """One step of a member. The database refuses to change or delete it."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=6, blank=True)
    after = models.CharField(max_length=6, choices=MemberState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class SavingsBook(models.Model):
    """A buku tabungan; what it holds stands in the ledger. With a purpose it is paid out from `bound_until` on."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=6, unique=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="books")
    purpose = models.CharField(_("purpose"), max_length=60, blank=True)
    bound_until = models.DateField(_("paid out from"), null=True, blank=True)
    opened_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("savings book")
        verbose_name_plural = _("savings books")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # One book is free; each other has a purpose of its own.
            models.UniqueConstraint(name="savings_book_once", fields=["member", "purpose"]),
            models.CheckConstraint(
                name="savings_book_bound_for_something", condition=Q(bound_until__isnull=True) | ~Q(purpose="")
            ),
        ]

    def __str__(self) -> str:
        return self.number
