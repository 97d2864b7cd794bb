"""By dawn: what came is shared out among those who ordered it, and what spoils is written down."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.errors import BadEntry
from tenant_apps.fresh_buying.locks import lock_goods, lock_preorders, lock_trip
from tenant_apps.fresh_buying.models import (
    MarketTrip,
    PreOrderLine,
    PreOrderState,
    Shrinkage,
    ShrinkReason,
    TripLine,
    TripState,
)
from tenant_apps.fresh_buying.services.ordering import give_money_back
from tenant_apps.fresh_buying.services.telling import tell_customer
from tenant_apps.procurement.consolidation import shares
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.services import Line, adjust, location_of_warung, release, reserve
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.kernel.units import quantity_text


def distribute(*, trip: MarketTrip, by: str) -> MarketTrip:
    """Each pre-order has its share of what came, by the largest remainder, and what a pack costs is known.

    A pack costs what its goods cost here with the stand's margin, and never more than its customer agreed to.
    States:  BACK -> DISTRIBUTED; pre-orders BUYING -> READY, or CALLED_OFF where nothing came.
    Writes:  shares, history; what was promised to all is promised to each; payments; outbox to the customers.
    """
    with transaction.atomic():
        trip = lock_trip(trip)
        if not move(trip, "distribute", by=by):
            return trip
        preorders = lock_preorders(trip, PreOrderState.BUYING)
        lines = {line.product_id: line for line in trip.lines.all()}
        wanted = list(PreOrderLine.objects.filter(preorder__in=preorders).order_by("pk"))
        _share(trip, lines, wanted)
        PreOrderLine.objects.bulk_update(wanted, ["allocated", "price_due"])
        shelf = location_of_warung(trip.stand)
        held = [Line(line.product_id, line.held) for line in lines.values() if line.held]
        lock_goods((shelf,), (one.product_id for one in held))
        if held:
            release(location=shelf, lines=held, reference=f"{trip.reference}:shared", by=by)
        trip.lines.update(held=0)
        for preorder in preorders:
            mine = [
                Line(line.product_id, line.allocated)
                for line in wanted
                if line.preorder_id == preorder.pk and line.allocated
            ]
            if mine:
                reserve(location=shelf, lines=mine, reference=preorder.reference, by=by)
                move(preorder, "ready", by=by)
                tell_customer(preorder, "ready")
                continue
            reason = _("The market had none of it today.")
            move(preorder, "call_off", by=by, reason=reason)
            give_money_back(preorder, by=by, reason=reason)
            tell_customer(preorder, "call_off", reason)
    return trip


def record_shrink(*, line: TripLine, quantity: int, reason: str, key: UUID, by: str, note: str = "") -> Shrinkage:
    """Goods that came are thrown away or cleaned off, once for the key. Before the sharing out, there is less to share.

    Units:   base units.
    Raises:  BadEntry, also when the rest is promised to customers; StaleDocument before the trip is back and after it is settled.
    Writes:  shrinkage, line; stock is written down with the reason.
    """
    with transaction.atomic():
        trip = lock_trip(line.trip)
        before = Shrinkage.objects.filter(line=line, key=key).first()
        if before is not None:
            return before
        if trip.state not in (TripState.BACK, TripState.DISTRIBUTED):
            raise StaleDocument(_("The goods are not here, or the trip is settled. Look at it again."))
        line = TripLine.objects.select_related("product").get(pk=line.pk)
        left = (line.received or 0) - line.shrunk
        if reason not in ShrinkReason.values:
            raise BadEntry(_("Say why."))
        if not 0 < quantity <= left:
            raise BadEntry(
                _("%(product)s: at most %(left)s are here.")
                % {"product": line.product_name, "left": quantity_text(left, line.base_unit)}
            )
        shelf = location_of_warung(trip.stand)
        level = lock_levels([(shelf.pk, line.product_id)])[shelf.pk, line.product_id]
        freed = max(line.held - (left - quantity), 0)
        if quantity > level.available + freed:
            raise BadEntry(
                _("%(product)s: the rest of it is promised to customers or sold. At most %(left)s are free.")
                % {"product": line.product_name, "left": quantity_text(level.available + freed, line.base_unit)}
            )
        if freed:
            release(
                location=shelf, lines=[Line(line.product_id, freed)], reference=f"{trip.reference}:shrink:{key}", by=by
            )
        adjust(
            location=shelf,
            product=line.product,
            counted=level.on_hand - quantity,
            reason=reason,
            by=by,
            key=f"{trip.reference}:shrink:{key}",
            note=note.strip()[:240],
        )
        written = Shrinkage.objects.create(
            line=line, key=key, reason=reason, quantity=quantity, note=note.strip()[:240], by=by, at=clock.now()
        )
        TripLine.objects.filter(pk=line.pk).update(shrunk=line.shrunk + quantity, held=line.held - freed)
    return written


def _share(trip: MarketTrip, lines: dict[int, TripLine], wanted: list[PreOrderLine]) -> None:
    by_product: dict[int, list[PreOrderLine]] = {}
    for one in wanted:
        by_product.setdefault(one.product_id, []).append(one)
    for product, asked in by_product.items():
        line = lines[product]
        ordered = [one.ordered for one in asked]
        for one, share in zip(asked, shares(min(line.held, sum(ordered)), ordered), strict=True):
            one.allocated = share
            one.price_due = _price(trip, line, one)


def _price(trip: MarketTrip, line: TripLine, one: PreOrderLine) -> int:
    """For one pack: the landed cost and the margin, rounded up, or the highest that was agreed."""
    if not line.received or line.cost is None:
        return one.most_price
    cost = -(-line.cost * one.base_quantity * (100 + trip.margin_percent) // (line.received * 100))
    return min(cost, one.most_price)
