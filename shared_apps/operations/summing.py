"""Days of kecamatan become days of regencies, provinces and the country; old days are forgotten."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection, transaction

from shared_apps.operations.figures import AreaDay, DistrictDay
from tenants.kernel import clock

# Each kecamatan has a row a day: 7,300 of them make 0.7 million rows in a quarter, and no chart of one shows more.
DISTRICT_DAYS = timedelta(days=100)
AREA_DAYS = timedelta(days=800)
# What a push may still change: yesterday and today, and once a day five weeks.
RECENT, LONG = timedelta(days=1), timedelta(days=36)

_AREA = "CASE WHEN grouping(province) = 1 THEN '' WHEN grouping(regency) = 1 THEN province ELSE regency END"
_SETS = "((day), (day, province), (day, province, regency))"
# Flows by the days as they were told.
_FLOWS = f"""
INSERT INTO operations_areaday (code, day, orders, gmv)
SELECT {_AREA}, day, sum(orders), sum(gmv)
FROM (SELECT left(code, 2) AS province, left(code, 5) AS regency, day, orders, gmv
      FROM operations_districtday WHERE day >= %s) AS told
GROUP BY GROUPING SETS {_SETS}
ON CONFLICT (code, day) DO UPDATE SET orders = excluded.orders, gmv = excluded.gmv
WHERE (operations_areaday.orders, operations_areaday.gmv) IS DISTINCT FROM (excluded.orders, excluded.gmv)
"""
# Stocks of today by what each region said last, so that one that is silent leaves no hole.
_STOCKS = f"""
INSERT INTO operations_areaday (code, day, orders, gmv, warungs, trainees)
SELECT {_AREA}, day, 0, 0, sum(warungs), sum(trainees)
FROM (SELECT left(f.code, 2) AS province, left(f.code, 5) AS regency, %s::date AS day, f.warungs, f.trainees
      FROM operations_districtfigures f JOIN tenants_region r ON r.id = f.region_id WHERE r.status <> 'closed') AS told
GROUP BY GROUPING SETS {_SETS}
ON CONFLICT (code, day) DO UPDATE SET warungs = excluded.warungs, trainees = excluded.trainees
WHERE (operations_areaday.warungs, operations_areaday.trainees) IS DISTINCT FROM (excluded.warungs, excluded.trainees)
"""


def sum_up(*, since: date, today: date) -> None:
    """Areas say for all days from `since` on what their kecamatan say; `today` also how many warungs there are.

    Writes:  AreaDay, where it differs.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FLOWS, [since])
        cursor.execute(_STOCKS, [today])


def sum_up_recent() -> None:
    """What pushes of the last minutes changed."""
    sum_up(since=clock.today() - RECENT, today=clock.today())


def sum_up_long() -> None:
    """What the thorough pushes of the last day changed; days that are older than any chart are gone."""
    today = clock.today()
    sum_up(since=today - LONG, today=today)
    DistrictDay.objects.filter(day__lt=today - DISTRICT_DAYS).delete()
    AreaDay.objects.filter(day__lt=today - AREA_DAYS).delete()
