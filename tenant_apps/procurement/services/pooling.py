"""A region's steps in joint purchases, each with the cycle that takes part."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.models import MemberState, Pool, PoolMember, PoolState
from shared_apps.exchange.pool_selectors import own_pools
from shared_apps.exchange.services import pooling
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenant_apps.procurement.errors import BadCycle
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import Cycle, CycleEvent, CyclePool, CycleState
from tenant_apps.procurement.pool_selectors import offers_at
from tenant_apps.procurement.services.consolidating import write_plan
from tenant_apps.procurement.services.pledging import is_outdated
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

log = logging.getLogger(__name__)

CLOCK = "system:clock"


def start_pool(
    *, cycle: Cycle, supplier: SupplierOrganisation, key: UUID, name: str, closes_at: datetime, by: str
) -> Pool:
    """A joint purchase at a supplier, for what the cycle can buy there. The same key finds the same pool.

    Raises:  BadCycle where the cycle cannot take part; BadPool.
    Writes:  pool, its lines; history of both; where the cycle is closed, its plan.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        before = CyclePool.objects.filter(cycle=cycle, supplier=supplier.public_id).first()
        known = Pool.objects.filter(host=current_region(), key=key).first()
        if known is not None and before is not None and before.pool == known.public_id:
            return known
        _must_have_room(cycle, supplier, closes_at)
        pool = pooling.open_pool(
            supplier=supplier, key=key, name=name, closes_at=closes_at, offers=offers_at(cycle, supplier)
        )
        _take_part(cycle, pool, by)
    return pool


def invite_region(*, pool: Pool, who: str, by: str) -> PoolMember:
    """Another region is invited; its Satker is told.

    Raises:  NoSuchRegion; BadPool; StaleDocument.
    """
    with transaction.atomic():
        cycle = _own_cycle(pool)
        before = pool.members.count()
        member = pooling.invite(pool=pool, who=who)
        if cycle is not None and pool.members.count() > before:
            _note(
                cycle, "pool_invite", _("Joint purchase %(number)s: invited %(region)s"), pool, by, member.region_name
            )
    return member


def join_pool(*, pool: Pool, cycle: Cycle, by: str) -> Pool:
    """The region takes part with a cycle. Joining twice with the same one changes nothing.

    Raises:  BadCycle where the cycle cannot take part, or another one does; StaleDocument once the pool is closed.
    Writes:  member; history of both; where the cycle is closed, its plan and pledges.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        before = CyclePool.objects.filter(pool=pool.public_id).first()
        if before is not None:
            if before.cycle_id != cycle.pk:
                raise BadCycle(_("Another of your cycles takes part already."))
            return pool
        _must_have_room(cycle, pool.supplier, pool.closes_at)
        pooling.join(pool=pool)
        _take_part(cycle, pool, by)
    return pool


def leave_pool(*, pool: Pool, by: str) -> None:
    """The region takes no part any more, and pledges nothing. Leaving twice changes nothing.

    Raises:  BadPool for the host; StaleDocument once the pool is closed.
    Writes:  member; history of both; where the cycle is closed, its plan.
    """
    with transaction.atomic():
        cycle = _own_cycle(pool)
        pooling.leave(pool=pool)
        if cycle is not None:
            CyclePool.objects.filter(pool=pool.public_id).delete()
            _note(cycle, "pool_leave", _("Joint purchase %(number)s: left"), pool, by)
            _plan_anew(cycle)


def close_joint(*, pool: Pool, by: str) -> Pool:
    """The tiers are those of what all regions pledge now; the own plan is made with them.

    Raises:  StaleDocument.
    """
    pool = pooling.close_pool(pool=pool, by=by)
    # A transaction of its own, for cycles are locked before pools.
    catch_up()
    return pool


def cancel_joint(*, pool: Pool, reason: str, by: str) -> Pool:
    """Each region orders alone.

    Raises:  ReasonMissing; StaleDocument.
    """
    pool = pooling.cancel_pool(pool=pool, reason=reason, by=by)
    catch_up()
    return pool


def catch_up() -> int:
    """Closed cycles whose joint purchases went on get a new plan. Returns how many."""
    done = 0
    for pk in list(
        Cycle.objects.filter(state=CycleState.LOCKED, pools__isnull=False).distinct().values_list("pk", flat=True)
    ):
        with transaction.atomic():
            cycle = lock_cycle(Cycle(pk=pk))
            if cycle.state == CycleState.LOCKED and is_outdated(cycle):
                write_plan(cycle)
                done += 1
    return done


def tend_pools() -> int:
    """What is due: pools whose time is up close, prices that no longer hold end, plans follow. Returns how many steps."""
    here = own_pools().filter(members__region=current_region(), members__state=MemberState.JOINED)
    moment = clock.now()
    done = _each(here.filter(state=PoolState.GATHERING, closes_at__lte=moment), pooling.close_pool)
    ended = moment - timedelta(days=pooling.PRICE_DAYS)
    done += _each(here.filter(state=PoolState.CLOSED, closed_at__lte=ended), pooling.end_pool)
    return done + catch_up()


def _each(pools: Iterable[Pool], act: object) -> int:
    done = 0
    for pool in pools:
        try:
            act(pool=pool, by=CLOCK)  # type: ignore[operator]
        except DomainError as refused:
            # Another region was faster.
            log.info("joint purchase %s stays as it is: %s", pool.number, refused.code)
        else:
            done += 1
    return done


def _own_cycle(pool: Pool) -> Cycle | None:
    """The cycle that takes part, locked."""
    row = CyclePool.objects.filter(pool=pool.public_id).select_related("cycle").first()
    return lock_cycle(row.cycle) if row else None


def _must_have_room(cycle: Cycle, supplier: SupplierOrganisation, closes_at: datetime) -> None:
    if cycle.state not in (CycleState.OPEN, CycleState.LOCKED):
        raise BadCycle(_("Choose a cycle that is open, or closed and not ordered yet."))
    if cycle.state == CycleState.OPEN and cycle.closes_at > closes_at:
        raise BadCycle(_("The cycle must close before the joint purchase does, or its goods would not count."))
    if closes_at.date() > cycle.deliver_on:
        raise BadCycle(_("The joint purchase closes after the goods of this cycle should come. Choose another."))
    _drop_what_is_over(cycle)
    if CyclePool.objects.filter(cycle=cycle, supplier=supplier.public_id).exists():
        raise BadCycle(_("This cycle takes part in a joint purchase of this supplier already."))


def _drop_what_is_over(cycle: Cycle) -> None:
    rows = Pool.objects.filter(
        public_id__in=list(cycle.pools.values_list("pool", flat=True)), state__in=(PoolState.CANCELLED, PoolState.ENDED)
    )
    cycle.pools.filter(pool__in=list(rows.values_list("public_id", flat=True))).delete()


def _take_part(cycle: Cycle, pool: Pool, by: str) -> None:
    CyclePool.objects.create(cycle=cycle, pool=pool.public_id, number=pool.number, supplier=pool.supplier.public_id)
    _note(cycle, "pool_join", _("Joint purchase %(number)s: takes part"), pool, by)
    _plan_anew(cycle)


def _plan_anew(cycle: Cycle) -> None:
    if cycle.state == CycleState.LOCKED:
        write_plan(cycle)


def _note(cycle: Cycle, name: str, words: str, pool: Pool, by: str, region: str = "") -> None:
    CycleEvent.objects.create(
        cycle=cycle,
        move=name,
        before=cycle.state,
        after=cycle.state,
        by=by,
        reason=(words % {"number": pool.number, "region": region})[:240],
        at=clock.now(),
    )
