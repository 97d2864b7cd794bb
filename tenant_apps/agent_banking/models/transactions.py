"""What the bank's device did for a customer, as the agent recorded it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.models.agents import Agent
from tenant_apps.agent_banking.models.days import AgentDay
from tenant_apps.agent_banking.models.history import Event
from tenant_apps.agent_banking.models.rules import FeeRule, TransactionKind
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class AgentCustomer(models.Model):
    """A customer without a name: the last digits of a number, and what tells it from others. Its row is the lock of their limits."""

    # HMAC-SHA256 of the whole number, which nobody keeps.
    blind_index = models.CharField(max_length=64, unique=True, editable=False)
    mask = models.CharField(_("number"), max_length=12)
    first_seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # At most four digits, whoever writes.
            models.CheckConstraint(name="customer_is_masked", condition=Q(mask__regex=r"^\*{4}[0-9]{2,4}$")),
            models.CheckConstraint(
                name="customer_index_is_a_digest", condition=Q(blind_index__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return self.mask


class TransactionState(models.TextChoices):
    RECORDED = "recorded", _("recorded")
    REVERSED = "reversed", _("reversed")


class AgentTransaction(models.Model):
    """Money that passed an agent's drawer and float, in rupiah. Only its reversal changes it: the database refuses all else."""

    moves: ClassVar[Moves] = Moves(Move("reverse", (TransactionState.RECORDED,), TransactionState.REVERSED))

    number = models.CharField(_("number"), max_length=6, unique=True)
    # Made with the form: sent again, it finds its transaction.
    key = models.UUIDField(unique=True, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="transactions", db_index=False)
    day = models.ForeignKey(AgentDay, on_delete=models.PROTECT, related_name="transactions")
    kind = models.ForeignKey(TransactionKind, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(FeeRule, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(AgentCustomer, on_delete=models.PROTECT, related_name="transactions", db_index=False)
    state = models.CharField(
        max_length=8, choices=TransactionState.choices, default=TransactionState.RECORDED, editable=False
    )
    amount = models.BigIntegerField(_("amount"))
    # Of the rule, as they were then.
    fee = models.BigIntegerField(_("customer fee"))
    bank_share = models.BigIntegerField(_("the bank's share"))
    commission = models.BigIntegerField(_("commission"))
    # What the drawer and the float gained; below zero: lost.
    cash = models.BigIntegerField(_("drawer"))
    deposit = models.BigIntegerField(_("float"))
    bank = models.CharField(max_length=12)
    reference = models.CharField(_("the bank's reference"), max_length=40)
    customer_name = models.CharField(_("name"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    # When it happened, and the region's calendar day of it: limits count by that.
    at = models.DateTimeField(_("at"))
    local_day = models.DateField()
    recorded_at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    # Recorded from the bank's statement, after the fact.
    is_late = models.BooleanField(default=False)
    entry = models.OneToOneField("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    reversal_reference = models.CharField(_("the bank's reference of the reversal"), max_length=40, blank=True)
    reversal_reason = models.CharField(_("reason"), max_length=240, blank=True)
    reversal_day = models.ForeignKey(
        AgentDay, null=True, blank=True, on_delete=models.PROTECT, related_name="reversals"
    )
    reversal_entry = models.OneToOneField(
        "ledger.JournalEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("agent's transaction")
        verbose_name_plural = _("agents' transactions")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="agent_txn_of_agent", fields=["agent", "-id"]),
            # Limits add up a day or a month; the commission statement a month.
            models.Index(name="agent_txn_of_agent_day", fields=["agent", "local_day"]),
            models.Index(name="agent_txn_of_customer", fields=["customer", "local_day"]),
            # A statement's stretch of time.
            models.Index(name="agent_txn_by_time", fields=["agent", "at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="agent_txn_reference_once", fields=["bank", "reference"]),
            models.UniqueConstraint(
                name="agent_txn_reversal_once",
                fields=["bank", "reversal_reference"],
                condition=~Q(reversal_reference=""),
            ),
            models.CheckConstraint(name="agent_txn_state_known", condition=Q(state__in=TransactionState.values)),
            models.CheckConstraint(name="agent_txn_has_reference", condition=~Q(reference="")),
            models.CheckConstraint(
                name="agent_txn_amounts",
                condition=Q(amount__gt=0, fee__gte=0, bank_share__gte=0, bank_share__lte=F("fee"), commission__gte=0),
            ),
            # What the one gains the other loses; the fee alone is the difference.
            models.CheckConstraint(name="agent_txn_sides", condition=Q(fee=F("cash") + F("deposit"))),
            models.CheckConstraint(
                name="agent_txn_reversal_whole",
                condition=Q(state="recorded")
                | Q(reversal_day__isnull=False, reversal_entry__isnull=False, reversed_at__gte=F("recorded_at"))
                & ~Q(reversal_reference=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def own_fee(self) -> int:
        return self.fee - self.bank_share

    @property
    def handed(self) -> int:
        """What the customer gave or got in cash, the fee counted in: never below zero."""
        return abs(self.cash)

    @property
    def is_reversed(self) -> bool:
        return self.state == TransactionState.REVERSED

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class TransactionEvent(Event):
    """One step of a transaction."""

    transaction = models.ForeignKey(AgentTransaction, on_delete=models.PROTECT, related_name="history")
