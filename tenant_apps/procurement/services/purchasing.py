"""A closed cycle is ordered: one order for each supplier leaves for the exchange."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.services.sending import Buyer, OrderedLine, send_order
from tenant_apps.procurement.errors import BadCycle, MinimumMissed
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import BelowMinimum, Cycle, Purchase
from tenant_apps.procurement.services.announcing import tell_of_cycle
from tenant_apps.procurement.services.pledging import must_stand
from tenant_apps.satker.models import Satker
from tenants.kernel.moves import move


def send_purchases(*, cycle: Cycle, by: str) -> Cycle:
    """Each supplier gets its order, at the prices that were in force when the cycle was closed.

    States:  LOCKED -> ORDERED. Sending twice changes nothing.
    Raises:  MinimumMissed where a supplier's smallest order is not reached and the cycle says that it stays open; BadCycle with
             nothing to buy; PoolGathers, PlanOutdated; what the exchange refuses. Then nothing has left.
    Writes:  orders in the exchange, with their messages to the suppliers; history; outbox to the owners who ordered.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if move(cycle, "order", by=by):
            purchases = list(cycle.purchases.select_related("supplier").order_by("pk"))
            if not purchases:
                raise BadCycle(_("There is nothing to buy in this cycle. Extend it, or cancel it."))
            must_stand(cycle)
            _must_reach_minimums(cycle)
            locked_at = cycle.history.filter(move="lock").latest("pk").at
            pools = dict(cycle.pools.values_list("supplier", "pool"))
            for purchase in purchases:
                _send(cycle, purchase, locked_at, pools.get(purchase.supplier.supplier), by)
            tell_of_cycle(cycle, "order")
    return cycle


def _must_reach_minimums(cycle: Cycle) -> None:
    missed = cycle.plan.get("missed", [])
    if missed and cycle.below == BelowMinimum.KEEP:
        names = cycle.suppliers.filter(pk__in=[row[0] for row in missed]).values_list("name", flat=True)
        raise MinimumMissed(
            _(
                "The smallest order is not reached at: %(names)s. Extend the cycle, leave these goods out, or buy them from others."
            )
            % {"names": ", ".join(names)}
        )


def _send(cycle: Cycle, purchase: Purchase, locked_at: datetime, pool: UUID | None, by: str) -> None:
    lines = purchase.lines.select_related("offer").order_by("good__product_name", "pk")
    order = send_order(
        supplier=purchase.supplier.supplier,
        key=purchase.key,
        buyer=buyer_of(cycle.satker),
        wanted_on=cycle.deliver_on,
        lines=[OrderedLine(line.offer.offer, line.cartons, agreed=True) for line in lines],
        cycle=f"{cycle.name} ({cycle.number})",
        priced_at=locked_at,
        pooled=pool,
        by=by,
    )
    purchase.order, purchase.order_number = order.public_id, order.number
    # PPN is reckoned for a whole line there, for one carton in the plan.
    purchase.goods, purchase.freight = order.goods + order.tax, order.freight
    purchase.save(update_fields=["order", "order_number", "goods", "freight"])


def buyer_of(satker: Satker) -> Buyer:
    """The Satker as suppliers know it."""
    return Buyer(satker.name, satker.address, satker.phone)
