"""Cycles by who may see them, and what their lines and plans say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.http import Http404

from shared_apps.exchange.models import SupplierOrder
from tenant_apps.catalog.models import Pack, Use
from tenant_apps.pricing.selectors import wholesale_offers
from tenant_apps.procurement.consolidation import Missed, cartons_for
from tenant_apps.procurement.models import (
    Cycle,
    CycleGood,
    CycleLine,
    CycleOffer,
    CycleOrder,
    CycleState,
    CycleSupplier,
    Purchase,
    PurchasePart,
)
from tenant_apps.satker.models import Satker
from tenant_apps.stock.models import StockMovement
from tenant_apps.stock.selectors import available_at
from tenant_apps.suppliers.selectors import Buyable, buyable
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock

# How far back sales are looked at, and for how many days goods should last once they are here.
SALES_DAYS = 28
LASTS_DAYS = 14
# In these a warung's goods of a cycle are still to come.
COMING = (CycleState.OPEN, CycleState.LOCKED, CycleState.ORDERED, CycleState.RECEIVING)


def cycle_for_satker(number: str) -> Cycle:
    """Any cycle, for officers of the Satker.

    Raises:  Http404.
    """
    found = Cycle.objects.select_related("satker").filter(number=number).first()
    if found is None:
        raise Http404("no such cycle")
    return found


def cycle_for_warung(warung: Warung, number: str) -> Cycle:
    """A cycle that warungs may see: one that was opened, or in which this one ordered.

    Raises:  Http404.
    """
    ordered = CycleOrder.objects.filter(cycle=OuterRef("pk"), warung=warung)
    rows = Cycle.objects.select_related("satker").filter(number=number).exclude(state=CycleState.DRAFT)
    found = rows.filter(Q(state=CycleState.OPEN) | Exists(ordered)).first()
    if found is None:
        raise Http404("no such cycle for them")
    return found


def cycles_at_satker() -> QuerySet[Cycle]:
    """All cycles, newest first, each with how many warungs ordered and for how much."""
    rows = Cycle.objects.annotate(
        warungs=Count("orders", filter=Q(orders__warung__isnull=False)), firm_total=Sum("orders__total", default=0)
    )
    return rows.order_by("-made_at", "-pk")


def open_cycles() -> QuerySet[Cycle]:
    """Cycles that take orders now, the one that closes first first."""
    return Cycle.objects.filter(state=CycleState.OPEN, closes_at__gt=clock.now()).order_by("closes_at", "pk")


def orders_of(warung: Warung) -> QuerySet[CycleOrder]:
    """What the warung ordered in cycles, newest first."""
    rows = CycleOrder.objects.filter(warung=warung).select_related("cycle").annotate(kinds=Count("lines"))
    return rows.order_by("-cycle__made_at", "-pk")


def orders_in(cycle: Cycle, text: str = "") -> QuerySet[CycleOrder]:
    """What is ordered in a cycle, by warung; the Satker's own first."""
    rows = CycleOrder.objects.filter(cycle=cycle).select_related("warung").annotate(kinds=Count("lines"))
    for word in text.split()[:6]:
        rows = rows.filter(warung__name__icontains=word)
    return rows.order_by(F("warung__name").asc(nulls_first=True), "pk")


def cycles_waiting() -> int:
    """How many cycles wait for the Satker: closed and not ordered."""
    return Cycle.objects.filter(state=CycleState.LOCKED).count()


@dataclass(frozen=True)
class Orderable:
    """A buying pack that a cycle may have, and what its cheapest supplier asks for as much (rupiah, freight included)."""

    pack: Pack
    price: int
    cost: int
    supplier: str
    suppliers: int

    @property
    def margin(self) -> int:
        """What is left of the warung's price, in rupiah."""
        return self.price - self.cost


def orderable(satker: Satker, on: date) -> list[Orderable]:
    """Packs that warungs could order for that day: with a wholesale price, and adopted in cartons that hold whole ones of them.

    Of several packs of a product the smallest. Flat in queries.
    """
    sold: dict[int, list[Buyable]] = {}
    for one in buyable(on):
        sold.setdefault(one.adoption.product_id, []).append(one)
    found: dict[int, Orderable] = {}
    for price in wholesale_offers(satker).filter(pack__use=Use.BUY, pack__product__in=sold):
        pack = price.pack
        fits = [one for one in sold[pack.product_id] if one.adoption.base_quantity % pack.base_quantity == 0]
        known = found.get(pack.product_id)
        if not fits or (known is not None and known.pack.base_quantity <= pack.base_quantity):
            continue
        cheapest = min(fits, key=lambda one: (_unit_cost(one), one.adoption.pk))
        cost = -(-_unit_cost(cheapest) * pack.base_quantity // 1)
        suppliers = len({one.supplier.pk for one in fits})
        found[pack.product_id] = Orderable(pack, price.price, int(cost), cheapest.supplier.name, suppliers)
    return sorted(found.values(), key=lambda one: (one.pack.product.name, one.pack.pk))


def _unit_cost(one: Buyable) -> Fraction:
    """Rupiah for a base unit at the first tier, brought here."""
    return Fraction(one.offer.tiers.all()[0].price + one.offer.freight, one.adoption.base_quantity)


def cartons_of(cycle: Cycle) -> dict[int, int]:
    """Units of the smallest carton in which a good can be bought, by good id."""
    goods = {good.product_id: good for good in cycle.goods.select_related("product")}
    if cycle.state not in (CycleState.DRAFT, CycleState.OPEN):
        rows = cycle.offers.order_by("-carton").values_list("good_id", "carton")
        return dict(rows)
    found: dict[int, int] = {}
    for one in buyable(cycle.deliver_on, [good.product for good in goods.values()]):
        good = goods[one.adoption.product_id]
        units, rest = divmod(one.adoption.base_quantity, good.base_quantity)
        if not rest:
            found[good.pk] = min(found.get(good.pk, units), units)
    return found


@dataclass(frozen=True)
class GoodSum:
    """What all orders of a cycle want of a good together, in units."""

    good: CycleGood
    orders: int
    firm: int
    tolerance: int
    carton: int

    @property
    def cartons(self) -> int:
        """Full cartons, as things stand."""
        return cartons_for(self.firm, self.tolerance, self.carton) if self.carton else 0

    @property
    def to_next(self) -> int:
        """So many units more, and one more carton is full."""
        if not self.carton:
            return 0
        return (self.cartons + 1) * self.carton - self.firm - self.tolerance


def sums_of(cycle: Cycle) -> list[GoodSum]:
    """All goods of a cycle, those that are wanted first."""
    wanted = {
        row["good"]: row
        for row in CycleLine.objects.filter(cycle=cycle)
        .order_by()
        .values("good")
        .annotate(orders=Count("pk"), firm=Sum("firm"), tolerance=Sum("tolerance"))
    }
    cartons = cartons_of(cycle)
    found = []
    for good in cycle.goods.all():
        row = wanted.get(good.pk, {"orders": 0, "firm": 0, "tolerance": 0})
        found.append(GoodSum(good, row["orders"], row["firm"], row["tolerance"], cartons.get(good.pk, 0)))
    found.sort(key=lambda one: (not one.firm, one.good.product_name))
    return found


@dataclass(frozen=True)
class GoodHint:
    """Why so many units of a good are suggested; quantities are base units of the product."""

    left: int
    sold: int
    coming: int
    units: int


def hints_for(warung: Warung, cycle: Cycle, goods: Iterable[CycleGood]) -> dict[int, GoodHint]:
    """What a warung needs of these goods until two weeks after the delivery, by good id: what sells, less what is there or comes.

    Only goods that sell and would run out. Four queries.
    """
    goods = list(goods)
    products = {good.product_id for good in goods}
    sold = _left_lately(warung, products)
    left, coming = available_at(warung, sold), _coming(warung, cycle)
    days = max((cycle.deliver_on - clock.today()).days, 0) + LASTS_DAYS
    found = {}
    for good in goods:
        gone = sold.get(good.product_id, 0)
        there = left.get(good.product_id, 0) + coming.get(good.product_id, 0)
        lacking = -(-gone * days // SALES_DAYS) - there
        if gone and lacking > 0:
            units = -(-lacking // good.base_quantity)
            found[good.pk] = GoodHint(left.get(good.product_id, 0), gone, coming.get(good.product_id, 0), units)
    return found


def last_wishes(warung: Warung, cycle: Cycle) -> dict[int, tuple[int, int]]:
    """Firm units and tolerance of the warung's last order in another cycle, by product id."""
    last = CycleOrder.objects.filter(warung=warung).exclude(cycle=cycle).order_by("-ordered_at", "-pk").first()
    if last is None:
        return {}
    return {
        product: (firm, tolerance)
        for product, firm, tolerance in last.lines.values_list("good__product_id", "firm", "tolerance")
    }


def _left_lately(warung: Warung, products: Iterable[int]) -> dict[int, int]:
    since = clock.now() - timedelta(days=SALES_DAYS)
    rows = StockMovement.objects.filter(
        location__warung=warung, at__gte=since, delta_on_hand__lt=0, product__in=list(products)
    ).order_by()
    return {product: -gone for product, gone in rows.values_list("product_id").annotate(Sum("delta_on_hand"))}


def _coming(warung: Warung, cycle: Cycle) -> dict[int, int]:
    """Base units that the warung ordered in other cycles and did not get yet, by product id."""
    rows = CycleLine.objects.filter(order__warung=warung, cycle__state__in=COMING).exclude(cycle=cycle).order_by()
    base = F("firm") * F("good__base_quantity")
    return dict(rows.values_list("good__product_id").annotate(base=Sum(base)))


@dataclass(frozen=True)
class Tip:
    """So many cartons more of an offer, and what is bought already costs so many rupiah less."""

    offer: CycleOffer
    cartons: int
    saves: int


@dataclass(frozen=True)
class Lack:
    """Why not all of a good is bought; so many units more would help, 0 where none would."""

    good: CycleGood
    reason: Missed
    missing: int


@dataclass(frozen=True)
class Short:
    """A supplier whose smallest order is not reached, in rupiah of goods."""

    supplier: CycleSupplier
    goods: int
    missing: int


@dataclass(frozen=True)
class PlanView:
    """A cycle's plan, with names."""

    purchases: list[Purchase]
    tips: list[Tip]
    lacks: list[Lack]
    shorts: list[Short]
    unfilled_lines: int
    unfilled_units: int
    left_out: list[CycleSupplier]

    @property
    def total(self) -> int:
        """What all purchases cost, brought here, in rupiah."""
        return sum(purchase.total for purchase in self.purchases)


def plan_of(cycle: Cycle) -> PlanView:
    """What consolidation made of a cycle. Flat in queries."""
    told = cycle.plan
    purchases = cycle.purchases.select_related("supplier").prefetch_related("lines__offer", "lines__good")
    suppliers = {row.pk: row for row in cycle.suppliers.all()}
    offers = CycleOffer.objects.select_related("good", "supplier").in_bulk([row[0] for row in told.get("advice", [])])
    goods = CycleGood.objects.in_bulk([int(pk) for pk in told.get("gaps", {})])
    lines, units = told.get("unfilled", [0, 0])
    return PlanView(
        purchases=sorted(purchases, key=lambda one: (one.supplier.name, one.pk)),
        tips=[Tip(offers[pk], cartons, saves) for pk, cartons, saves in told.get("advice", []) if pk in offers],
        lacks=sorted(
            (Lack(goods[int(pk)], Missed[reason], missing) for pk, (reason, missing) in told.get("gaps", {}).items()),
            key=lambda one: one.good.product_name,
        ),
        shorts=[
            Short(suppliers[pk], value, missing) for pk, value, missing in told.get("missed", []) if pk in suppliers
        ],
        unfilled_lines=lines,
        unfilled_units=units,
        left_out=[row for row in suppliers.values() if str(row.supplier) in cycle.left_out],
    )


def exchange_orders(cycle: Cycle) -> Mapping[str, SupplierOrder]:
    """The orders that left for the exchange, by number. One query, of which the database shows this region's own."""
    ids = [order for order in cycle.purchases.values_list("order", flat=True) if order]
    return {order.number: order for order in SupplierOrder.objects.filter(public_id__in=ids)}


def bought_for(order: CycleOrder) -> dict[int, int]:
    """Units that the plan buys for a warung's lines, by line id."""
    rows = PurchasePart.objects.filter(line__order=order).order_by().values_list("line_id")
    return dict(rows.annotate(Sum("units")))
