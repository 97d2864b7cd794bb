"""What a year brought: by kind of waste, by month and by unit, in the words of the national system (SIPSN)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import F, Sum

from tenant_apps.bank_sampah.models import (
    Composition,
    EarlierSlips,
    Member,
    MemberState,
    MemberYear,
    UnitMonth,
)
from tenants.context import current_region


@dataclass(frozen=True)
class TypeYear:
    """One type in a year. Grams, rupiah; `co2e_g` is what recycling what was sold avoids, None where no source says."""

    code: str
    name: str
    composition: str
    weighed_g: int
    value: int
    sold_g: int
    sold: int
    shrunk_g: int
    co2e_g: int | None


@dataclass(frozen=True)
class YearReport:
    """A calendar year of the region's waste bank."""

    year: int
    members: int
    active: int
    slips: int
    saved: int
    types: list[TypeYear]
    months: list[tuple[int, int]]
    # None when all slips are in it.
    counting: Counting | None = None

    @property
    def weighed_g(self) -> int:
        return sum(one.weighed_g for one in self.types)

    @property
    def sold_g(self) -> int:
        return sum(one.sold_g for one in self.types)

    @property
    def co2e_g(self) -> int:
        """Of types with a factor alone."""
        return sum(one.co2e_g or 0 for one in self.types)

    @property
    def without_factor_g(self) -> int:
        """Grams sold of types for which no factor is known."""
        return sum(one.sold_g for one in self.types if one.co2e_g is None)

    @property
    def compositions(self) -> list[tuple[str, int, int]]:
        """SIPSN's kinds with grams weighed in and sold."""
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for one in self.types:
            sums[one.composition][0] += one.weighed_g
            sums[one.composition][1] += one.sold_g
        return [(str(kind.label), *sums[kind]) for kind in Composition if kind in sums]  # type: ignore[misc]


# Sums of months are some thousands of rows a year, however many slips there were; sales and what shrank are few.
_BY_TYPE = """
WITH weighed AS (
    SELECT grade.type_id, sum(kept.quantity) AS quantity, sum(kept.value) AS value
    FROM bank_sampah_grademonth kept
    JOIN bank_sampah_wastegrade grade ON grade.id = kept.grade_id
    WHERE kept.month >= %(since)s AND kept.month < %(until)s AND kept.quantity > 0
    GROUP BY grade.type_id
), sold AS (
    SELECT grade.type_id, sum(line.quantity) AS quantity, sum(line.amount) AS amount
    FROM bank_sampah_wastesale sale
    JOIN bank_sampah_wastesaleline line ON line.sale_id = sale.id
    JOIN bank_sampah_wastegrade grade ON grade.id = line.grade_id
    WHERE sale.day >= %(since)s AND sale.day < %(until)s AND sale.state <> 'reversed'
    GROUP BY grade.type_id
), shrunk AS (
    SELECT grade.type_id, -sum(movement.quantity) AS quantity
    FROM bank_sampah_lotmovement movement
    JOIN bank_sampah_lot lot ON lot.id = movement.lot_id
    JOIN bank_sampah_wastegrade grade ON grade.id = lot.grade_id
    WHERE movement.kind = 'shrunk'
      AND movement.at >= %(since)s::timestamp AT TIME ZONE %(zone)s AND movement.at < %(until)s::timestamp AT TIME ZONE %(zone)s
    GROUP BY grade.type_id
)
SELECT type.code, type.name, type.composition, type.measure, type.piece_g, type.co2e_g_per_kg,
       coalesce(weighed.quantity, 0), coalesce(weighed.value, 0), coalesce(sold.quantity, 0), coalesce(sold.amount, 0),
       coalesce(shrunk.quantity, 0)
FROM bank_sampah_wastetype type
LEFT JOIN weighed ON weighed.type_id = type.id
LEFT JOIN sold ON sold.type_id = type.id
LEFT JOIN shrunk ON shrunk.type_id = type.id
WHERE weighed.type_id IS NOT NULL OR sold.type_id IS NOT NULL OR shrunk.type_id IS NOT NULL
ORDER BY type.code
"""


def year_report(year: int) -> YearReport:
    """Five queries, none of which grows with the slips: sums of months, people who brought something, members, what is not counted yet."""
    zone = current_region().time_zone
    span: dict[str, date | str] = {"since": date(year, 1, 1), "until": date(year + 1, 1, 1), "zone": zone}
    with connection.cursor() as cursor:
        cursor.execute(_BY_TYPE, span)
        types = [_type_year(*row) for row in cursor.fetchall()]
    kept = UnitMonth.objects.filter(month__gte=span["since"], month__lt=span["until"]).order_by().values("month__month")
    months = {
        row["month__month"]: row
        for row in kept.annotate(n=Sum("slips"), g=Sum("grams"), saved=Sum(F("value") - F("share")))
    }
    return YearReport(
        year=year,
        members=Member.objects.filter(state=MemberState.ACTIVE).count(),
        active=MemberYear.objects.filter(year=year, slips__gt=0).count(),
        slips=int(sum(row["n"] for row in months.values())),
        saved=int(sum(row["saved"] for row in months.values())),
        types=types,
        months=[(month, int(months[month]["g"]) if month in months else 0) for month in range(1, 13)],
        counting=counting(),
    )


@dataclass(frozen=True)
class Counting:
    """How far the slips that were there before the sums are counted in, by their ids."""

    done: int
    until: int


def counting() -> Counting | None:
    """None when every slip is in the sums."""
    found = EarlierSlips.objects.filter(done__lt=F("until")).first()
    return None if found is None else Counting(found.done, found.until)


def _type_year(
    code: str,
    name: str,
    composition: str,
    measure: str,
    piece_g: int | None,
    factor: int | None,
    weighed: int,
    value: int,
    sold: int,
    amount: int,
    shrunk: int,
) -> TypeYear:
    grams = 1 if measure == "g" else piece_g or 0
    sold_g = int(sold) * grams
    return TypeYear(
        code,
        name,
        composition,
        int(weighed) * grams,
        int(value),
        sold_g,
        int(amount),
        int(shrunk) * grams,
        None if factor is None else sold_g * factor // 1_000,
    )
