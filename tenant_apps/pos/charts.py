"""What a warung sold, by time, by product and by hour; summed by the database, a few queries for any number of sales."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import ExtractHour, TruncDay, TruncMonth, TruncWeek

from tenant_apps.orders.sold import handed_over_lines
from tenant_apps.pos.models import CounterSaleLine, SaleState
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.kernel import clock

TOP = 10


@dataclass(frozen=True)
class Span:
    """How a chart cuts time, and how many pieces it shows."""

    name: str
    pieces: int
    cut: Callable[..., Any]


SPANS: Final = {
    "hari": Span("hari", 14, TruncDay),
    "minggu": Span("minggu", 12, TruncWeek),
    "bulan": Span("bulan", 12, TruncMonth),
}


@dataclass(frozen=True)
class Sold:
    """What one piece of time, one product or one hour brought."""

    name: Any
    counter: int
    orders: int

    @property
    def total(self) -> int:
        return self.counter + self.orders


@dataclass(frozen=True)
class Charts:
    """Everything that the page shows of a stretch of time."""

    by_time: list[Sold]
    by_product: list[Sold]
    by_hour: list[Sold]

    @property
    def counter(self) -> int:
        return sum(row.counter for row in self.by_time)

    @property
    def orders(self) -> int:
        return sum(row.orders for row in self.by_time)

    @property
    def total(self) -> int:
        return self.counter + self.orders


def charts_of(warung: Warung, span: Span) -> Charts:
    """The last pieces of time until now. Six queries."""
    zone = ZoneInfo(current_region().time_zone)
    days = _pieces(span, clock.today(current_region().time_zone))
    since = datetime.combine(days[0], time(0), tzinfo=zone)
    # Until the end of today: a phone's clock may be a little ahead.
    until = datetime.combine(clock.today(current_region().time_zone) + timedelta(days=1), time(0), tzinfo=zone)
    sources = (_counter_lines(warung, since, until), handed_over_lines(warung, since, until))

    def summed(key: Callable[[], Any], name: str) -> dict[Any, list[int]]:
        found: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0])
        for place, rows in enumerate(sources):
            for row in rows.annotate(**{name: key()}).values(name).annotate(sum=Sum("worth")):
                found[row[name]][place] += int(row["sum"])
        return found

    by_time = {
        moment.date(): sums for moment, sums in summed(lambda: span.cut("sold_at", tzinfo=zone), "piece").items()
    }
    by_hour = summed(lambda: ExtractHour("sold_at", tzinfo=zone), "hour")
    by_product = summed(lambda: F("product__name"), "called")
    return Charts(
        by_time=[Sold(day, *by_time.get(day, (0, 0))) for day in days],
        by_product=_rows(by_product.items()),
        by_hour=[Sold(hour, *by_hour[hour]) for hour in range(24) if hour in by_hour],
    )


def _counter_lines(warung: Warung, since: datetime, until: datetime) -> QuerySet[CounterSaleLine]:
    rows = CounterSaleLine.objects.filter(
        sale__warung=warung, sale__state=SaleState.DONE, sale__at__gte=since, sale__at__lt=until
    )
    return rows.order_by().annotate(sold_at=F("sale__at"), worth=F("amount"))


def _rows(sums: Iterable[tuple[Any, list[int]]]) -> list[Sold]:
    """Most money first; the name breaks ties."""
    rows = [Sold(name, *parts) for name, parts in sums]
    return sorted(rows, key=lambda row: (-row.total, str(row.name)))


def _pieces(span: Span, today: date) -> list[date]:
    """The first days of the pieces, oldest first, the current one last."""
    if span.name == "hari":
        return [today - timedelta(days=back) for back in reversed(range(span.pieces))]
    if span.name == "minggu":
        monday = today - timedelta(days=today.weekday())
        return [monday - timedelta(weeks=back) for back in reversed(range(span.pieces))]
    months = today.year * 12 + today.month - 1
    return [date((months - back) // 12, (months - back) % 12 + 1, 1) for back in reversed(range(span.pieces))]
