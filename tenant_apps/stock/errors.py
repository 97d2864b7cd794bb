"""Why stock does not move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenants.kernel.errors import DomainError


@dataclass(frozen=True)
class Shortage:
    """One product of which there is less than asked, in its base units."""

    product_id: int
    product_name: str
    base_unit: str
    asked: int
    available: int


class StockShort(DomainError):
    """Some lines ask for more than is there. Carries all of them, not the first: `shortages`."""

    code = "stock_short"

    def __init__(self, message: Any, *, shortages: list[Shortage]) -> None:
        super().__init__(message, shortages=shortages)
        self.shortages = shortages


class BadQuantity(DomainError):
    """A quantity that no shelf can have."""

    code = "bad_quantity"
    status = 400


class NothingUnopened(DomainError):
    """No unopened pack of this kind is left to open."""

    code = "nothing_unopened"


class NotCounted(DomainError):
    """A count without a line changes nothing."""

    code = "not_counted"


class CountBelowPromise(StockShort):
    """A count would leave less than is promised. `asked` is what is promised, `available` what would be there."""

    code = "count_below_promise"
