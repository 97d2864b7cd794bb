"""Why goods do not move between Satker and warung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenants.kernel.errors import DomainError


@dataclass(frozen=True)
class MovedPrice:
    """A pack whose wholesale price is no longer the one that was seen; `now` is None when it is no longer offered."""

    pack_id: int
    product_name: str
    pack_label: str
    seen: int
    now: int | None


class PricesMoved(DomainError):
    """Wholesale prices changed before the final tap. Carries all of them, not the first: `moved`."""

    code = "prices_moved"

    def __init__(self, message: Any, *, moved: list[MovedPrice]) -> None:
        super().__init__(message, moved=moved)
        self.moved = moved


class NothingAsked(DomainError):
    """There is no line, or no quantity above zero."""

    code = "nothing_asked"
    status = 400


class ReasonMissing(DomainError):
    """The other side is told why; so there must be a reason."""

    code = "reason_missing"
    status = 400


class BadPacks(DomainError):
    """A number of packs that cannot be: below zero, above what was asked or sent, or for a line that is not there."""

    code = "bad_packs"
    status = 400


class BadReceipt(DomainError):
    """Something of a goods receipt cannot be: no supplier, a day that has not come, a cost that nobody pays."""

    code = "bad_receipt"
    status = 400


class BadCycle(DomainError):
    """Something of a cycle cannot be: it closes before now, is delivered before it closes, or has nothing to order."""

    code = "bad_cycle"
    status = 400


class CycleClosed(DomainError):
    """The cycle takes no orders: it is over, not yet open, or its time is up."""

    code = "cycle_closed"


class OverCredit(DomainError):
    """The order is more than the warung may still owe. Carries what is missing, in rupiah: `missing`."""

    code = "over_credit"

    def __init__(self, message: Any, *, missing: int) -> None:
        super().__init__(message, missing=missing)
        self.missing = missing


class MinimumMissed(DomainError):
    """A supplier's smallest order is not reached, and the cycle says that it then stays open."""

    code = "minimum_missed"


class BadShare(DomainError):
    """Goods that came cannot be shared out like this: the sums do not hold, or somebody would get more than it takes."""

    code = "bad_share"
    status = 400


class NothingToShare(DomainError):
    """Everything that has come is shared out already."""

    code = "nothing_to_share"


class NotSigned(DomainError):
    """Nobody signed for the goods: no name, no signature, or a code that is not the warung's."""

    code = "not_signed"
    status = 400


class BadPayment(DomainError):
    """A payment that cannot be: nothing, more than is owed, or on a day that has not come."""

    code = "bad_payment"
    status = 400


class NotExplained(DomainError):
    """Order, receipt and invoice differ, and nobody said why."""

    code = "not_explained"
    status = 400


class NotSettled(DomainError):
    """Something of a cycle is still open, so it cannot be settled."""

    code = "not_settled"


class PoolGathers(DomainError):
    """A joint purchase of the cycle is not closed yet, so its price is not known."""

    code = "pool_gathers"


class PlanOutdated(DomainError):
    """A joint purchase closed, ended or was cancelled after the plan was made."""

    code = "plan_outdated"
