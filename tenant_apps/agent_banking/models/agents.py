"""A warung that serves bank customers, and the papers that it registered with."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.models.history import Event
from tenants.files import RegionStorage
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step

BANK = "BNI"


class AgentState(models.TextChoices):
    APPLIED = "applied", _("asks to become one")
    REFUSED = "refused", _("refused")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    ENDED = "ended", _("ended")


class Agent(models.Model):
    """A warung as an agent of a bank. Its row is the lock between everything that moves its drawer and float."""

    moves: ClassVar[Moves] = Moves(
        Move("approve", (AgentState.APPLIED,), AgentState.ACTIVE),
        Move("refuse", (AgentState.APPLIED,), AgentState.REFUSED),
        Move("apply_again", (AgentState.REFUSED,), AgentState.APPLIED),
        Move("suspend", (AgentState.ACTIVE,), AgentState.SUSPENDED),
        Move("resume", (AgentState.SUSPENDED,), AgentState.ACTIVE),
        Move("end", (AgentState.ACTIVE, AgentState.SUSPENDED), AgentState.ENDED),
    )

    number = models.CharField(_("number"), max_length=6, unique=True)
    warung = models.OneToOneField("warungs.Warung", on_delete=models.PROTECT, related_name="agent")
    state = models.CharField(
        _("state"), max_length=9, choices=AgentState.choices, default=AgentState.APPLIED, editable=False
    )
    bank = models.CharField(_("bank"), max_length=12, default=BANK)
    # What the bank calls the agent; known from the approval on.
    bank_number = models.CharField(_("the bank's agent number"), max_length=32, blank=True)
    # Rupiah: a float below, and a drawer above, is an alert; 0 asks for none.
    float_low = models.BigIntegerField(_("alert when the float is below"), default=0)
    cash_high = models.BigIntegerField(_("alert when the drawer is above"), default=0)
    applied_by = models.CharField(max_length=80)
    applied_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering: ClassVar[list[str]] = ["warung__name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="agent_state_known", condition=Q(state__in=AgentState.values)),
            models.CheckConstraint(name="agent_marks_real", condition=Q(float_low__gte=0, cash_high__gte=0)),
            models.UniqueConstraint(
                name="agent_bank_number_once", fields=["bank", "bank_number"], condition=~Q(bank_number="")
            ),
            models.CheckConstraint(
                name="agent_at_work_is_known_to_bank",
                condition=Q(state__in=["applied", "refused"]) | ~Q(bank_number=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_at_work(self) -> bool:
        return self.state == AgentState.ACTIVE

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class AgentEvent(Event):
    """One step of an agent."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="history")


class DocumentKind(models.TextChoices):
    AGREEMENT = "agreement", _("agreement with the bank")
    IDENTITY = "identity", _("identity card of the owner")
    BUSINESS = "business", _("business licence or letter of the kelurahan")
    PLACE = "place", _("photo of the warung")
    OTHER = "other", _("other paper")


class AgentDocument(models.Model):
    """A paper that the agent registered with, as a photo. The database refuses to change or delete it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind of paper"), max_length=9, choices=DocumentKind.choices)
    file = models.FileField(storage=RegionStorage(), upload_to="agents")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="agent_document_kind_known", condition=Q(kind__in=DocumentKind.values)),
        ]

    def __str__(self) -> str:
        return self.kind
