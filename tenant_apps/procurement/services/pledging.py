"""A cycle's plan and the joint purchases that it takes part in: what they say of prices, and what the plan pledges there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from shared_apps.exchange.locks import hold_pool
from shared_apps.exchange.models import Pool, PoolState
from shared_apps.exchange.pool_selectors import Reach, active_pools, reaches
from shared_apps.exchange.services import pooling
from tenant_apps.procurement.errors import PlanOutdated, PoolGathers
from tenant_apps.procurement.models import Cycle, PurchaseLine

COUNTING = (PoolState.GATHERING, PoolState.CLOSED)


@dataclass(frozen=True)
class JointTerms:
    """By pool the state that a plan is made for, and by offer what counts towards its tiers."""

    states: dict[str, str]
    reaches: dict[UUID, Reach]


def joint_terms(cycle: Cycle) -> JointTerms:
    """What the cycle's joint purchases say now."""
    pools = _pools(cycle)
    if not pools:
        return JointTerms({}, {})
    counting = [pool for pool in pools if pool.state in COUNTING]
    found = reaches(counting)
    return JointTerms(
        {str(pool.public_id): pool.state for pool in pools},
        {offer: reach for pool in counting for offer, reach in found[pool.pk].items()},
    )


def pledge_plan(cycle: Cycle) -> None:
    """What the plan buys is pledged, in place of what was pledged before. The cycle is locked by the caller, then each pool."""
    pools = [pool for pool in _pools(cycle) if pool.state == PoolState.GATHERING]
    if pools:
        rows = PurchaseLine.objects.filter(purchase__cycle=cycle).order_by()
        packs = dict(rows.values_list("offer__offer", "cartons"))
        for pool in pools:
            pooling.pledge(pool=pool, packs=packs)


def withdraw_pledges(cycle: Cycle) -> None:
    """The cycle has no plan any more, and pledges nothing. A pool that is closed keeps what was pledged."""
    for pool in _pools(cycle):
        pooling.pledge(pool=pool, packs={})


def is_outdated(cycle: Cycle) -> bool:
    """Whether a joint purchase went on since the cycle's plan was made."""
    return bool(joint_terms(cycle).states != cycle.plan.get("pools", {}))


def must_stand(cycle: Cycle) -> None:
    """The prices of the plan stand until the transaction ends.

    Raises:  PoolGathers while a joint purchase is open; PlanOutdated where one closed, ended or was cancelled since.
    """
    held = [hold_pool(pool) for pool in _pools(cycle)]
    if any(pool is not None and pool.state == PoolState.GATHERING for pool in held):
        raise PoolGathers(_("A joint purchase of this cycle still gathers. Wait until it closes, or leave it first."))
    if is_outdated(cycle):
        raise PlanOutdated(
            _("A joint purchase has gone on since. Make the plan anew, look at it, then send the orders.")
        )


def _pools(cycle: Cycle) -> list[Pool]:
    """In the order in which they are locked."""
    rows = list(cycle.pools.values_list("pool", flat=True))
    return sorted(active_pools(rows).values(), key=lambda pool: pool.pk) if rows else []
