"""Goods come back: how much, until when, what for, and what the books and the shelf say afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.ledger.services import account_of_citizen
from tenant_apps.orders.errors import BadLine, ReasonMissing, ReturnTooLate
from tenant_apps.orders.models import Order, Return, ReturnLine
from tenant_apps.orders.services.filling import accept_order, hand_over, pack_order
from tenant_apps.orders.services.returning import (
    accept_return,
    ask_return,
    left_to_return,
    refuse_return,
    set_return_days,
)
from tenant_apps.payments.models import Refund
from tenant_apps.payments.services import payment_of
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.orders.desk import deliver, footprint, levels, must_add_up, place
from tests.trials import rounds


def received(market: Cast, order: Order | None = None) -> Order:
    """2 kg of rice and 3 eggs for Rp 35.000, in Ratna's hands."""
    order = order or place(market)
    accept_order(order=order, by=BY)
    pack_order(order=order, by=BY)
    return hand_over(order=order, by=BY)


def eggs(order: Order, count: int) -> dict[int, int]:
    return {order.lines.get(base_quantity=1).pk: count}


def balance(market: Cast) -> int:
    account = account_of_citizen(market.ratna)
    account.refresh_from_db()
    return -account.balance


def test_taken_back_goods_are_paid_back(market: Cast) -> None:
    order = received(market)
    document = ask_return(order=order, quantities=eggs(order, 2), reason="Retak")
    assert (document.state, document.amount) == ("asked", 4_000)
    accept_return(document=document, on_shelf=eggs(order, 2), by=BY)
    assert levels(market)["Telur ayam"] == (9, 0)
    assert balance(market) == 4_000
    assert left_to_return(order)[order.lines.get(base_quantity=1).pk] == 1
    must_add_up()


def test_spoiled_goods_do_not_go_on_the_shelf(market: Cast) -> None:
    order = received(market)
    accept_return(document=ask_return(order=order, quantities=eggs(order, 2), reason="Busuk"), on_shelf=[], by=BY)
    assert levels(market)["Telur ayam"] == (7, 0)
    assert balance(market) == 4_000


def test_deciding_twice_pays_once(market: Cast) -> None:
    order = received(market)
    document = ask_return(order=order, quantities=eggs(order, 1), reason="Retak")
    for _tap in range(2):
        accept_return(document=Return.objects.get(pk=document.pk), on_shelf=[], by=BY)
    assert (balance(market), Refund.objects.count()) == (2_000, 1)
    with pytest.raises(StaleDocument):
        refuse_return(document=Return.objects.get(pk=document.pk), reason="Tidak", by=BY)
    assert balance(market) == 2_000


def test_a_refusal_has_a_reason_and_moves_nothing(market: Cast) -> None:
    order = received(market)
    document = ask_return(order=order, quantities=eggs(order, 1), reason="Retak")
    with pytest.raises(ReasonMissing):
        refuse_return(document=document, reason=" ", by=BY)
    refuse_return(document=document, reason="Sudah dimakan", by=BY)
    assert (Return.objects.get().state, balance(market)) == ("refused", 0)
    assert levels(market)["Telur ayam"] == (7, 0)
    # What was refused may be asked for again.
    assert ask_return(order=order, quantities=eggs(order, 3), reason="Retak").pk != document.pk


def test_asking_twice_finds_the_one_that_waits(market: Cast) -> None:
    order = received(market)
    first = ask_return(order=order, quantities=eggs(order, 1), reason="Retak")
    assert ask_return(order=order, quantities=eggs(order, 2), reason="Retak") == first
    assert ReturnLine.objects.count() == 1


@pytest.mark.parametrize("count", [0, -1, 4])
def test_no_more_than_was_bought(market: Cast, count: int) -> None:
    order = received(market)
    before = footprint()
    with pytest.raises(BadLine):
        ask_return(order=order, quantities=eggs(order, count), reason="Retak")
    assert footprint() == before
    assert not Return.objects.exists()


def test_lines_of_others_are_nobodys_business(market: Cast) -> None:
    order, other = received(market), received(market)
    with pytest.raises(BadLine):
        ask_return(order=order, quantities=eggs(other, 1), reason="Retak")


def test_before_the_hand_over_nothing_comes_back(market: Cast) -> None:
    order = place(market)
    with pytest.raises(StaleDocument):
        ask_return(order=order, quantities=eggs(order, 1), reason="Retak")


@pytest.mark.parametrize(("days", "after", "ok"), [(2, 47, True), (2, 48, False), (5, 48, True), (0, 0, False)])
def test_the_region_says_for_how_long(market: Cast, days: int, after: int, ok: bool) -> None:
    order = received(market)
    set_return_days(days=days)
    with time_machine.travel(clock.now() + timedelta(hours=after, minutes=-1 if ok else 1), tick=False):
        if ok:
            ask_return(order=order, quantities=eggs(order, 1), reason="Retak")
        else:
            with pytest.raises(ReturnTooLate):
                ask_return(order=order, quantities=eggs(order, 1), reason="Retak")
    assert Return.objects.count() == int(ok)


@settings(
    max_examples=max(15, rounds(150)),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(parts=st.lists(st.integers(1, 1_300), min_size=1, max_size=12), weight=st.integers(1, 2_200))
def test_parts_never_sum_to_more_than_was_paid(market: Cast, parts: list[int], weight: int) -> None:
    with transaction.atomic():
        type(market.rice).objects.filter(pk=market.rice.pk).update(by_weight=True)
        order = deliver(market)
        rice = order.lines.get(product=market.rice)
        accept_order(order=order, by=BY)
        pack_order(order=order, by=BY, packed={rice.pk: weight})
        hand_over(order=order, by=BY)
        paid = payment_of(order.reference)
        assert paid is not None
        total = order.lines.select_related("packed").get(pk=rice.pk).due
        back = 0
        for part in parts:
            left = left_to_return(order).get(rice.pk, 0)
            if not left:
                break
            document = ask_return(order=order, quantities={rice.pk: min(part, left)}, reason="Apek")
            back += document.amount
            accept_return(document=document, on_shelf=[rice.pk], by=BY)
        assert back <= total
        if not left_to_return(order).get(rice.pk):
            assert back == total
        paid.refresh_from_db()
        assert paid.refunded == back <= paid.paid
        must_add_up()
        transaction.set_rollback(True)


def test_ratna_asks_and_hasan_decides(market: Cast) -> None:
    order = received(market)
    ratna, hasan = browser_of(market.ratna), browser_of(market.hasan)
    line = order.lines.get(base_quantity=1)
    assert ratna.get(f"/pesanan/{order.number}/kembalikan/").status_code == 200
    form = {f"back-{line.pk}": "2", "reason": "Retak"}
    assert ratna.post(f"/pesanan/{order.number}/kembalikan/", form).status_code == 302
    assert "Retak" in hasan.get("/toko/retur/").content.decode()
    number = Return.objects.get().number
    assert hasan.post(f"/toko/retur/{number}/terima/", {f"shelf-{line.pk}": "on"}).status_code == 302
    assert balance(market) == 4_000
    assert levels(market)["Telur ayam"] == (9, 0)
    assert "4.000" in ratna.get(f"/pesanan/{order.number}/kembalikan/").content.decode()


@pytest.mark.parametrize("value", ["4", "-1", "x", "9" * 40, "\x00", "٣٣٣"])
def test_bad_numbers_are_said_on_the_page(market: Cast, value: str) -> None:
    order = received(market)
    line = order.lines.get(base_quantity=1)
    form = {f"back-{line.pk}": value, "reason": "Retak"}
    assert browser_of(market.ratna).post(f"/pesanan/{order.number}/kembalikan/", form).status_code == 409
    assert not Return.objects.exists()


def test_strangers_find_nothing(market: Cast) -> None:
    order = received(market)
    document = ask_return(order=order, quantities=eggs(order, 1), reason="Retak")
    siti, wati = browser_of(market.siti), browser_of(market.wati)
    assert siti.get(f"/pesanan/{order.number}/kembalikan/").status_code == 404
    assert siti.post(f"/toko/retur/{document.number}/terima/").status_code == 404
    assert browser_of(market.ratna).post(f"/toko/retur/{document.number}/terima/").status_code == 404
    assert wati.post(f"/toko/retur/{document.number}/hapus/").status_code == 404
    assert Return.objects.get().state == "asked"
    assert wati.post(f"/toko/retur/{document.number}/tolak/", {"reason": "Tidak"}).status_code == 302
    assert Return.objects.get().state == "refused"
