"""What was agreed for a line of a purchase, what has come of it, and what that is worth. All exact, in whole rupiah."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Sum

from shared_apps.exchange.models import OrderState, SupplierOrder
from shared_apps.supplier_catalog.models import Tax
from shared_apps.supplier_catalog.taxes import tax_on
from tenant_apps.procurement.models import (
    ArrivalLine,
    Cycle,
    CycleState,
    Purchase,
    PurchaseClosing,
    PurchaseLine,
    ReturnToSupplier,
)
from tenants.context import current_region
from tenants.kernel import clock

# Nothing comes of an order in one of these.
ENDED = frozenset({OrderState.REFUSED, OrderState.CANCELLED})
# The supplier has promised nothing yet.
UNANSWERED = frozenset({OrderState.SENT, OrderState.CHANGED})


@dataclass(frozen=True)
class Tally:
    """What has come of a line, less what went back: whole cartons, units, and the weight of all that is good."""

    cartons: int = 0
    loose: int = 0
    rejected: int = 0
    grams: int = 0
    returned: int = 0
    returned_grams: int = 0
    carton: int = 1

    @property
    def came(self) -> int:
        """Cartons that stood at the door."""
        return self.cartons + self.rejected

    @property
    def good(self) -> int:
        """Whole cartons that are good and here."""
        return self.cartons - self.returned

    @property
    def units(self) -> int:
        """Units that are good and here."""
        return self.good * self.carton + self.loose

    @property
    def weight(self) -> int:
        return self.grams - self.returned_grams


@dataclass(frozen=True)
class Terms:
    """What the supplier and the Satker agreed on for a line. `price`: rupiah of a carton without PPN on top."""

    line: PurchaseLine
    packs: int
    price: int
    tax: str
    day: date
    # The exchange's line, where there is one.
    exchange_line: int | None = None
    told: tuple[int, int] = (0, 0)

    @property
    def is_weighed(self) -> bool:
        return self.line.offer.catch_weight

    @property
    def base_of_carton(self) -> int:
        return self.line.offer.carton * self.line.good.base_quantity

    def net(self, tally: Tally) -> int:
        """What is here, without PPN on top, to the nearest rupiah."""
        if self.is_weighed:
            return nearest(self.price * tally.weight, self.base_of_carton)
        return nearest(self.price * tally.units, self.line.offer.carton)

    def value(self, tally: Tally) -> int:
        """What is here, PPN on top included."""
        net = self.net(tally)
        return net + tax_on(net, self.tax, self.day)

    def base_quantity(self, tally: Tally) -> int:
        """What is here, in base units."""
        return tally.weight if self.is_weighed else tally.units * self.line.good.base_quantity

    def more(self, tally: Tally) -> int:
        """Cartons that are still to come."""
        return max(self.packs - tally.came, 0)


@dataclass(frozen=True)
class Standing:
    """A purchase with its order of the exchange, and each line's terms and tally by the line's id."""

    purchase: Purchase
    order: SupplierOrder | None
    terms: Mapping[int, Terms]
    tallies: Mapping[int, Tally]
    closing: PurchaseClosing | None = field(default=None)

    @property
    def is_ended(self) -> bool:
        """Whether nothing more comes."""
        if self.closing is not None or (self.order is not None and self.order.state in ENDED):
            return True
        return not any(terms.more(self.tallies[pk]) for pk, terms in self.terms.items())

    @property
    def takes_goods(self) -> bool:
        return not self.is_ended and (self.order is None or self.order.state not in UNANSWERED)

    @property
    def value(self) -> int:
        """What is here, in rupiah."""
        return sum(terms.value(self.tallies[pk]) for pk, terms in self.terms.items())

    @property
    def came(self) -> int:
        return sum(tally.came for tally in self.tallies.values())


def waits_for_nothing(cycle: Cycle, found: Sequence[Standing]) -> bool:
    """Whether every purchase has ended while the cycle still stands where its orders were sent."""
    return cycle.state == CycleState.ORDERED and bool(found) and all(one.is_ended for one in found)


def nearest(numerator: int, denominator: int) -> int:
    """Half a rupiah and more goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def standing_of(purchase: Purchase) -> Standing:
    """How far one purchase is."""
    return standings([purchase])[0]


def standings(purchases: Iterable[Purchase]) -> list[Standing]:
    """How far purchases are. Seven queries, however many there are."""
    wanted = list(purchases)
    lines = list(
        PurchaseLine.objects.filter(purchase__in=wanted)
        .select_related("offer", "good")
        .order_by("good__product_name", "pk")
    )
    orders = {
        order.public_id: order
        for order in SupplierOrder.objects.filter(
            public_id__in=[one.order for one in wanted if one.order]
        ).prefetch_related("lines")
    }
    tallies = tallies_of(lines)
    closings = {row.purchase_id: row for row in PurchaseClosing.objects.filter(purchase__in=wanted)}
    zone = current_region().time_zone
    found = []
    for purchase in wanted:
        order = orders.get(purchase.order) if purchase.order else None
        own = [line for line in lines if line.purchase_id == purchase.pk]
        found.append(
            Standing(
                purchase,
                order,
                {line.pk: _terms(line, order, zone) for line in own},
                {line.pk: tallies[line.pk] for line in own},
                closings.get(purchase.pk),
            )
        )
    return found


def tallies_of(lines: Iterable[PurchaseLine]) -> dict[int, Tally]:
    """What has come, by line id. Two queries."""
    lines = list(lines)
    came = {
        row["line"]: row
        for row in ArrivalLine.objects.filter(line__in=lines)
        .order_by()
        .values("line")
        .annotate(
            all_cartons=Sum("cartons"), all_units=Sum("units"), all_rejected=Sum("rejected"), all_grams=Sum("grams")
        )
    }
    back = {
        row["line"]: row
        for row in ReturnToSupplier.objects.filter(line__in=lines)
        .order_by()
        .values("line")
        .annotate(all_cartons=Sum("cartons"), all_grams=Sum("grams"))
    }
    found: dict[int, Tally] = {}
    nothing: dict[str, int] = {}
    for line in lines:
        one, gone = came.get(line.pk, nothing), back.get(line.pk, nothing)
        found[line.pk] = Tally(
            cartons=one.get("all_cartons") or 0,
            loose=one.get("all_units") or 0,
            rejected=one.get("all_rejected") or 0,
            grams=one.get("all_grams") or 0,
            returned=gone.get("all_cartons") or 0,
            returned_grams=gone.get("all_grams") or 0,
            carton=line.offer.carton,
        )
    return found


def _terms(line: PurchaseLine, order: SupplierOrder | None, zone: str) -> Terms:
    theirs = next((one for one in order.lines.all() if one.offer == line.offer.offer), None) if order else None
    if order is None or theirs is None:
        # Bought without the exchange: the price of the purchase holds all.
        return Terms(line, line.cartons, line.price, Tax.NONE, clock.today(zone))
    return Terms(
        line,
        theirs.packs_agreed,
        theirs.price_agreed,
        theirs.tax,
        order.sent_at.astimezone(ZoneInfo(zone)).date(),
        theirs.pk,
        (theirs.packs_received, theirs.packs_rejected),
    )
