"""How well suppliers deliver: how much of what was ordered came, when, and how much was not taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Delivered:
    """An order that is done with: packs, and days on the region's calendar. A refused one has no `received_on`."""

    packs: int
    received: int
    rejected: int
    complete: bool
    sent_on: date
    due_on: date
    promised_on: date | None
    received_on: date | None

    @property
    def in_full_on_time(self) -> bool:
        return self.complete and self.received_on is not None and self.received_on <= self.due_on


@dataclass(frozen=True, slots=True)
class Score:
    """Orders of one supplier that are done with. Shares in thousandths, days as whole days; None where there is nothing."""

    orders: int
    packs: int
    received: int
    rejected: int
    in_full_on_time: int
    lead_median: int | None
    lead_p90: int | None
    promised_median: int | None
    late: int

    @property
    def fill_rate(self) -> int | None:
        """Packs that came and were good, of those that were ordered."""
        return thousandths(self.received, self.packs)

    @property
    def otif(self) -> int | None:
        """Orders of which everything came, on the promised day at the latest."""
        return thousandths(self.in_full_on_time, self.orders)

    @property
    def reject_rate(self) -> int | None:
        """Packs that were not taken, of those that came."""
        return thousandths(self.rejected, self.received + self.rejected)


def score(orders: Iterable[Delivered]) -> Score:
    """What these orders say together. Refused ones count as not delivered."""
    rows = list(orders)
    came = [row for row in rows if row.received_on is not None]
    leads = [(row.received_on - row.sent_on).days for row in came if row.received_on is not None]
    promises = [(row.promised_on - row.sent_on).days for row in rows if row.promised_on is not None]
    return Score(
        orders=len(rows),
        packs=sum(row.packs for row in rows),
        received=sum(row.received for row in rows),
        rejected=sum(row.rejected for row in rows),
        in_full_on_time=sum(row.in_full_on_time for row in rows),
        lead_median=quantile(leads, 50),
        lead_p90=quantile(leads, 90),
        promised_median=quantile(promises, 50),
        late=sum(1 for row in came if row.received_on is not None and row.received_on > row.due_on),
    )


def quantile(values: Sequence[int], percent: int) -> int | None:
    """The smallest of the values that at least so many percent of them do not exceed; None of none."""
    if not values:
        return None
    return sorted(values)[max(-(-len(values) * percent // 100), 1) - 1]


def thousandths(part: int, whole: int) -> int | None:
    """The share rounded down, so that only all is 1000; None of nothing."""
    return part * 1000 // whole if whole else None
