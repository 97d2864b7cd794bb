"""The regions' table: filtered, sorted and paged by the database, in a number of queries that does not grow with the fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, Func, IntegerField, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.http import urlencode

from shared_apps.operations.figures import RegionRollup, Target
from shared_apps.operations.places import AREA_CODE
from shared_apps.operations.targets import targets_in_force
from shared_apps.regions.models import Area
from tenants.fleet.models import Drift, ParkedRegion
from tenants.kernel import clock
from tenants.kernel.cells import Cell
from tenants.models import Domain, Region, RegionStatus
from tenants.schemas.release import current_version

# Longer than any name or address; the rest is nobody's.
LONGEST_TEXT = 80
# Three pushes that did not come.
STALE_AFTER = timedelta(minutes=15)
VERSIONS = ("current", "behind", "parked")
BACKUPS = timedelta(days=2)
# What may stand in `sort`, and the column it means; a minus before it turns it round.
SORTS = {
    "name": "name",
    "status": "status",
    "area": "rollup__area_code",
    "warungs": "rollup__warungs",
    "orders": "rollup__orders_30d",
    "gmv": "rollup__gmv_30d",
    "last_order": "rollup__last_order_at",
    "errors": "rollup__errors_24h",
    "queue": "rollup__queue_depth",
    "storage": "rollup__storage_bytes",
    "backup": "rollup__backup_at",
    "proof": "rollup__restore_proof_at",
    "measured": "rollup__measured_at",
    "opened": "ready_at",
    "plan": "rollup__plan",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for. Made by `filter_of`, which drops what makes no sense."""

    text: str = ""
    status: str = ""
    plan: str = ""
    version: str = ""
    stale: bool = False
    drift: bool = False
    backup: bool = False
    area: str = ""
    sort: str = ""

    @property
    def query(self) -> str:
        """The filter as the address of the page has it."""
        told = {
            "q": self.text,
            "status": self.status,
            "plan": self.plan,
            "version": self.version,
            "stale": "1" if self.stale else "",
            "drift": "1" if self.drift else "",
            "backup": "1" if self.backup else "",
            "area": self.area,
            "sort": self.sort,
        }
        return urlencode({name: value for name, value in told.items() if value})

    @property
    def narrows(self) -> bool:
        return replace(self, sort="") != Filter()

    def with_(self, **changes: Any) -> str:
        """The address of the same filter with something else."""
        return f"?{replace(self, **changes).query}"


def filter_of(asked: QueryDict) -> Filter:
    """What the address asks for; anything unknown is as if it were not there."""
    status, version, area = (asked.get(name, "") for name in ("status", "version", "area"))
    sort = asked.get("sort", "")
    return Filter(
        text=_clean(asked.get("q", "")),
        status=status if status in RegionStatus.values else "",
        plan=_clean(asked.get("plan", "")),
        version=version if version in VERSIONS else "",
        stale=asked.get("stale") == "1",
        drift=asked.get("drift") == "1",
        backup=asked.get("backup") == "1",
        area=area if AREA_CODE.fullmatch(area) else "",
        sort=sort if sort.removeprefix("-") in SORTS else "",
    )


def regions_by(asked: Filter) -> QuerySet[Region]:
    """Regions that fit, in the order that is asked for; the newest first where none is."""
    rows: QuerySet[Region] = Region.objects.all()
    if asked.text:
        at_address = Domain.objects.filter(tenant=OuterRef("pk"), domain__contains=asked.text.lower())
        rows = rows.filter(Q(name__icontains=asked.text) | Exists(at_address))
    if asked.status:
        rows = rows.filter(status=asked.status)
    if asked.plan:
        rows = rows.filter(rollup__plan=asked.plan)
    if asked.version == "current":
        rows = rows.filter(schema_version=current_version())
    elif asked.version == "behind":
        rows = rows.exclude(schema_version__in=["", current_version()]).exclude(status=RegionStatus.CLOSED)
    elif asked.version == "parked":
        rows = rows.filter(Exists(ParkedRegion.objects.filter(region=OuterRef("pk"))))
    if asked.stale:
        rows = rows.filter(stale_at(clock.now()), status=RegionStatus.READY)
    if asked.drift:
        rows = rows.filter(Exists(Drift.objects.filter(region=OuterRef("pk"))))
    if asked.backup:
        late = Q(rollup__backup_at=None) | Q(rollup__backup_at__lt=clock.now() - BACKUPS)
        rows = rows.filter(late, status__in=[RegionStatus.READY, RegionStatus.SUSPENDED])
    if asked.area:
        inside = Region.objects.filter(pk=OuterRef("pk"), coverage__kecamatan_code__startswith=asked.area)
        rows = rows.filter(Exists(inside))
    return rows.order_by(*_order(asked.sort))


def stale_at(now: datetime) -> Q:
    """Regions whose last push is too long ago, or never came."""
    return Q(rollup__measured_at=None) | Q(rollup__measured_at__lt=now - STALE_AFTER)


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region as the table shows it. A number that nobody told is None."""

    region: Region
    # One without any number for a region that never told any.
    rollup: RegionRollup
    area: str
    target: int | None
    # The last push, when it is too long ago for an open region; False while it is not.
    stale: datetime | bool
    version: str
    differences: int

    @property
    def share(self) -> int | None:
        """Open warungs in percent of the target."""
        if not self.target or self.rollup.warungs is None:
            return None
        return 100 * self.rollup.warungs // self.target


def with_figures(rows: QuerySet[Region]) -> QuerySet[Region]:
    """Regions with all that `rows_of` shows, in two more queries."""
    joined = rows.select_related("rollup", "parked", "drift")
    return joined.prefetch_related(Prefetch("domains", Domain.objects.order_by("-is_primary", "pk")))


def rows_of(regions: Iterable[Region]) -> list[RegionRow]:
    """Regions with the names of their areas and their targets, in two queries for all."""
    now, listed = clock.now(), list(regions)
    rollups = {region.pk: getattr(region, "rollup", None) or RegionRollup(region=region) for region in listed}
    codes = {rollup.area_code for rollup in rollups.values() if rollup.area_code}
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    targets = targets_in_force(codes, clock.today())
    return [_row(region, rollups[region.pk], names, targets, now) for region in listed]


def _row(
    region: Region,
    rollup: RegionRollup,
    names: dict[str, str],
    targets: dict[str, dict[str, int]],
    now: datetime,
) -> RegionRow:
    code = rollup.area_code
    wanted = targets.get(code, {}).get(Target.WARUNGS) if rollup.area_whole else None
    drift = getattr(region, "drift", None)
    return RegionRow(
        region,
        rollup,
        names.get(code, ""),
        wanted,
        _stale(region, rollup, now),
        _version(region),
        drift.number if drift else 0,
    )


def _stale(region: Region, rollup: RegionRollup, now: datetime) -> datetime | bool:
    if region.status != RegionStatus.READY:
        return False
    if rollup.measured_at is None:
        return True
    return rollup.measured_at if rollup.measured_at < now - STALE_AFTER else False


def _version(region: Region) -> str:
    if getattr(region, "parked", None) is not None:
        return "parked"
    if not region.schema_version:
        return ""
    return "current" if region.schema_version == current_version() else "behind"


def _order(sort: str) -> list[Any]:
    if not sort:
        return [F("created_at").desc(), F("pk").desc()]
    column = F(SORTS[sort.removeprefix("-")])
    # What nobody told stands at the end, whichever way.
    ordered = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return [ordered, F("pk").asc()]


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_TEXT]


CSV_HEAD = (
    "region",
    "schema",
    "status",
    "area",
    "plan",
    "billing",
    "schema_version",
    "parked",
    "differences",
    "warungs",
    "orders_30d",
    "gmv_30d_rupiah",
    "last_order_at",
    "members",
    "savings_rupiah",
    "errors_24h",
    "queue_depth",
    "storage_bytes",
    "backup_at",
    "restore_proof_at",
    "restore_proof_passed",
    "measured_at",
)


def _minute(column: str) -> Func:
    """Written by the database: a moment that comes as text costs this process nothing, and there are six in a row."""
    template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')"
    return Func(F(column), template=template, output_field=CharField())


_CSV: tuple[Any, ...] = (
    "name",
    "schema_name",
    "status",
    "rollup__area_code",
    "rollup__plan",
    "rollup__billing_state",
    "schema_version",
    _minute("parked__since"),
    "drift__number",
    "rollup__warungs",
    "rollup__orders_30d",
    "rollup__gmv_30d",
    _minute("rollup__last_order_at"),
    "rollup__members",
    "rollup__savings",
    "rollup__errors_24h",
    "rollup__queue_depth",
    "rollup__storage_bytes",
    _minute("rollup__backup_at"),
    _minute("rollup__restore_proof_at"),
    Cast("rollup__restore_proof_passed", IntegerField()),
    _minute("rollup__measured_at"),
)


def csv_rows(rows: QuerySet[Region]) -> Iterator[tuple[Cell, ...]]:
    """The table with all its columns as a spreadsheet has it, head first; moments in UTC. One query."""
    yield CSV_HEAD
    yield from rows.values_list(*_CSV).iterator(chunk_size=10_000)


def plans() -> list[str]:
    """Plans that any region has, in their order. One query."""
    rows = RegionRollup.objects.exclude(plan="").order_by("plan").values_list("plan", flat=True)
    return list(rows.distinct())
