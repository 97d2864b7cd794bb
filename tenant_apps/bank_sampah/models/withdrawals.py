"""What a member takes out of a book."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenant_apps.bank_sampah.models.members import SavingsBook
from tenant_apps.bank_sampah.models.units import WasteUnit
from tenants.kernel.moves import Move, Moves, Step


class Way(models.TextChoices):
    CASH = "cash", _("in cash")
    BALANCE = "balance", _("to the WARSA balance")
    TRANSFER = "transfer", _("by bank transfer")
    # Taken at a warung and paid at its kasir: never asked for.
    GOODS = "goods", _("in sembako")

    @classmethod
    def asked_for(cls) -> list[Way]:
        """The ways of a payout that somebody asks for."""
        return [way for way in cls if way != cls.GOODS]


class WithdrawalState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("payout", "asked for")
    PAID = "paid", _("paid out")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("cancelled")
    # Goods that it paid were brought back on the same day.
    REVERSED = "reversed", pgettext_lazy("payout", "taken back")


class Withdrawal(models.Model):
    """Rupiah of a book that are set aside from the moment they are asked for."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    # Made by the phone: sent again, it finds its payout.
    key = models.UUIDField(unique=True, editable=False)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    book = models.ForeignKey(SavingsBook, on_delete=models.PROTECT, related_name="withdrawals")
    way = models.CharField(_("how"), max_length=8, choices=Way.choices)
    amount = models.BigIntegerField(_("amount"))
    # Where cash is fetched, or goods were taken at a warung that has a unit.
    unit = models.ForeignKey(WasteUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawals")
    # Of a transfer: the bank and whose account; the number is told to the Satker in person, and only its end is kept.
    bank = models.CharField(_("bank"), max_length=40, blank=True)
    account_end = models.CharField(_("last four digits of the account"), max_length=4, blank=True)
    bank_reference = models.CharField(_("reference of the transfer"), max_length=60, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=WithdrawalState.choices, default=WithdrawalState.REQUESTED, editable=False
    )
    day = models.DateField(_("day"))
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    moves: ClassVar[Moves] = Moves(
        Move("pay", (WithdrawalState.REQUESTED,), WithdrawalState.PAID),
        Move("refuse", (WithdrawalState.REQUESTED,), WithdrawalState.REFUSED),
        Move("cancel", (WithdrawalState.REQUESTED,), WithdrawalState.CANCELLED),
        Move("take_back", (WithdrawalState.PAID,), WithdrawalState.REVERSED),
    )

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="withdrawal_of_book", fields=["book", "-id"]),
            models.Index(name="withdrawal_waiting", fields=["id"], condition=Q(state=WithdrawalState.REQUESTED)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="withdrawal_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="withdrawal_state_is_known", condition=Q(state__in=WithdrawalState.values)),
            models.CheckConstraint(
                name="withdrawal_way_is_whole",
                condition=Q(way=Way.CASH, unit__isnull=False, account_end="")
                | Q(way=Way.BALANCE, unit__isnull=True, account_end="")
                | Q(way=Way.GOODS, account_end="")
                | (Q(way=Way.TRANSFER, unit__isnull=True, account_end__regex=r"^[0-9]{4}$") & ~Q(bank="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        return f"withdrawal:{self.number}"

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class WithdrawalEvent(models.Model):
    """One step of a payout. The database refuses to change or delete it."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=9, blank=True)
    after = models.CharField(max_length=9, choices=WithdrawalState.choices)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
