"""What waste is worth at a moment, and the terms that hold then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from tenant_apps.bank_sampah.models import BankTerms, Buyer, Group, WasteGrade, WastePrice, WasteUnit
from tenants.kernel import clock


def prices_for_members(unit: WasteUnit, grades: Iterable[int], at: datetime | None = None) -> dict[int, int]:
    """Rupiah for a kilogram or a piece by grade; a price of the unit comes before one for all. Grades without one are missing."""
    rows = WastePrice.objects.filter(Q(unit__isnull=True) | Q(unit=unit), buyer__isnull=True)
    return _newest(rows.order_by("grade", F("unit").asc(nulls_last=True), "-valid_from", "-pk"), grades, at)


def prices_of_buyer(buyer: Buyer, grades: Iterable[int], at: datetime | None = None) -> dict[int, int]:
    """What the buyer pays for a kilogram or a piece, by grade."""
    return _newest(WastePrice.objects.filter(buyer=buyer).order_by("grade", "-valid_from", "-pk"), grades, at)


def terms_on(at: datetime | None = None) -> BankTerms:
    """The terms that hold. Setting the waste bank up writes the first ones.

    Raises:  BankTerms.DoesNotExist.
    """
    rows = BankTerms.objects.filter(valid_from__lte=at or clock.now())
    return rows.order_by("-valid_from", "-pk")[:1].get()


def _newest(rows: QuerySet[WastePrice], grades: Iterable[int], at: datetime | None) -> dict[int, int]:
    found = rows.filter(grade__in=list(grades), valid_from__lte=at or clock.now()).distinct("grade")
    return dict(found.values_list("grade", "price"))


def taken_grades() -> list[WasteGrade]:
    """Every grade that is taken, group by group: what comes most first."""
    rows = WasteGrade.objects.filter(is_taken=True, type__is_taken=True).select_related("type")
    groups = list(Group)
    return sorted(rows, key=lambda grade: (groups.index(Group(grade.type.group)), grade.type.code, grade.pk))


@dataclass(frozen=True)
class PricedGrade:
    """A grade with what members get for a kilogram or a piece; None where nothing is set."""

    grade: WasteGrade
    price: int | None


def priced_grades(unit: WasteUnit) -> list[PricedGrade]:
    """What a unit takes, with its prices of this moment; what has no price is left out."""
    grades = taken_grades()
    prices = prices_for_members(unit, (grade.pk for grade in grades))
    return [PricedGrade(grade, prices[grade.pk]) for grade in grades if grade.pk in prices]


def all_grades() -> list[PricedGrade]:
    """Every grade, taken or not, with the region's price for members."""
    grades = list(WasteGrade.objects.select_related("type").order_by("type__code", "pk"))
    rows = WastePrice.objects.filter(unit__isnull=True, buyer__isnull=True)
    prices = _newest(rows.order_by("grade", "-valid_from", "-pk"), (grade.pk for grade in grades), None)
    return [PricedGrade(grade, prices.get(grade.pk)) for grade in grades]


def prices_over_time(grade: WasteGrade) -> QuerySet[WastePrice]:
    """All prices of a grade, of every place, newest first."""
    return WastePrice.objects.filter(grade=grade).select_related("unit", "buyer")
