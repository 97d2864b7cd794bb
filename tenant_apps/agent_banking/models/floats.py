"""Money that moves between drawer, float, the owner, the bank and the Satker, without a customer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.models.agents import Agent
from tenant_apps.agent_banking.models.history import Event
from tenants.files import RegionStorage
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class MoveKind(models.TextChoices):
    OWNER_TO_FLOAT = "owner_to_float", _("float topped up by the owner")
    FLOAT_TO_OWNER = "float_to_owner", _("taken from the float by the owner")
    OWNER_TO_CASH = "owner_to_cash", _("put into the drawer by the owner")
    CASH_TO_OWNER = "cash_to_owner", _("taken from the drawer by the owner")
    CASH_TO_BANK = "cash_to_bank", _("cash brought to the bank, onto the float")
    BANK_TO_CASH = "bank_to_cash", _("cash fetched at the bank, from the float")
    SATKER_TO_FLOAT = "satker_to_float", _("float topped up by the Satker")
    FLOAT_TO_SATKER = "float_to_satker", _("float sent to the Satker")
    CASH_TO_SATKER = "cash_to_satker", _("cash brought to the Satker")
    SATKER_TO_CASH = "satker_to_cash", _("cash fetched at the Satker")
    SHARE_TO_BANK = "share_to_bank", _("the bank took its share of fees")
    COMMISSION_CAME = "commission_came", _("the bank paid commission")

    @property
    def with_satker(self) -> bool:
        """Whether the Satker is a party, and so confirms."""
        return "satker" in self.value

    @property
    def needs_reference(self) -> bool:
        """Whether the bank's books show it, under a reference."""
        return "float" in self.value or "bank" in self.value or self.value == "commission_came"


class MoveState(models.TextChoices):
    SUBMITTED = "submitted", _("waits for the Satker")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class FloatMove(models.Model):
    """So many rupiah moved. What goes to the Satker leaves at once and is on the way until it is confirmed there."""

    moves: ClassVar[Moves] = Moves(
        Move("confirm", (MoveState.SUBMITTED,), MoveState.CONFIRMED),
        Move("refuse", (MoveState.SUBMITTED,), MoveState.REFUSED),
        Move("withdraw", (MoveState.SUBMITTED,), MoveState.WITHDRAWN),
    )

    number = models.CharField(_("number"), max_length=6, unique=True)
    key = models.UUIDField(unique=True, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="float_moves", db_index=False)
    kind = models.CharField(_("what moves"), max_length=15, choices=MoveKind.choices)
    state = models.CharField(max_length=9, choices=MoveState.choices, default=MoveState.SUBMITTED, editable=False)
    amount = models.BigIntegerField(_("amount"))
    bank = models.CharField(max_length=12)
    reference = models.CharField(_("the bank's reference"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    document = models.FileField(_("photo of the slip"), storage=RegionStorage(), upload_to="agents", blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("move of cash and float")
        verbose_name_plural = _("moves of cash and float")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="float_move_of_agent", fields=["agent", "-id"]),
            models.Index(name="float_move_waiting", fields=["at"], condition=Q(state="submitted")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="float_move_kind_known", condition=Q(kind__in=MoveKind.values)),
            models.CheckConstraint(name="float_move_state_known", condition=Q(state__in=MoveState.values)),
            models.CheckConstraint(name="float_move_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="float_move_settled_by_somebody",
                condition=Q(state="submitted") | (Q(settled_at__isnull=False) & ~Q(settled_by="")),
            ),
            # One that was refused may be sent again with the same slip.
            models.UniqueConstraint(
                name="float_move_reference_once",
                fields=["bank", "reference"],
                condition=~Q(reference="") & Q(state__in=["submitted", "confirmed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class FloatMoveEvent(Event):
    """One step of a move."""

    float_move = models.ForeignKey(FloatMove, on_delete=models.PROTECT, related_name="history")
