"""Why the counter refuses."""

from __future__ import annotations

from dataclasses import dataclass

from tenants.kernel.errors import DomainError


class BadSale(DomainError):
    """A basket, tenders or a time that no sale can have."""

    code = "bad_sale"
    status = 400


@dataclass(frozen=True)
class OddLine:
    """A line whose price nobody saw; `now` is today's price, None where the warung does not sell it."""

    pack_id: int
    name: str
    asked: int
    now: int | None


class PriceUnknown(DomainError):
    """Some lines ask for a price that was not in force then. Carries all of them: `lines`."""

    code = "price_unknown"

    def __init__(self, message: str, *, lines: list[OddLine]) -> None:
        super().__init__(message, lines=lines)
        self.lines = lines


class SaleReused(DomainError):
    """The same id came with another sale."""

    code = "sale_reused"


class TooLate(DomainError):
    """A sale is taken back on its own day only, while its drawer is open."""

    code = "too_late"


class OverLimit(DomainError):
    """The customer would owe more than the owner allows."""

    code = "over_limit"


class BonClosed(DomainError):
    """Nothing more is written on this bon."""

    code = "bon_closed"


class ReasonMissing(DomainError):
    """Without a reason nobody understands it later."""

    code = "reason_missing"
    status = 400


class DayNotOpen(DomainError):
    """The drawer's day is not in a state for this."""

    code = "day_not_open"
