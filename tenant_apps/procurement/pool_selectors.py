"""Joint purchases as this region's Satker sees them: its own cartons, and of the others what the exchange says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from shared_apps.exchange.models import MemberState, Pool, PoolEvent, PoolLine, PoolMember, PoolState
from shared_apps.exchange.pool_selectors import Neighbour, Reach, neighbours, own_pools, pools_open_to_us, reaches
from shared_apps.supplier_catalog.models import OfferTier, SupplierOrganisation, SupplierState
from tenant_apps.procurement.models import Cycle, CyclePool, CycleState, PurchaseLine
from tenant_apps.suppliers.selectors import buyable
from tenants.context import current_region
from tenants.kernel import clock

# A Satker has one or two that are open.
MOST_CYCLES = 20


def pool_for(number: str) -> Pool:
    """A joint purchase of this region, or one to which it was invited.

    Raises:  Http404.
    """
    found = own_pools().filter(number=number).first()
    if found is None:
        raise Http404("no such joint purchase here")
    return found


def pools_at_satker() -> QuerySet[Pool]:
    """All of them, newest first, each with how many regions take part."""
    return own_pools().annotate(regions=Count("members", filter=Q(members__state=MemberState.JOINED)))


def invitations() -> int:
    """How many invitations wait for an answer."""
    return pools_open_to_us().count()


@dataclass(frozen=True)
class PoolRow:
    """A line of a pool. Packs; rupiah for one pack. `own` is what the plan buys now, 0 without one."""

    line: PoolLine
    tiers: list[OfferTier]
    own: int
    reach: Reach

    @property
    def counted(self) -> int:
        """What counts towards the tier, as far as this region may know."""
        if self.reach.reached:
            return max(self.own, self.reach.reached) if self.reach.own and self.own >= self.reach.own else self.own
        return self.own + self.reach.besides

    @property
    def tier(self) -> OfferTier:
        return self._tier_at(self.counted)

    @property
    def saves(self) -> int:
        """What this region's own packs cost less than they would alone, in rupiah."""
        return self.own * (self._tier_at(self.own).price - self.tier.price)

    @property
    def next(self) -> OfferTier | None:
        return next((tier for tier in self.tiers if tier.packs > self.counted), None)

    @property
    def missing(self) -> int:
        """At most so many packs more, of whichever region, and the next tier is there."""
        return self.next.packs - self.counted if self.next else 0

    @property
    def falls_short(self) -> bool:
        """The plan buys less than was pledged, so the joint tier does not count for it."""
        return bool(self.reach.reached and self.reach.own and self.own < self.reach.own)

    def _tier_at(self, packs: int) -> OfferTier:
        return next(tier for tier in reversed(self.tiers) if tier.packs <= max(packs, 1))


@dataclass(frozen=True)
class PoolView:
    """One joint purchase, read at once."""

    pool: Pool
    own: PoolMember
    members: list[PoolMember]
    rows: list[PoolRow]
    history: list[PoolEvent]
    cycle: Cycle | None

    @property
    def hosts(self) -> bool:
        return self.pool.host_id == self.own.region_id

    @property
    def takes_part(self) -> bool:
        return self.own.state == MemberState.JOINED

    @property
    def gathers(self) -> bool:
        return self.pool.state == PoolState.GATHERING

    @property
    def may_close(self) -> bool:
        return self.gathers and self.takes_part and (self.hosts or self.pool.closes_at <= clock.now())

    @property
    def saves(self) -> int:
        return sum(row.saves for row in self.rows)


def pool_view(pool: Pool) -> PoolView:
    """Everything of a pool that this region may read. As many queries for one line as for a hundred."""
    members = list(pool.members.all())
    own = next(member for member in members if member.region_id == current_region().pk)
    joined = CyclePool.objects.filter(pool=pool.public_id).select_related("cycle").first()
    return PoolView(
        pool=pool,
        own=own,
        members=members,
        rows=_rows(pool, joined.cycle if joined else None),
        history=list(pool.history.all()),
        cycle=joined.cycle if joined else None,
    )


def _rows(pool: Pool, cycle: Cycle | None) -> list[PoolRow]:
    found = reaches([pool])[pool.pk]
    packs: dict[UUID, int] = {}
    if cycle is not None:
        rows = PurchaseLine.objects.filter(purchase__cycle=cycle).order_by()
        packs = dict(rows.values_list("offer__offer", "cartons"))
    lines = pool.lines.select_related("offer").prefetch_related("offer__tiers")
    return [
        PoolRow(
            line,
            list(line.offer.tiers.all()),
            packs.get(line.offer.public_id, 0),
            found.get(line.offer.public_id, Reach(line.pk, 0, 0, 0)),
        )
        for line in lines
    ]


def neighbours_of(view: PoolView) -> list[Neighbour]:
    """Regions that may still be invited."""
    there = {member.region_id for member in view.members}
    return [one for one in neighbours(view.pool.supplier) if one.region not in there]


def pools_of(cycle: Cycle) -> list[PoolView]:
    """The joint purchases in which a cycle takes part."""
    rows = list(cycle.pools.values_list("pool", flat=True))
    return [pool_view(pool) for pool in own_pools().filter(public_id__in=rows)] if rows else []


def offers_at(cycle: Cycle, supplier: SupplierOrganisation | None = None) -> list[UUID]:
    """What the cycle can buy (of a supplier), by offer (public id)."""
    if cycle.state == CycleState.LOCKED:
        rows = cycle.offers.filter(supplier__supplier=supplier.public_id) if supplier else cycle.offers.all()
        return list(rows.values_list("offer", flat=True))
    goods = cycle.goods.select_related("product")
    found = buyable(cycle.deliver_on, [good.product for good in goods])
    return [one.offer.public_id for one in found if supplier is None or one.supplier.pk == supplier.pk]


def cycles_to_join(supplier: SupplierOrganisation | None = None) -> list[Cycle]:
    """Cycles that may take part in a joint purchase now (of this supplier), the one that closes first first."""
    rows = Cycle.objects.filter(state__in=(CycleState.OPEN, CycleState.LOCKED)).order_by("closes_at", "pk")
    if supplier is not None:
        going_on = own_pools().filter(supplier=supplier, state__in=(PoolState.GATHERING, PoolState.CLOSED))
        rows = rows.exclude(pools__pool__in=list(going_on.values_list("public_id", flat=True)))
    return list(rows[:MOST_CYCLES])


def suppliers_to_pool(cycles: Iterable[Cycle]) -> list[SupplierOrganisation]:
    """Suppliers that take joint purchases, and have tiers for a whole area on what one of the cycles can buy."""
    offers = {offer for cycle in cycles for offer in offers_at(cycle)}
    rows = SupplierOrganisation.objects.filter(
        allows_pooling=True,
        offers__public_id__in=offers,
        offers__region=None,
        offers__tiers__packs__gt=1,
        state=SupplierState.VERIFIED,
    )
    return list(rows.distinct().order_by("name", "pk"))
