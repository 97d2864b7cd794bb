"""The cut-off: what was pre-ordered for a day becomes one list for the market."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.errors import NoPreOrders, NothingOrdered
from tenant_apps.fresh_buying.locks import lock_terms
from tenant_apps.fresh_buying.models import (
    GoodOnOrder,
    MarketTrip,
    PreOrder,
    PreOrderLine,
    PreOrderState,
    TripEvent,
    TripLine,
)
from tenant_apps.pricing.limits import limits_of
from tenant_apps.satker.selectors import the_satker
from tenant_apps.warungs.delivering import days_of
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered
from tenants.kernel.units import BaseUnit


def close_day(*, stand: Warung, day: date, by: str, early: bool = False) -> MarketTrip:
    """The pre-orders of that day become a trip, once: closing again finds the same one. `early`: before the cut-off.

    States:  pre-orders PLACED -> BUYING; nothing -> trip OPEN.
    Raises:  NoPreOrders before the cut-off, unless `early`; NothingOrdered.
    Writes:  trip, lines, history of all; one product is one line, and its sum is that of the pre-orders' lines.
    """
    with transaction.atomic():
        terms = lock_terms(stand)
        before = MarketTrip.objects.filter(stand=stand, for_day=day).first()
        if before is not None:
            return before
        if not early and any(one.day == day for one in days_of(stand)):
            raise NoPreOrders(_("People can still order for that day."))
        rows = PreOrder.objects.select_for_update(no_key=True).filter(
            stand=stand, for_day=day, state=PreOrderState.PLACED
        )
        preorders = list(rows.order_by("pk"))
        if not preorders:
            raise NothingOrdered(_("Nobody has ordered anything for that day."))
        moment = clock.now()
        trip = save_numbered(
            MarketTrip(
                stand=stand,
                satker=the_satker(),
                for_day=day,
                market=terms.market,
                margin_percent=terms.margin_percent,
                made_at=moment,
                moved_at=moment,
            )
        )
        TripEvent.objects.create(trip=trip, move="close", after=trip.state, by=by, at=moment)
        PreOrder.objects.filter(pk__in=[one.pk for one in preorders]).update(trip=trip)
        for preorder in preorders:
            move(preorder, "buy", by=by)
        _write_lines(trip)
    return trip


def close_due(*, by: str) -> list[MarketTrip]:
    """Every day whose cut-off has passed is closed; days that are closed already are no longer asked for."""
    waiting = PreOrder.objects.filter(state=PreOrderState.PLACED).order_by("stand", "for_day")
    found = []
    stands = Warung.objects.in_bulk(waiting.values_list("stand", flat=True).distinct())
    for stand_id, day in waiting.values_list("stand", "for_day").distinct():
        stand = stands[stand_id]
        if all(one.day != day for one in days_of(stand)):
            found.append(close_day(stand=stand, day=day, by=by))
    return found


def _write_lines(trip: MarketTrip) -> None:
    wanted = list(PreOrderLine.objects.filter(preorder__trip=trip).select_related("product", "pack").order_by("pk"))
    sections = dict(GoodOnOrder.objects.filter(stand=trip.stand).values_list("product_id", "section"))
    limits = limits_of([line.pack for line in wanted])
    last = last_prices(trip.stand, {line.product_id for line in wanted})
    lines: dict[int, TripLine] = {}
    for one in wanted:
        product = one.product
        per = 1 if product.base_unit == BaseUnit.PIECE else 1_000
        # What was promised, and what the guarantee allows now, where there is evidence.
        bears = [one.price * per // one.base_quantity]
        if allowed := limits[one.pack_id].allowed:
            bears.append(allowed * per // one.base_quantity)
        line = lines.setdefault(
            one.product_id,
            TripLine(
                trip=trip,
                product=product,
                product_name=product.name,
                section=sections.get(one.product_id, ""),
                base_unit=product.base_unit,
                per_quantity=per,
                wanted=0,
                limit_price=min(bears),
                last_price=last.get(one.product_id),
            ),
        )
        line.wanted += one.ordered
        line.limit_price = min(line.limit_price, *bears)
    TripLine.objects.bulk_create(lines.values())


def last_prices(stand: Warung, product_ids: set[int]) -> dict[int, int]:
    """What `per_quantity` of each product cost the last time it was bought for this stand; one query."""
    rows = TripLine.objects.filter(trip__stand=stand, product__in=product_ids, bought__gt=0)
    found = rows.order_by("product_id", "-pk").distinct("product_id")
    return {row.product_id: row.paid_price for row in found if row.paid_price is not None}


def wanted_now(trip: MarketTrip) -> dict[int, int]:
    """Base units by product that pre-orders of this trip still wait for."""
    rows = PreOrderLine.objects.filter(preorder__trip=trip, preorder__state=PreOrderState.BUYING).order_by()
    sums = rows.values("product").annotate(total=Sum(F("quantity") * F("base_quantity")))
    return {row["product"]: int(row["total"]) for row in sums}
