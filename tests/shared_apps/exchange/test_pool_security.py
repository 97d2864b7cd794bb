"""Joint purchases by SQL: no region reads another's pledge, nor learns it by changing its own."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.exchange.models import PoolPledge, PoolState, SupplierOrder, SupplierOrderLine
from shared_apps.exchange.services import OrderedLine, pooling, send_order
from tenants.context import as_owner, for_supplier, in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY
from tests.shared_apps.exchange.ordering import BUYER
from tests.shared_apps.exchange.pooling import Joint
from tests.shared_apps.exchange.test_row_security import refused, rows, sql
from tests.world import admin

TABLES = ("pool", "poolmember", "poolline", "poolpledge", "pooltotal", "poolevent", "pooledline")


@pytest.fixture
def joint(kalidoni: Region, lombok: Region) -> Joint:
    return Joint(kalidoni, lombok)


def test_a_region_reads_its_own_pledges_alone(joint: Joint) -> None:
    pool = joint.together()
    joint.pledge(joint.kalidoni, pool, 30)
    joint.pledge(joint.lombok, pool, 50)
    for region, cartons in ((joint.kalidoni, 30), (joint.lombok, 50)):
        with in_region(region):
            assert list(PoolPledge.objects.values_list("cartons", flat=True)) == [cartons]
            assert sql("DELETE FROM public.exchange_poolpledge WHERE region_id <> %s", region.pk) == 0
            refused(lambda: sql("SELECT * FROM public.exchange_pooltotal"), "permission denied")
            refused(lambda: sql("UPDATE public.exchange_poolpledge SET cartons = 1"), "permission denied")
    with on_platform():
        assert [rows(table) for table in TABLES] == [0] * len(TABLES)


def test_who_was_not_invited_sees_nothing(joint: Joint) -> None:
    pool = joint.open()
    with in_region(joint.lombok):
        assert [rows(table) for table in TABLES if table != "pooltotal"] == [0] * 6
        assert rows("poolreach") == rows("ownpool") == 0
        assert sql("UPDATE public.exchange_pool SET state = 'cancelled' WHERE id = %s", pool.pk) == 0
    with in_region(joint.kalidoni):
        pooling.invite(pool=pool, who="lombok")
    with in_region(joint.lombok):
        # The invited reads what it is invited to, and no number before it takes part.
        assert [rows(table) for table in ("pool", "poolmember", "poolline")] == [1, 2, 2]
        assert rows("poolreach") == 0


def test_nobody_acts_for_another(joint: Joint) -> None:
    pool = joint.together()
    with in_region(joint.lombok):
        line = pool.lines.first()
        assert line is not None
        refused(lambda: PoolPledge.objects.create(line=line, region=joint.kalidoni, cartons=99), "row-level security")
        # The host's own steps, by SQL.
        for state in ("closed", "cancelled", "ended"):
            refused(partial(sql, f"UPDATE public.exchange_pool SET state = '{state}'"), "does not go")
        refused(lambda: sql("UPDATE public.exchange_pool SET closes_at = now()"), "permission denied")
        assert sql("UPDATE public.exchange_poolmember SET state = 'left' WHERE region_id = %s", joint.kalidoni.pk) == 0
        # Nor does a region bring in others, or offers.
        refused(
            lambda: sql(
                "INSERT INTO public.exchange_poolmember (pool_id, region_id, region_name, state, invited_at, moved_at)"
                " SELECT id, host_id, '', 'invited', now(), now() FROM public.exchange_pool"
            ),
            "row-level security",
        )


def test_a_supplier_that_takes_none_is_not_asked(joint: Joint) -> None:
    with on_platform():
        joint.musi.organisation.allows_pooling = False
        joint.musi.organisation.save(update_fields=["allows_pooling"])
    with in_region(joint.kalidoni):
        refused(
            lambda: sql(
                "INSERT INTO public.exchange_pool"
                " (public_id, number, supplier_id, host_id, key, name, closes_at, state, made_at, moved_at)"
                " VALUES (gen_random_uuid(), 'ABCDEF', %s, %s, gen_random_uuid(), 'x', now(), 'gathering', now(), now())",
                joint.musi.organisation.pk,
                joint.kalidoni.pk,
            ),
            "row-level security",
        )
        assert rows("poolregion") == 0


def test_only_regions_that_the_supplier_reaches_are_found(joint: Joint) -> None:
    def found() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM public.exchange_poolregion")
            return {name for (name,) in cursor.fetchall()}

    with in_region(joint.kalidoni):
        assert found() == {"Kalidoni", "Lombok"}
    with on_platform():
        joint.musi.organisation.areas.update(area_id="16.71.10")
    with in_region(joint.kalidoni):
        assert found() == {"Kalidoni"}


def test_the_supplier_reads_totals_and_names_and_no_pledge(joint: Joint) -> None:
    pool = joint.together()
    joint.pledge(joint.kalidoni, pool, 30)
    joint.pledge(joint.lombok, pool, 75)
    joint.close(pool)
    with for_supplier(joint.musi.organisation.db_role):
        assert [rows(table) for table in ("pool", "poolmember", "poolline", "pooltotal")] == [1, 2, 2, 2]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT t.cartons, t.regions, t.reached FROM public.exchange_pooltotal t"
                " JOIN public.exchange_poolline l ON l.id = t.line_id WHERE l.sku = 'MG-12'"
            )
            assert cursor.fetchall() == [(105, 2, 100)]
        refused(lambda: sql("SELECT * FROM public.exchange_poolpledge"), "permission denied")
        refused(lambda: sql("SELECT * FROM public.exchange_poolreach"), "permission denied")
        refused(lambda: sql("UPDATE public.exchange_pool SET state = 'cancelled'"), "permission denied")


@pytest.mark.parametrize("other", [1, 39, 40, 99, 100, 250])
def test_of_one_other_region_a_tier_is_seen_and_own_pledges_show_no_more(joint: Joint, other: int) -> None:
    pool = joint.together()
    joint.pledge(joint.lombok, pool, other)
    told = (1, max((tier for tier in (40, 100) if tier <= other), default=0), 0)
    for own in (0, 1, 39, 40 - min(other, 39), 99, 100):
        joint.pledge(joint.kalidoni, pool, own)
        assert joint.seen(joint.kalidoni, pool) == told


@given(others=st.lists(st.integers(1, 120), min_size=2, max_size=4), own=st.integers(0, 200))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_several_the_sum_is_seen_in_whole_quarters(joint: Joint, others: list[int], own: int) -> None:
    pool = joint.open()
    joint.more(pool, *others)
    joint.pledge(joint.kalidoni, pool, own)
    # 10 is a quarter of the way to the tier from 40 on.
    assert joint.seen(joint.kalidoni, pool) == (len(others), sum(others) // 10 * 10, 0)


def test_what_was_pledged_stands_once_it_is_closed(joint: Joint) -> None:
    pool = joint.together()
    joint.pledge(joint.kalidoni, pool, 30)
    joint.pledge(joint.lombok, pool, 75)
    joint.close(pool)
    assert joint.seen(joint.kalidoni, pool) == joint.seen(joint.lombok, pool) == (1, 0, 100)
    with in_region(joint.lombok):
        line = pool.lines.get(sku="MG-12")
        refused(lambda: PoolPledge.objects.filter(line=line).delete(), "stands once")
        refused(
            lambda: sql("UPDATE public.exchange_poolmember SET state = 'left' WHERE state = 'joined'"),
            "once a joint|stands",
        )
        refused(lambda: sql("UPDATE public.exchange_pool SET state = 'gathering'"), "does not go")
        refused(lambda: sql("UPDATE public.exchange_pool SET state = 'ended'"), "does not go")
    with as_owner():
        sql("UPDATE public.exchange_pool SET state = 'ended'")
    assert joint.seen(joint.kalidoni, pool) == (1, 0, 100)


def test_a_pooled_price_is_checked_by_the_database(joint: Joint) -> None:
    pool = joint.together()
    joint.pledge(joint.kalidoni, pool, 30)
    joint.pledge(joint.lombok, pool, 15)
    joint.close(pool)
    with in_region(joint.kalidoni):
        order = send_order(
            supplier=joint.musi.organisation,
            key=uuid.uuid4(),
            buyer=BUYER,
            wanted_on=clock.today() + timedelta(days=3),
            lines=[OrderedLine(joint.oil.public_id, 29)],
            by=BY,
            pooled=pool.public_id,
        )
        line = order.lines.get()
        # Less than was pledged: the region's own tier, and no claim to another.
        assert line.price == 200_000
        insert = "INSERT INTO public.exchange_pooledline (order_line_id, line_id, reached) VALUES (%s, %s, %s)"
        for reached in (1, 40, 100):
            refused(partial(sql, insert, line.pk, pool.lines.get(sku="MG-12").pk, reached), "not the price")
    with in_region(joint.lombok):
        assert not SupplierOrderLine.objects.exists()
        assert not SupplierOrder.objects.exists()
    assert pool.state == PoolState.GATHERING


@pytest.mark.parametrize("table", [name for name in TABLES if name != "pooltotal"])
def test_a_missing_policy_is_seen(committed: None, joint: Joint, table: str) -> None:
    """What the tests above would find if somebody switched the fence of one table off."""
    pool = joint.open()
    joint.pledge(joint.kalidoni, pool, 30)
    joint.close(pool)
    with in_region(joint.kalidoni):
        send_order(
            supplier=joint.musi.organisation,
            key=uuid.uuid4(),
            buyer=BUYER,
            wanted_on=clock.today() + timedelta(days=3),
            lines=[OrderedLine(joint.oil.public_id, 30)],
            by=BY,
            pooled=pool.public_id,
        )
    with admin() as cursor:
        cursor.execute(f"ALTER TABLE public.exchange_{table} DISABLE ROW LEVEL SECURITY")
    try:
        with in_region(joint.lombok):
            seen = rows(table)
    finally:
        with admin() as cursor:
            cursor.execute(f"ALTER TABLE public.exchange_{table} ENABLE ROW LEVEL SECURITY")
    with in_region(joint.lombok):
        assert rows(table) == 0 < seen
