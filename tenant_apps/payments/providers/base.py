"""The few things that a payment provider is asked, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """How a charge stands, in our words."""

    PENDING = "pending"
    FAILED = "failed"
    PAID = "paid"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Charge:
    """A code that somebody can pay, as the provider made it."""

    order_id: str
    payload: str


@dataclass(frozen=True)
class Back:
    """A refund that the provider knows: our key, or one that it made up."""

    key: str
    amount: int


@dataclass(frozen=True)
class Told:
    """How a charge stands, as the provider tells it. Rupiah, exact."""

    order_id: str
    transaction_id: str
    status: Status
    amount: int
    refunds: tuple[Back, ...] = ()


class ProviderSilent(Exception):
    """No usable answer: it may or may not have happened, so ask again."""


class ProviderRefused(Exception):
    """The provider will not do it, today or later."""


class AlreadyCharged(ProviderRefused):
    """This order id was used before."""


class Provider(Protocol):
    """Every call goes over the network, with a time-out, and outside of transactions that hold locks of ours."""

    name: str

    def create_charge(self, *, order_id: str, amount: int, expires_at: datetime) -> Charge:
        """Raises AlreadyCharged, ProviderRefused, ProviderSilent."""
        ...

    def parse_notification(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        """What a notification says; None for one that this provider did not sign for this region."""
        ...

    def status(self, order_id: str) -> Told | None:
        """How the charge stands; None where the provider does not know it. Raises ProviderRefused, ProviderSilent."""
        ...

    def expire(self, order_id: str) -> None:
        """Nobody shall pay this charge any more. Raises ProviderSilent."""
        ...

    def refund(self, *, order_id: str, key: str, amount: int, reason: str) -> None:
        """The same key is given back once. Raises ProviderRefused, ProviderSilent."""
        ...
