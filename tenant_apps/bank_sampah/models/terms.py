"""The rules of a region's waste bank, from a moment on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock

# Basis points of the whole.
WHOLE = 10_000


class BankTerms(models.Model):
    """The newest that has begun counts. Shares in basis points, money in rupiah. The database refuses to change it."""

    valid_from = models.DateTimeField(_("from"))
    # Of the value of each slip, and of the margin of a sale, to the committee of the unit where it was weighed in.
    share_bps = models.PositiveIntegerField(_("committee's share of a slip"), default=0)
    proceeds_bps = models.PositiveIntegerField(_("committee's share of the margin"), default=0)
    # Of one payout; and of all that a member asks for in a day.
    least_payout = models.BigIntegerField(_("smallest payout"), default=10_000)
    most_a_day = models.BigIntegerField(_("most in one day"), default=2_000_000)
    # Days of the month on which a payout can be asked for, both included; the whole month without them.
    first_day = models.PositiveSmallIntegerField(_("from the day"), null=True, blank=True)
    last_day = models.PositiveSmallIntegerField(_("until the day"), null=True, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("terms of the waste bank")
        verbose_name_plural = _("terms of the waste bank")
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="bank_terms_shares", condition=Q(share_bps__lte=WHOLE, proceeds_bps__lte=WHOLE)
            ),
            models.CheckConstraint(
                name="bank_terms_payouts", condition=Q(least_payout__gt=0, most_a_day__gte=F("least_payout"))
            ),
            models.CheckConstraint(
                name="bank_terms_window",
                condition=Q(first_day__isnull=True, last_day__isnull=True)
                | Q(first_day__gte=1, last_day__lte=31, last_day__gte=F("first_day")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"
