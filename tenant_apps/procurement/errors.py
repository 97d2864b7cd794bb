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
