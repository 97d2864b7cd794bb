"""What happens at the same moment: one tap is one order, the last piece is sold once, nobody waits for ever."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import partial

import pytest

from tenant_apps.orders.models import Order, OrderEvent
from tenant_apps.orders.services.filling import accept_order, cancel_order, hand_over, pack_order
from tenant_apps.stock.services import Line, adjust, location_of_warung, receive
from tenants.identity.models import User
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import at_once, balances, levels, must_add_up, place, seen
from tests.trials import rounds


@pytest.fixture
def races(committed: None, market: Cast) -> Iterator[Cast]:
    """The cast, committed for good."""
    yield market


def crowd(many: int) -> list[User]:
    return User.objects.bulk_create(
        [User(name=f"Warga {i}", email=f"warga{i}@example.test", password="!") for i in range(many)]
    )


def test_one_key_is_one_order_however_often_it_is_sent(races: Cast, kalidoni: Region) -> None:
    for _round in range(rounds(20)):
        key = uuid.uuid4()
        before = Order.objects.count()
        outcome = at_once(kalidoni, [partial(place, races, key=key, lines=seen((races.kilo, 1, 14_500)))] * 20)
        assert outcome == ["done"] * 20
        assert Order.objects.count() == before + 1
    must_add_up()


def test_the_last_piece_is_sold_once(races: Cast, kalidoni: Region) -> None:
    many = max(10, rounds(100))
    egg = location_of_warung(races.warung)
    adjust(location=egg, product=races.egg, counted=1, reason="count", by=BY, key="only-one-left")
    buyers = crowd(many)
    basket = seen((races.piece, 1, 2_000))
    outcome = at_once(kalidoni, [partial(place, races, customer=one, lines=basket) for one in buyers])
    assert outcome == ["BasketMoved"] * (many - 1) + ["done"]
    assert Order.objects.count() == 1
    assert levels(races)["Telur ayam"] == (1, 1)
    must_add_up()


def test_mixed_baskets_in_opposite_order_do_not_deadlock(races: Cast, kalidoni: Region) -> None:
    buyers = crowd(16)
    receive(
        location=location_of_warung(races.warung),
        lines=[Line(races.egg.pk, 1_000), Line(races.rice.pk, 1_000_000)],
        reference="more",
        by=BY,
    )
    for _round in range(max(2, rounds(10))):
        there = seen((races.kilo, 1, 14_500), (races.piece, 1, 2_000))
        work = [
            partial(place, races, customer=one, lines=there if i % 2 else there[::-1]) for i, one in enumerate(buyers)
        ]
        assert at_once(kalidoni, work) == ["done"] * 16
    must_add_up()


def test_accepted_or_cancelled_never_both(races: Cast, kalidoni: Region) -> None:
    for _round in range(max(5, rounds(50))):
        order = place(races, lines=seen((races.piece, 1, 2_000)))
        fresh = [Order.objects.get(pk=order.pk) for _ in range(2)]
        work = [
            partial(accept_order, order=fresh[0], by="user:hasan"),
            partial(cancel_order, order=fresh[1], by="user:ratna"),
        ]
        assert at_once(kalidoni, work) == [StaleDocument.__name__, "done"]
        assert OrderEvent.objects.filter(order=order).count() == 2
        order.refresh_from_db()
        assert levels(races)["Telur ayam"][1] == sum(
            row.lines.get().quantity for row in Order.objects.filter(state="accepted")
        )
        if order.state == "accepted":
            pack_order(order=order, by=BY)
            hand_over(order=order, by=BY)
        if levels(races)["Telur ayam"][0] < 2:
            receive(
                location=location_of_warung(races.warung),
                lines=[Line(races.egg.pk, 10)],
                reference=f"more-{order.number}",
                by=BY,
            )
    must_add_up()


def test_handed_over_twice_at_once_is_booked_once(races: Cast, kalidoni: Region) -> None:
    for n in range(1, max(2, rounds(10)) + 1):
        order = place(races, lines=seen((races.kilo, 1, 14_500)))
        accept_order(order=order, by=BY)
        pack_order(order=order, by=BY)
        fresh = [Order.objects.get(pk=order.pk) for _ in range(6)]
        assert at_once(kalidoni, [partial(hand_over, order=one, by=BY) for one in fresh]) == ["done"] * 6
        assert balances() == {"cash": 14_500 * n, "sales": -14_500 * n}
    must_add_up()
