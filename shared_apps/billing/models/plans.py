"""Plans: what a region gets and what it costs. A version never changes; a subscription names the version that it agreed to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Interval(models.TextChoices):
    MONTH = "month", _("monthly")
    YEAR = "year", _("yearly")


class PlanVersion(models.Model):
    """One version of a plan, as data/plans.json has it. Prices in rupiah for a month and a year, before PPN.

    A limit of None is none. Limits are told and never enforced: nobody's sale or saving stops for one.
    """

    code = models.SlugField(max_length=30)
    version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=240, blank=True)
    # From how many kecamatan on it is the plan of a new region.
    kecamatan = models.PositiveSmallIntegerField(default=1)
    warungs = models.PositiveIntegerField(null=True)
    orders = models.PositiveIntegerField(null=True)
    storage_mb = models.PositiveIntegerField(null=True)
    monthly = models.BigIntegerField()
    yearly = models.BigIntegerField()
    trial_days = models.PositiveSmallIntegerField()
    grace_days = models.PositiveSmallIntegerField()
    offered_from = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["monthly", "code", "version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "version"], name="plan_version_once"),
            models.CheckConstraint(condition=Q(monthly__gte=0, yearly__gte=0), name="plan_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (v{self.version})"

    def price(self, interval: str) -> int:
        """Rupiah for one such interval, before PPN."""
        return self.yearly if interval == Interval.YEAR else self.monthly
