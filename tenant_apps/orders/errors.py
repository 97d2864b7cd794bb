"""Why a basket is not ordered, or an order does not go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenant_apps.stock.errors import Shortage
from tenants.kernel.errors import DomainError


@dataclass(frozen=True)
class PriceMoved:
    """A pack costs something else than the customer saw. Rupiah for one pack."""

    pack_id: int
    product_name: str
    pack_label: str
    old: int
    new: int


@dataclass(frozen=True)
class Withdrawn:
    """The warung no longer offers this pack. The names are empty for a pack that never was."""

    pack_id: int
    product_name: str
    pack_label: str


@dataclass(frozen=True)
class FeeMoved:
    """Delivery costs something else than the customer saw."""

    old: int
    new: int


@dataclass(frozen=True)
class BelowMinimum:
    """The warung delivers from more rupiah of goods on than these."""

    minimum: int
    goods: int


class BasketMoved(DomainError):
    """What the customer saw no longer holds. Carries every change, not the first; nothing was ordered."""

    code = "basket_moved"

    def __init__(
        self,
        message: Any,
        *,
        prices: tuple[PriceMoved, ...] = (),
        withdrawn: tuple[Withdrawn, ...] = (),
        shortages: tuple[Shortage, ...] = (),
        fee: FeeMoved | None = None,
        minimum: BelowMinimum | None = None,
    ) -> None:
        super().__init__(message, prices=prices, withdrawn=withdrawn, shortages=shortages, fee=fee, minimum=minimum)
        self.prices, self.withdrawn, self.shortages, self.fee = prices, withdrawn, shortages, fee
        self.minimum = minimum


class PurchaseMoved(DomainError):
    """One warung or more cannot fill what was ordered. Carries the refusal of each, by warung id; nothing was ordered anywhere."""

    code = "purchase_moved"

    def __init__(self, message: Any, *, shops: dict[int, DomainError]) -> None:
        super().__init__(message, shops=shops)
        self.shops = shops


class TooManyUnpaid(DomainError):
    """Somebody's purchases wait for their money already, and hold their goods meanwhile."""

    code = "too_many_unpaid"


class BadWeight(DomainError):
    """What was packed does not fit what was ordered."""

    code = "bad_weight"
    status = 400


class EmptyBasket(DomainError):
    """There is nothing to order."""

    code = "empty_basket"
    status = 400


class BadLine(DomainError):
    """A quantity that no cart holds, a pack that came twice, or more lines than a basket has."""

    code = "bad_line"
    status = 400


class NotOffered(DomainError):
    """The warung does not sell this, or does not bring it."""

    code = "not_offered"


class TimeGone(DomainError):
    """No day or delivery time was chosen, or the one that was is over or full."""

    code = "time_gone"


class AddressMissing(DomainError):
    """Somebody has to know where to bring it."""

    code = "address_missing"
    status = 400


class ReasonMissing(DomainError):
    """The customer is told why; so there must be a reason."""

    code = "reason_missing"
    status = 400


class ReturnTooLate(DomainError):
    """The days in which goods can be brought back are over."""

    code = "return_too_late"


class TooManyFavourites(DomainError):
    """The list of favourites is full."""

    code = "too_many_favourites"
