"""Pre-orders until the cut-off: what is promised, what is refused, and what a second tap changes."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from tenant_apps.fresh_buying.errors import BadPreOrder, DayFull, NoPreOrders, NothingOrdered, PreOrderMoved
from tenant_apps.fresh_buying.models import MarketTrip, PreOrder, PreOrderState
from tenant_apps.fresh_buying.services import (
    Buyer,
    Wish,
    call_off_preorder,
    cancel_preorder,
    close_day,
    close_due,
    place_preorder,
    put_on_order,
    set_buying_terms,
)
from tenant_apps.orders.errors import TimeGone
from tenant_apps.orders.models import Method
from tenant_apps.orders.services.delivering import When, free_slots
from tenant_apps.orders.services.placing import Address
from tenant_apps.payments.errors import NoWayToPay
from tenant_apps.payments.models import Method as Pay
from tenant_apps.pricing.services import publish_price
from tenant_apps.warungs.services import set_slot
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tests.cast import BY, VILLAGE
from tests.tenant_apps.fresh_buying.dawn import FISH, Stand, balances, levels
from tests.tenant_apps.payments.purse import top_up


def test_a_preorder_promises_a_price_and_no_stock(place: Stand) -> None:
    found = place.order(fish=2, spinach=1)
    line = found.lines.get(product=place.fish)
    assert (line.price, line.most_price, line.market_price, line.market) == (FISH, FISH, 40_000, "Pasar Lemabang")
    assert (found.goods_total, found.most_total) == (74_500, 74_500)
    assert levels(place.stand) == {}


def test_who_agrees_to_more_pays_a_tenth_more_at_most_and_never_beyond_the_guarantee(place: Stand) -> None:
    line = place.order(more=True).lines.get()
    assert line.most_price == 39_600
    publish_price(warung=place.stand, pack=place.kilo, price=39_000, by=BY)
    # A market price of Rp 40.000 less the region's rule of Rp 100.
    assert place.order(more=True).lines.get().most_price == 39_900


def test_the_second_tap_finds_the_first_ones_preorder(place: Stand) -> None:
    key = uuid.uuid4()
    top_up(place.cast.ratna, 100_000)
    first = place.order(key=key, pay=Pay.BALANCE)
    paid = balances()
    assert place.order(fish=1, key=key, pay=Pay.BALANCE).pk == first.pk
    assert balances() == paid
    assert -paid["citizen:balance"] == 100_000 - 72_000


def test_cancelling_before_the_cut_off_gives_everything_back(place: Stand) -> None:
    top_up(place.cast.ratna, 100_000)
    found = place.order(pay=Pay.BALANCE)
    cancel_preorder(preorder=found, by=place.cast.ratna.actor)
    cancel_preorder(preorder=found, by=place.cast.ratna.actor)
    assert -balances()["citizen:balance"] == 100_000
    bought = place.order()
    place.close()
    with pytest.raises(StaleDocument):
        cancel_preorder(preorder=bought, by=place.cast.ratna.actor)


def test_no_more_is_taken_than_can_be_bought_in_a_day(place: Stand) -> None:
    put_on_order(stand=place.stand, product=place.fish, section="Ikan", daily_limit=5_000)
    first = place.order(fish=3)
    with pytest.raises(DayFull, match="2"):
        place.order(fish=3)
    place.order(fish=3, day=place.day + timedelta(days=1))
    call_off_preorder(preorder=first, reason="salah pesan", by=BY)
    place.order(fish=5)


@pytest.mark.parametrize("switch", ["terms", "good", "stand"])
def test_what_is_switched_off_is_not_taken(place: Stand, switch: str) -> None:
    if switch == "terms":
        set_buying_terms(stand=place.stand, market="Pasar", margin_percent=0, is_open=False)
    elif switch == "good":
        put_on_order(stand=place.stand, product=place.fish, section="Ikan", daily_limit=1_000, is_active=False)
    else:
        place.stand.__class__.objects.filter(pk=place.stand.pk).update(state="paused")
    with pytest.raises((NoPreOrders, PreOrderMoved)):
        place.order()
    assert not PreOrder.objects.exists()


def test_another_price_than_the_seen_one_is_said(place: Stand) -> None:
    buyer = Buyer(place.cast.ratna, "Ratna", "", Method.PICKUP)
    with pytest.raises(PreOrderMoved, match=r"36\.000"):
        place_preorder(
            stand=place.stand,
            key=uuid.uuid4(),
            buyer=buyer,
            when=When(place.day),
            wishes=[Wish(place.kilo.pk, 1, 30_000)],
            agrees_to_more=False,
            by=BY,
        )
    with pytest.raises(PreOrderMoved):
        place_preorder(
            stand=place.stand,
            key=uuid.uuid4(),
            buyer=buyer,
            when=When(place.day),
            wishes=[Wish(place.cast.kilo.pk, 1, 14_500)],
            agrees_to_more=False,
            by=BY,
        )


@pytest.mark.parametrize("quantity", [0, 1_000])
def test_odd_numbers_are_refused(place: Stand, quantity: int) -> None:
    with pytest.raises(BadPreOrder):
        place_preorder(
            stand=place.stand,
            key=uuid.uuid4(),
            buyer=Buyer(place.cast.ratna, "Ratna", "", Method.PICKUP),
            when=When(place.day),
            wishes=[Wish(place.kilo.pk, quantity, FISH)],
            agrees_to_more=False,
            by=BY,
        )


def test_no_code_holds_goods_that_nobody_has(place: Stand) -> None:
    with pytest.raises(NoWayToPay):
        place.order(pay=Pay.QRIS)


def test_delivery_asks_for_the_fee_and_takes_a_place(place: Stand) -> None:
    place.stand.delivery_fee = 3_000
    place.stand.save(update_fields=["delivery_fee"])
    home = Address(VILLAGE, "Lorong Kenanga 5", 1, 3)
    with pytest.raises(PreOrderMoved, match=r"3\.000"):
        place.order(method=Method.DELIVERY, address=home, fee=0)
    slot = set_slot(
        warung=place.stand,
        weekday=place.day.weekday(),
        starts=clock.now().time().replace(hour=5, minute=0, second=0, microsecond=0),
        ends=clock.now().time().replace(hour=7, minute=0, second=0, microsecond=0),
        capacity=1,
    )
    when = When(place.day, slot.public_id)

    def ordered() -> PreOrder:
        return place_preorder(
            stand=place.stand,
            key=uuid.uuid4(),
            buyer=Buyer(place.cast.ratna, "Ratna", "", Method.DELIVERY, address=home, fee=3_000),
            when=when,
            wishes=[Wish(place.kilo.pk, 1, FISH)],
            agrees_to_more=False,
            by=BY,
        )

    assert ordered().delivery_fee == 3_000
    with pytest.raises(TimeGone):
        ordered()
    # Orders from the shelf see the place as taken, too.
    assert all((one.day, one.slot.pk) != (place.day, slot.pk) for one in free_slots(place.stand))


def test_closing_comes_once_and_ends_ordering(place: Stand) -> None:
    place.order(fish=2)
    place.order(fish=1, spinach=3, who=place.cast.siti)
    with pytest.raises(NoPreOrders):
        close_day(stand=place.stand, day=place.day, by=BY)
    trip = place.close()
    assert place.close().pk == trip.pk
    assert {line.product_name: line.wanted for line in trip.lines.all()} == {"Ikan gabus": 3_000, "Bayam": 750}
    assert {one.state for one in PreOrder.objects.all()} == {PreOrderState.BUYING}
    with pytest.raises(NoPreOrders):
        place.order()


def test_nothing_ordered_makes_no_list(place: Stand) -> None:
    with pytest.raises(NothingOrdered):
        place.close()
    assert not MarketTrip.objects.exists()


def test_the_clock_closes_what_is_due_and_nothing_else(place: Stand) -> None:
    due, later = place.order(), place.order(day=place.day + timedelta(days=1))
    # As if it had been ordered days ago: its cut-off has passed.
    PreOrder.objects.filter(pk=due.pk).update(for_day=clock.today("Asia/Jakarta"))
    assert len(close_due(by=BY)) == 1
    assert close_due(by=BY) == []
    assert PreOrder.objects.get(pk=due.pk).state == PreOrderState.BUYING
    assert PreOrder.objects.get(pk=later.pk).state == PreOrderState.PLACED
    assert MarketTrip.objects.get().for_day == clock.today("Asia/Jakarta")
