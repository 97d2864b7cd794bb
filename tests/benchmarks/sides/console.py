"""The pages of operators and supervisors over a fleet that is rows of public alone."""

from __future__ import annotations

import time
from functools import cache

from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import Left
from django.test import Client

from shared_apps.operations.models import RegionRollup, SupervisorGrant
from shared_apps.operations.summing import sum_up_long, sum_up_recent
from shared_apps.regions.models import Area
from shared_apps.regions.services import load_areas
from tenants.context import on_platform
from tenants.identity.models import User
from tenants.models import Region
from tests.benchmarks.sides.console_pages import PAGES
from tests.shared_apps.operations.people import operator, operator_browser
from tests.shared_apps.operations.synthetic import lay_out


def lay_out_fleet(many: int, days: int) -> int:
    """Synthetic regions up to so many in all; returns how many rows of days there are."""
    with on_platform():
        if not Area.objects.exists():
            load_areas()
        there = Region.objects.count()
        with transaction.atomic():
            lay_out(many - there, days=days)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM operations_districtday")
            return int(cursor.fetchone()[0])


@cache
def _person() -> User:
    with on_platform():
        return operator()


@cache
def _browser() -> Client:
    with on_platform():
        return operator_browser(_person())


def _largest_province() -> str:
    """The one with the most regions; our operator supervises it as well."""
    rows = RegionRollup.objects.exclude(area_code="").annotate(province=Left("area_code", 2)).values("province")
    code = str(rows.annotate(many=Count("region")).order_by("-many", "province")[0]["province"])
    SupervisorGrant.objects.get_or_create(user=_person(), area_code=code, defaults={"granted_by": _person().actor})
    return code


def address_of(name: str) -> str:
    """Where the page stands in this fleet; deep ones in its largest province."""
    with on_platform():
        province = _largest_province()
        inside = RegionRollup.objects.filter(area_code__startswith=f"{province}.").order_by("region_id")
        district = inside.values_list("area_code", flat=True)[0]
        return PAGES[name].format(
            province=province,
            regency=district[:5],
            district=district,
            region=Region.objects.get(rollup__area_code=district).public_id,
            last=-(-Region.objects.count() // 50),
        )


def look_at(path: str, times: int) -> dict[str, object]:
    """The page so many times: seconds of each on the clock and of our processor, and how large it is."""
    client = _browser()
    seconds, processor, size = [], [], 0
    for _ in range(times):
        began, ran = time.perf_counter(), time.thread_time()
        size = _get(client, path)
        seconds.append(time.perf_counter() - began)
        processor.append(time.thread_time() - ran)
    return {"seconds": seconds, "processor": processor, "bytes": size}


def _get(client: Client, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return sum(map(len, answer)) if answer.streaming else len(answer.content)


def sum_up_all() -> dict[str, float]:
    """What beat does every five minutes, and each night."""
    with on_platform():
        took = {}
        for name, work in (("recent", sum_up_recent), ("long", sum_up_long)):
            began = time.perf_counter()
            work()
            took[name] = time.perf_counter() - began
        return took
