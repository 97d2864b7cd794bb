"""What people bought, as the price guarantee asks for it: lines of orders that were handed over, as packed and not brought back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Coalesce, RowNumber, TruncMonth
from django.urls import reverse

from tenant_apps.orders.models import Order, OrderLine, OrderState, ReturnLine, ReturnState
from tenant_apps.pricing.purchases import BoughtLine, DocumentSaved, MonthSaved, WarungSaved
from tenants.context import current_region
from tenants.identity.models import User


class Bought:
    """The provider of `pricing.purchases`. An order that was handed over has moved for the last time."""

    def lines(self, *, user: User, since: datetime, until: datetime) -> Sequence[BoughtLine]:
        return _told(_within(since, until) & Q(order__customer=user))

    def lines_of(self, *, user: User, document: str) -> Sequence[BoughtLine]:
        return _told(Q(order__customer=user, order__number=document))

    def months(self, *, user: User | None, since: datetime, until: datetime) -> Sequence[MonthSaved]:
        whose = Q() if user is None else Q(order__customer=user)
        sums = _summed(_by_month(_within(since, until) & whose).values("month")).order_by("month")
        return [MonthSaved(row["month"].date(), row["saved"], row["cost"], row["documents"]) for row in sums]

    def documents(self, *, user: User, since: datetime, until: datetime) -> Sequence[DocumentSaved]:
        rows = _kept(_within(since, until) & Q(order__customer=user))
        sums = _summed(rows.values("order__number", "order__warung__name", "order__moved_at"))
        return [
            DocumentSaved(
                document=row["order__number"],
                address=reverse("orders:order", args=[row["order__number"]]),
                warung=row["order__warung__name"],
                bought_at=row["order__moved_at"],
                saved=row["saved"],
                paid=row["cost"],
            )
            for row in sums.order_by("-order__moved_at", "order__number")
        ]

    def warungs(self, *, since: datetime, until: datetime) -> Sequence[WarungSaved]:
        rows = _by_month(_within(since, until)).values("month", "order__warung__name", "order__warung")
        return [
            WarungSaved(row["month"].date(), row["order__warung__name"], row["saved"], row["cost"], row["documents"])
            for row in _summed(rows).order_by("month", "order__warung__name", "order__warung")
        ]


def _within(since: datetime, until: datetime) -> Q:
    return Q(order__moved_at__gte=since, order__moved_at__lt=until)


def _kept(wanted: Q) -> QuerySet[OrderLine]:
    """Lines with what their customer kept: `base` units, what these cost (`kept_for`) and would have at the market, rounded down."""
    back = ReturnLine.objects.filter(line=OuterRef("pk"), document__state=ReturnState.ACCEPTED).values("line")
    returned = Subquery(back.annotate(all=Sum("base_quantity")).values("all"), output_field=BigIntegerField())
    refunded = Subquery(back.annotate(all=Sum("amount")).values("all"), output_field=BigIntegerField())
    return (
        OrderLine.objects.filter(wanted, order__state=OrderState.HANDED_OVER)
        .annotate(
            base=Coalesce("packed__base_quantity", F("quantity") * F("base_quantity"), output_field=BigIntegerField())
            - Coalesce(returned, 0),
            kept_for=Coalesce("packed__total", "total") - Coalesce(refunded, 0),
        )
        .annotate(market_cost=F("market_price") * F("base") / F("base_quantity"))
        .filter(base__gt=0)
        .order_by()
    )


def _by_month(wanted: Q) -> Any:
    zone = ZoneInfo(current_region().time_zone)
    return _kept(wanted).annotate(month=TruncMonth("order__moved_at", tzinfo=zone))


def _summed(rows: Any) -> Any:
    """The rows, which are grouped by values, with the sums of their lines."""
    return rows.annotate(
        saved=Sum(F("market_cost") - F("kept_for")), cost=Sum("kept_for"), documents=Count("order", distinct=True)
    )


def _told(wanted: Q) -> list[BoughtLine]:
    orders = Order.objects.filter(pk__in=_kept(wanted).values("order"))
    # Lines are never removed, so their place in the order names them for good.
    placed = OrderLine.objects.filter(order__in=orders).annotate(
        place=Window(RowNumber(), partition_by="order_id", order_by="pk")
    )
    places = dict(placed.values_list("pk", "place"))
    rows = _kept(wanted).select_related("order__warung").order_by("-order__moved_at", "-order", "pk")
    return [_line(row, places[row.pk]) for row in rows]


def _line(row: Any, place: int) -> BoughtLine:
    return BoughtLine(
        line=f"{row.order.number}-{place}",
        document=row.order.number,
        address=reverse("orders:order", args=[row.order.number]),
        warung=row.order.warung.name,
        product_id=row.product_id,
        product_name=row.product_name,
        pack_label=row.pack_label,
        base_unit=row.base_unit,
        quantity=row.quantity,
        base_quantity=row.base,
        paid=row.kept_for,
        market_price=row.market_cost,
        market=row.market,
        observed_on=row.observed_on,
        bought_at=row.order.moved_at,
    )
