"""What slips come to, by month and by year: kept by the database with each slip, so that a report reads no slips."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.bank_sampah.models.members import Member
from tenant_apps.bank_sampah.models.types import WasteGrade
from tenant_apps.bank_sampah.models.units import WasteUnit


class UnitMonth(models.Model):
    """Slips that a unit saved in a month, without those taken back. Grams, rupiah; `month` is its first day."""

    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="months", db_index=False)
    month = models.DateField(_("month"))
    slips = models.BigIntegerField(_("slips"))
    grams = models.BigIntegerField(_("weight"))
    value = models.BigIntegerField(_("value"))
    share = models.BigIntegerField(_("committee's share"))

    class Meta:
        ordering: ClassVar[list[str]] = ["month", "unit"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The month comes first: a report asks for all units of some months.
            models.UniqueConstraint(name="unit_month_once", fields=["month", "unit"]),
            models.CheckConstraint(
                name="unit_month_not_negative", condition=Q(slips__gte=0, grams__gte=0, value__gte=0, share__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month:%Y-%m}: {self.slips}"


class GradeMonth(models.Model):
    """What of a grade a unit weighed in within a month, on slips that stand. Base units, rupiah."""

    unit = models.ForeignKey(WasteUnit, on_delete=models.PROTECT, related_name="grade_months", db_index=False)
    grade = models.ForeignKey(WasteGrade, on_delete=models.PROTECT, related_name="months", db_index=False)
    month = models.DateField(_("month"))
    quantity = models.BigIntegerField(_("quantity"))
    value = models.BigIntegerField(_("value"))

    class Meta:
        ordering: ClassVar[list[str]] = ["month", "unit", "grade"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="grade_month_once", fields=["month", "unit", "grade"]),
            models.CheckConstraint(name="grade_month_not_negative", condition=Q(quantity__gte=0, value__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.grade_id} {self.month:%Y-%m}: {self.quantity}"


class MemberYear(models.Model):
    """How many slips of a member stand in a calendar year. Whoever has one brought something: people are counted once, exactly."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="years", db_index=False)
    year = models.PositiveSmallIntegerField(_("year"))
    slips = models.BigIntegerField(_("slips"))

    class Meta:
        ordering: ClassVar[list[str]] = ["year", "member"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="member_year_once", fields=["year", "member"]),
            models.CheckConstraint(name="member_year_not_negative", condition=Q(slips__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year}: {self.slips}"


class EarlierSlips(models.Model):
    """How far the slips that were there before the sums are counted in; no row where there were none.

    Slips up to `done` are in the sums, those from there to `until` not yet, and all later ones are from the beginning. The database
    counts slips in when `done` moves, and lets it move forward alone.
    """

    until = models.BigIntegerField()
    done = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="earlier_slips_within", condition=Q(done__gte=0, done__lte=F("until"))),
        ]

    def __str__(self) -> str:
        return f"{self.done}/{self.until}"
