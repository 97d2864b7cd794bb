"""The fee of a zone, the minimum, the place in a delivery time, and a stand's cut-off, at the last tap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import partial
from uuid import uuid4

import pytest

from tenant_apps.orders.errors import BasketMoved, BelowMinimum, FeeMoved, NotOffered, TimeGone
from tenant_apps.orders.models import Method, Order
from tenant_apps.orders.services.delivering import When, free_slots
from tenant_apps.orders.services.filling import cancel_order
from tenant_apps.orders.services.placing import SeenLine
from tenant_apps.pricing.services import publish_price
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenant_apps.warungs.delivering import days_of, slots_of
from tenant_apps.warungs.models import DeliverySlot, Warung
from tenant_apps.warungs.services import set_minimum, set_slot, set_zone
from tenants.identity.models import User
from tenants.models import Region
from tests.cast import BY, VILLAGE, Cast, browser_of
from tests.tenant_apps.orders.desk import HOME, at_once, deliver, footprint, must_add_up, place, seen
from tests.tenant_apps.warungs.test_delivery import stand


def every_day(warung: Warung, capacity: int = 2) -> None:
    for day in range(7):
        set_slot(warung=warung, weekday=day, starts=time(9), ends=time(11), capacity=capacity)


def first_free(warung: Warung) -> When:
    free = free_slots(warung)[0]
    return When(free.day, free.slot.public_id)


def test_the_fee_of_the_zone_counts(market: Cast) -> None:
    set_zone(warung=market.warung, village_code=VILLAGE, rw=1, fee=3_500, minimum_order=0)
    before = footprint()
    with pytest.raises(BasketMoved) as refused:
        deliver(market)
    assert refused.value.fee == FeeMoved(2_000, 3_500)
    assert footprint() == before
    order = place(market, method=Method.DELIVERY, address=HOME, fee=3_500)
    assert (order.delivery_fee, order.total) == (3_500, 38_500)


def test_nothing_is_brought_outside_of_the_zones(market: Cast) -> None:
    set_zone(warung=market.warung, village_code=VILLAGE, rw=2, fee=2_000, minimum_order=0)
    before = footprint()
    with pytest.raises(NotOffered):
        deliver(market)
    assert footprint() == before


def test_below_the_minimum_it_is_not_brought(market: Cast) -> None:
    set_minimum(warung=market.warung, minimum_order=35_001)
    before = footprint()
    with pytest.raises(BasketMoved) as refused:
        deliver(market)
    assert refused.value.minimum == BelowMinimum(35_001, 35_000)
    assert footprint() == before
    assert place(market).total == 35_000


def test_a_delivery_time_is_chosen(market: Cast) -> None:
    every_day(market.warung)
    chosen = first_free(market.warung)
    order = deliver(market, when=chosen)
    order.refresh_from_db()
    assert (order.due_on, order.due_from, order.due_until) == (chosen.day, time(9), time(11))
    assert order.slot is not None


@pytest.mark.parametrize("case", ["none", "another day", "unknown", "over"])
def test_what_cannot_be_chosen(market: Cast, case: str) -> None:
    every_day(market.warung)
    chosen = first_free(market.warung)
    wrong: dict[str, When | None] = {
        "none": None,
        "another day": When(chosen.day + timedelta(days=70), chosen.slot),
        "unknown": When(chosen.day, uuid4()),
        "over": When(date(2020, 1, 1), chosen.slot),
    }
    before = footprint()
    with pytest.raises(TimeGone):
        deliver(market, when=wrong[case])
    assert footprint() == before


def test_a_full_time_takes_nobody_until_somebody_leaves(market: Cast) -> None:
    every_day(market.warung, capacity=1)
    chosen = first_free(market.warung)
    order = deliver(market, when=chosen)
    assert first_free(market.warung) != chosen
    with pytest.raises(TimeGone):
        deliver(market, when=chosen)
    assert Order.objects.count() == 1
    cancel_order(order=order, by=BY)
    deliver(market, when=chosen)


def test_a_pick_up_needs_no_time(market: Cast) -> None:
    every_day(market.warung)
    assert place(market).due_on is None


def fresh(market: Cast) -> Warung:
    """A stand with 10 kg of rice at the price of Hasan's."""
    found = stand(market)
    receive(location=location_of_warung(found), lines=[Line(market.rice.pk, 10_000)], reference="stand", by=BY)
    publish_price(warung=found, pack=market.kilo, price=14_500, by=BY)
    return found


def test_a_stand_takes_orders_for_a_day(market: Cast) -> None:
    found = fresh(market)
    basket = seen((market.kilo, 1, 14_500))
    day = days_of(found)[0].day
    order = place(market, warung=found, lines=basket, when=When(day))
    order.refresh_from_db()
    assert order.due_on == day
    before = footprint()
    for wrong in (None, When(day - timedelta(days=2)), When(day + timedelta(days=60))):
        with pytest.raises(TimeGone):
            place(market, warung=found, lines=basket, when=wrong)
    assert footprint() == before
    must_add_up()


def test_a_line_keeps_what_was_said_of_it(market: Cast) -> None:
    order = place(market, lines=[SeenLine(market.kilo.pk, 1, 14_500, may_replace=True, note=" pulen ")])
    line = order.lines.get()
    assert (line.may_replace, line.note) == (True, "pulen")


@pytest.fixture
def races(committed: None, market: Cast) -> Iterator[Cast]:
    yield market


def test_the_last_place_is_given_once(races: Cast, kalidoni: Region) -> None:
    every_day(races.warung, capacity=2)
    chosen = first_free(races.warung)
    buyers = User.objects.bulk_create(
        [User(name=f"Warga {i}", email=f"tempat{i}@example.test", password="!") for i in range(8)]
    )
    basket = seen((races.kilo, 1, 14_500))
    outcome = at_once(kalidoni, [partial(deliver, races, customer=one, lines=basket, when=chosen) for one in buyers])
    assert outcome == ["TimeGone"] * 6 + ["done"] * 2
    assert chosen.slot is not None
    assert Order.objects.filter(slot__public_id=chosen.slot, due_on=chosen.day).count() == 2
    assert len(slots_of(races.warung)) - len(free_slots(races.warung)) == 1
    must_add_up()


def test_slots_go_without_their_orders(market: Cast) -> None:
    every_day(market.warung)
    chosen = first_free(market.warung)
    order = deliver(market, when=chosen)
    assert chosen.slot is not None
    DeliverySlot.objects.filter(public_id=chosen.slot).delete()
    order.refresh_from_db()
    assert order.due_from == time(9)


def test_the_page_asks_for_time_and_takes_the_fee_of_the_zone(market: Cast) -> None:
    every_day(market.warung)
    set_zone(warung=market.warung, village_code=VILLAGE, rw=None, fee=3_500, minimum_order=0)
    ratna = browser_of(market.ratna)
    for address, prefix in (
        ("/keranjang/bayar/", f"{market.warung.slug}-"),
        (f"/keranjang/{market.warung.slug}/bayar/", ""),
    ):
        ratna.post(f"/warung/{market.warung.slug}/isi/", {"pack": market.kilo.pk, "quantity": 2})
        page = ratna.get(address).content.decode()
        assert f'name="{prefix}fee" value="3500"' in page
        free = free_slots(market.warung)[0]
        form = {
            "key": str(uuid4()),
            "shown": market.warung.slug,
            "shop": market.warung.slug,
            f"line-{market.warung.slug}": f"{market.kilo.pk}:2:14500",
            "line": f"{market.kilo.pk}:2:14500",
            f"{prefix}fee": "2000",
            f"{prefix}method": "delivery",
            f"{prefix}when": free.value,
            "name": "Ratna",
            "phone": "0812 0000 0001",
            "village": VILLAGE,
            "rw": "1",
            "street": "Lorong Kenanga 5",
            "pay": "cash",
        }
        before = Order.objects.count()
        refused = ratna.post(address, form)
        assert refused.status_code == 409
        assert f'name="{prefix}fee" value="3500"' in refused.content.decode()
        assert Order.objects.count() == before
        for wrong in ("", "x", "20200101", free.value + "x"):
            assert ratna.post(address, form | {f"{prefix}fee": "3500", f"{prefix}when": wrong}).status_code == 409
        assert ratna.post(address, form | {f"{prefix}fee": "3500"}).status_code == 302
        order = Order.objects.latest("pk")
        assert (order.delivery_fee, order.due_on, order.due_from) == (3_500, free.day, time(9))
        assert "09.00" in ratna.get(f"/pesanan/{order.number}/").content.decode()
