"""How waste becomes rupiah. Plain numbers in, plain numbers out."""

from __future__ import annotations

from tenant_apps.bank_sampah.models.terms import WHOLE


def value_of(quantity: int, price: int, per: int) -> int:
    """What so many base units are worth at so many rupiah for `per` of them, to the nearest rupiah, half up."""
    return (2 * quantity * price + per) // (2 * per)


def share_of(value: int, bps: int) -> int:
    """The committee's part of a value, rounded down: the odd rupiah is the member's."""
    return value * bps // WHOLE


def cost_of(quantity: int, on_hand: int, cost: int) -> int:
    """What leaves with `quantity` of the `on_hand` that cost `cost`, rounded down; what empties a lot takes all of it."""
    return cost if quantity == on_hand else cost * quantity // on_hand
