"""What an agent earned: own fees and the bank's commission by month and kind, less what the bank took back in that month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from tenant_apps.agent_banking.models import Agent, AgentTransaction
from tenants.context import current_region
from tenants.kernel import clock

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Earned:
    """Of one kind, or in all; rupiah. `amount` is what passed through, without fees."""

    name: str
    count: int
    amount: int
    fee: int
    bank_share: int
    commission: int

    @property
    def own_fee(self) -> int:
        return self.fee - self.bank_share

    @property
    def own(self) -> int:
        """Own fees and commission together."""
        return self.own_fee + self.commission


@dataclass(frozen=True)
class Statement:
    """A month of an agent."""

    month: date
    rows: list[Earned]
    total: Earned


def month_of(text: str) -> date:
    """ "2026-11" as its first day; this month for anything else."""
    today = clock.today(current_region().time_zone)
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return today.replace(day=1)


def earned_in(agent: Agent, month: date) -> Statement:
    """Two sums: what was recorded in the month, and what was reversed in it whenever it was recorded."""
    after = next_month(month)
    recorded = _sums(agent.transactions.filter(local_day__gte=month, local_day__lt=after))
    back = _sums(agent.transactions.filter(reversed_at__gte=_midnight(month), reversed_at__lt=_midnight(after)))
    names: dict[tuple[int, int], str] = {}
    for row in (*recorded, *back):
        names[row["kind__order"], row["kind"]] = row["kind__name"]
    came, went = ({row["kind"]: row for row in rows} for rows in (recorded, back))
    rows = [_less(name, came.get(kind), went.get(kind)) for (_order, kind), name in sorted(names.items())]
    # What was recorded and reversed within the month has earned nothing.
    rows = [row for row in rows if row.count or row.amount or row.own]
    return Statement(month, rows, _total(rows))


def own_by_month(agent: Agent, until: date) -> list[tuple[date, int]]:
    """Own fees and commission of the last months, the oldest first; months without any are 0."""
    first = until
    for _step in range(MONTHS_SHOWN - 1):
        first = (first.replace(day=1) - date.resolution).replace(day=1)
    zone = ZoneInfo(current_region().time_zone)
    after = next_month(until)
    came = (
        agent.transactions.filter(local_day__gte=first, local_day__lt=after)
        .annotate(month=TruncMonth("local_day"))
        .order_by()
        .values("month")
        .annotate(own=Sum("fee") - Sum("bank_share") + Sum("commission"))
    )
    went = (
        agent.transactions.filter(reversed_at__gte=_midnight(first), reversed_at__lt=_midnight(after))
        .annotate(month=TruncMonth("reversed_at", tzinfo=zone))
        .order_by()
        .values("month")
        .annotate(own=Sum("fee") - Sum("bank_share") + Sum("commission"))
    )
    own: dict[date, int] = {row["month"]: row["own"] for row in came}
    for row in went:
        month = row["month"].date()
        own[month] = own.get(month, 0) - row["own"]
    months = [first]
    while len(months) < MONTHS_SHOWN:
        months.append(next_month(months[-1]))
    return [(month, own.get(month, 0)) for month in months]


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_before(day: date) -> date:
    return (day.replace(day=1) - date.resolution).replace(day=1)


def _sums(rows: QuerySet[AgentTransaction]) -> list[Mapping[str, Any]]:
    # Not the names of the columns: Django would sum its own sums.
    found = (
        rows.order_by()
        .values("kind", "kind__name", "kind__order")
        .annotate(
            count=Count("pk"),
            amounts=Sum("amount"),
            fees=Sum("fee"),
            shares=Sum("bank_share"),
            commissions=Sum("commission"),
        )
    )
    return [dict(row) for row in found]


def _less(name: str, came: Mapping[str, Any] | None, went: Mapping[str, Any] | None) -> Earned:
    def net(key: str) -> int:
        return int((came or {}).get(key, 0)) - int((went or {}).get(key, 0))

    return Earned(name, net("count"), net("amounts"), net("fees"), net("shares"), net("commissions"))


def _total(rows: Iterable[Earned]) -> Earned:
    rows = list(rows)
    return Earned(
        "",
        sum(row.count for row in rows),
        sum(row.amount for row in rows),
        sum(row.fee for row in rows),
        sum(row.bank_share for row in rows),
        sum(row.commission for row in rows),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(current_region().time_zone))
