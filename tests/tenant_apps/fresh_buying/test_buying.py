"""At the market and back: entries, limits, cash, weighing in, sharing out, shrink, hand-over."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from tenant_apps.fresh_buying.errors import BadEntry, OverLimit
from tenant_apps.fresh_buying.models import (
    CashAdvance,
    PreOrder,
    PreOrderState,
    Shrinkage,
    StallPurchase,
    TripEvent,
    TripLine,
    TripState,
)
from tenant_apps.fresh_buying.services import (
    Weighed,
    call_off_preorder,
    cancel_trip,
    come_back,
    distribute,
    drop_purchase,
    give_advance,
    hand_over_preorder,
    mark_absent,
    record_shrink,
    set_transport,
    settle_trip,
    start_trip,
)
from tenant_apps.ledger.services import account_of_warung
from tenant_apps.payments.models import Method as Pay
from tenant_apps.stock.models import StockMovement
from tenants.kernel.errors import StaleDocument
from tenants.outbox.models import OutboxMessage
from tests.cast import BY
from tests.tenant_apps.fresh_buying.dawn import Stand, balances, levels, must_add_up
from tests.tenant_apps.payments.purse import top_up


def test_the_same_entry_twice_is_one(place: Stand) -> None:
    place.order(fish=2)
    trip = place.started()
    key = uuid.uuid4()
    first = place.buy(trip, place.fish, 2_000, 60_000, key=key)
    assert place.buy(trip, place.fish, 9_000, 1, key=key).pk == first.pk
    assert StallPurchase.objects.get().paid == 60_000


def test_dearer_than_the_promise_bears_needs_a_reason(place: Stand) -> None:
    place.order(fish=2)
    trip = place.started()
    # Rp 36.000 a kilogram is the most.
    place.buy(trip, place.fish, 1_000, 36_000, over_reason="")
    with pytest.raises(OverLimit, match=r"36\.000"):
        place.buy(trip, place.fish, 1_000, 36_001, over_reason=" ")
    assert place.buy(trip, place.fish, 1_000, 36_001, over_reason="ikan sedikit").over_reason == "ikan sedikit"


def test_a_wrong_entry_is_taken_back_once(place: Stand) -> None:
    place.order(fish=2)
    trip = place.started()
    wrong = place.buy(trip, place.fish, 20_000, 60_000)
    assert drop_purchase(purchase=wrong, by=BY).pk == drop_purchase(purchase=wrong, by=BY).pk
    place.buy(trip, place.fish, 2_000, 60_000)
    place.back(trip, {})
    line = trip.lines.get()
    assert (line.bought, line.paid) == (2_000, 60_000)


@pytest.mark.parametrize(("quantity", "paid"), [(0, 1), (-5, 1), (10**9, 1), (1_000, -1), (1_000, 10**10)])
def test_entries_that_cannot_be_are_refused(place: Stand, quantity: int, paid: int) -> None:
    place.order(fish=2)
    with pytest.raises(BadEntry):
        place.buy(place.started(), place.fish, quantity, paid)
    assert not StallPurchase.objects.exists()


def test_not_available_with_a_word_about_what_might_do(place: Stand) -> None:
    place.order(fish=2)
    trip = place.started()
    line = trip.lines.get()
    mark_absent(line=line, absent=True, note="ada ikan toman")
    assert TripLine.objects.get().absent
    place.buy(trip, place.fish, 2_000, 60_000)
    assert not TripLine.objects.get().absent


def test_only_people_of_satker_and_stand_are_sent(place: Stand) -> None:
    place.order()
    trip = place.close()
    with pytest.raises(BadEntry):
        start_trip(trip=trip, buyer=place.cast.hasan, advance=0, key=uuid.uuid4(), by=BY)
    start_trip(trip=trip, buyer=place.cast.yuli, advance=0, key=uuid.uuid4(), by=BY)
    assert OutboxMessage.objects.filter(dedupe__contains=f"trip.{trip.number}.start").exists()


def test_cash_is_given_once_for_a_tap_and_never_overdrawn(place: Stand) -> None:
    place.order(fish=2)
    trip = place.started(advance=50_000)
    key = uuid.uuid4()
    give_advance(trip=trip, amount=10_000, key=key, by=BY)
    give_advance(trip=trip, amount=10_000, key=key, by=BY)
    assert balances()["buyer:advance"] == 60_000
    # The buyer put Rp 12.000 of their own on top: it is paid from the Satker's cash.
    place.buy(trip, place.fish, 2_000, 70_000)
    set_transport(trip=trip, amount=2_000)
    place.back(trip, {})
    place.shared(trip)
    settle_trip(trip=trip, by=BY)
    after = balances()
    assert "buyer:advance" not in after
    assert after["satker:cash"] == -72_000
    with pytest.raises(StaleDocument):
        give_advance(trip=trip, amount=10_000, key=uuid.uuid4(), by=BY)


def test_a_cancelled_trip_gives_cash_and_payments_back(place: Stand) -> None:
    top_up(place.cast.ratna, 100_000)
    found = place.order(pay=Pay.BALANCE)
    trip = place.started(advance=50_000)
    bought = place.buy(trip, place.fish, 1_000, 30_000)
    with pytest.raises(BadEntry):
        cancel_trip(trip=trip, reason="pasar tutup", by=BY)
    drop_purchase(purchase=bought, by=BY)
    for _tap in range(2):
        cancel_trip(trip=trip, reason="pasar tutup", by=BY)
    after = balances()
    assert "buyer:advance" not in after and after.get("satker:cash", 0) == 0
    assert -after["citizen:balance"] == 100_000
    assert PreOrder.objects.get(pk=found.pk).state == PreOrderState.CALLED_OFF


def test_less_than_was_bought_needs_a_reason_and_much_more_is_a_typing_error(place: Stand) -> None:
    place.order(fish=2)
    trip = place.started()
    place.buy(trip, place.fish, 2_000, 60_000)
    line = trip.lines.get()
    for wrong in ({}, {line.pk: Weighed(1_900)}, {line.pk: Weighed(2_201)}, {0: Weighed(1), line.pk: Weighed(2_000)}):
        with pytest.raises(BadEntry):
            come_back(trip=trip, weighed=wrong, by=BY)
    assert levels(place.stand) == {}
    come_back(trip=trip, weighed={line.pk: Weighed(1_900, "dried")}, by=BY)
    come_back(trip=trip, weighed={line.pk: Weighed(1_900, "dried")}, by=BY)
    with pytest.raises(StaleDocument):
        come_back(trip=trip, weighed={line.pk: Weighed(1_800, "dried")}, by=BY)
    assert levels(place.stand) == {"Ikan gabus": (1_900, 1_900)}


def test_what_was_shared_out_costs_no_more_than_agreed(place: Stand) -> None:
    plain, agreed = place.order(fish=1), place.order(fish=1, who=place.cast.siti, more=True)
    trip = place.started()
    place.buy(trip, place.fish, 2_000, 2 * 45_000)
    place.back(trip, {})
    place.shared(trip)
    assert [one.lines.get().price_due for one in (plain, agreed)] == [36_000, 39_600]


def test_nothing_came_for_somebody(place: Stand) -> None:
    top_up(place.cast.ratna, 100_000)
    none = place.order(fish=0, spinach=4, pay=Pay.BALANCE)
    some = place.order(fish=1, spinach=4, who=place.cast.siti)
    trip = place.started()
    place.buy(trip, place.fish, 1_000, 30_000)
    place.back(trip, {})
    for _tap in range(2):
        distribute(trip=trip, by=BY)
    assert PreOrder.objects.get(pk=none.pk).state == PreOrderState.CALLED_OFF
    assert -balances()["citizen:balance"] == 100_000
    hand_over_preorder(preorder=some, given={}, by=BY)
    assert PreOrder.objects.get(pk=some.pk).goods_due == 33_000
    must_add_up(place)


def test_shrink_is_written_once_with_its_reason(place: Stand) -> None:
    place.order(fish=2)
    trip = place.started()
    place.buy(trip, place.fish, 3_000, 90_000)
    place.back(trip, {})
    line, key = trip.lines.get(), uuid.uuid4()
    for _tap in range(2):
        record_shrink(line=line, quantity=1_400, reason="cleaned", key=key, by=BY)
    # What nobody ordered shrinks first; then less is shared out.
    assert levels(place.stand) == {"Ikan gabus": (1_600, 1_600)}
    assert StockMovement.objects.get(reason="cleaned").delta_on_hand == -1_400
    for quantity, reason in ((0, "cleaned"), (1_601, "cleaned"), (1, "stolen")):
        with pytest.raises(BadEntry):
            record_shrink(line=line, quantity=quantity, reason=reason, key=uuid.uuid4(), by=BY)
    place.shared(trip)
    with pytest.raises(BadEntry):
        record_shrink(line=line, quantity=1, reason="spoiled", key=uuid.uuid4(), by=BY)
    assert Shrinkage.objects.count() == 1
    must_add_up(place)


def test_handing_over_less_puts_the_rest_on_sale(place: Stand) -> None:
    found = place.order(fish=2)
    trip = place.started()
    place.buy(trip, place.fish, 2_000, 60_000)
    place.back(trip, {})
    place.shared(trip)
    line = found.lines.get()
    for wrong in ({line.pk: 2_001}, {line.pk: -1}, {line.pk: 0}, {0: 5}):
        with pytest.raises(BadEntry):
            hand_over_preorder(preorder=found, given=wrong, by=BY)
    for _tap in range(2):
        hand_over_preorder(preorder=found, given={line.pk: 1_950}, by=BY)
    with pytest.raises(StaleDocument):
        hand_over_preorder(preorder=found, given={line.pk: 1_900}, by=BY)
    # Rp 60.000 for 2 kg and a tenth on top: Rp 33.000.
    assert balances()["warung:cash"] == 33_000 * 1_950 // 1_000
    assert levels(place.stand) == {"Ikan gabus": (50, 0)}


@pytest.mark.parametrize("pay", [Pay.CASH, Pay.BALANCE])
def test_a_warung_preorders_for_its_shelf(place: Stand, pay: Pay) -> None:
    cast = place.cast
    top_up(cast.hasan, 200_000)
    found = place.order(fish=2, who=cast.hasan, pay=pay, for_warung=cast.warung)
    trip = place.started()
    place.buy(trip, place.fish, 2_000, 60_000)
    place.back(trip, {})
    place.shared(trip)
    hand_over_preorder(preorder=found, given={}, by=BY)
    assert levels(cast.warung)["Ikan gabus"] == (2_000, 0)
    assert levels(place.stand) == {}
    book = "cash" if pay == Pay.CASH else "capital"
    assert account_of_warung(cast.warung, "purchases").balance == 66_000
    assert account_of_warung(cast.warung, book).balance == -66_000
    must_add_up(place)


def test_nobody_takes_it_and_it_is_on_sale(place: Stand) -> None:
    found = place.order(fish=2)
    trip = place.started()
    place.buy(trip, place.fish, 2_000, 60_000)
    place.back(trip, {})
    place.shared(trip)
    with pytest.raises(BadEntry):
        call_off_preorder(preorder=found, reason=" ", by=BY)
    for _tap in range(2):
        call_off_preorder(preorder=found, reason="tidak di rumah", by=BY)
    assert levels(place.stand) == {"Ikan gabus": (2_000, 0)}
    must_add_up(place)


def test_called_off_on_the_way_leaves_more_for_the_others(place: Stand) -> None:
    gone, stays = place.order(fish=2), place.order(fish=2, who=place.cast.siti)
    trip = place.started()
    place.buy(trip, place.fish, 3_000, 90_000)
    place.back(trip, {})
    call_off_preorder(preorder=gone, reason="batal", by=BY)
    place.shared(trip)
    assert stays.lines.get().allocated == 2_000
    assert levels(place.stand) == {"Ikan gabus": (3_000, 2_000)}
    must_add_up(place)


def test_steps_out_of_order_are_refused(place: Stand) -> None:
    place.order()
    trip = place.close()
    with pytest.raises(StaleDocument):
        distribute(trip=trip, by=BY)
    with pytest.raises(StaleDocument):
        settle_trip(trip=trip, by=BY)
    with pytest.raises(StaleDocument):
        place.buy(trip, place.fish, 1_000, 30_000)
    assert trip.state == TripState.OPEN


@pytest.mark.parametrize("model", [StallPurchase, CashAdvance, Shrinkage, TripEvent])
def test_the_database_rewrites_nothing(place: Stand, model: type[StallPurchase]) -> None:
    place.order(fish=2)
    trip = place.started()
    place.buy(trip, place.fish, 2_500, 60_000)
    place.back(trip, {})
    record_shrink(line=trip.lines.get(), quantity=1, reason="cleaned", key=uuid.uuid4(), by=BY)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(by="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.all()._raw_delete("default")
