"""Handed over: what was paid, what was due, and whose the money is then. To the rupiah, for every way to pay."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.ledger.errors import Overdrawn
from tenant_apps.payments.errors import NoWayToPay, OtherPayment, TooMuchBack
from tenant_apps.payments.models import Method, MoneyIn, Payment, PaymentState
from tenant_apps.payments.services import (
    Settlement,
    confirm_received,
    deposit_cash,
    open_payment,
    payment_of,
    reconcile_until,
    refund,
    release_payment,
    settle,
    ways_to_pay,
)
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tests.cast import BY, Cast
from tests.tenant_apps.payments.purse import balances, give_code, now_of, owe, top_up

# What was asked for is 35.000; `total` is what the goods came to at packing, 2.000 of it delivery.
CASES = [
    # way, total, settled as, books of the warung and the region afterwards
    ("cash", 35_000, Settlement(0, 0, 35_000), {"cash": 35_000}),
    ("cash", 34_100, Settlement(0, 0, 34_100), {"cash": 34_100}),
    ("balance", 35_000, Settlement(35_000, 0, 0), {"payable": 35_000, "claim": 35_000}),
    ("balance", 34_100, Settlement(35_000, 900, 0), {"payable": 34_100, "claim": 34_100, "ratna:balance": 900}),
    ("balance", 36_400, Settlement(35_000, 0, 1_400), {"payable": 35_000, "claim": 35_000, "cash": 1_400}),
    ("qris", 35_000, Settlement(35_000, 0, 0), {"qris": 35_000}),
    (
        "qris",
        34_100,
        Settlement(35_000, 900, 0),
        {"qris": 35_000, "debt": 900, "owed": 900, "ratna:balance": 900},
    ),
    ("qris", 36_400, Settlement(35_000, 0, 1_400), {"qris": 35_000, "cash": 1_400}),
    ("qris, nobody paid", 35_000, Settlement(0, 0, 35_000), {"cash": 35_000}),
]


@pytest.mark.parametrize(("way", "total", "wanted", "books"), CASES)
def test_settling_is_exact(market: Cast, way: str, total: int, wanted: Settlement, books: dict[str, int]) -> None:
    give_code(market.warung)
    top_up(market.ratna, 35_000)
    payment = owe(market, Method(way.partition(",")[0]))
    if way == "qris":
        confirm_received(payment=payment, by=market.hasan.actor)
    if payment.method != Method.BALANCE:
        top_up(market.siti, 1)
    came = settle(payment=payment, goods=total - 2_000, delivery=2_000, by=market.hasan.actor)
    assert came == wanted and came.earned == total
    found = balances(market)
    found.pop("region:test_cash")
    found.pop(f"citizen:{market.siti.pk}:balance", None)
    if payment.method != Method.BALANCE:
        assert found.pop("ratna:balance") - books.get("ratna:balance", 0) == 35_000
        books = {code: amount for code, amount in books.items() if code != "ratna:balance"}
    assert found == {**books, "sales": total - 2_000, "delivery": 2_000}
    # Said twice, done once.
    assert settle(payment=payment, goods=total - 2_000, delivery=2_000, by=BY) == wanted
    with pytest.raises(OtherPayment):
        settle(payment=payment, goods=total - 2_001, delivery=2_000, by=BY)
    now = now_of(payment)
    assert now.settled == total == now.paid - now.refunded
    assert now.state == (PaymentState.DEPOSITED if way == "cash" else PaymentState.SETTLED)


def test_opening_twice_is_once_and_other_facts_are_refused(market: Cast) -> None:
    first = owe(market, Method.CASH)
    assert owe(market, Method.CASH).pk == first.pk
    for other in ({"amount": 34_999}, {"payer": market.siti}):
        with pytest.raises(OtherPayment):
            owe(market, Method.CASH, **other)
    assert Payment.objects.count() == 1 and payment_of("bill:7KQ4MP") == first and payment_of("bill:XXXXXX") is None


def test_a_balance_that_does_not_reach_opens_nothing(market: Cast) -> None:
    top_up(market.ratna, 34_999)
    before = balances(market)
    with pytest.raises(Overdrawn):
        owe(market, Method.BALANCE)
    assert (Payment.objects.count(), MoneyIn.objects.count(), balances(market)) == (0, 0, before)


def test_without_a_code_there_is_no_qris(market: Cast) -> None:
    assert ways_to_pay(market.warung, market.ratna) == [Method.CASH, Method.BALANCE]
    with pytest.raises(NoWayToPay):
        owe(market, Method.QRIS)
    give_code(market.warung)
    assert ways_to_pay(market.warung) == [Method.CASH, Method.QRIS]
    payment = owe(market, Method.QRIS)
    assert "540535000" in payment.payload and payment.state == PaymentState.PENDING


@pytest.mark.parametrize("way", list(Method))
def test_released_before_the_hand_over_everything_is_back(market: Cast, way: Method) -> None:
    give_code(market.warung)
    top_up(market.ratna, 50_000)
    payment = owe(market, way)
    if way == Method.QRIS:
        confirm_received(payment=payment, by=BY)
    for _again in range(2):
        now = release_payment(payment=payment, by=BY, reason="called off")
    assert now.state == (PaymentState.CANCELLED if way == Method.CASH else PaymentState.REFUNDED)
    found = balances(market)
    assert found["ratna:balance"] == (85_000 if way == Method.QRIS else 50_000)
    assert found.get("owed", 0) == found.get("debt", 0) == found.get("qris", 0) == (35_000 if way == Method.QRIS else 0)
    assert not {"held", "region:held", "sales"} & set(found)
    if way == Method.CASH:
        with pytest.raises(StaleDocument):
            settle(payment=payment, goods=35_000, delivery=0, by=BY)
    else:
        # Paid back before, and handed over all the same: then it is paid in cash.
        assert settle(payment=payment, goods=35_000, delivery=0, by=BY) == Settlement(0, 0, 35_000)
    assert balances(market).get("cash", 0) == (0 if way == Method.CASH else 35_000)


def test_after_the_hand_over_it_is_a_refund(market: Cast) -> None:
    top_up(market.ratna, 35_000)
    payment = owe(market, Method.BALANCE)
    settle(payment=payment, goods=33_000, delivery=2_000, by=BY)
    with pytest.raises(StaleDocument):
        release_payment(payment=payment, by=BY, reason="too late")
    for _again in range(2):
        refund(payment=payment, amount=5_000, by=BY, reason="broken eggs", key="return:1")
    with pytest.raises(OtherPayment):
        refund(payment=payment, amount=5_001, by=BY, reason="broken eggs", key="return:1")
    with pytest.raises(TooMuchBack):
        refund(payment=payment, amount=30_001, by=BY, reason="all", key="return:2")
    found = balances(market)
    assert (found["ratna:balance"], found["returns"], found["owed"], found["debt"]) == (5_000, -5_000, 5_000, 5_000)
    assert now_of(payment).state == PaymentState.SETTLED
    refund(payment=payment, amount=30_000, by=BY, reason="all", key="return:2")
    assert now_of(payment).state == PaymentState.REFUNDED and balances(market)["ratna:balance"] == 35_000


def test_cash_is_carried_deposited_and_counted(market: Cast) -> None:
    first, second = (owe(market, Method.CASH, number=number) for number in ("AAAAAA", "CCCCCC"))
    for one in (first, second):
        settle(payment=one, goods=33_000, delivery=2_000, by=market.wati.actor, collector=market.wati)
    assert balances(market) == {"wati:cash": 70_000, "sales": 66_000, "delivery": 4_000}
    assert now_of(first).state == PaymentState.COLLECTED
    assert reconcile_until(warung=market.warung, at=clock.now(), by=BY) == 0
    assert deposit_cash(courier=market.wati, warung=market.warung, by=BY, payments=[first]) == 35_000
    assert balances(market)["cash"] == balances(market)["wati:cash"] == 35_000
    assert deposit_cash(courier=market.wati, warung=market.other_warung, by=BY) == 0
    assert deposit_cash(courier=market.wati, warung=market.warung, by=BY) == 35_000
    assert deposit_cash(courier=market.wati, warung=market.warung, by=BY) == 0
    assert balances(market)["cash"] == 70_000 and "wati:cash" not in balances(market)
    at = clock.now()
    late = owe(market, Method.CASH, number="DDDDDD")
    settle(payment=late, goods=35_000, delivery=0, by=BY)
    assert reconcile_until(warung=market.warung, at=at, by=BY) == 2
    assert reconcile_until(warung=market.warung, at=at, by=BY) == 0
    assert [now_of(one).state for one in (first, second, late)] == ["reconciled", "reconciled", "deposited"]
    assert list(now_of(first).history.values_list("after", flat=True)) == [
        "pending",
        "collected",
        "deposited",
        "reconciled",
    ]


def test_nobody_known_gets_cash_back(market: Cast) -> None:
    payment = open_payment(
        reference="sale:1", payer=None, warung=market.warung, method=Method.CASH, amount=10_000, expires_at=None, by=BY
    )
    settle(payment=payment, goods=10_000, delivery=0, by=BY)
    refund(payment=payment, amount=4_000, by=BY, reason="returned", key="1")
    assert balances(market) == {"cash": 6_000, "sales": 10_000, "returns": -4_000}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payments_moneyin SET amount = 1",
        "DELETE FROM payments_refund",
        "DELETE FROM payments_paymentmove",
        "UPDATE payments_payment SET paid = paid + 1",
        "UPDATE payments_payment SET refunded = refunded - 1",
        "UPDATE payments_payment SET refunded = paid + 1",
    ],
)
def test_the_database_keeps_what_came_and_went(market: Cast, sql: str) -> None:
    payment = owe(market, Method.CASH)
    settle(payment=payment, goods=35_000, delivery=0, by=BY)
    refund(payment=payment, amount=4_000, by=BY, reason="returned", key="1")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)
