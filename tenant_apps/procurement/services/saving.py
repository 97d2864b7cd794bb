"""What a cycle saved its warungs is written down, and written anew when the cycle has moved."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.db.models import F, Q

from tenant_apps.procurement.insight.alone import Way
from tenant_apps.procurement.insight.periods import ORDERED
from tenant_apps.procurement.insight.reckoning import FINAL, compared
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import Cycle, CycleSaving, GoodSaving, OrderSaving
from tenants.kernel import clock

# Cycles of one run; the next one takes the rest.
AT_ONCE = 20


def reckon_due_savings() -> int:
    """Cycles that were ordered and have moved since they were last reckoned, the oldest first. Returns how many."""
    rows = Cycle.objects.filter(state__in=ORDERED).filter(Q(saving=None) | Q(saving__reckoned_at__lt=F("moved_at")))
    due = list(rows.order_by("moved_at", "pk")[:AT_ONCE])
    for cycle in due:
        reckon_savings(cycle=cycle)
    return len(due)


def reckon_savings(*, cycle: Cycle) -> CycleSaving | None:
    """The cycle's savings are those of its present state; None for one that is not ordered. The same again changes nothing.

    Writes:  the savings of the cycle, of each warung's order and of each good.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        CycleSaving.objects.filter(cycle=cycle).delete()
        if cycle.state not in ORDERED:
            return None
        saving = CycleSaving.objects.create(cycle=cycle, final=cycle.state in FINAL, reckoned_at=clock.now())
        orders, goods = [], defaultdict[int, list[int]](lambda: [0, 0, 0])
        for order, rows in compared(cycle):
            orders.append(
                OrderSaving(
                    order_id=order,
                    saving=saving,
                    paid=sum(row.paid for row in rows),
                    alone=sum(row.alone for row in rows),
                    unknown=sum(row.paid for row in rows if row.way == Way.UNKNOWN),
                )
            )
            for row in rows:
                sums = goods[row.good]
                sums[0], sums[1], sums[2] = sums[0] + row.units, sums[1] + row.paid, sums[2] + row.alone
        OrderSaving.objects.bulk_create(orders, batch_size=1_000)
        GoodSaving.objects.bulk_create(
            [
                GoodSaving(good_id=good, saving=saving, units=units, paid=paid, alone=alone)
                for good, (units, paid, alone) in sorted(goods.items())
            ]
        )
    return saving
