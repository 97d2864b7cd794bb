"""Joint purchases at the exchange: each region pays the tier of what all pledged at closing, whoever pledged what, and in whichever
order they come; a pledge and a closing at the same moment are one before the other."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.exchange.models import Pool, PoolPledge, PoolState, PoolTotal, SupplierOrder
from shared_apps.exchange.services import OrderedLine, pooling, send_order
from tenants.context import for_supplier, in_region
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.cast import BY
from tests.shared_apps.exchange.ordering import BUYER
from tests.shared_apps.exchange.pooling import Joint
from tests.tenant_apps.procurement.depot import at_once
from tests.trials import rounds


@pytest.fixture
def joint(kalidoni: Region, lombok: Region) -> Joint:
    return Joint(kalidoni, lombok)


def order(joint: Joint, region: Region, pool: Pool, packs: int) -> SupplierOrder:
    with in_region(region):
        return send_order(
            supplier=joint.musi.organisation,
            key=uuid.uuid4(),
            buyer=BUYER,
            wanted_on=clock.today() + timedelta(days=3),
            lines=[OrderedLine(joint.oil.public_id, packs)],
            by=BY,
            pooled=pool.public_id,
        )


def price_at(packs: int) -> int:
    return 180_000 if packs >= 100 else 190_000 if packs >= 40 else 200_000


pledges = st.integers(0, 120)


@given(
    here=pledges,
    there=pledges,
    leaves=st.booleans(),
    others=st.lists(st.integers(1, 60), max_size=2),
    bought=st.tuples(st.integers(1, 130), st.integers(1, 130)),
)
@settings(max_examples=rounds(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_pays_the_tier_of_all_together(
    joint: Joint, here: int, there: int, leaves: bool, others: list[int], bought: tuple[int, int]
) -> None:
    pool = joint.together()
    joint.more(pool, *others)
    joint.pledge(joint.lombok, pool, 119)
    joint.pledge(joint.kalidoni, pool, here)
    # The last pledge alone counts.
    joint.pledge(joint.lombok, pool, there)
    if leaves:
        with in_region(joint.lombok):
            pooling.leave(pool=pool)
    counted = {joint.kalidoni: here, joint.lombok: 0 if leaves else there}
    whole = sum(counted.values()) + sum(others)
    joint.close(pool)
    for region, packs in zip(counted, bought, strict=True):
        with in_region(region):
            sent = order(joint, region, pool, packs)
            line = sent.lines.get()
            # Who pledged, and buys that much, pays what all reach; everybody else what it reaches alone.
            joins = 0 < counted[region] <= packs
            assert line.price == price_at(max(packs, whole) if joins else packs)
            assert sent.goods == packs * line.price
            assert set(PoolPledge.objects.filter(line__pool=pool).values_list("cartons", flat=True)) <= {
                counted[region]
            }
    with for_supplier(joint.musi.organisation.db_role):
        total = PoolTotal.objects.get(line__pool=pool, line__sku="MG-12")
        assert (total.cartons, total.regions) == (whole, len(others) + sum(count > 0 for count in counted.values()))


def test_a_pledge_and_a_closing_at_once_are_one_before_the_other(
    committed: None, kalidoni: Region, lombok: Region
) -> None:
    joint = Joint(kalidoni, lombok)
    for _round in range(rounds(30)):
        pool = joint.open()
        joint.pledge(kalidoni, pool, 1)
        answers = at_once(
            kalidoni,
            [
                partial(pooling.pledge, pool=pool, packs={joint.oil.public_id: 50}),
                partial(pooling.close_pool, pool=pool, by=BY),
                partial(pooling.close_pool, pool=pool, by=BY),
                partial(pooling.pledge, pool=pool, packs={joint.oil.public_id: 50}),
            ],
        )
        assert not [one for one in answers if isinstance(one, Exception)]
        with in_region(kalidoni):
            own = PoolPledge.objects.get(line__pool=pool).cartons
            assert pool.history.filter(move="close").count() == 1
        assert own == (50 if answers[0] or answers[3] else 1)
        with for_supplier(joint.musi.organisation.db_role):
            assert PoolTotal.objects.get(line__pool=pool, line__sku="MG-12").cartons == own


def test_leaving_and_closing_at_once(committed: None, kalidoni: Region, lombok: Region) -> None:
    joint = Joint(kalidoni, lombok)
    for _round in range(rounds(20)):
        pool = joint.together()
        joint.pledge(lombok, pool, 50)
        with in_region(kalidoni):
            Pool.objects.get(pk=pool.pk)
        left, closed = at_once(
            lombok, [partial(pooling.leave, pool=pool), partial(_in, kalidoni, pooling.close_pool, pool)]
        )
        assert isinstance(closed, Pool) and closed.state == PoolState.CLOSED
        with for_supplier(joint.musi.organisation.db_role):
            cartons = PoolTotal.objects.get(line__pool=pool, line__sku="MG-12").cartons
        # Either it left in time, and nothing of it counts, or it was told so.
        assert cartons == (50 if isinstance(left, Exception) else 0)
        assert not isinstance(left, Exception) or isinstance(left, StaleDocument)


def _in(region: Region, act: object, pool: Pool) -> object:
    with in_region(region):
        return act(pool=pool, by=BY)  # type: ignore[operator]
