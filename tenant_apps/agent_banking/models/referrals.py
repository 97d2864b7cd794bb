"""Who wants an account at the bank, and how far it is there. No money moves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.models.agents import Agent
from tenant_apps.agent_banking.models.history import Event
from tenants.kernel import clock
from tenants.kernel.moves import Move, Moves, Step


class ReferralState(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    ACTIVE = "active", _("account is active")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class AccountReferral(models.Model):
    """Somebody whom the agent sent to the bank: a name, and the end of a telephone number."""

    moves: ClassVar[Moves] = Moves(
        Move("approve", (ReferralState.SUBMITTED,), ReferralState.APPROVED),
        Move("activate", (ReferralState.APPROVED,), ReferralState.ACTIVE),
        Move("reject", (ReferralState.SUBMITTED, ReferralState.APPROVED), ReferralState.REJECTED),
        Move("withdraw", (ReferralState.SUBMITTED, ReferralState.APPROVED), ReferralState.WITHDRAWN),
    )

    number = models.CharField(_("number"), max_length=6, unique=True)
    key = models.UUIDField(unique=True, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="referrals")
    state = models.CharField(
        max_length=9, choices=ReferralState.choices, default=ReferralState.SUBMITTED, editable=False
    )
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("telephone"), max_length=12, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="referral_state_known", condition=Q(state__in=ReferralState.values)),
            models.CheckConstraint(
                name="referral_phone_is_masked", condition=Q(phone="") | Q(phone__regex=r"^\*{4}[0-9]{2,4}$")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def record_move(self, step: Step) -> None:
        self.history.create(move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason)


class ReferralEvent(Event):
    """One step of a referral."""

    referral = models.ForeignKey(AccountReferral, on_delete=models.PROTECT, related_name="history")
