"""A night from the first pre-order to the settled advance, to the rupiah and the gram."""

from __future__ import annotations

import uuid

from tenant_apps.fresh_buying.models import PreOrder, TripLine
from tenant_apps.fresh_buying.services import hand_over_preorder, record_shrink, set_transport, settle_trip
from tenant_apps.payments.models import Method as Pay
from tests.cast import BY
from tests.tenant_apps.fresh_buying.dawn import Stand, balances, levels, must_add_up
from tests.tenant_apps.payments.purse import top_up


def test_from_the_order_to_the_settled_advance(place: Stand) -> None:
    top_up(place.cast.ratna, 200_000)
    before = balances()
    ratna = place.order(fish=2, spinach=4, pay=Pay.BALANCE)
    siti = place.order(fish=1, who=place.cast.siti)
    wati = place.order(fish=2, who=place.cast.wati)
    trip = place.started(advance=300_000)
    fish, spinach = trip.lines.order_by("section")
    assert (fish.wanted, fish.limit_price, fish.per_quantity) == (5_000, 36_000, 1_000)
    assert (spinach.wanted, spinach.limit_price) == (1_000, 10_000)
    place.buy(trip, place.fish, 3_000, 90_000, seller="Bu Aminah")
    place.buy(trip, place.fish, 1_700, 54_000)
    place.buy(trip, place.spinach, 1_200, 6_000)
    set_transport(trip=trip, amount=25_000)
    place.back(trip, {place.fish: 4_600})
    # Rp 150.000 of goods carry Rp 25.000: 24.000 the fish, 1.000 the spinach.
    fish, spinach = TripLine.objects.filter(trip=trip).order_by("section")
    assert (fish.cost, spinach.cost, fish.lost_on_the_way) == (168_000, 7_000, 100)
    assert levels(place.stand) == {"Ikan gabus": (4_600, 4_600), "Bayam": (1_200, 1_000)}
    record_shrink(line=fish, quantity=100, reason="cleaned", key=uuid.uuid4(), by=BY)
    must_add_up(place)
    place.shared(trip)
    # 4,500 g for 2 + 1 + 2 kg.
    shares = [line.allocated for one in (ratna, siti, wati) for line in one.lines.filter(product=place.fish)]
    assert shares == [1_800, 900, 1_800]
    # Rp 168.000 for 4.6 kg and a tenth on top is more than was promised; the spinach is cheaper than promised.
    assert {line.price_due for line in ratna.lines.all()} == {36_000, 1_605}
    line = ratna.lines.get(product=place.fish)
    hand_over_preorder(preorder=ratna, given={line.pk: 1_750}, by=BY)
    hand_over_preorder(preorder=siti, given={}, by=BY)
    hand_over_preorder(preorder=wati, given={}, by=BY)
    ratna = PreOrder.objects.get(pk=ratna.pk)
    assert ratna.goods_due == 36_000 * 1_750 // 1_000 + 4 * 1_605
    assert levels(place.stand) == {"Ikan gabus": (50, 0), "Bayam": (200, 0)}
    settle_trip(trip=trip, by=BY)
    settle_trip(trip=trip, by=BY)
    after = balances()
    spent = 90_000 + 54_000 + 6_000 + 25_000
    assert "buyer:advance" not in after
    assert after["satker:cash"] - before.get("satker:cash", 0) == -spent
    assert after["warung:purchases"] == after["warung:wholesale_owed"] == -after["warung:wholesale_debt"] == spent
    assert after["warung:cash"] == 36_000 * 900 // 1_000 + 36_000 * 1_800 // 1_000
    assert -after["citizen:balance"] == 200_000 - ratna.goods_due
    must_add_up(place)
