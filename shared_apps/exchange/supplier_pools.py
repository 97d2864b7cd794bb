"""Joint purchases as their supplier reads them. Callers work inside `tenants.context.for_supplier`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from shared_apps.exchange.models import Pool, PooledLine, PoolLine, PoolMember, SupplierOrder


@dataclass(frozen=True)
class SupplierPool:
    """A joint purchase: each region with its orders at the joint price, and what all pledged together, once it is closed."""

    pool: Pool
    members: list[tuple[PoolMember, list[SupplierOrder]]]
    lines: list[PoolLine]


def pools_at_supplier() -> QuerySet[Pool]:
    """All that were opened at the supplier, newest first."""
    return Pool.objects.order_by("-made_at", "-pk")


def whole_pools(pools: Iterable[Pool]) -> list[SupplierPool]:
    """The pools with all that is read of them; as many queries for one as for a page."""
    chosen = list(pools)
    members: dict[int, list[PoolMember]] = defaultdict(list)
    for member in PoolMember.objects.filter(pool__in=chosen):
        members[member.pool_id].append(member)
    lines: dict[int, list[PoolLine]] = defaultdict(list)
    for line in PoolLine.objects.filter(pool__in=chosen).select_related("total"):
        lines[line.pool_id].append(line)
    orders: dict[tuple[int, int], dict[int, SupplierOrder]] = defaultdict(dict)
    for row in PooledLine.objects.filter(line__pool__in=chosen).select_related("order_line__order", "line"):
        order = row.order_line.order
        orders[row.line.pool_id, order.region_id][order.pk] = order
    return [
        SupplierPool(
            pool,
            [(member, list(orders[pool.pk, member.region_id].values())) for member in members[pool.pk]],
            lines[pool.pk],
        )
        for pool in chosen
    ]
