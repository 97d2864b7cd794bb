"""For any pre-orders, purchases and weights: shares sum to what came, nobody pays for what they did not get, cash agrees."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import NamedTuple

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tenant_apps.fresh_buying.models import PreOrder, PreOrderLine, PreOrderState, Shrinkage, TripLine
from tenant_apps.fresh_buying.services import (
    Weighed,
    call_off_preorder,
    come_back,
    distribute,
    hand_over_preorder,
    record_shrink,
    set_transport,
    settle_trip,
)
from tenant_apps.payments.models import Method as Pay
from tenants.kernel.errors import DomainError
from tests.cast import BY
from tests.tenant_apps.fresh_buying.dawn import Stand, balances, levels, must_add_up
from tests.tenant_apps.payments.purse import top_up
from tests.trials import rounds

PEOPLE = ("ratna", "siti", "wati", "hasan", "budi")


class Order(NamedTuple):
    fish: int
    spinach: int
    pay: Pay
    more: bool


class Buy(NamedTuple):
    fish: bool
    quantity: int
    paid: int


class Night(NamedTuple):
    """Percentages of what was bought or shared out: on the scales, handed over. `tenths` of what is here is cleaned off."""

    orders: list[Order]
    buys: list[Buy]
    advance: int
    transport: int
    weighed: tuple[int, int]
    shrink: int
    called_off: int
    given: list[int]


NIGHT = st.builds(
    Night,
    st.lists(
        st.builds(Order, st.integers(0, 6), st.integers(0, 9), st.sampled_from([Pay.CASH, Pay.BALANCE]), st.booleans()),
        min_size=1,
        max_size=5,
    ),
    st.lists(st.builds(Buy, st.booleans(), st.integers(1, 20_000), st.integers(0, 500_000)), max_size=5),
    st.sampled_from([0, 50_000, 1_000_000]),
    st.integers(0, 60_000),
    st.tuples(st.integers(0, 110), st.integers(0, 110)),
    st.integers(0, 10),
    st.integers(0, 6),
    st.lists(st.integers(0, 100), min_size=5, max_size=5),
)


def live(place: Stand, night: Night) -> None:
    for name, one in zip(PEOPLE, night.orders, strict=False):
        if one.fish or one.spinach:
            with suppress(DomainError):
                place.order(one.fish, one.spinach, who=getattr(place.cast, name), pay=one.pay, more=one.more)
    if not PreOrder.objects.exists():
        return
    satker = balances().get("satker:cash", 0)
    trip = place.started(advance=night.advance)
    lines = {line.product_id: line for line in trip.lines.all()}
    for buy in night.buys:
        product = place.fish if buy.fish else place.spinach
        if product.pk in lines:
            key = uuid.uuid4()
            for _tap in range(2):
                place.buy(trip, product, buy.quantity, buy.paid, key=key)
    set_transport(trip=trip, amount=night.transport)
    percent = dict(zip((place.fish.pk, place.spinach.pk), night.weighed, strict=True))
    weighed = {
        line.pk: Weighed(bought * percent[line.product_id] // 100, "lost")
        for line in lines.values()
        if (bought := sum(line.purchases.values_list("quantity", flat=True)))
    }
    for _tap in range(2):
        come_back(trip=trip, weighed=weighed, by=BY)
    must_add_up(place)
    for line in TripLine.objects.filter(trip=trip, received__gt=0):
        if shrink := (line.received or 0) * night.shrink // 10:
            key = uuid.uuid4()
            for _tap in range(2):
                record_shrink(line=line, quantity=shrink, reason="cleaned", key=key, by=BY)
    must_add_up(place)
    everybody = list(PreOrder.objects.order_by("pk"))
    for given_up in everybody[night.called_off : night.called_off + 1]:
        call_off_preorder(preorder=given_up, reason="batal", by=BY)
    for _tap in range(2):
        distribute(trip=trip, by=BY)
    must_add_up(place)
    shares_are_fair(trip.pk)
    for waiting, percent_given in zip(everybody, night.given, strict=False):
        hand_over(waiting, percent_given)
    for _tap in range(2):
        settle_trip(trip=trip, by=BY)
    must_add_up(place)
    everything_is_accounted_for(place, satker)


def shares_are_fair(trip: int) -> None:
    for line in TripLine.objects.filter(trip=trip):
        asked = list(PreOrderLine.objects.filter(preorder__trip=trip, product=line.product_id, allocated__isnull=False))
        came = (line.received or 0) - line.shrunk
        assert sum(one.allocated or 0 for one in asked) == min(came, sum(one.ordered for one in asked))
        assert all(0 <= (one.allocated or 0) <= one.ordered for one in asked)
        whole = sum(one.ordered for one in asked)
        for one in asked:
            # Nobody is more than a gram away from their exact share.
            assert abs((one.allocated or 0) * whole - min(came, whole) * one.ordered) < whole
        assert (line.cost or 0) >= (line.paid or 0)


def hand_over(one: PreOrder, percent: int) -> None:
    if PreOrder.objects.get(pk=one.pk).state != PreOrderState.READY:
        return
    given = {line.pk: (line.allocated or 0) * percent // 100 for line in one.lines.all()}
    try:
        for _tap in range(2):
            hand_over_preorder(preorder=one, given=given, by=BY)
    except DomainError:
        event("nothing left to hand over")
        call_off_preorder(preorder=one, reason="habis", by=BY)


def everything_is_accounted_for(place: Stand, satker: int) -> None:
    after = balances()
    lines = list(TripLine.objects.all())
    trip = lines[0].trip
    spent = sum(line.paid or 0 for line in lines) + trip.transport
    assert "buyer:advance" not in after
    assert after.get("satker:cash", 0) == satker - spent
    paid_on = sum(line.cost or 0 for line in lines)
    assert paid_on == (spent if any(line.paid for line in lines) else 0)
    sold = 0
    for one in PreOrderLine.objects.select_related("preorder"):
        if one.preorder.state == PreOrderState.HANDED_OVER:
            assert one.due == (one.price_due or 0) * (one.given or 0) // one.base_quantity
            assert (one.price_due or 0) <= one.most_price
            sold += one.due or 0
        else:
            assert one.due is None
    assert -after.get("warung:sales", 0) == sold
    top_ups = 5 * 400_000
    kept = top_ups + after.get("citizen:balance", 0)
    assert after.get("warung:cash", 0) + kept == sold
    for line in lines:
        given = sum(one.given or 0 for one in PreOrderLine.objects.filter(product=line.product_id))
        shrunk = sum(Shrinkage.objects.filter(line=line).values_list("quantity", flat=True))
        left = levels(place.stand).get(line.product_name, (0, 0))
        assert left == ((line.received or 0) - shrunk - given, 0)


class Undone(Exception):
    """Takes back what a night wrote."""


@pytest.fixture
def known(place: Stand) -> Stand:
    for name in PEOPLE:
        top_up(getattr(place.cast, name), 400_000)
    return place


@settings(
    max_examples=rounds(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(NIGHT)
def test_any_night_adds_up(known: Stand, night: Night) -> None:
    with suppress(Undone), transaction.atomic():
        live(known, night)
        raise Undone
