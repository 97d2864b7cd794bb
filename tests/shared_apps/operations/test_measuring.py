"""Regions push days and sums by kecamatan; areas are sums of them; what is silent or broken stays as it was last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.core.signals import got_request_exception
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.onboarding.models import CoverageClaim, Registration, State
from shared_apps.operations.areas import area_page, days_of_area, days_of_region
from shared_apps.operations.models import AreaDay, DistrictDay, DistrictFigures, RegionRollup
from shared_apps.operations.places import area_with_figures
from shared_apps.operations.services import push_counters
from shared_apps.operations.summing import DISTRICT_DAYS, sum_up_long, sum_up_recent
from tenant_apps.orders.models import Order, OrderState
from tenants import hooks
from tenants.context import in_region, on_platform
from tenants.faults import faults_24h
from tenants.hooks import DayFigure, DayMeasure
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.tasks import HEADER, SIGNATURE, ScopedTask, region_task, sign_scope
from tests.cast import build_cast

KALIDONI, SAKO = "16.71.10", "16.71.11"

Told = list[DayFigure]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the apps of a region would measure: `days`, `numbers`, and since when they were asked."""
    world = SimpleNamespace(days=[], numbers={}, asked=[], breaks=False)

    def measure(since: date) -> Iterable[DayFigure]:
        world.asked.append(since)
        if world.breaks:
            raise RuntimeError("the table is away")
        return list(world.days)

    monkeypatch.setattr(hooks, "status_measures", lambda: {"numbers": lambda: dict(world.numbers)})
    monkeypatch.setattr(hooks, "daily_measures", dict)
    monkeypatch.setattr(hooks, "day_measures", lambda: {"days": DayMeasure(("orders", "gmv", "warungs"), measure)})
    return world


def claim(region: Region, *codes: str) -> None:
    with on_platform():
        registration = Registration.objects.create(name=region.name, state=State.LIVE, region=region)
        for code in codes:
            CoverageClaim.objects.create(kecamatan_code=code, registration=registration, region=region)


def push(region: Region) -> None:
    with in_region(region):
        push_counters()


def run(task: ScopedTask, region: Region) -> None:
    """As a worker runs it that was sent the task for this region."""
    task.push_request(
        id="id-1", headers={HEADER: region.schema_name, SIGNATURE: sign_scope("id-1", region.schema_name)}
    )
    try:
        task()
    finally:
        task.pop_request()


def later(monkeypatch: pytest.MonkeyPatch, step: timedelta) -> None:
    moment = clock.now() + step
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_region_of_two_kecamatan_tells_each_apart(
    committed: None, kalidoni: Region, told: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(kalidoni, KALIDONI, SAKO)
    today = clock.today()
    told.numbers = {"last_order_at": 1_790_000_000, "members": 12, "queue_depth": 3, "unknown": 5}
    told.days = [
        DayFigure(KALIDONI, today, "warungs", 4),
        DayFigure(KALIDONI, today - timedelta(days=40), "orders", 7),
        DayFigure(KALIDONI, today - timedelta(days=2), "orders", 5),
        DayFigure(KALIDONI, today - timedelta(days=2), "gmv", 62_500),
        DayFigure(SAKO, today, "orders", 1),
        DayFigure(SAKO, today, "gmv", 9_000),
        # Nobody is asked for such a day.
        DayFigure(SAKO, today - timedelta(days=400), "orders", 1),
        DayFigure(SAKO, today + timedelta(days=1), "orders", 1),
    ]
    push(kalidoni)
    with on_platform():
        row = RegionRollup.objects.get(region=kalidoni)
        assert (row.warungs, row.orders_30d, row.gmv_30d, row.members, row.queue_depth) == (4, 6, 71_500, 12, 3)
        assert (row.area_code, row.area_whole) == ("16.71", False)
        assert row.last_order_at is not None and int(row.last_order_at.timestamp()) == 1_790_000_000
        figures = set(DistrictFigures.objects.values_list("code", "warungs", "orders_30d", "gmv_30d"))
        assert figures == {(KALIDONI, 4, 5, 62_500), (SAKO, 0, 1, 9_000)}
        assert sum(one.orders for one in days_of_region(kalidoni, 90)) == 13
    assert told.asked == [today - timedelta(days=90)]
    # Two days are asked for again, and an order that was called off is none.
    later(monkeypatch, timedelta(minutes=5))
    told.days = [DayFigure(KALIDONI, today, "warungs", 3)]
    push(kalidoni)
    assert told.asked[-1] == today - timedelta(days=1)
    with on_platform():
        row.refresh_from_db()
        assert (row.warungs, row.orders_30d, row.gmv_30d) == (3, 5, 62_500)
    # After a day all of five weeks are.
    later(monkeypatch, timedelta(hours=21))
    told.days = []
    push(kalidoni)
    assert told.asked[-1] == clock.today() - timedelta(days=35)
    with on_platform():
        row.refresh_from_db()
        assert (row.orders_30d, DistrictDay.objects.get(orders__gt=0).orders) == (0, 7)


def test_what_cannot_be_measured_stays_as_it_was(
    committed: None, kalidoni: Region, told: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(kalidoni, KALIDONI)
    told.days = [DayFigure(KALIDONI, clock.today(), name, 9) for name in ("warungs", "orders", "gmv")]
    told.numbers = {"errors_24h": 2}
    push(kalidoni)
    later(monkeypatch, timedelta(minutes=5))
    told.breaks, told.numbers = True, {}
    push(kalidoni)
    with on_platform():
        row = RegionRollup.objects.get(region=kalidoni)
        assert (row.warungs, row.orders_30d, row.gmv_30d, row.errors_24h) == (9, 9, 9, 2)
        assert (row.measured_at, row.area_code, row.area_whole) == (clock.now(), KALIDONI, True)


def test_the_platforms_own_notes_survive_a_push(committed: None, kalidoni: Region, told: SimpleNamespace) -> None:
    with on_platform():
        RegionRollup.objects.create(region=kalidoni, plan="Kota", backup_at=clock.now())
    push(kalidoni)
    with on_platform():
        row = RegionRollup.objects.get(region=kalidoni)
        assert (row.plan, row.backup_at is None, row.measured_at is None) == ("Kota", False, False)


def test_areas_are_the_sums_of_their_kecamatan(
    committed: None, kalidoni: Region, lombok: Region, told: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.today()
    for region, codes in ((kalidoni, (KALIDONI, SAKO)), (lombok, ("52.71.01",))):
        claim(region, *codes)
        told.days = [DayFigure(codes[0], today, "warungs", 2), DayFigure(codes[-1], today, "orders", 3)]
        push(region)
    with on_platform():
        sum_up_recent()
        found = {
            code: (warungs, orders)
            for code, warungs, orders in AreaDay.objects.values_list("code", "warungs", "orders")
        }
        assert found == {
            "": (4, 6),
            "16": (2, 3),
            "16.71": (2, 3),
            "52": (2, 3),
            "52.71": (2, 3),
        }
        with CaptureQueriesContext(connection) as captured:
            sum_up_recent()
        assert len([query for query in captured if query["sql"].startswith("\nINSERT")]) == 2
        # A region that tells nothing the next day is still counted with its last word.
        later(monkeypatch, timedelta(days=1))
        sum_up_recent()
        assert AreaDay.objects.get(code="16", day=clock.today()).warungs == 2
        page = area_page(area_with_figures("16.71"))
        assert (page.figures.warungs, page.figures.orders, page.figures.regions, page.figures.stale) == (2, 3, 1, 1)
        assert {one.code: one.orders for one in page.children if one.regions} == {KALIDONI: 0, SAKO: 3}
        # A closed region counts no more.
        Region.objects.filter(pk=kalidoni.pk).update(status=RegionStatus.CLOSED)
        assert area_page(area_with_figures("16.71")).figures.regions == 0
        later(monkeypatch, DISTRICT_DAYS)
        sum_up_long()
        assert not DistrictDay.objects.exists()
        assert [day.warungs for day in days_of_area("16", 365)] == [2, 2]


def test_what_the_apps_measure(committed: None, kalidoni: Region) -> None:
    claim(kalidoni, KALIDONI)
    with in_region(kalidoni):
        cast = build_cast()
        states = [OrderState.PLACED, OrderState.HANDED_OVER, OrderState.CANCELLED, OrderState.UNPAID]
        for place, state in enumerate(states):
            Order.objects.create(
                number=f"AAA{place:03}", customer=cast.ratna, warung=cast.warung, state=state, key=uuid4(),
                method="pickup", customer_name="Ratna", goods_total=10_000, total=10_000,
                packed_goods=9_500 if state == OrderState.HANDED_OVER else None,
                placed_at=clock.now() - timedelta(days=place), moved_at=clock.now(),
            )  # fmt: skip
        Order.objects.filter(state=OrderState.HANDED_OVER).update(placed_at=clock.now() - timedelta(days=29))
    push(kalidoni)
    with on_platform():
        row = RegionRollup.objects.get(region=kalidoni)
        assert (row.warungs, row.orders_30d, row.gmv_30d) == (2, 2, 19_500)
        assert (row.members, row.savings, row.errors_24h) == (0, 0, 0)
        assert row.last_order_at is not None and row.storage_bytes is not None and row.storage_bytes > 1_000_000
        assert row.queue_depth is not None


def test_a_push_takes_as_many_queries_however_much_there_is(
    committed: None, kalidoni: Region, told: SimpleNamespace
) -> None:
    def queries(days: Told) -> int:
        told.days = days
        with CaptureQueriesContext(connection) as captured:
            push(kalidoni)
        return len(captured)

    claim(kalidoni, KALIDONI, SAKO)
    push(kalidoni)
    today = clock.today()
    few = queries([DayFigure(KALIDONI, today - timedelta(days=day), "orders", 1) for day in range(2)])
    many = [
        DayFigure(f"16.71.{place:02}", today - timedelta(days=day), "orders", 1)
        for place in range(1, 19)
        for day in range(2)
    ]
    assert queries(many) == few


def test_faults_are_counted_where_they_happen(
    kalidoni: Region, lombok: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    @region_task()
    def breaks() -> None:
        raise ValueError("broken")

    with in_region(kalidoni):
        assert faults_24h() == 0
        for _ in range(2):
            got_request_exception.send(sender=None, request=None)
        with pytest.raises(ValueError, match="broken"):
            run(breaks, kalidoni)
    with on_platform():
        got_request_exception.send(sender=None, request=None)
    with in_region(kalidoni):
        assert faults_24h() == 3
        later(monkeypatch, timedelta(hours=23))
        assert faults_24h() == 3
        later(monkeypatch, timedelta(hours=1))
        assert faults_24h() == 0
    with in_region(lombok):
        assert faults_24h() == 0


def test_a_cache_that_is_away_breaks_nothing(kalidoni: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> Callable[[], None]:
        raise ConnectionError("the cache is away")

    for name in ("add", "incr", "get_many"):
        monkeypatch.setattr(type(caches["default"]), name, gone)
    with in_region(kalidoni):
        got_request_exception.send(sender=None, request=None)
        assert faults_24h() is None
