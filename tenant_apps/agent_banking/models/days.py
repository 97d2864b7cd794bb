"""A day of an agent: what drawer and float were in the morning, and what was counted in the evening."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.models.agents import Agent
from tenant_apps.agent_banking.models.history import Event
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class DayState(models.TextChoices):
    OPEN = "open", _("open")
    COUNTED = "counted", _("counted")
    CLOSED = "closed", _("closed")


class AgentDay(models.Model):
    """Rupiah throughout. A closed one is never changed: the database refuses it."""

    moves: ClassVar[Moves] = Moves(
        Move("count", (DayState.OPEN,), DayState.COUNTED),
        Move("recount", (DayState.COUNTED,), DayState.OPEN),
        Move("close", (DayState.COUNTED,), DayState.CLOSED),
    )

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="days")
    day = models.DateField(_("day"))
    state = models.CharField(max_length=7, choices=DayState.choices, default=DayState.OPEN, editable=False)
    opening_cash = models.BigIntegerField(_("in the drawer at opening"))
    opening_float = models.BigIntegerField(_("float at opening"))
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.CharField(max_length=80)
    # By the books at the moment of counting.
    expected_cash = models.BigIntegerField(null=True, blank=True)
    expected_float = models.BigIntegerField(null=True, blank=True)
    counted_cash = models.BigIntegerField(_("counted in the drawer"), null=True, blank=True)
    # What the bank's device shows.
    shown_float = models.BigIntegerField(_("float on the device"), null=True, blank=True)
    # How many of each note and coin: {"100000": 3, …}; empty when only the sum was written down.
    pieces = models.JSONField(default=dict, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    counted_by = models.CharField(max_length=80, blank=True)
    # As the rule was when it was counted.
    tolerance = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    reason_by = models.CharField(max_length=80, blank=True)
    # Who answers for the difference; empty where there is none.
    approved_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(
        "ledger.JournalEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("agent's day")
        verbose_name_plural = _("agents' days")
        ordering: ClassVar[list[str]] = ["-day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="agent_day_once", fields=["agent", "day"]),
            models.UniqueConstraint(
                name="agent_day_one_at_work", fields=["agent"], condition=~Q(state=DayState.CLOSED)
            ),
            models.CheckConstraint(name="agent_day_state_known", condition=Q(state__in=DayState.values)),
            models.CheckConstraint(
                name="agent_day_counted",
                condition=Q(state=DayState.OPEN)
                | Q(
                    counted_cash__gte=0,
                    shown_float__gte=0,
                    expected_cash__isnull=False,
                    expected_float__isnull=False,
                    counted_at__isnull=False,
                    tolerance__gte=0,
                )
                & ~Q(counted_by=""),
            ),
            # A difference has a reason; one beyond the tolerance has somebody who answers for it and did not count.
            models.CheckConstraint(
                name="agent_day_closed_explained",
                condition=~Q(state=DayState.CLOSED)
                | Q(closed_at__isnull=False)
                & (
                    Q(counted_cash=F("expected_cash"), shown_float=F("expected_float"))
                    | ~Q(reason="")
                    & (
                        ~Q(approved_by="") & ~Q(approved_by=F("counted_by"))
                        | Q(
                            counted_cash__gte=F("expected_cash") - F("tolerance"),
                            counted_cash__lte=F("expected_cash") + F("tolerance"),
                            shown_float__gte=F("expected_float") - F("tolerance"),
                            shown_float__lte=F("expected_float") + F("tolerance"),
                        )
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.day}"

    @property
    def cash_difference(self) -> int:
        """Below zero: cash is missing. 0 before it is counted."""
        return 0 if self.counted_cash is None else self.counted_cash - (self.expected_cash or 0)

    @property
    def float_difference(self) -> int:
        return 0 if self.shown_float is None else self.shown_float - (self.expected_float or 0)

    @property
    def differs(self) -> bool:
        return bool(self.cash_difference or self.float_difference)

    @property
    def needs_approval(self) -> bool:
        """Whether the difference of drawer or float is beyond the tolerance. They are not set off against each other:
        a transaction that nobody recorded leaves two large ones.
        """
        return max(abs(self.cash_difference), abs(self.float_difference)) > (self.tolerance or 0)

    @property
    def waits_for_approval(self) -> bool:
        return self.state == DayState.COUNTED and self.needs_approval and bool(self.reason)

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class AgentDayEvent(Event):
    """One step of a day."""

    day = models.ForeignKey(AgentDay, on_delete=models.PROTECT, related_name="history")
