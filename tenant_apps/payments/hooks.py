"""Who goes on when money came, or did not: the app whose document is paid registers itself here.

    payable("order", paid=..., expired=..., lock=..., address=...)          # in AppConfig.ready of orders

`kind` is what stands before the colon of a payment's reference. All three are called inside the transaction that moves the
payment and with the payment locked (`lock` before that), and may run for a payment only once; what they raise takes the
move back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tenant_apps.payments.models import Payment


class Reaction(Protocol):
    """`by` is the actor of the history row: an owner, or "system:midtrans", "system:clock"."""

    def __call__(self, payment: Payment, *, by: str) -> None: ...


def _nothing(reference: str) -> None:
    return None


def _home(reference: str) -> str:
    return "/"


@dataclass(frozen=True)
class Payable:
    """What happens to a kind of document: `paid` when its money is there, `expired` when its payment's time is over.

    `lock` locks the rows that the reactions will lock. Documents come before payments in the order of locks
    (docs/box-belanja.md), so payments call it first. `address`: the page of the document for who pays it.
    """

    paid: Reaction
    expired: Reaction
    lock: Callable[[str], None] = _nothing
    address: Callable[[str], str] = _home


_payables: dict[str, Payable] = {}


def payable(
    kind: str,
    *,
    paid: Reaction,
    expired: Reaction,
    lock: Callable[[str], None] = _nothing,
    address: Callable[[str], str] = _home,
) -> None:
    """Register a kind of document. The same kind again takes the earlier one's place."""
    _payables[kind] = Payable(paid, expired, lock, address)


def payable_of(reference: str) -> Payable | None:
    """Who reacts to this reference; None for a kind that nobody registered."""
    return _payables.get(reference.partition(":")[0])
