"""What people bought, as an app above this one tells it: the price guarantee knows no orders.

The app registers one provider; without any nobody has bought anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tenants.identity.models import User


@dataclass(frozen=True)
class BoughtLine:
    """A line that was handed over, as the customer saw it. Money in rupiah and quantities in base units, of the whole line."""

    # What a claim calls it, and which document it belongs to.
    line: str
    document: str
    address: str
    warung: str
    product_id: int
    product_name: str
    pack_label: str
    base_unit: str
    quantity: int
    base_quantity: int
    paid: int
    market_price: int
    market: str
    observed_on: date
    bought_at: datetime

    @property
    def saved(self) -> int:
        return self.market_price - self.paid


@dataclass(frozen=True)
class MonthSaved:
    """What was saved in a month, against the market prices that the lines carry. `month` is its first day."""

    month: date
    saved: int
    paid: int
    documents: int


@dataclass(frozen=True)
class DocumentSaved:
    """What was saved with one document."""

    document: str
    address: str
    warung: str
    bought_at: datetime
    saved: int
    paid: int


@dataclass(frozen=True)
class WarungSaved:
    """What customers of a warung saved in a month."""

    month: date
    warung: str
    saved: int
    paid: int
    documents: int


class Purchases(Protocol):
    """Everything that was handed over from `since` until before `until`; of one person, or with None of everybody."""

    def lines(self, *, user: User, since: datetime, until: datetime) -> Sequence[BoughtLine]: ...

    def lines_of(self, *, user: User, document: str) -> Sequence[BoughtLine]: ...

    def months(self, *, user: User | None, since: datetime, until: datetime) -> Sequence[MonthSaved]: ...

    def documents(self, *, user: User, since: datetime, until: datetime) -> Sequence[DocumentSaved]: ...

    def warungs(self, *, since: datetime, until: datetime) -> Sequence[WarungSaved]: ...


class _Nothing:
    def lines(self, *, user: User, since: datetime, until: datetime) -> Sequence[BoughtLine]:
        return ()

    def lines_of(self, *, user: User, document: str) -> Sequence[BoughtLine]:
        return ()

    def months(self, *, user: User | None, since: datetime, until: datetime) -> Sequence[MonthSaved]:
        return ()

    def documents(self, *, user: User, since: datetime, until: datetime) -> Sequence[DocumentSaved]:
        return ()

    def warungs(self, *, since: datetime, until: datetime) -> Sequence[WarungSaved]:
        return ()


_provider: list[Purchases] = [_Nothing()]


def register_purchases(provider: Purchases) -> None:
    """The app that sells tells from now on what was bought."""
    _provider[0] = provider


def purchases() -> Purchases:
    return _provider[0]


def bought_lines(*, user: User, since: datetime, until: datetime) -> Sequence[BoughtLine]:
    """The person's own lines that were handed over in this time, newest first."""
    return purchases().lines(user=user, since=since, until=until)
