"""Figures of official areas: an area, what lies right below it, its days, its regions. Constant numbers of queries.

Sums over kecamatan are made when they are asked for: there are 7,300 in the country, so no area can ever have more. Days are
another matter; those of regencies and above are summed up beforehand (`summing.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Left

from shared_apps.operations.board import STALE_AFTER
from shared_apps.operations.figures import AreaDay, AreaTarget, DistrictDay, DistrictFigures, Target
from shared_apps.operations.targets import targets_in_force
from shared_apps.regions.models import Area
from shared_apps.regions.selectors import path_of
from tenants.kernel import clock
from tenants.models import Region, RegionStatus

# How long the codes of each depth are: country, province, regency, kecamatan.
LENGTHS = (0, 2, 5, 8)
COUNTRY = "Indonesia"


@dataclass(frozen=True, slots=True)
class Figures:
    """What an area has. `None` where nobody told; money in rupiah."""

    code: str
    name: str
    regions: int = 0
    stale: int = 0
    warungs: int | None = None
    trainees: int | None = None
    orders: int = 0
    gmv: int = 0
    targets: dict[str, int] = field(default_factory=dict)

    @property
    def warungs_wanted(self) -> int | None:
        return self.targets.get(Target.WARUNGS)

    @property
    def trainees_wanted(self) -> int | None:
        return self.targets.get(Target.TRAINEES)

    @property
    def warungs_share(self) -> int | None:
        """Percent of the target; None where there is none."""
        return 100 * (self.warungs or 0) // self.warungs_wanted if self.warungs_wanted else None

    @property
    def trainees_share(self) -> int | None:
        if not self.trainees_wanted or self.trainees is None:
            return None
        return 100 * self.trainees // self.trainees_wanted


@dataclass(frozen=True, slots=True)
class AreaPage:
    """An area with what lies right below it."""

    area: Area | None
    figures: Figures
    path: str
    # From the largest inwards, without the area itself.
    around: list[Area]
    children: list[Figures]

    @property
    def code(self) -> str:
        return self.area.code if self.area else ""


def area_page(area: Area | None) -> AreaPage:
    """The area, or the whole country, with its figures and those of its children. Five queries."""
    code = area.code if area else ""
    depth = LENGTHS.index(len(code))
    names = _names_below(code) if depth < len(LENGTHS) - 1 else {}
    targets = targets_in_force([code, *names], clock.today())
    name = area.name if area else COUNTRY
    whole = _figures(_inside(code).aggregate(**_sums()), code, name, targets)
    children: list[Figures] = []
    if names:
        rows = (
            _inside(code).annotate(area=Left("code", LENGTHS[depth + 1])).order_by().values("area").annotate(**_sums())
        )
        told: dict[str, dict[str, Any]] = {row["area"]: {**row} for row in rows}
        children = [_figures(told.get(one, {}), one, called, targets) for one, called in names.items()]
    around = _around(area)
    return AreaPage(area, whole, path_of(area) if area else COUNTRY, around, children)


def regions_in(code: str) -> QuerySet[Any, Any]:
    """Regions with something in the area, and their figures inside of it alone; the largest first."""
    rows = _inside(code).order_by().values("region__public_id", "region__name", "region__status")
    return rows.annotate(
        warungs_sum=Sum("warungs"),
        orders_sum=Sum("orders_30d"),
        gmv_sum=Sum("gmv_30d"),
        measured=Max("region__rollup__measured_at"),
        last_order=Max("region__rollup__last_order_at"),
    ).order_by("-gmv_sum", "-warungs_sum", "region__name")


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    warungs: int | None
    orders: int
    gmv: int


def days_of_area(code: str, days: int) -> list[Day]:
    """The area's last so many days, oldest first; days of which nothing is known are left out. One query."""
    since = clock.today() - timedelta(days=days - 1)
    if len(code) <= 5:
        rows = AreaDay.objects.filter(code=code, day__gte=since).order_by("day")
        return [Day(row.day, row.warungs, row.orders, row.gmv) for row in rows]
    return _summed(DistrictDay.objects.filter(code=code, day__gte=since))


def days_of_region(region: Region, days: int) -> list[Day]:
    """The same of a region, over all its kecamatan."""
    since = clock.today() - timedelta(days=days - 1)
    return _summed(DistrictDay.objects.filter(region=region, day__gte=since))


def _summed(rows: QuerySet[DistrictDay]) -> list[Day]:
    told = rows.order_by("day").values_list("day").annotate(Sum("warungs"), Sum("orders"), Sum("gmv"))
    return [Day(day, warungs, int(orders), int(gmv)) for day, warungs, orders, gmv in told]


def _inside(code: str) -> QuerySet[DistrictFigures]:
    rows = DistrictFigures.objects.exclude(region__status=RegionStatus.CLOSED)
    return rows.filter(_below(code)) if code else rows


def _sums() -> dict[str, Any]:
    return {
        "regions": Count("region", distinct=True),
        "silent": Count("region", distinct=True, filter=_stale(clock.now())),
        "warungs_sum": Sum("warungs"),
        "trainees_sum": Sum("trainees"),
        "orders_sum": Sum("orders_30d"),
        "gmv_sum": Sum("gmv_30d"),
    }


def _stale(now: datetime) -> Q:
    late = Q(region__rollup__measured_at=None) | Q(region__rollup__measured_at__lt=now - STALE_AFTER)
    return late & Q(region__status=RegionStatus.READY)


def _figures(row: dict[str, Any], code: str, name: str, targets: dict[str, dict[str, int]]) -> Figures:
    return Figures(
        code=code,
        name=name,
        regions=row.get("regions") or 0,
        stale=row.get("silent") or 0,
        warungs=_number(row.get("warungs_sum")),
        trainees=_number(row.get("trainees_sum")),
        orders=_number(row.get("orders_sum")) or 0,
        gmv=_number(row.get("gmv_sum")) or 0,
        targets=targets.get(code, {}),
    )


def _number(value: Any) -> int | None:
    # The database sums bigint as numeric.
    return None if value is None else int(value)


def _names_below(code: str) -> dict[str, str]:
    rows = Area.objects.filter(parent_id=code or None, retired_on__isnull=True).order_by("code")
    return dict(rows.values_list("code", "name"))


def _around(area: Area | None) -> list[Area]:
    found: list[Area] = []
    step = area.parent if area else None
    while step is not None:
        found.insert(0, step)
        step = step.parent
    return found


@dataclass(frozen=True, slots=True)
class Progress:
    """A target with what there is of it. `counts` is whether it is the one in force."""

    target: AreaTarget
    area: str
    there: int | None
    counts: bool

    @property
    def share(self) -> int | None:
        return None if self.there is None else 100 * self.there // self.target.amount


def progress_of(rows: Iterable[AreaTarget]) -> list[Progress]:
    """Targets with the names of their areas and what is there now, in three queries for all."""
    listed = list(rows)
    codes = {row.area_code for row in listed}
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    in_force = targets_in_force(codes, clock.today())
    # All of them in one pass.
    sums = {f"row_{place}": Sum(row.measure, filter=_below(row.area_code)) for place, row in enumerate(listed)}
    told = _inside("").aggregate(**sums) if sums else {}
    today = clock.today()
    return [
        Progress(
            row,
            names.get(row.area_code, row.area_code),
            _number(told[f"row_{place}"]),
            in_force.get(row.area_code, {}).get(row.measure) == row.amount and row.valid_from <= today,
        )
        for place, row in enumerate(listed)
    ]


def _below(code: str) -> Q:
    # A kecamatan itself has nothing below it that tells figures.
    return Q(code__startswith=f"{code}." if len(code) < LENGTHS[-1] else code)
