"""Back at the Satker: the scales say what came, and what it cost there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.errors import BadEntry
from tenant_apps.fresh_buying.locks import lock_goods, lock_trip
from tenant_apps.fresh_buying.models import MarketTrip, TripLine, WayReason
from tenant_apps.fresh_buying.services.closing import wanted_now
from tenant_apps.procurement.consolidation import shares
from tenant_apps.stock.services import Line, location_of_warung, receive, reserve
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.kernel.units import quantity_text

# Scales differ; what goes beyond this is a typing error.
MORE_PERCENT = 10


@dataclass(frozen=True)
class Weighed:
    """What the scales at the Satker say, in base units, and why it is less than was bought."""

    quantity: int
    reason: str = ""


def come_back(*, trip: MarketTrip, weighed: Mapping[int, Weighed], by: str) -> MarketTrip:
    """What came lies at the stand, and as much of it as pre-orders wait for is promised to them as a whole.

    The transport is shared out by what the goods cost, to the rupiah.
    States:  BUYING -> BACK. Coming back with the same again changes nothing.
    Units:   base units by line id, for every line of which something was bought.
    Raises:  BadEntry naming the line; StaleDocument when the trip is elsewhere, or came back with something else.
    Writes:  lines, history; stock is received at the stand and promised.
    """
    with transaction.atomic():
        trip = lock_trip(trip)
        moved = move(trip, "come_back", by=by)
        lines = list(trip.lines.annotate(q=Sum("purchases__quantity", default=0), p=Sum("purchases__paid", default=0)))
        if not moved:
            if any(line.received != weighed.get(line.pk, Weighed(0)).quantity for line in lines):
                raise StaleDocument(_("Somebody has weighed this in already, with other numbers. Look at it again."))
            return trip
        if weighed.keys() - {line.pk for line in lines}:
            raise BadEntry(_("This has a line that the trip does not have. Look at it again."))
        for line in lines:
            line.bought, line.paid = line.q, line.p  # type: ignore[attr-defined]
            _weigh(line, weighed.get(line.pk))
        paid = [line.paid or 0 for line in lines]
        parts = shares(trip.transport, paid) if sum(paid) else [0] * len(lines)
        waits = wanted_now(trip)
        for line, own, part in zip(lines, paid, parts, strict=True):
            line.cost = own + part
            line.held = min(waits.get(line.product_id, 0), line.received or 0)
        TripLine.objects.bulk_update(lines, ["bought", "paid", "received", "way_reason", "cost", "held"])
        _receive(trip, lines, by)
    return trip


def _weigh(line: TripLine, weighed: Weighed | None) -> None:
    bought = line.bought or 0
    if not bought:
        if weighed is not None and weighed.quantity:
            raise BadEntry(_("%(product)s was not bought.") % {"product": line.product_name})
        line.received = 0
        return
    if weighed is None or not 0 <= weighed.quantity * 100 <= bought * (100 + MORE_PERCENT):
        raise BadEntry(
            _("%(product)s: write down what the scales say. %(bought)s were bought.")
            % {"product": line.product_name, "bought": quantity_text(bought, line.base_unit)},
            line_id=line.pk,
        )
    if weighed.quantity < bought and weighed.reason not in WayReason.values:
        raise BadEntry(
            _("%(product)s: say why less came than was bought.") % {"product": line.product_name}, line_id=line.pk
        )
    line.received = weighed.quantity
    line.way_reason = weighed.reason if weighed.quantity < bought else ""


def _receive(trip: MarketTrip, lines: Sequence[TripLine], by: str) -> None:
    came = [Line(line.product_id, line.received) for line in lines if line.received]
    held = [Line(line.product_id, line.held) for line in lines if line.held]
    shelf = location_of_warung(trip.stand)
    lock_goods((shelf,), (line.product_id for line in came))
    if came:
        receive(location=shelf, lines=came, reference=trip.reference, by=by, note=trip.market)
    if held:
        reserve(location=shelf, lines=held, reference=trip.reference, by=by)
