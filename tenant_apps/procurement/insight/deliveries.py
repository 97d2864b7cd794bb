"""Orders of the exchange as the region's side of them tells how a supplier delivers. The database shows this region its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404

from shared_apps.exchange.models import OrderState, SupplierOrder, SupplierOrderEvent, SupplierOrderLine
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenant_apps.procurement.insight.fulfilment import Delivered, Score, score, thousandths
from tenant_apps.procurement.insight.periods import Period
from tenants.context import current_region

# Nothing more comes of these. What the region cancelled says nothing of the supplier.
DONE = (OrderState.RECEIVED, OrderState.INVOICED, OrderState.PAID, OrderState.REFUSED)


@dataclass(frozen=True)
class SupplierScore:
    """A supplier, and how it delivered what was ordered in the period."""

    public_id: UUID
    name: str
    score: Score


def orders_done(period: Period) -> QuerySet[SupplierOrder]:
    """Orders that were sent in the period and are done with."""
    rows = SupplierOrder.objects.filter(state__in=DONE)
    if period.cycle is not None:
        ours = period.cycle.purchases.exclude(order=None).values_list("order", flat=True)
        return rows.filter(public_id__in=list(ours))
    since, until = period.moments()
    return rows.filter(sent_at__gte=since, sent_at__lt=until)


def under_way(period: Period) -> int:
    """How many orders of the period are not done with."""
    since, until = period.moments()
    rows = SupplierOrder.objects.filter(sent_at__gte=since, sent_at__lt=until)
    if period.cycle is not None:
        ours = period.cycle.purchases.exclude(order=None).values_list("order", flat=True)
        rows = SupplierOrder.objects.filter(public_id__in=list(ours))
    return rows.exclude(state__in=[*DONE, OrderState.CANCELLED]).count()


@dataclass(frozen=True)
class DeliveredOrder:
    """An order that is done with: whose it was, and what came when."""

    supplier: UUID
    supplier_name: str
    number: str
    state: str
    facts: Delivered

    @property
    def state_text(self) -> str:
        return str(OrderState(self.state).label)


def delivered(period: Period, supplier: UUID | None = None) -> list[DeliveredOrder]:
    """All orders that are done with, the newest first. One query."""
    came = SupplierOrderEvent.objects.filter(order=OuterRef("pk"), move="receive").order_by("pk").values("at")[:1]
    rows = orders_done(period)
    if supplier is not None:
        rows = rows.filter(supplier__public_id=supplier)
    rows = rows.select_related("supplier").annotate(
        packs=Sum("lines__packs"),
        received=Sum("lines__packs_received"),
        rejected=Sum("lines__packs_rejected"),
        short=Count("lines", filter=Q(lines__packs_received__lt=F("lines__packs"))),
        came_at=Subquery(came),
    )
    zone = ZoneInfo(current_region().time_zone)
    return [_delivered(row, zone) for row in rows.order_by("-sent_at", "-pk")]


def _delivered(row: Any, zone: ZoneInfo) -> DeliveredOrder:
    anything = row.received or row.rejected
    facts = Delivered(
        packs=row.packs or 0,
        received=row.received or 0,
        rejected=row.rejected or 0,
        complete=not row.short,
        sent_on=_day(row.sent_at, zone),
        due_on=row.promised_on or row.wanted_on,
        promised_on=row.promised_on,
        received_on=_day(row.came_at, zone) if row.came_at is not None and anything else None,
    )
    return DeliveredOrder(row.supplier.public_id, row.supplier.name, row.number, row.state, facts)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def scores(orders: Iterable[DeliveredOrder]) -> list[SupplierScore]:
    """These orders by supplier, by name."""
    found: dict[tuple[str, UUID], list[Delivered]] = defaultdict(list)
    for order in orders:
        found[order.supplier_name, order.supplier].append(order.facts)
    return [SupplierScore(public_id, name, score(facts)) for (name, public_id), facts in sorted(found.items())]


def supplier_named(public_id: UUID) -> SupplierOrganisation:
    """A supplier from whom this region ordered.

    Raises:  Http404.
    """
    rows = SupplierOrganisation.objects.filter(public_id=public_id)
    found = rows.filter(pk__in=SupplierOrder.objects.values("supplier")).first()
    if found is None:
        raise Http404("nothing was ordered there")
    return found


@dataclass(frozen=True)
class ArticleScore:
    """An article of a supplier, by its SKU: packs ordered, good ones that came, and rejected ones."""

    supplier_name: str
    sku: str
    name: str
    pack_label: str
    orders: int
    packs: int
    received: int
    rejected: int

    @property
    def fill_rate(self) -> int | None:
        return thousandths(self.received, self.packs)

    @property
    def reject_rate(self) -> int | None:
        return thousandths(self.rejected, self.received + self.rejected)


def articles(period: Period, supplier: UUID, text: str = "") -> list[ArticleScore]:
    """What the supplier's articles came to in the period; what lacked most comes first. One query."""
    rows = SupplierOrderLine.objects.filter(order__in=orders_done(period), order__supplier__public_id=supplier)
    for word in text.split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(sku__icontains=word))
    sums = (
        rows.order_by()
        .values("order__supplier__name", "sku")
        .annotate(
            latest=Max("name"),
            label=Max("pack_label"),
            orders=Count("order", distinct=True),
            ordered=Sum("packs"),
            received=Sum("packs_received"),
            rejected=Sum("packs_rejected"),
        )
    )
    found = [
        ArticleScore(
            row["order__supplier__name"],
            row["sku"],
            row["latest"],
            row["label"],
            row["orders"],
            row["ordered"],
            row["received"],
            row["rejected"],
        )
        for row in sums
    ]
    return sorted(found, key=lambda one: (one.fill_rate or 0, one.name, one.sku))
