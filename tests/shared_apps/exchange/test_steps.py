"""Both sides' steps: what they may, in which order, that repeating changes nothing, and that the latecomer is told."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from shared_apps.exchange.errors import BadInvoice, BadPacks, OtherContent, ReasonMissing
from shared_apps.exchange.models import OrderState
from shared_apps.exchange.selectors import view_of
from shared_apps.exchange.services import (
    Answer,
    accept_change,
    cancel,
    change,
    confirm,
    dispute_invoice,
    match_invoice,
    note_receipt,
    pay_invoice,
    refuse,
)
from tenants.context import in_region
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.cast import BY
from tests.shared_apps.exchange.ordering import Deal
from tests.shared_apps.exchange.test_sending import outgoing


@pytest.fixture
def deal(kalidoni: Region) -> Deal:
    return Deal(kalidoni, order_freight=50_000)


def test_from_order_to_payment(deal: Deal) -> None:
    order = deal.send({"BR-50": 10, "TL-180": 4})
    deal.as_supplier(confirm, order, promised_on=deal.tomorrow())
    deal.ship(order, {"BR-50": 6}, reference="SJ-1")
    line = deal.lines(order)["BR-50"].pk
    deal.as_region(note_receipt, order, counts={line: (5, 1)})
    deal.ship(order, {"BR-50": 4, "TL-180": 4})
    assert deal.seen(order).state == OrderState.SHIPPED
    bill = deal.bill(order, {"BR-50": 9, "TL-180": 4}, freight=50_000)
    lines = deal.lines(order)
    deal.as_region(note_receipt, order, counts={line: (4, 0), lines["TL-180"].pk: (4, 0)})
    # A bill is there already.
    assert deal.seen(order).state == OrderState.INVOICED
    with in_region(deal.region):
        match_invoice(invoice=bill, by=BY)
        pay_invoice(invoice=bill, by=BY)
    assert deal.seen(order).state == OrderState.PAID
    rice = deal.lines(order)["BR-50"]
    assert (rice.packs_shipped, rice.packs_received, rice.packs_rejected) == (10, 9, 1)
    assert bill.total == 9 * 600_000 + 4 * 280_000 + 50_000
    # Nothing more comes: what was rejected is in the order's sum no more.
    with in_region(deal.region):
        assert view_of(deal.seen(order)).sum.total == bill.total
    assert [(move, side) for move, _after, side in deal.trace(order)] == [
        ("send", "region"),
        ("confirm", "supplier"),
        ("ship", "supplier"),
        ("count", "region"),
        ("ship", "supplier"),
        ("invoice", "supplier"),
        ("count", "region"),
        ("receive", "region"),
        ("invoice", "region"),
        ("match_invoice", "region"),
        ("pay_invoice", "region"),
        ("pay", "region"),
    ]
    # The supplier was told of all that the region did.
    steps = [(one.payload["step"]["name"], one.payload["state"]) for one in outgoing("exchange.step")]
    assert steps == [
        ("count", "shipped"),
        ("receive", "invoiced"),
        ("match_invoice", "invoiced"),
        ("pay_invoice", "paid"),
    ]


def test_confirming_again_changes_nothing(deal: Deal) -> None:
    order = deal.send({"BR-50": 2})
    for _time in range(2):
        deal.as_supplier(confirm, order)
    deal.ship(order, {"BR-50": 2})
    deal.as_supplier(confirm, order)
    assert [move for move, *_ in deal.trace(order)] == ["send", "confirm", "ship"]
    with pytest.raises(StaleDocument):
        deal.as_supplier(confirm, order, promised_on=deal.tomorrow())
    with pytest.raises(StaleDocument):
        deal.as_supplier(refuse, order, reason="Habis")


def test_a_change_is_accepted_and_holds(deal: Deal) -> None:
    order = deal.send({"BR-50": 10, "TL-180": 4})
    lines = deal.lines(order)
    answers = {lines["BR-50"].pk: Answer(7, 610_000)}
    for _time in range(2):
        deal.as_supplier(change, order, answers=answers, note="Gudang tinggal 7", promised_on=deal.tomorrow())
    assert deal.seen(order).state == OrderState.CHANGED
    with pytest.raises(StaleDocument):
        deal.as_supplier(change, order, answers={lines["BR-50"].pk: Answer(6, 610_000)})
    for _time in range(2):
        deal.as_region(accept_change, order)
    rice, egg = deal.lines(order)["BR-50"], deal.lines(order)["TL-180"]
    assert (rice.packs_agreed, rice.price_agreed, rice.packs, rice.price) == (7, 610_000, 10, 600_000)
    assert (egg.packs_confirmed, egg.price_confirmed) == (4, 280_000)
    with pytest.raises(BadPacks):
        deal.ship(order, {"BR-50": 8})
    deal.ship(order, {"BR-50": 7})
    assert [move for move, *_ in deal.trace(order)] == ["send", "change", "accept_change", "ship"]


@pytest.mark.parametrize(
    "answer", [Answer(11, 600_000), Answer(-1, 600_000), Answer(5, 0), Answer(0, 600_000), Answer(10, 600_000)]
)
def test_changes_that_cannot_be(deal: Deal, answer: Answer) -> None:
    order = deal.send({"BR-50": 10})
    with pytest.raises(BadPacks):
        deal.as_supplier(change, order, answers={deal.lines(order)["BR-50"].pk: answer})
    assert deal.seen(order).state == OrderState.SENT
    with pytest.raises(BadPacks):
        deal.as_supplier(change, order, answers={0: Answer(1, 1)})


def test_a_change_may_be_refused_by_either(deal: Deal) -> None:
    first, second = deal.send({"BR-50": 10}), deal.send({"BR-50": 10})
    for order in (first, second):
        deal.as_supplier(change, order, answers={deal.lines(order)["BR-50"].pk: Answer(5, 600_000)})
    for _time in range(2):
        deal.as_region(cancel, first, reason="Terlalu sedikit")
        deal.as_supplier(refuse, second, reason="Habis sama sekali")
    assert deal.seen(first).state == OrderState.CANCELLED
    assert deal.seen(second).state == OrderState.REFUSED
    for order in (first, second):
        with pytest.raises(StaleDocument):
            deal.as_region(accept_change, order)
        with pytest.raises(StaleDocument):
            deal.as_supplier(confirm, order)


def test_ending_an_order_has_a_reason(deal: Deal) -> None:
    order = deal.send({"BR-50": 1})
    with pytest.raises(ReasonMissing):
        deal.as_region(cancel, order, reason="  ")
    with pytest.raises(ReasonMissing):
        deal.as_supplier(refuse, order, reason="")


def test_what_has_left_is_not_cancelled(deal: Deal) -> None:
    order = deal.send({"BR-50": 2})
    deal.as_supplier(confirm, order)
    deal.ship(order, {"BR-50": 1})
    with pytest.raises(StaleDocument):
        deal.as_region(cancel, order, reason="Tidak jadi")


def test_a_delivery_comes_once_and_never_too_much(deal: Deal) -> None:
    order = deal.send({"BR-50": 3})
    with pytest.raises(StaleDocument):
        deal.ship(order, {"BR-50": 1})
    deal.as_supplier(confirm, order)
    key = uuid.uuid4()
    first = deal.ship(order, {"BR-50": 2}, key=key)
    assert deal.ship(order, {"BR-50": 2}, key=key).pk == first.pk
    with pytest.raises(OtherContent):
        deal.ship(order, {"BR-50": 1}, key=key)
    with pytest.raises(BadPacks):
        deal.ship(order, {"BR-50": 2})
    assert deal.ship(order, {"BR-50": 1}).number == 2
    assert deal.lines(order)["BR-50"].packs_shipped == 3


def test_goods_that_nobody_announced_are_received_all_the_same(deal: Deal) -> None:
    order = deal.send({"BR-50": 3})
    deal.as_supplier(confirm, order)
    line = deal.lines(order)["BR-50"].pk
    with pytest.raises(StaleDocument):
        deal.as_region(note_receipt, order, counts={}, closed=True)
    deal.as_region(note_receipt, order, counts={line: (2, 0)})
    assert [move for move, *_ in deal.trace(order)][2:] == ["arrive", "count"]
    # The supplier's paper follows, for more than is left.
    with pytest.raises(BadPacks):
        deal.ship(order, {"BR-50": 3})
    deal.bill(order, {"BR-50": 2})
    deal.as_region(note_receipt, order, counts={}, closed=True)
    assert deal.seen(order).state == OrderState.INVOICED


def test_a_receipt_counts_once(deal: Deal) -> None:
    order = deal.send({"BR-50": 3})
    deal.as_supplier(confirm, order)
    deal.ship(order, {"BR-50": 3})
    line, key = deal.lines(order)["BR-50"].pk, uuid.uuid4()
    for _time in range(2):
        deal.as_region(note_receipt, order, counts={line: (1, 1)}, key=key)
    with pytest.raises(BadPacks):
        deal.as_region(note_receipt, order, counts={line: (2, 0)})
    with pytest.raises(BadPacks):
        deal.as_region(note_receipt, order, counts={line: (-1, 0)})
    deal.as_region(note_receipt, order, counts={line: (1, 0)})
    assert deal.seen(order).state == OrderState.RECEIVED
    with pytest.raises(StaleDocument):
        deal.as_region(note_receipt, order, counts={line: (0, 0)}, closed=True)


def test_bills_that_cannot_be(deal: Deal) -> None:
    order = deal.send({"BR-50": 3})
    deal.as_supplier(confirm, order)
    with pytest.raises(StaleDocument):
        deal.bill(order, {"BR-50": 1})
    deal.ship(order, {"BR-50": 2})
    for packs, facts in (
        (3, {}),
        (0, {}),
        (1, {"price": 600_001}),
        (1, {"price": 0}),
        (1, {"freight": 50_001}),
        (1, {"freight": -1}),
        (1, {"tax": 1}),
        (1, {"number": " "}),
        (1, {"due_on": deal.tomorrow() - timedelta(days=9)}),
    ):
        with pytest.raises(BadInvoice):
            deal.bill(order, {"BR-50": packs}, **facts)
    first = deal.bill(order, {"BR-50": 1}, freight=50_000)
    assert deal.bill(order, {"BR-50": 1}, freight=50_000).pk == first.pk
    with pytest.raises(OtherContent):
        deal.bill(order, {"BR-50": 2})
    with pytest.raises(BadInvoice):
        deal.bill(order, {"BR-50": 1}, number="F-2", freight=1)
    deal.bill(order, {"BR-50": 1}, number="F-2")
    with pytest.raises(BadInvoice):
        deal.bill(order, {"BR-50": 1}, number="F-3")


def test_a_disputed_bill_makes_room_for_another(deal: Deal) -> None:
    order = deal.send({"BR-50": 2})
    deal.as_supplier(confirm, order)
    deal.ship(order, {"BR-50": 2})
    deal.as_region(note_receipt, order, counts={deal.lines(order)["BR-50"].pk: (1, 1)})
    wrong = deal.bill(order, {"BR-50": 2})
    with in_region(deal.region):
        with pytest.raises(StaleDocument):
            pay_invoice(invoice=wrong, by=BY)
        for _time in range(2):
            wrong = dispute_invoice(invoice=wrong, reason="Satu karung ditolak", by=BY)
    assert wrong.reason == "Satu karung ditolak"
    right = deal.bill(order, {"BR-50": 1}, number="F-2")
    with in_region(deal.region):
        with pytest.raises(BadInvoice):
            match_invoice(invoice=wrong, by=BY)
        for _time in range(2):
            match_invoice(invoice=right, by=BY)
        for _time in range(2):
            pay_invoice(invoice=right, by=BY)
        with pytest.raises(StaleDocument):
            dispute_invoice(invoice=right, reason="Terlambat", by=BY)
    assert deal.seen(order).state == OrderState.PAID


def test_an_order_is_not_paid_while_something_is_open(deal: Deal) -> None:
    order = deal.send({"BR-50": 4})
    deal.as_supplier(confirm, order)
    deal.ship(order, {"BR-50": 4})
    deal.as_region(note_receipt, order, counts={deal.lines(order)["BR-50"].pk: (4, 0)})
    bills = [deal.bill(order, {"BR-50": 2}, number="A")]
    with in_region(deal.region):
        pay_invoice(invoice=match_invoice(invoice=bills[0], by=BY), by=BY)
    assert deal.seen(order).state == OrderState.INVOICED
    bills.append(deal.bill(order, {"BR-50": 2}, number="B"))
    with in_region(deal.region):
        pay_invoice(invoice=match_invoice(invoice=bills[1], by=BY), by=BY)
    assert deal.seen(order).state == OrderState.PAID
