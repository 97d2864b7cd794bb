"""What a cycle brought each warung, and what it is compared with: read from the cycle as it was closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from django.db.models import Sum

from tenant_apps.pricing.selectors import evidence, price_rule
from tenant_apps.procurement.consolidation import Offer, Supplier
from tenant_apps.procurement.insight.alone import Bought, Compared, Seen, compare
from tenant_apps.procurement.insight.periods import today_here
from tenant_apps.procurement.models import (
    Cycle,
    CycleGood,
    CycleOrder,
    CycleState,
    HandOverLine,
    HandOverState,
    PurchasePart,
)
from tenant_apps.procurement.services.consolidating import plain_offer
from tenants.context import current_region

# What was handed over is known for good.
FINAL = (CycleState.DISTRIBUTED, CycleState.SETTLED)
AT_ONCE = 10_000


@dataclass(frozen=True)
class Terms:
    """What a warung could have bought at alone, by good: offers, suppliers by id, and market prices of the day of closing."""

    offers: Mapping[int, Sequence[Offer]]
    suppliers: Mapping[int, Supplier]
    market: Mapping[int, Seen]


def terms_of(cycle: Cycle) -> Terms:
    """The offers that were written down when the cycle was closed, also those of suppliers that the Satker left out. Five queries."""
    offers: dict[int, list[Offer]] = defaultdict(list)
    for row in cycle.offers.all():
        offers[row.good_id].append(plain_offer(row))
    suppliers = {row.pk: Supplier(row.pk, minimum=row.minimum, freight=row.freight) for row in cycle.suppliers.all()}
    return Terms(offers, suppliers, _market(cycle))


def _market(cycle: Cycle) -> dict[int, Seen]:
    """The newest evidence of the price guarantee on the day on which the cycle was closed, by good."""
    closed_at = cycle.history.filter(move="lock").order_by("-pk").values_list("at", flat=True).first()
    day = closed_at.astimezone(ZoneInfo(current_region().time_zone)).date() if closed_at else today_here()
    goods: dict[int, CycleGood] = {good.product_id: good for good in cycle.goods.all()}
    rows = evidence().filter(
        product__in=goods, observed_on__lte=day, observed_on__gte=day - timedelta(days=price_rule().freshness_days)
    )
    newest = rows.order_by("product_id", "-observed_on", "-pk").distinct("product_id")
    return {
        good.pk: Seen(row.price * good.base_quantity, row.per_quantity)
        for row in newest
        for good in [goods[row.product_id]]
    }


def _bought(cycle: Cycle, order: CycleOrder | None) -> Iterator[tuple[int, int, int, int]]:
    """(order, good, price, units) of each warung's goods, by order: what was handed over once all is; before, what is planned.

    Goods that are weighed count by what is written on them: as many units, at the price of as many.
    """
    if cycle.state in FINAL:
        handed = HandOverLine.objects.filter(
            hand_over__cycle=cycle, hand_over__state=HandOverState.HANDED_OVER, handed__gt=0
        )
        if order is not None:
            handed = handed.filter(line__order=order)
        sums = handed.values_list("line__order_id", "line__good_id", "line__price").annotate(Sum("handed"))
        yield from sums.order_by("line__order_id", "line__good_id").iterator(AT_ONCE)
        return
    parts = PurchasePart.objects.filter(line__cycle=cycle, line__order__warung__isnull=False)
    if order is not None:
        parts = parts.filter(line__order=order)
    planned = parts.values_list("line__order_id", "line__good_id", "line__price").annotate(Sum("units"))
    yield from planned.order_by("line__order_id", "line__good_id").iterator(AT_ONCE)


def compared(cycle: Cycle, order: CycleOrder | None = None) -> Iterator[tuple[int, list[Compared]]]:
    """Each warung's order by id with its goods compared; of one order alone where told."""
    terms = terms_of(cycle)
    for pk, own in groupby(_bought(cycle, order), key=itemgetter(0)):
        bought = [Bought(good, units, units * price) for _order, good, price, units in own]
        yield pk, compare(bought, terms.offers, terms.suppliers, terms.market)
