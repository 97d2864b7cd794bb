"""What people bought, as the price guarantee asks for it: lines of orders that were handed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse

from tenant_apps.orders.models import Order, OrderLine, OrderState
from tenant_apps.pricing.purchases import BoughtLine, DocumentSaved, MonthSaved, WarungSaved
from tenants.context import current_region
from tenants.identity.models import User

SAVED = Sum(F("quantity") * (F("market_price") - F("price")))


class Bought:
    """The provider of `pricing.purchases`. An order that was handed over has moved for the last time."""

    def lines(self, *, user: User, since: datetime, until: datetime) -> Sequence[BoughtLine]:
        return _told(_handed_over(user, since, until))

    def lines_of(self, *, user: User, document: str) -> Sequence[BoughtLine]:
        return _told(Order.objects.filter(customer=user, state=OrderState.HANDED_OVER, number=document))

    def months(self, *, user: User | None, since: datetime, until: datetime) -> Sequence[MonthSaved]:
        rows = _by_month(user, since, until).values("month").order_by("month")
        sums = rows.annotate(saved=SAVED, paid=Sum("total"), documents=Count("order", distinct=True))
        return [MonthSaved(row["month"].date(), row["saved"], row["paid"], row["documents"]) for row in sums]

    def documents(self, *, user: User, since: datetime, until: datetime) -> Sequence[DocumentSaved]:
        orders = _handed_over(user, since, until).select_related("warung")
        sums = orders.annotate(
            saved=Sum(F("lines__quantity") * (F("lines__market_price") - F("lines__price"))), paid=Sum("lines__total")
        )
        return [
            DocumentSaved(
                document=order.number,
                address=reverse("orders:order", args=[order.number]),
                warung=order.warung.name,
                bought_at=order.moved_at,
                saved=order.saved,
                paid=order.paid,
            )
            for order in sums.order_by("-moved_at", "-pk")
        ]

    def warungs(self, *, since: datetime, until: datetime) -> Sequence[WarungSaved]:
        rows = _by_month(None, since, until).values("month", "order__warung__name", "order__warung")
        sums = rows.annotate(saved=SAVED, paid=Sum("total"), documents=Count("order", distinct=True))
        return [
            WarungSaved(row["month"].date(), row["order__warung__name"], row["saved"], row["paid"], row["documents"])
            for row in sums.order_by("month", "order__warung__name", "order__warung")
        ]


def _handed_over(user: User | None, since: datetime, until: datetime) -> QuerySet[Order]:
    rows = Order.objects.filter(state=OrderState.HANDED_OVER, moved_at__gte=since, moved_at__lt=until)
    return rows if user is None else rows.filter(customer=user)


def _by_month(user: User | None, since: datetime, until: datetime) -> QuerySet[OrderLine]:
    lines = OrderLine.objects.filter(order__in=_handed_over(user, since, until))
    return lines.annotate(month=TruncMonth("order__moved_at", tzinfo=ZoneInfo(current_region().time_zone)))


def _told(orders: QuerySet[Order]) -> list[BoughtLine]:
    rows = orders.select_related("warung").prefetch_related("lines").order_by("-moved_at", "-pk")
    return [told for order in rows for told in _lines_of(order, order.lines.all())]


def _lines_of(order: Order, lines: Iterable[OrderLine]) -> list[BoughtLine]:
    # Lines are never added or removed, so their place in the order names them for good.
    placed = sorted(lines, key=lambda line: line.pk)
    return [
        BoughtLine(
            line=f"{order.number}-{place}",
            document=order.number,
            address=reverse("orders:order", args=[order.number]),
            warung=order.warung.name,
            product_id=line.product_id,
            product_name=line.product_name,
            pack_label=line.pack_label,
            base_unit=line.base_unit,
            quantity=line.quantity,
            base_quantity=line.quantity * line.base_quantity,
            paid=line.total,
            market_price=line.quantity * line.market_price,
            market=line.market,
            observed_on=line.observed_on,
            bought_at=order.moved_at,
        )
        for place, line in enumerate(placed, start=1)
    ]
