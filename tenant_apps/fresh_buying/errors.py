"""Why something is not pre-ordered, bought or shared out."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NoPreOrders(DomainError):
    """The stand takes none, or none for that day any more."""

    code = "no_preorders"


class BadPreOrder(DomainError):
    """Nothing is ordered, or a number that cannot be."""

    code = "bad_preorder"
    status = 400


class PreOrderMoved(DomainError):
    """A price or the fee is no longer the one that was seen, or something is not bought on order any more."""

    code = "preorder_moved"


class DayFull(DomainError):
    """More than the stand buys of a product for one day."""

    code = "day_full"


class NothingOrdered(DomainError):
    """There is nothing to buy for that day."""

    code = "nothing_ordered"


class BadEntry(DomainError):
    """A number that cannot be, or a reason that is missing."""

    code = "bad_entry"
    status = 400


class OverLimit(DomainError):
    """Paid more than the promised price bears: somebody has to say why."""

    code = "over_limit"
