"""Waste is weighed once for a key, at the price of the moment, and taken back only while everything is still there."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.bank_sampah.errors import BadEntry, MemberClosed, NotTaken, SlipSpent, WasteGone
from tenant_apps.bank_sampah.models import Deposit, DepositState, Lot, LotMoveKind, LotMovement
from tenant_apps.bank_sampah.reckoning import cost_of, share_of, value_of
from tenant_apps.bank_sampah.services import (
    Weighed,
    change_unit,
    close_member,
    price_slip,
    set_bank_terms,
    set_price,
    take_back,
    take_type,
)
from tenants.kernel import clock
from tests.cast import BY
from tests.tenant_apps.bank_sampah.bank import Bank, balance, must_add_up


@given(quantity=st.integers(1, 10**6), price=st.integers(0, 10**7), per=st.sampled_from([1, 1_000]))
def test_a_value_is_within_half_a_rupiah(quantity: int, price: int, per: int) -> None:
    value = value_of(quantity, price, per)
    assert abs(value * per - quantity * price) * 2 <= per


@given(value=st.integers(0, 10**10), bps=st.integers(0, 10_000))
def test_the_odd_rupiah_is_the_members(value: int, bps: int) -> None:
    share = share_of(value, bps)
    assert 0 <= value * bps - share * 10_000 < 10_000


@given(on_hand=st.integers(1, 10**6), cost=st.integers(0, 10**9), part=st.floats(0, 1))
def test_no_rupiah_of_a_lot_is_lost(on_hand: int, cost: int, part: float) -> None:
    first = max(1, int(on_hand * part))
    taken = cost_of(first, on_hand, cost)
    rest = on_hand - first
    assert taken + (cost_of(rest, rest, cost - taken) if rest else 0) == cost


def test_a_slip_says_what_each_line_is_worth(bank: Bank) -> None:
    set_bank_terms(by=BY, share_bps=1_000, proceeds_bps=0, least_payout=1, most_a_day=10**9)
    # 1,234 kg at 3.500 and 7 bottles at 400: 4.319 and 2.800, of 7.119 a tenth is 711.
    made = bank.weigh({"PL-01": 1_234, "KC-01": 7})
    assert [(line.quantity, line.price, line.value) for line in made.lines.all()] == [
        (7, 400, 2_800),
        (1_234, 3_500, 4_319),
    ]
    assert (made.value, made.share, made.saved) == (7_119, 711, 6_408)
    # A bottle weighs 350 g.
    assert made.grams == 1_234 + 7 * 350
    assert bank.holds() == 6_408
    assert balance(f"waste:{bank.unit.pk}:committee") == 711
    must_add_up()


def test_a_second_tap_is_the_same_slip(bank: Bank) -> None:
    key = uuid4()
    assert bank.weigh({"PL-01": 1_000}, key=key) == bank.weigh({"PL-01": 1_000}, key=key)
    assert Deposit.objects.count() == 1
    assert bank.holds() == 3_500
    with pytest.raises(BadEntry, match="sudah pernah"):
        bank.weigh({"PL-01": 1_001}, key=key)


def test_a_new_price_never_changes_an_old_slip(bank: Bank) -> None:
    old = bank.weigh({"PL-01": 1_000})
    set_price(grade=bank.grade("PL-01"), price=4_000, by=BY)
    new = bank.weigh({"PL-01": 1_000})
    old.refresh_from_db()
    assert (old.value, old.lines.get().price) == (3_500, 3_500)
    assert new.value == 4_000
    assert bank.holds() == 7_500


def test_a_price_of_the_unit_comes_first_and_a_later_one_waits(bank: Bank) -> None:
    grade = bank.grade("PL-01")
    set_price(grade=grade, price=9_999, by=BY, valid_from=clock.now() + timedelta(days=1))
    set_price(grade=grade, price=5_000, by=BY, unit=bank.unit)
    set_price(grade=grade, price=4_000, by=BY)
    assert bank.weigh({"PL-01": 1_000}).value == 5_000
    assert bank.weigh({"PL-01": 1_000}, unit=bank.centre).value == 4_000
    with pytest.raises(BadEntry, match="sekarang atau nanti"):
        set_price(grade=grade, price=1, by=BY, valid_from=clock.now() - timedelta(minutes=1))


def test_what_cannot_be_weighed_in(bank: Bank) -> None:
    grade = bank.grade("PL-01")
    for quantity in (0, -5, 1_000_001):
        with pytest.raises(BadEntry, match="beratnya"):
            price_slip(unit=bank.unit, lines=[Weighed(grade, quantity)])
    with pytest.raises(BadEntry, match="Belum ada"):
        price_slip(unit=bank.unit, lines=[])
    with pytest.raises(BadEntry, match="kurang dari satu rupiah"):
        bank.weigh({"KC-02": 3})
    take_type(kind=grade.type, is_taken=False)
    with pytest.raises(NotTaken, match="PET"):
        bank.weigh({"PL-01": 1_000})
    change_unit(unit=bank.unit, name="Unit", address="", hours="", is_open=False)
    with pytest.raises(NotTaken, match="sedang tidak menerima"):
        bank.weigh({"PL-02": 1_000})
    close_member(member=bank.member, by=BY)
    with pytest.raises(MemberClosed):
        bank.weigh({"PL-02": 1_000})
    assert Deposit.objects.count() == 0
    assert LotMovement.objects.count() == 0


def test_a_wrong_slip_is_taken_back_as_a_whole(bank: Bank) -> None:
    kept = bank.weigh({"PL-01": 2_000})
    set_price(grade=bank.grade("PL-01"), price=7_000, by=BY)
    wrong = bank.weigh({"PL-01": 500, "KR-01": 3_000})
    for _tap in range(2):
        taken = take_back(deposit=wrong, reason="salah timbang", by=BY)
    assert (taken.state, taken.reason) == (DepositState.REVERSED, "salah timbang")
    assert bank.holds() == kept.saved
    # The lot is an average of two prices; what it differs from the slip is a cost, and no rupiah is lost.
    assert Lot.objects.get(grade=bank.grade("PL-01"), unit=bank.unit).on_hand == 2_000
    must_add_up()
    with pytest.raises(BadEntry, match="mengapa"):
        take_back(deposit=kept, reason="  ", by=BY)


def test_a_slip_whose_savings_are_spent_stays(bank: Bank) -> None:
    slip = bank.weigh({"PL-01": 1_000})
    bank.ask(1_000)
    with pytest.raises(SlipSpent, match=r"Rp.2\.500"):
        take_back(deposit=slip, reason="salah", by=BY)
    bank.weigh({"PL-02": 1_000})
    assert take_back(deposit=slip, reason="salah", by=BY).state == DepositState.REVERSED
    must_add_up()


def test_a_slip_whose_waste_has_left_stays(bank: Bank) -> None:
    slip = bank.weigh({"PL-01": 1_000})
    lot = Lot.objects.get()
    LotMovement.objects.create(
        lot=lot, kind=LotMoveKind.SOLD, quantity=-1, cost=-4, reference="sale:X", by=BY, at=clock.now()
    )
    with pytest.raises(WasteGone, match="PET"):
        take_back(deposit=slip, reason="salah", by=BY)
    assert bank.holds() == 3_500


REWRITES = (
    "UPDATE bank_sampah_deposit SET value = value + 1",
    "UPDATE bank_sampah_deposit SET state = 'reversed', reversed_at = now(), reason = 'x', grams = 0",
    "DELETE FROM bank_sampah_deposit",
    "UPDATE bank_sampah_depositline SET price = 1",
    "UPDATE bank_sampah_lotmovement SET cost = 1",
    "UPDATE bank_sampah_lot SET on_hand = 1",
    "UPDATE bank_sampah_lot SET cost = cost + 1",
    "UPDATE bank_sampah_wasteprice SET price = 1",
    "UPDATE bank_sampah_bankterms SET share_bps = 1",
    "INSERT INTO bank_sampah_lotmovement (lot_id, kind, quantity, cost, reference, by, at)"
    " SELECT id, 'sold', -1001, -1, 'x', 'x', now() FROM bank_sampah_lot",
    "INSERT INTO bank_sampah_lotmovement (lot_id, kind, quantity, cost, reference, by, at)"
    " SELECT id, 'sold', -1000, 0, 'x', 'x', now() FROM bank_sampah_lot",
)


@pytest.mark.parametrize("sql", REWRITES)
def test_the_database_keeps_what_was_weighed(bank: Bank, sql: str) -> None:
    bank.weigh({"PL-01": 1_000})
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
