"""A customer as Stripe has it now: what we look at of its subscriptions, invoices and charges, in our own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import stripe

from shared_apps.billing.stripe.money import OddMoney, from_stripe

T = TypeVar("T")


@dataclass(frozen=True)
class Read:
    """A subscription at Stripe."""

    id: str
    status: str
    price: str
    period_end: datetime
    ends: bool
    created: int


@dataclass(frozen=True)
class Billed:
    """An invoice at Stripe that is open, paid, void or given up. Rupiah."""

    id: str
    status: str
    subscription: str
    issued_at: datetime
    paid_at: datetime | None
    voided_at: datetime | None
    price: str
    period_start: datetime
    period_end: datetime
    subtotal: int
    tax: int
    paid: int
    outside: bool
    payment_intent: str


@dataclass(frozen=True)
class Back:
    """Money that went back for a payment intent. Rupiah."""

    id: str
    payment_intent: str
    amount: int
    at: datetime


@dataclass(frozen=True)
class Odd:
    """An invoice or a refund with an amount that is no whole rupiah: nothing here can tell what it is worth."""

    id: str
    why: str


@dataclass(frozen=True)
class Customer:
    """All of it, the oldest first; `odd` is left out of the rest."""

    subscriptions: list[Read]
    invoices: list[Billed]
    refunds: list[Back]
    odd: list[Odd] = field(default_factory=list)

    def refunded(self, invoice: Billed) -> int:
        """Rupiah of this invoice that went back."""
        intent = invoice.payment_intent
        return sum(one.amount for one in self.refunds if intent and one.payment_intent == intent)

    @property
    def current(self) -> Read | None:
        """The one that lives, or else the newest."""
        over = ("canceled", "incomplete_expired")
        living = [one for one in self.subscriptions if one.status not in over]
        found = living or self.subscriptions
        return found[-1] if found else None


def read_customer(api: stripe.StripeClient, customer: str) -> Customer:
    """Raises:  stripe.StripeError."""
    subscriptions = api.v1.subscriptions.list({"customer": customer, "status": "all", "limit": 100})
    invoices = api.v1.invoices.list({"customer": customer, "limit": 100, "expand": ["data.payments"]})
    charges = api.v1.charges.list({"customer": customer, "limit": 100})
    refunds: list[Back] = []
    billed: list[Billed] = []
    odd: list[Odd] = []
    for charge in _all(charges):
        intent = _id(charge.get("payment_intent"))
        if intent and charge["amount_refunded"]:
            back = api.v1.refunds.list({"payment_intent": intent, "limit": 100})
            going = (one for one in _all(back) if one["status"] not in ("failed", "canceled"))
            _whole(going, partial(_back, intent), refunds, odd)
    _whole((one for one in _all(invoices) if one["status"] != "draft"), _billed, billed, odd)
    read = [_read(one) for one in _all(subscriptions)]
    return Customer(
        sorted(read, key=lambda one: (one.created, one.id)),
        sorted(billed, key=lambda one: (one.issued_at, one.id)),
        sorted(refunds, key=lambda one: (one.at, one.id)),
        odd,
    )


def _whole(things: Iterable[Any], read: Callable[[Any], T], into: list[T], odd: list[Odd]) -> None:
    """Reads each of them; one that is odd keeps none of the others back."""
    for one in things:
        try:
            into.append(read(one))
        except OddMoney as why:
            odd.append(Odd(one["id"], str(why)))


def _back(intent: str, one: Any) -> Back:
    return Back(one["id"], intent, from_stripe(one["amount"], one["currency"]), _at(one["created"]))


def _all(pages: Any) -> Iterator[dict[str, Any]]:
    """Every one of them, as plain tables."""
    for one in pages.auto_paging_iter():
        yield one.to_dict()


def _read(one: Any) -> Read:
    item = one["items"]["data"][0]
    return Read(
        one["id"],
        one["status"],
        _id(item["price"]),
        _at(item["current_period_end"]),
        bool(one["cancel_at_period_end"] or one.get("cancel_at")),
        one["created"],
    )


def _billed(one: Any) -> Billed:
    lines = one["lines"]["data"]
    # What was billed for a period, and not a difference that goes with it.
    first = max(lines, key=lambda line: line["period"]["end"]) if lines else None
    pricing = ((first or {}).get("pricing") or {}).get("price_details") or {}
    parent = (one.get("parent") or {}).get("subscription_details") or {}
    moments = one["status_transitions"]
    payments = (one.get("payments") or {}).get("data") or []
    intents = [_id(paid["payment"].get("payment_intent")) for paid in payments if paid["status"] == "paid"]
    currency = one["currency"]
    total, net = from_stripe(one["total"], currency), from_stripe(one["total_excluding_tax"], currency)
    outside = one.get("amount_paid_off_stripe") or 0
    return Billed(
        id=one["id"],
        status=one["status"],
        subscription=_id(parent.get("subscription")),
        issued_at=_at(moments["finalized_at"] or one["created"]),
        paid_at=_at(moments["paid_at"]) if moments["paid_at"] else None,
        voided_at=_at(moments["voided_at"]) if moments["voided_at"] else None,
        price=_id(pricing.get("price")),
        period_start=_at(first["period"]["start"] if first else one["period_start"]),
        period_end=_at(first["period"]["end"] if first else one["period_end"]),
        subtotal=net,
        tax=total - net,
        paid=from_stripe(one["amount_paid"], currency),
        outside=bool(outside),
        payment_intent=next((one for one in intents if one), ""),
    )


def _id(value: Any) -> str:
    """Of a thing that is named, or shown in whole."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(value["id"])


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
