"""A region measures itself and writes what it found into its rows on the platform."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

from django.db import transaction
from django.db.models import Sum

from shared_apps.operations.figures import DistrictDay, DistrictFigures, RegionRollup
from shared_apps.regions.models import Area, Level
from tenants import hooks
from tenants.context import current_region, on_platform
from tenants.kernel import clock
from tenants.models import Region

log = logging.getLogger(__name__)

STOCKS = ("warungs", "trainees")
FLOWS = ("orders", "gmv")
# What the columns of a rollup are called by the hooks that measure them. `last_order_at` comes in seconds since 1970.
COUNTERS = ("members", "savings", "errors_24h", "queue_depth", "storage_bytes")
WINDOW = timedelta(days=30)
# Orders change while they are filled: of yesterday and today each time, of five weeks about once a day.
OFTEN, THOROUGH = timedelta(days=1), timedelta(days=35)
THOROUGH_EVERY = timedelta(hours=20)
# What a region tells of the time before its first push.
AT_FIRST = timedelta(days=90)


@dataclass
class Measured:
    """What the bound region found: numbers by name, and numbers by kecamatan and day."""

    at: datetime
    today: date
    since: date
    thorough: bool
    counters: dict[str, int] = field(default_factory=dict)
    # Names of day figures whose measurement worked; the columns of the others stay as they are.
    names: set[str] = field(default_factory=set)
    days: dict[tuple[str, date], dict[str, int]] = field(default_factory=dict)


def measure() -> Measured:
    """Everything that the apps of the bound region measure. One that fails is logged and keeps no other from being told.

    Called outside a transaction: the answer is written in public.
    """
    region, now = current_region(), clock.now()
    with on_platform():
        before = RegionRollup.objects.filter(region=region).values_list("thorough_at", flat=True).first()
    thorough = before is None or before < now - THOROUGH_EVERY
    today = clock.today(region.time_zone)
    back = AT_FIRST if before is None else THOROUGH if thorough else OFTEN
    found = Measured(now, today, today - back, thorough)
    asked = hooks.status_measures() | (hooks.daily_measures() if thorough else {})
    for name, ask in asked.items():
        try:
            values = ask()
        except Exception:
            log.exception("the measurement %s of %s failed", name, region.schema_name)
            continue
        found.counters |= {key: value for key, value in values.items() if isinstance(value, int)}
    for name, by_day in hooks.day_measures().items():
        try:
            told = list(by_day.measure(found.since))
        except Exception:
            log.exception("the measurement %s of %s failed", name, region.schema_name)
            continue
        found.names |= set(by_day.names)
        for one in told:
            if found.since <= one.day <= today:
                place = found.days.setdefault((one.district, one.day), {})
                place[one.name] = place.get(one.name, 0) + one.value
    return found


def write_rollup(found: Measured) -> None:
    """The bound region's rows say what was measured. Writing the same again changes nothing but the time.

    Writes:  DistrictDay, DistrictFigures, RegionRollup.
    """
    region = current_region()
    with on_platform(), transaction.atomic():
        claimed = list(region.coverage.order_by("kecamatan_code").values_list("kecamatan_code", flat=True))
        _write_days(region, found, claimed)
        rows = _write_districts(region, found, claimed)
        _write_region(region, found, claimed, rows)


def _write_days(region: Region, found: Measured, claimed: Iterable[str]) -> None:
    known = DistrictDay.objects.filter(region=region, day__gte=found.since).values_list("code", "day")
    # A day that has none any more, and today of each kecamatan, are told as well.
    keys = {*known, *found.days, *((code, found.today) for code in claimed)}
    rows = []
    for code, day in sorted(keys):
        told = found.days.get((code, day), {})
        values = {name: told.get(name, 0) for name in FLOWS if name in found.names}
        if day == found.today:
            values |= {name: told.get(name, 0) for name in STOCKS if name in found.names}
        rows.append(DistrictDay(region=region, code=code, day=day, **values))
    # A stock of an earlier day is history.
    for fields, chosen in (
        ([name for name in FLOWS if name in found.names], [row for row in rows if row.day < found.today]),
        (
            [name for name in (*FLOWS, *STOCKS) if name in found.names],
            [row for row in rows if row.day == found.today],
        ),
    ):
        if fields and chosen:
            DistrictDay.objects.bulk_create(
                chosen, update_conflicts=True, unique_fields=["region", "code", "day"], update_fields=fields
            )


def _write_districts(region: Region, found: Measured, claimed: Iterable[str]) -> list[DistrictFigures]:
    days = DistrictDay.objects.filter(region=region).order_by()
    sums = days.filter(day__gt=found.today - WINDOW).values_list("code").annotate(Sum("orders"), Sum("gmv"))
    flows = {code: (int(orders), int(gmv)) for code, orders, gmv in sums}
    stocks = {row.code: row for row in days.filter(day=found.today)}
    rows = []
    for code in sorted({*flows, *stocks, *claimed}):
        orders, gmv = flows.get(code, (0, 0))
        now = stocks.get(code)
        warungs, trainees = (now.warungs, now.trainees) if now else (None, None)
        if code in claimed or orders or warungs:
            rows.append(
                DistrictFigures(
                    region=region, code=code, warungs=warungs, trainees=trainees, orders_30d=orders, gmv_30d=gmv
                )
            )
    DistrictFigures.objects.filter(region=region).exclude(code__in=[row.code for row in rows]).delete()
    DistrictFigures.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["region", "code"],
        update_fields=["warungs", "trainees", "orders_30d", "gmv_30d"],
    )
    return rows


def _write_region(region: Region, found: Measured, claimed: list[str], rows: list[DistrictFigures]) -> None:
    values: dict[str, object] = {
        "measured_at": found.at,
        "warungs": _sum(row.warungs for row in rows),
        "trainees": _sum(row.trainees for row in rows),
        "orders_30d": sum(row.orders_30d for row in rows),
        "gmv_30d": sum(row.gmv_30d for row in rows),
        **{name: found.counters[name] for name in COUNTERS if name in found.counters},
    }
    if "last_order_at" in found.counters:
        values["last_order_at"] = datetime.fromtimestamp(found.counters["last_order_at"], UTC)
    if found.thorough:
        values["thorough_at"] = found.at
        values["area_code"], values["area_whole"] = _area_around(claimed)
    row = RegionRollup(region=region, **values)
    RegionRollup.objects.bulk_create([row], update_conflicts=True, unique_fields=["region"], update_fields=list(values))


def _area_around(claimed: list[str]) -> tuple[str, bool]:
    """The code of the smallest area around these kecamatan, and whether they are all of it."""
    if not claimed:
        return "", False
    # 16.71.10 and 16.71.11 have "16.71.1" in common, which is no area.
    first, last = min(claimed).split("."), max(claimed).split(".")
    # What the first and the last in order have in common, all between them have.
    parts = [one for one, _other in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=True))]
    code = ".".join(parts)
    if len(claimed) == 1:
        return code, True
    inside = Area.objects.filter(level=Level.DISTRICT, retired_on__isnull=True, code__startswith=code and f"{code}.")
    return code, inside.count() == len(claimed)


def _sum(values: Iterable[int | None]) -> int | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None
