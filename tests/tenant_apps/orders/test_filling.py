"""From the counter to the customer's hands, and every way out; each step once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tenant_apps.ledger.models import JournalEntry
from tenant_apps.orders.errors import ReasonMissing
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.filling import (
    accept_order,
    call_off,
    cancel_order,
    hand_over,
    pack_order,
    reject_order,
)
from tenants.kernel.errors import StaleDocument
from tests.cast import Cast
from tests.tenant_apps.orders.desk import balances, deliver, footprint, levels, must_add_up, place, told

HASAN = "user:hasan"
STEPS: dict[str, Callable[[Order], Order]] = {
    "accept": lambda order: accept_order(order=order, by=HASAN),
    "pack": lambda order: pack_order(order=order, by=HASAN),
    "hand_over": lambda order: hand_over(order=order, by=HASAN),
    "reject": lambda order: reject_order(order=order, reason="Beras habis", by=HASAN),
    "cancel": lambda order: cancel_order(order=order, by="user:ratna"),
    "call_off": lambda order: call_off(order=order, reason="Motor mogok", by=HASAN),
}
WAYS = {
    "placed": [],
    "accepted": ["accept"],
    "packed": ["accept", "pack"],
    "handed_over": ["accept", "pack", "hand_over"],
    "rejected": ["reject"],
    "cancelled": ["cancel"],
    "called_off": ["accept", "call_off"],
}
ALLOWED = {
    "placed": {"accept": "accepted", "reject": "rejected", "cancel": "cancelled"},
    "accepted": {"pack": "packed", "call_off": "called_off"},
    "packed": {"hand_over": "handed_over", "call_off": "called_off"},
}
DONE = {
    "accept": "accepted",
    "pack": "packed",
    "hand_over": "handed_over",
    "reject": "rejected",
    "cancel": "cancelled",
    "call_off": "called_off",
}


def brought_to(order: Order, state: str) -> Order:
    for step in WAYS[state]:
        STEPS[step](order)
    return order


def test_handing_over_ships_the_stock_and_books_the_cash(market: Cast) -> None:
    order = brought_to(deliver(market), "packed")
    assert levels(market) == {"Beras medium": (50_000, 2_000), "Telur ayam": (10, 3)}
    assert balances() == {}
    hand_over(order=order, by=HASAN)
    assert levels(market) == {"Beras medium": (48_000, 0), "Telur ayam": (7, 0)}
    assert balances() == {"cash": 37_000, "sales": -35_000, "delivery": -2_000}
    (entry,) = JournalEntry.objects.all()
    assert entry.key == f"order:{order.number}:settled"
    must_add_up()


def test_a_pick_up_books_no_delivery(market: Cast) -> None:
    brought_to(place(market), "handed_over")
    assert balances() == {"cash": 35_000, "sales": -35_000}


@pytest.mark.parametrize("state", ["rejected", "cancelled", "called_off"])
def test_every_way_out_frees_the_goods_and_books_nothing(market: Cast, state: str) -> None:
    order = brought_to(place(market), state)
    assert order.state == state
    assert levels(market) == {"Beras medium": (50_000, 0), "Telur ayam": (10, 0)}
    assert balances() == {}
    must_add_up()


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_from_each_state(market: Cast, state: str, step: str) -> None:
    order = brought_to(place(market), state)
    before = footprint()
    if step in ALLOWED.get(state, {}):
        STEPS[step](order)
        assert Order.objects.get().state == ALLOWED[state][step]
        assert order.events.count() == len(WAYS[state]) + 2
    elif DONE[step] == state:
        STEPS[step](order)
        assert footprint() == before
    else:
        with pytest.raises(StaleDocument):
            STEPS[step](order)
        assert footprint() == before
    must_add_up()


@pytest.mark.parametrize("state", [state for state, way in WAYS.items() if way])
def test_the_last_step_again_changes_nothing(market: Cast, state: str) -> None:
    order = brought_to(place(market), state)
    before = footprint()
    STEPS[WAYS[state][-1]](Order.objects.get(pk=order.pk))
    assert footprint() == before


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_refusal_has_a_reason(market: Cast, reason: str) -> None:
    order = place(market)
    before = footprint()
    with pytest.raises(ReasonMissing):
        reject_order(order=order, reason=reason, by=HASAN)
    assert footprint() == before
    accept_order(order=order, by=HASAN)
    before = footprint()
    with pytest.raises(ReasonMissing):
        call_off(order=order, reason=reason, by=HASAN)
    assert footprint() == before


def test_the_customer_is_told_of_each_step(market: Cast) -> None:
    number = brought_to(place(market), "handed_over").number
    assert [text for to, text in told() if to == "ratna@example.test"] == [
        f"Pesanan {number} ada di Warung Hasan.",
        f"Warung Hasan menyiapkan pesanan Anda {number}.",
        f"Pesanan Anda {number} di Warung Hasan sudah siap.",
        f"Pesanan {number} sudah Anda terima.",
    ]


def test_the_reason_is_told(market: Cast) -> None:
    order = brought_to(place(market), "rejected")
    assert order.events.last().reason == "Beras habis"  # type: ignore[union-attr]
    from tenants.outbox.models import OutboxMessage

    letter = OutboxMessage.objects.latest("pk")
    assert letter.payload["to"] == "ratna@example.test"
    assert "Alasannya: Beras habis. Anda tidak membayar apa-apa." in letter.payload["body"]


def test_the_owner_is_told_of_a_cancellation(market: Cast) -> None:
    order = brought_to(place(market), "cancelled")
    assert ("hasan@example.test", f"Pesanan {order.number} di Warung Hasan dibatalkan.") in told()
