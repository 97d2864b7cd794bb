"""What came of cycles, where it is and who has it, by who may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.fields.files import FieldFile
from django.http import Http404

from shared_apps.exchange.models import SupplierInvoice
from tenant_apps.ledger.models import Account
from tenant_apps.procurement.agreed import tallies_of
from tenant_apps.procurement.credit import owed_code
from tenant_apps.procurement.models import (
    Allotment,
    Arrival,
    ArrivalLine,
    Cycle,
    CycleLine,
    CycleOrder,
    HandOver,
    HandOverLine,
    HandOverState,
    InvoiceMatch,
    InvoiceMatchLine,
    Purchase,
    PurchaseLine,
    PurchasePart,
    ReturnToSupplier,
    Route,
    RouteStop,
    WarungPayment,
)
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.kernel import clock

Found = TypeVar("Found")

# Days since a debt arose, as accountants sort them; the last is open.
AGES = ((0, 7), (8, 14), (15, 30), (31, None))


def cycle_of_number(number: str) -> Cycle:
    """Any cycle, for officers of the Satker.

    Raises:  Http404.
    """
    return _there(Cycle.objects.select_related("satker").filter(number=number).first())


def purchase_of(cycle: Cycle, supplier: UUID) -> Purchase:
    """What the cycle buys from a supplier, by the supplier's public id.

    Raises:  Http404.
    """
    rows = Purchase.objects.select_related("cycle__satker", "supplier").filter(cycle=cycle)
    return _there(rows.filter(supplier__supplier=supplier).first())


def arrival_of(cycle: Cycle, number: str) -> Arrival:
    """An arrival of a cycle.

    Raises:  Http404.
    """
    rows = Arrival.objects.select_related("purchase__supplier", "purchase__cycle__satker", "corrects")
    return _there(rows.filter(purchase__cycle=cycle, number=number).first())


def arrivals_of(cycle: Cycle) -> dict[int, list[Arrival]]:
    """Arrivals by purchase id, oldest first."""
    found: dict[int, list[Arrival]] = defaultdict(list)
    rows = Arrival.objects.filter(purchase__cycle=cycle).select_related("corrects", "corrected_by").order_by("pk")
    for arrival in rows:
        found[arrival.purchase_id].append(arrival)
    return found


def photo_of(cycle: Cycle, public_id: UUID) -> FieldFile:
    """The photo of a rejected line, or of a return, by its public id.

    Raises:  Http404.
    """
    line = ArrivalLine.objects.filter(arrival__purchase__cycle=cycle, public_id=public_id).first()
    back = ReturnToSupplier.objects.filter(line__purchase__cycle=cycle, public_id=public_id).first()
    found = line or back
    if found is None or not found.photo:
        raise Http404("no such photo")
    return found.photo


def returns_of(purchase: Purchase) -> QuerySet[ReturnToSupplier]:
    """What went back of a purchase, oldest first."""
    rows = ReturnToSupplier.objects.filter(line__purchase=purchase)
    return rows.select_related("line__offer", "line__good").order_by("pk")


def hand_over_of(cycle: Cycle, number: str) -> HandOver:
    """A hand-over of a cycle.

    Raises:  Http404.
    """
    rows = HandOver.objects.select_related("warung__owner", "cycle__satker", "distribution")
    return _there(rows.filter(cycle=cycle, number=number).first())


def own_hand_over(warungs: Iterable[Warung], number: str) -> HandOver:
    """A hand-over of one of these warungs.

    Raises:  Http404.
    """
    rows = HandOver.objects.select_related("warung__owner", "cycle__satker", "distribution")
    return _there(rows.filter(warung__in=warungs, number=number).first())


def order_of_warung(warung: Warung, number: str) -> CycleOrder:
    """What the warung ordered in a cycle.

    Raises:  Http404.
    """
    rows = CycleOrder.objects.select_related("cycle__satker").filter(warung=warung)
    return _there(rows.filter(cycle__number=number).first())


def hand_overs_of(cycle: Cycle, warung: Warung | None = None, *, text: str = "") -> QuerySet[HandOver]:
    """Hand-overs of a cycle by route and place on it; with `text` those of warungs whose name has it, or with that number."""
    stop = RouteStop.objects.filter(cycle=OuterRef("cycle"), warung=OuterRef("warung"))
    rows = HandOver.objects.filter(cycle=cycle)
    if warung is not None:
        rows = rows.filter(warung=warung)
    if text:
        rows = rows.filter(Q(warung__name__icontains=text) | Q(number__startswith=text.upper()))
    return (
        rows.select_related("warung", "distribution", "cycle")
        .annotate(
            route_name=stop.values("route__name")[:1],
            route_place=stop.values("route__position")[:1],
            stop_place=stop.values("position")[:1],
        )
        .order_by("distribution__number", "route_place", "stop_place", "pk")
    )


def lines_of(hand_overs: Iterable[HandOver]) -> QuerySet[HandOverLine]:
    """All lines of these hand-overs."""
    return HandOverLine.objects.filter(hand_over__in=hand_overs).order_by("product_name", "pk")


@dataclass(frozen=True)
class Picked:
    """A good on a picking list: so many units, and what that is in base units."""

    product_name: str
    pack_label: str
    base_unit: str
    units: int
    base_quantity: int


@dataclass(frozen=True)
class RouteList:
    """A route with its hand-overs, and all goods of it together."""

    name: str
    hand_overs: tuple[HandOver, ...]
    goods: tuple[Picked, ...]

    @property
    def to_load(self) -> int:
        return sum(1 for one in self.hand_overs if one.state == HandOverState.PICKING)


def route_lists(cycle: Cycle) -> list[RouteList]:
    """What is still to be picked or brought, by route. Three queries."""
    waiting = hand_overs_of(cycle).filter(state__in=(HandOverState.PICKING, HandOverState.ON_THE_WAY))
    rows = list(waiting.prefetch_related(Prefetch("lines", HandOverLine.objects.order_by("product_name", "pk"))))
    by_route: dict[str, list[HandOver]] = defaultdict(list)
    for one in sorted(rows, key=lambda row: (row.route_place or 0, row.stop_place or 0, row.pk)):  # type: ignore[attr-defined]
        by_route[one.route_name or ""].append(one)  # type: ignore[attr-defined]
    return [RouteList(name, tuple(own), tuple(goods_of(own))) for name, own in by_route.items()]


def goods_of(hand_overs: Iterable[HandOver]) -> list[Picked]:
    """All goods of these hand-overs together, by product. Their lines are read along."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for one in hand_overs:
        for line in one.lines.all():
            row = found.setdefault((line.product_name, line.pack_label, line.base_unit), [0, 0])
            row[0] += line.units
            row[1] += line.base_quantity
    return [Picked(*facts, *numbers) for facts, numbers in sorted(found.items())]


def stops_of(cycle: Cycle) -> QuerySet[RouteStop]:
    """All warungs of a cycle on their routes."""
    return (
        RouteStop.objects.filter(cycle=cycle)
        .select_related("route", "warung")
        .order_by("route__position", "position", "pk")
    )


def route_names(cycle: Cycle) -> list[str]:
    return list(Route.objects.filter(cycle=cycle).order_by("name").values_list("name", flat=True))


def invoices_of(cycle: Cycle) -> list[tuple[Purchase, SupplierInvoice]]:
    """All invoices for orders of a cycle, by supplier, newest last. Of the exchange the database shows this region's own."""
    purchases = {one.order: one for one in cycle.purchases.select_related("supplier") if one.order}
    rows = SupplierInvoice.objects.filter(order__public_id__in=purchases).select_related("order").order_by("pk")
    found = [(purchases[row.order.public_id], row) for row in rows]
    return sorted(found, key=lambda pair: (pair[0].supplier.name, pair[1].pk))


def invoice_of(cycle: Cycle, public_id: UUID) -> tuple[Purchase, SupplierInvoice]:
    """An invoice for an order of a cycle.

    Raises:  Http404.
    """
    invoice = SupplierInvoice.objects.select_related("order").filter(public_id=public_id).first()
    rows = Purchase.objects.select_related("supplier", "cycle__satker").filter(cycle=cycle)
    purchase = rows.filter(order=invoice.order.public_id).first() if invoice else None
    if invoice is None or purchase is None:
        raise Http404("no such invoice")
    return purchase, invoice


def payment_of(number: str, warungs: Iterable[Warung] | None = None) -> WarungPayment:
    """A warung's payment; of one of these warungs where told.

    Raises:  Http404.
    """
    rows = WarungPayment.objects.select_related("warung", "hand_over__cycle").filter(number=number)
    if warungs is not None:
        rows = rows.filter(warung__in=warungs)
    return _there(rows.first())


@dataclass(frozen=True)
class Debt:
    """What somebody owes or is owed, sorted by how long: the sums of AGES, in rupiah."""

    name: str
    public_id: UUID
    ages: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.ages)


def receivables(text: str = "") -> list[Debt]:
    """What each warung owes for goods of cycles. What was paid pays the oldest first. Three queries."""
    accounts = Account.objects.filter(code__endswith=":wholesale_owed", balance__gt=0).select_related("warung")
    for word in text.split()[:6]:
        accounts = accounts.filter(warung__name__icontains=word)
    owing = {row.warung.pk: row for row in accounts if row.warung is not None}
    sold: dict[int, list[tuple[date, int]]] = defaultdict(list)
    rows = HandOver.objects.filter(warung__in=owing, state=HandOverState.HANDED_OVER, total__gt=0).order_by(
        "moved_at", "pk"
    )
    zone = ZoneInfo(current_region().time_zone)
    for warung, at, total in rows.values_list("warung", "moved_at", "total"):
        sold[warung].append((at.astimezone(zone).date(), total))
    found = []
    for pk, account in owing.items():
        if account.warung is not None:
            found.append(Debt(account.warung.name, account.warung.public_id, _aged(sold[pk], account.balance)))
    return sorted(found, key=lambda one: (-one.total, one.name))


def payables() -> list[tuple[InvoiceMatch, int]]:
    """Matched invoices that are not paid, by the day on which they are due, with how many days that is away."""
    today = clock.today(current_region().time_zone)
    rows = InvoiceMatch.objects.filter(payment=None).select_related("purchase__supplier", "purchase__cycle")
    found = [(row, ((row.due_on or row.issued_on) - today).days) for row in rows]
    return sorted(found, key=lambda pair: (pair[1], pair[0].pk))


def _aged(sold: list[tuple[date, int]], owed: int) -> tuple[int, ...]:
    """The newest hand-overs are what is still owed: what was paid paid the oldest first."""
    today, ages = clock.today(current_region().time_zone), [0] * len(AGES)
    for day, total in reversed(sold):
        part = min(total, owed)
        owed -= part
        age = (today - day).days
        ages[next(at for at, (_first, last) in enumerate(AGES) if last is None or age <= last)] += part
    ages[-1] += owed
    return tuple(ages)


def payments_of(warung: Warung) -> QuerySet[WarungPayment]:
    """What a warung paid, newest first."""
    return WarungPayment.objects.filter(warung=warung).select_related("hand_over").order_by("-pk")


@dataclass(frozen=True)
class GoodTotal:
    """A good of a cycle from order to debt, in units and rupiah."""

    product_name: str
    pack_label: str
    ordered: int
    bought: int
    received: int
    handed: int
    owed: int


def totals_by_good(cycle: Cycle) -> list[GoodTotal]:
    """What became of each good. Five queries."""
    ordered = _sums(CycleLine.objects.filter(cycle=cycle), "good", "firm")
    lines = list(PurchaseLine.objects.filter(purchase__cycle=cycle).select_related("offer"))
    tallies = tallies_of(lines)
    bought: dict[int, int] = defaultdict(int)
    received: dict[int, int] = defaultdict(int)
    for line in lines:
        bought[line.good_id] += line.units
        received[line.good_id] += tallies[line.pk].units
    rows = HandOverLine.objects.filter(hand_over__cycle=cycle, hand_over__state=HandOverState.HANDED_OVER)
    handed, owed = _sums(rows, "line__good", "handed"), _sums(rows, "line__good", "handed_amount")
    return [
        GoodTotal(
            good.product_name,
            good.pack_label,
            ordered.get(good.pk, 0),
            bought[good.pk],
            received[good.pk],
            handed.get(good.pk, 0),
            owed.get(good.pk, 0),
        )
        for good in cycle.goods.all()
    ]


@dataclass(frozen=True)
class WarungTotal:
    """A warung's share of a cycle in rupiah: ordered firmly, set aside, handed over."""

    warung: Warung
    ordered: int
    planned: int
    handed: int


def totals_by_warung(cycle: Cycle) -> list[WarungTotal]:
    """What became of each warung's order. Two queries."""
    rows = HandOver.objects.filter(cycle=cycle).order_by().values_list("warung").annotate(Sum("planned"), Sum("total"))
    sums = {warung: (planned, total) for warung, planned, total in rows}
    orders = CycleOrder.objects.filter(cycle=cycle, warung__isnull=False).select_related("warung")
    return [
        WarungTotal(one.warung, one.total, *sums.get(one.warung.pk, (0, 0)))
        for one in orders.order_by("warung__name", "pk")
        if one.warung is not None
    ]


@dataclass(frozen=True)
class PartTrace:
    """Units of a warung's line in one purchase, and the papers that tell of them."""

    part: PurchasePart
    given: int
    arrivals: tuple[str, ...]
    invoices: tuple[InvoiceMatch, ...]


@dataclass(frozen=True)
class LineTrace:
    """A warung's line: what it ordered and signed for, and where it was bought."""

    line: CycleLine
    handed: int
    amount: int
    parts: tuple[PartTrace, ...]


def trace_of_warung(cycle: Cycle, public_id: UUID) -> tuple[Warung, list[LineTrace]]:
    """From a warung's lines to orders, arrivals and invoices. Seven queries.

    Raises:  Http404.
    """
    orders = CycleOrder.objects.filter(cycle=cycle, warung__public_id=public_id).select_related("warung")
    order = _there(orders.first())
    lines = list(order.lines.select_related("good").order_by("good__product_name", "pk"))
    parts = list(
        PurchasePart.objects.filter(line__in=lines)
        .select_related("purchase_line__purchase__supplier", "purchase_line__offer")
        .order_by("purchase_line")
    )
    bought = {part.purchase_line_id for part in parts}
    given = _sums(Allotment.objects.filter(part__in=parts), "part", "units")
    came, billed = _papers_of(bought)
    rows = HandOverLine.objects.filter(line__in=lines, hand_over__state=HandOverState.HANDED_OVER)
    handed, amounts = _sums(rows, "line", "handed"), _sums(rows, "line", "handed_amount")
    traces = [
        LineTrace(
            line,
            handed.get(line.pk, 0),
            amounts.get(line.pk, 0),
            tuple(
                PartTrace(
                    part,
                    given.get(part.pk, 0),
                    tuple(came[part.purchase_line_id]),
                    tuple(billed[part.purchase_line_id]),
                )
                for part in parts
                if part.line_id == line.pk
            ),
        )
        for line in lines
    ]
    return _there(order.warung), traces


def _papers_of(lines: Iterable[int]) -> tuple[dict[int, list[str]], dict[int, list[InvoiceMatch]]]:
    """Numbers of arrivals, and matched invoices, by line of a purchase."""
    came: dict[int, list[str]] = defaultdict(list)
    rows = ArrivalLine.objects.filter(line__in=lines).order_by("pk").values_list("line", "arrival__number")
    for line, number in rows:
        came[line].append(number)
    billed: dict[int, list[InvoiceMatch]] = defaultdict(list)
    for row in InvoiceMatchLine.objects.filter(line__in=lines).select_related("match").order_by("pk"):
        billed[row.line_id].append(row.match)
    return came, billed


def trace_of_invoice(found: InvoiceMatch) -> list[tuple[InvoiceMatchLine, list[Allotment]]]:
    """From the lines of a matched invoice to the warungs that have the goods. Two queries."""
    lines = list(found.lines.select_related("line__offer", "line__good"))
    given: dict[int, list[Allotment]] = defaultdict(list)
    rows = Allotment.objects.filter(part__purchase_line__in=[one.line_id for one in lines], units__gt=0)
    for row in rows.select_related("part__line__order__warung", "distribution").order_by("pk"):
        given[row.part.purchase_line_id].append(row)
    return [(one, given[one.line_id]) for one in lines]


def debt_account(public_id: UUID) -> tuple[Warung, Account | None]:
    """A warung and the Satker's account of what it owes; None until it owed something.

    Raises:  Http404.
    """
    warung = _there(Warung.objects.filter(public_id=public_id).first())
    return warung, Account.objects.filter(code=owed_code(warung)).first()


def _sums(rows: QuerySet[Any], by: str, what: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(Sum(what)))


def _there(found: Found | None) -> Found:
    if found is None:
        raise Http404("not there for them")
    return found
