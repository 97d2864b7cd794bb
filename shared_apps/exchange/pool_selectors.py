"""What a region reads of joint purchases. Callers work inside the region: the database shows no other rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from shared_apps.exchange.models import MemberState, Pool, PoolMember, PoolPledge, PoolState
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.context import current_region


@dataclass(frozen=True)
class Reach:
    """A line of a pool, as one of its regions may know it. Packs.

    `others`: regions besides this one that pledged; `besides`: what they pledge together, rounded down, while it gathers; `reached`:
    where the tier of all together begins, once it is closed, 0 before. `own`: what this region pledged.
    """

    line: int
    others: int
    besides: int
    reached: int
    own: int = 0


def own_pools() -> QuerySet[Pool]:
    """Pools that this region opened or was invited to, newest first."""
    return Pool.objects.select_related("supplier").order_by("-made_at", "-pk")


def membership(pool: Pool) -> PoolMember | None:
    """This region's own row; None where it was not invited."""
    return PoolMember.objects.filter(pool=pool, region=current_region()).first()


def active_pools(ids: Iterable[UUID]) -> dict[UUID, Pool]:
    """Of these pools the ones in which this region takes part, by public id."""
    rows = Pool.objects.filter(
        public_id__in=list(ids), members__region=current_region(), members__state=MemberState.JOINED
    )
    return {pool.public_id: pool for pool in rows}


def reaches(pools: Iterable[Pool]) -> dict[int, dict[UUID, Reach]]:
    """By pool and offer (public id), what this region may know of each line. Three queries, however many there are."""
    ids = [pool.pk for pool in pools]
    found: dict[int, dict[UUID, Reach]] = {pk: {} for pk in ids}
    own = dict(PoolPledge.objects.filter(line__pool__in=ids, region=current_region()).values_list("line_id", "cartons"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.pool_id, f.public_id, r.line_id, r.others, r.besides, r.reached FROM public.exchange_poolreach r"
            " JOIN public.exchange_poolline l ON l.id = r.line_id"
            " JOIN public.supplier_catalog_offer f ON f.id = l.offer_id WHERE r.pool_id = ANY(%s)",
            [ids],
        )
        for pool, offer, line, others, besides, reached in cursor.fetchall():
            found[pool][offer] = Reach(line, others, besides, reached, own.get(line, 0))
    return found


def tiers_for(pool: UUID, seller: SupplierOrganisation, packs: Mapping[UUID, int]) -> dict[UUID, Reach]:
    """By offer, the lines of a closed pool of which this region buys what it pledged, or more."""
    one = Pool.objects.filter(public_id=pool, supplier=seller, state=PoolState.CLOSED).first()
    if one is None:
        return {}
    return {
        offer: reach
        for offer, reach in reaches([one])[one.pk].items()
        if reach.own and reach.own <= packs.get(offer, 0)
    }


@dataclass(frozen=True)
class Neighbour:
    """A region that may be invited; its name and address are public."""

    region: int
    name: str
    address: str


def neighbours(supplier: SupplierOrganisation, text: str = "") -> list[Neighbour]:
    """Open regions where the supplier delivers, besides this one; with a text those that are called so, or live there."""
    wanted = text.strip().lower()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT region_id, name, domain FROM public.exchange_poolregion"
            " WHERE supplier_id = %s AND region_id <> %s AND"
            " (%s = '' OR lower(name) = %s OR domain = %s OR split_part(domain, '.', 1) = %s) ORDER BY name, region_id LIMIT 50",
            [supplier.pk, current_region().pk, wanted, wanted, wanted, wanted],
        )
        return [Neighbour(*row) for row in cursor.fetchall()]


def pools_open_to_us() -> QuerySet[Pool]:
    """Pools that gather, and to which this region was invited without having answered."""
    return own_pools().filter(
        Q(state=PoolState.GATHERING), members__region=current_region(), members__state=MemberState.INVITED
    )
