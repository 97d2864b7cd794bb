"""Joint purchases: two Satker reach a tier together, each with its own cycle, plan and order."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from shared_apps.exchange.errors import BadPool, NoSuchRegion, ReasonMissing
from shared_apps.exchange.models import (
    MemberState,
    Pool,
    PooledLine,
    PoolPledge,
    PoolState,
    PoolTotal,
    SupplierOrder,
    SupplierOrderLine,
)
from shared_apps.exchange.services import cancel, pooling
from tenant_apps.procurement.cycle_selectors import plan_of
from tenant_apps.procurement.errors import BadCycle, PlanOutdated, PoolGathers
from tenant_apps.procurement.models import Cycle, CycleEvent, CyclePool, PurchaseLine, PurchasePart
from tenant_apps.procurement.pool_selectors import pool_for, pool_view, suppliers_to_pool
from tenant_apps.procurement.services import close_cycle, extend_cycle, replan, send_purchases
from tenant_apps.procurement.services.pooling import (
    cancel_joint,
    catch_up,
    close_joint,
    invite_region,
    join_pool,
    leave_pool,
    start_pool,
    tend_pools,
)
from tenants.context import as_owner, for_supplier, in_region
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.cast import BY, build_cast
from tests.shared_apps.exchange.pooling import SUKARAMI
from tests.tenant_apps.procurement.round import Round, open_round

ALONE, TOGETHER = 280_000, 270_000


class Side:
    """One region with its round and its cycle."""

    def __init__(self, region: Region, round_: Round) -> None:
        self.region, self.round = region, round_
        self.cycle: Cycle | None = None

    @contextmanager
    def bound(self) -> Iterator[Round]:
        with in_region(self.region):
            yield self.round

    def opened(self, trays: int) -> Cycle:
        """A cycle in which Hasan wants so many trays; six fill a crate."""
        with self.bound() as here:
            cycle = here.opened(deliver_on=clock.today() + timedelta(days=9))
            here.order(cycle, here.cast.warung, eggs=trays)
            self.cycle = cycle
        return cycle

    def now(self) -> Cycle:
        assert self.cycle is not None
        return Cycle.objects.get(pk=self.cycle.pk)

    def lock(self) -> Cycle:
        with self.bound():
            return close_cycle(cycle=self.now(), by=BY)

    def pledged(self) -> list[int]:
        with self.bound():
            return list(PoolPledge.objects.values_list("cartons", flat=True))

    def prices(self) -> list[tuple[int, int]]:
        """Cartons and price of each line of the plan."""
        with self.bound():
            return list(PurchaseLine.objects.filter(purchase__cycle=self.cycle).values_list("cartons", "price"))

    def send(self) -> SupplierOrderLine:
        with self.bound():
            send_purchases(cycle=self.now(), by=BY)
            return SupplierOrderLine.objects.latest("pk")


class Two:
    def __init__(self, kalidoni: Region, lombok: Region) -> None:
        with in_region(kalidoni):
            self.a = Side(kalidoni, open_round(build_cast(), allows_pooling=True))
        with in_region(lombok):
            self.b = Side(lombok, open_round(build_cast(), seller=self.a.round.seller, kecamatan=SUKARAMI))

    @property
    def supplier(self) -> Any:
        return self.a.round.seller.organisation

    def start(self, **facts: Any) -> Pool:
        assert self.a.cycle is not None
        with self.a.bound():
            told: dict[str, Any] = {
                "cycle": self.a.cycle,
                "supplier": self.supplier,
                "key": uuid.uuid4(),
                "name": "Telur bersama",
                "closes_at": clock.now() + timedelta(days=3),
                "by": BY,
                **facts,
            }
            return start_pool(**told)

    def together(self, a: int, b: int) -> Pool:
        """A pool in which both take part, with cycles of so many trays."""
        self.a.opened(a)
        cycle = self.b.opened(b)
        pool = self.start()
        with self.a.bound():
            invite_region(pool=pool, who="Lombok", by=BY)
        with self.b.bound():
            join_pool(pool=pool_for(pool.number), cycle=cycle, by=BY)
        return pool

    def close(self, pool: Pool) -> None:
        with self.a.bound():
            close_joint(pool=pool, by=BY)
        with self.b.bound():
            catch_up()


@pytest.fixture
def two(kalidoni: Region, lombok: Region) -> Two:
    return Two(kalidoni, lombok)


def test_two_regions_reach_a_tier_that_neither_reaches_alone(two: Two) -> None:
    pool = two.together(36, 30)
    assert (two.a.pledged(), two.b.pledged()) == ([], [])
    two.a.lock()
    two.b.lock()
    assert (two.a.pledged(), two.b.pledged()) == ([6], [5])
    # Nobody knows yet, so each plan reckons with its own tier.
    assert (two.a.prices(), two.b.prices()) == ([(6, ALONE)], [(5, ALONE)])
    two.close(pool)
    assert (two.a.prices(), two.b.prices()) == ([(6, TOGETHER)], [(5, TOGETHER)])
    with two.b.bound():
        view = pool_view(pool_for(pool.number))
        row = next(one for one in view.rows if one.line.sku == "TL-180")
        assert (row.own, row.tier.price, row.saves, row.reach.others) == (5, TOGETHER, 50_000, 1)
    for side, packs in ((two.a, 6), (two.b, 5)):
        line = side.send()
        with side.bound():
            assert (line.packs, line.price, line.pooled.reached) == (packs, TOGETHER, 10)
            order = SupplierOrder.objects.get()
            assert order.goods == packs * TOGETHER
            # The order is the region's own lines, to the tray.
            assert sum(PurchasePart.objects.values_list("units", flat=True)) == packs * 6
    with for_supplier(two.supplier.db_role):
        total = PoolTotal.objects.get(line__sku="TL-180")
        assert (total.cartons, total.regions, total.reached) == (11, 2, 10)
        assert PooledLine.objects.count() == SupplierOrder.objects.count() == 2


def test_what_the_others_reach_alone_counts_before_it_is_closed(two: Two) -> None:
    two.together(6, 60)
    two.b.lock()
    two.a.lock()
    # Ten crates of the other side; the one of this side costs as much.
    assert two.a.prices() == [(1, TOGETHER)]


def test_each_plan_is_pledged_anew(two: Two) -> None:
    pool = two.together(36, 30)
    two.a.lock()
    with two.a.bound():
        replan(cycle=two.a.now(), by=BY, left_out=[two.supplier.public_id])
    assert two.a.pledged() == []
    with two.a.bound():
        replan(cycle=two.a.now(), by=BY, left_out=[])
        assert two.a.now().plan["pools"] == {str(pool.public_id): "gathering"}
    assert two.a.pledged() == [6]
    with two.a.bound():
        extend_cycle(cycle=two.a.now(), closes_at=clock.now() + timedelta(days=1), by=BY)
    assert two.a.pledged() == []


def test_orders_wait_for_the_pool_and_for_the_plan_that_follows(two: Two) -> None:
    pool = two.together(36, 30)
    two.a.lock()
    two.b.lock()
    with pytest.raises(PoolGathers):
        two.a.send()
    with two.a.bound():
        pooling.close_pool(pool=pool, by=BY)
    with pytest.raises(PlanOutdated):
        two.b.send()
    with two.b.bound():
        assert not SupplierOrder.objects.exists()
        replan(cycle=two.b.now(), by=BY)
    assert two.b.send().price == TOGETHER


def test_who_leaves_withdraws_its_pledges_and_may_come_back(two: Two) -> None:
    pool = two.together(36, 30)
    two.a.lock()
    two.b.lock()
    with two.b.bound():
        for _time in range(2):
            leave_pool(pool=pool, by=BY)
        assert two.b.now().plan["pools"] == {}
    assert two.b.pledged() == []
    with two.b.bound():
        for _time in range(2):
            join_pool(pool=pool, cycle=two.b.now(), by=BY)
    assert two.b.pledged() == [5]
    with two.b.bound():
        leave_pool(pool=pool, by=BY)
    two.close(pool)
    assert two.a.prices() == [(6, ALONE)]
    with two.b.bound():
        with pytest.raises(StaleDocument):
            join_pool(pool=pool, cycle=two.b.now(), by=BY)
        assert not CyclePool.objects.exists()
        # Left, the region orders alone.
    assert two.b.send().price == ALONE


def test_who_cancels_after_closing_changes_nothing_for_the_others(two: Two) -> None:
    pool = two.together(36, 30)
    two.a.lock()
    two.b.lock()
    two.close(pool)
    with two.b.bound():
        with pytest.raises(StaleDocument):
            leave_pool(pool=pool, by=BY)
        two.b.send()
        cancel(order=SupplierOrder.objects.get(), reason="Tidak jadi", by=BY)
    assert two.a.send().price == TOGETHER
    with for_supplier(two.supplier.db_role):
        assert sorted(SupplierOrder.objects.values_list("state", flat=True)) == ["cancelled", "sent"]


def test_who_buys_less_than_it_pledged_pays_its_own_tier(two: Two) -> None:
    pool = two.together(36, 30)
    two.a.lock()
    two.b.lock()
    two.close(pool)
    with two.b.bound() as here:
        cycle = two.b.now()
        extend_cycle(cycle=cycle, closes_at=clock.now() + timedelta(hours=1), by=BY)
        here.order(cycle, here.cast.warung, eggs=24)
        close_cycle(cycle=cycle, by=BY)
    assert two.b.prices() == [(4, ALONE)]
    line = two.b.send()
    with two.b.bound():
        assert line.price == ALONE
        assert not PooledLine.objects.exists()


def test_a_second_click_changes_nothing(two: Two) -> None:
    two.a.opened(36)
    key = uuid.uuid4()
    first, again = two.start(key=key), two.start(key=key)
    assert first.pk == again.pk
    with two.a.bound():
        for who in ("Lombok", "lombok"):
            invite_region(pool=first, who=who, by=BY)
        assert first.members.count() == 2
        assert [event.move for event in first.history.all()] == ["open", "invite"]
        assert CycleEvent.objects.filter(move="pool_invite").count() == 1
    two.a.lock()
    for _time in range(2):
        two.close(first)
    with two.a.bound():
        assert [event.move for event in first.history.all()] == ["open", "invite", "close"]
        before = list(PurchaseLine.objects.values_list("pk", flat=True))
        assert catch_up() == 0
        assert list(PurchaseLine.objects.values_list("pk", flat=True)) == before


def test_a_cancelled_pool_lets_each_order_alone(two: Two) -> None:
    pool = two.together(36, 30)
    two.a.lock()
    two.b.lock()
    with two.b.bound(), pytest.raises(StaleDocument):
        cancel_joint(pool=pool, reason="Bukan milik saya", by=BY)
    with two.a.bound():
        with pytest.raises(ReasonMissing):
            cancel_joint(pool=pool, reason=" ", by=BY)
        for _time in range(2):
            cancel_joint(pool=pool, reason="Harga pasar turun", by=BY)
    assert two.a.send().price == ALONE
    with two.b.bound():
        assert catch_up() == 1
        assert "Harga pasar turun" in pool_for(pool.number).history.values_list("reason", flat=True)
    assert two.b.send().price == ALONE


def test_time_closes_and_ends_it_by_whichever_region_comes_first(two: Two) -> None:
    pool = two.together(36, 30)
    two.a.lock()
    two.b.lock()
    with two.b.bound():
        assert tend_pools() == 0
        with pytest.raises(StaleDocument):
            close_joint(pool=pool, by=BY)
    _put(pool, "closes_at", clock.now() - timedelta(minutes=1))
    with two.b.bound():
        # Closed, and the plan made anew.
        assert (tend_pools(), tend_pools()) == (2, 0)
        assert pool_for(pool.number).state == PoolState.CLOSED
    assert two.b.prices() == [(5, TOGETHER)]
    with two.a.bound():
        assert tend_pools() == 1
        with pytest.raises(StaleDocument):
            pooling.end_pool(pool=pool_for(pool.number), by=BY)
    _put(pool, "closed_at", clock.now() - timedelta(days=8))
    with two.a.bound():
        assert tend_pools() == 2
        assert pool_for(pool.number).state == PoolState.ENDED
    # Too late: the price held for a week.
    assert two.a.send().price == ALONE


def _put(pool: Pool, column: str, value: Any) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE public.exchange_pool SET {column} = %s WHERE id = %s", [value, pool.pk])


def test_what_cannot_be_is_refused(two: Two) -> None:
    two.a.opened(36)
    for facts, why in (
        ({"name": " "}, BadPool),
        ({"closes_at": clock.now() - timedelta(hours=1)}, BadCycle),
        ({"closes_at": clock.now() + timedelta(hours=1)}, BadCycle),
        ({"closes_at": clock.now() + timedelta(days=20)}, BadCycle),
    ):
        with pytest.raises(why):
            two.start(**facts)
    pool = two.start()
    with pytest.raises(BadCycle):
        two.start()
    with two.a.bound():
        for who in ("", "Mataram", "x" * 500):
            with pytest.raises(NoSuchRegion):
                invite_region(pool=pool, who=who, by=BY)
        with pytest.raises(BadPool):
            leave_pool(pool=pool, by=BY)
    with two.b.bound(), pytest.raises(Exception, match="no such"):
        pool_for(pool.number)
    two.b.opened(6)
    with two.b.bound(), pytest.raises(StaleDocument):
        join_pool(pool=pool, cycle=two.b.now(), by=BY)


def test_only_offers_for_a_whole_area_with_tiers_are_pooled(two: Two) -> None:
    cycle = two.a.opened(36)
    pool = two.start()
    with two.a.bound():
        assert list(pool.lines.values_list("sku", flat=True)) == ["TL-180"]
        assert suppliers_to_pool([cycle]) == [two.supplier]
        assert pool.members.get().state == MemberState.JOINED
        assert not plan_of(cycle).purchases
