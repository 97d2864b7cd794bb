"""What the bank says of an agent, line by line, and what of it does not fit."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.models.agents import Agent
from tenant_apps.agent_banking.models.floats import FloatMove
from tenant_apps.agent_banking.models.history import Event
from tenant_apps.agent_banking.models.transactions import AgentTransaction
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class StatementState(models.TextChoices):
    DRAFT = "draft", _("to be looked at")
    APPLIED = "applied", _("compared")
    DROPPED = "dropped", _("dropped")


class BankStatement(models.Model):
    """A file of the bank, kept once. Private numbers in it were masked before; the hash is of the file as it came."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="statements")
    digest = models.CharField(max_length=64, editable=False)
    file_name = models.CharField(_("file"), max_length=160)
    # The table as read: {"head": […], "rows": [[number, […]], …]}.
    table = models.JSONField()
    # Which column is what, by place; remembered for the bank's next one.
    columns = models.JSONField(default=list)
    state = models.CharField(max_length=7, choices=StatementState.choices, default=StatementState.DRAFT)
    since = models.DateTimeField(_("from"), null=True, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="statement_state_known", condition=Q(state__in=StatementState.values)),
            # A file that was dropped may come again.
            models.UniqueConstraint(
                name="statement_once", fields=["agent", "digest"], condition=~Q(state=StatementState.DROPPED)
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class LineState(models.TextChoices):
    MATCHED = "matched", _("agrees")
    KNOWN = "known", _("known from an earlier statement")
    EXCEPTION = "exception", _("does not fit")


class StatementLine(models.Model):
    """One line of the bank, and what of ours it is. The database refuses to change it."""

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField(_("line"))
    at = models.DateTimeField(null=True, blank=True)
    # Without a time of day only the day is known.
    has_time = models.BooleanField(default=True)
    reference = models.CharField(max_length=40, blank=True)
    kind_text = models.CharField(max_length=80, blank=True)
    amount = models.BigIntegerField()
    # 1 where the float grew, -1 where it shrank, 0 where the line does not tell.
    direction = models.SmallIntegerField(default=0)
    fee = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=LineState.choices)
    by_reference = models.BooleanField(default=False)
    transaction = models.ForeignKey(
        AgentTransaction, null=True, blank=True, on_delete=models.PROTECT, related_name="statement_lines"
    )
    float_move = models.ForeignKey(
        FloatMove, null=True, blank=True, on_delete=models.PROTECT, related_name="statement_lines"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["statement", "number"]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="statement_line_ref", fields=["reference"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="statement_line_once", fields=["statement", "number"]),
            models.CheckConstraint(name="statement_line_state_known", condition=Q(state__in=LineState.values)),
            models.CheckConstraint(name="statement_line_amount", condition=Q(amount__gte=0, direction__in=[-1, 0, 1])),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.reference}"


class ExceptionKind(models.TextChoices):
    MISSING_HERE = "missing_here", _("not recorded here")
    MISSING_AT_BANK = "missing_at_bank", _("not known to the bank")
    OTHER_AMOUNT = "other_amount", _("another amount")
    FEE_DIFFERS = "fee_differs", _("another fee")
    DOUBLED = "doubled", _("twice in the statement")


class ExceptionState(models.TextChoices):
    OPEN = "open", _("to be worked off")
    RESOLVED = "resolved", _("done")


class Resolution(models.TextChoices):
    NOTED = "noted", _("explained")
    ENTERED = "entered", _("recorded late")
    REVERSED = "reversed", _("reversed")


class StatementException(models.Model):
    """Something on which the bank and WARSA do not agree, until somebody has worked it off."""

    moves: ClassVar[Moves] = Moves(
        Move("resolve", (ExceptionState.OPEN,), ExceptionState.RESOLVED),
        Move("reopen", (ExceptionState.RESOLVED,), ExceptionState.OPEN),
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="exceptions")
    kind = models.CharField(max_length=15, choices=ExceptionKind.choices)
    line = models.ForeignKey(StatementLine, null=True, blank=True, on_delete=models.PROTECT, related_name="exceptions")
    transaction = models.ForeignKey(
        AgentTransaction, null=True, blank=True, on_delete=models.PROTECT, related_name="exceptions"
    )
    state = models.CharField(max_length=8, choices=ExceptionState.choices, default=ExceptionState.OPEN, editable=False)
    resolution = models.CharField(max_length=8, choices=Resolution.choices, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="exception_once", fields=["statement", "kind", "line", "transaction"], nulls_distinct=False
            ),
            models.CheckConstraint(name="exception_kind_known", condition=Q(kind__in=ExceptionKind.values)),
            models.CheckConstraint(name="exception_state_known", condition=Q(state__in=ExceptionState.values)),
            models.CheckConstraint(
                name="exception_of_something", condition=Q(line__isnull=False) | Q(transaction__isnull=False)
            ),
            models.CheckConstraint(
                name="exception_resolved_how",
                condition=Q(state="open") | ~Q(resolution=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.line_id or ''}"

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class ExceptionEvent(Event):
    """One step of an exception."""

    exception = models.ForeignKey(StatementException, on_delete=models.PROTECT, related_name="history")
