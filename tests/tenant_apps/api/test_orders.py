"""Ordering by a program: once for a key, with the prices that were shown, or not at all."""

from __future__ import annotations

import uuid
from threading import Barrier, Thread
from typing import Any

import pytest

from tenant_apps.api.models import IdempotencyRecord
from tenant_apps.api.once import KEPT_FOR, sweep_answers
from tenant_apps.orders.models import Order
from tenant_apps.stock.models import StockLevel
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import Cast, build_cast
from tests.tenant_apps.api.caller import Caller, caller_of, key_of, two_kilos

KEY = "tap-0001-of-ratna"


def footprint(market: Cast) -> tuple[Any, ...]:
    levels = list(StockLevel.objects.order_by("pk").values_list("on_hand", "reserved"))
    return Order.objects.count(), IdempotencyRecord.objects.count(), levels


def test_an_order_goes_from_the_tap_to_the_hand_over(market: Cast) -> None:
    ratna, hasan = caller_of(market.ratna), caller_of(market.hasan)
    placed = ratna.post("orders/", two_kilos(market))
    assert (placed.status_code, placed.json()["total"], placed.json()["state"]) == (201, 29_000, "placed")
    number = placed.json()["number"]
    assert [one["number"] for one in ratna.get("orders/").json()["items"]] == [number]
    counter = f"toko/{market.warung.public_id}/orders/{number}"
    for step, state in (("accept", "accepted"), ("pack", "packed"), ("hand-over", "handed_over")):
        answer = hasan.post(f"{counter}/{step}/", {} if step == "pack" else None)
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.content
    told = ratna.get(f"orders/{number}/").json()
    assert [one["move"] for one in told["history"]] == ["place", "accept", "pack", "hand_over"]
    assert told["lines"][0]["market_price"] == 15_000
    again = ratna.post(f"orders/{number}/again/").json()
    assert [line["wanted"] for line in again["cart"]["lines"]] == [2]


def test_two_warungs_in_one_tap_or_none(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    one = two_kilos(market)
    shop = {"warung": one["warung"], "method": "pickup", "lines": one["lines"]}
    other = {**shop, "warung": market.other_warung.slug}
    body = {"name": "Ratna", "shops": [shop, other]}
    before = footprint(market)
    refused = ratna.post("purchases/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "purchase_moved")
    told = refused.json()["context"]["shops"]
    assert [(row["warung"], row["code"]) for row in told] == [("warung-siti", "basket_moved")]
    assert told[0]["context"]["withdrawn"][0]["pack"] == market.kilo.pk
    assert footprint(market) == before
    placed = ratna.post("purchases/", {**body, "shops": [shop]})
    assert placed.status_code == 201, placed.content
    number = placed.json()["number"]
    assert ratna.get(f"purchases/{number}/").json()["orders"][0]["total"] == 29_000
    assert caller_of(market.siti).get(f"purchases/{number}/").status_code == 404


def test_every_line_that_moved_is_named_and_nothing_is_ordered(market: Cast) -> None:
    body = two_kilos(market, price=14_000)
    body["lines"].append({"pack": market.piece.pk, "quantity": 99, "price": 2_000})
    before = footprint(market)
    answer = caller_of(market.ratna).post("orders/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "basket_moved")
    told = answer.json()["context"]
    assert [(row["pack"], row["old"], row["new"]) for row in told["prices"]] == [(market.kilo.pk, 14_000, 14_500)]
    assert [(row["product"], row["asked"], row["available"]) for row in told["shortages"]] == [
        (str(market.egg.public_id), 99, 10)
    ]
    assert footprint(market) == before


def test_the_same_key_and_the_same_order(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    first = ratna.post("orders/", two_kilos(market), key=KEY)
    before = footprint(market)
    again = ratna.post("orders/", two_kilos(market), key=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = ratna.post("orders/", two_kilos(market, quantity=3), key=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = ratna.post("purchases/", {"name": "Ratna", "shops": [{**two_kilos(market)}]}, key=KEY)
    assert elsewhere.json()["code"] == "idempotency_key_reused"
    assert footprint(market) == before
    # Keys are a person's own.
    assert caller_of(market.siti).post("orders/", two_kilos(market), key=KEY).status_code == 201


@pytest.mark.parametrize("key", [None, "short", "x" * 121, "with space in it", "k\u00e9y-0001-0001"])
def test_a_key_is_needed_where_something_moves(market: Cast, key: str | None) -> None:
    before = footprint(market)
    answer = caller_of(market.ratna).post("orders/", two_kilos(market), key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert footprint(market) == before


def test_a_refusal_is_not_remembered(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    before = footprint(market)
    assert ratna.post("orders/", two_kilos(market, price=14_000), key=KEY).status_code == 409
    assert ratna.post("orders/", {"lines": []}, key=KEY).status_code == 422
    assert footprint(market) == before
    assert ratna.post("orders/", two_kilos(market), key=KEY).status_code == 201


def test_old_answers_are_swept(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    for key in (KEY, f"{KEY}-2"):
        ratna.post("orders/", two_kilos(market), key=key)
    IdempotencyRecord.objects.filter(key=KEY).update(created_at=clock.now() - KEPT_FOR - KEPT_FOR / 1_000)
    assert sweep_answers() == 1
    assert IdempotencyRecord.objects.get().key == f"{KEY}-2"


def test_taps_at_once_order_once(committed: None, kalidoni: Region) -> None:
    """One works; the others get its answer, or are told to come again."""
    from django.db import connection

    with in_region(kalidoni):
        market = build_cast()
        key, body = key_of(market.ratna), two_kilos(market)
    answers: list[Any] = []
    start = Barrier(6)

    def tap() -> None:
        try:
            start.wait()
            answers.append(Caller(key).post("orders/", body, key=KEY))
        finally:
            connection.close()

    threads = [Thread(target=tap) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = {answer.status_code for answer in answers}
    assert len(answers) == 6
    assert 201 in statuses and statuses <= {201, 409}
    assert len({answer.json()["number"] for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "idempotency_key_in_use"
            assert answer.headers["Retry-After"] == "1"
    with in_region(kalidoni):
        assert Order.objects.count() == IdempotencyRecord.objects.count() == 1


def test_a_key_in_work_is_answered_at_once(committed: None, kalidoni: Region) -> None:
    from django.db import connection, transaction

    from tenant_apps.api.once import SPACE, _number

    with in_region(kalidoni):
        market = build_cast()
        text = key_of(market.ratna)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SPACE, _number(market.ratna, KEY)])
            answers: list[Any] = []

            def tap() -> None:
                try:
                    answers.append(Caller(text).post("orders/", two_kilos(market), key=KEY))
                finally:
                    connection.close()

            thread = Thread(target=tap)
            thread.start()
            thread.join()
        assert (answers[0].status_code, answers[0].json()["code"]) == (409, "idempotency_key_in_use")
        assert answers[0].headers["Retry-After"] == "1"
        assert not Order.objects.exists()


def test_somebody_elses_order_is_not_there(market: Cast) -> None:
    number = caller_of(market.ratna).post("orders/", two_kilos(market)).json()["number"]
    before = footprint(market)
    siti = caller_of(market.siti)
    at_siti = f"toko/{market.other_warung.public_id}"
    at_hasan = f"toko/{market.warung.public_id}"
    tries = [
        ("GET", f"orders/{number}/"),
        ("POST", f"orders/{number}/cancel/"),
        ("POST", f"orders/{number}/again/"),
        ("GET", f"orders/{number}/payment/"),
        ("GET", f"{at_siti}/orders/{number}/"),
        ("POST", f"{at_siti}/orders/{number}/accept/"),
        ("POST", f"{at_hasan}/orders/{number}/accept/"),
        ("GET", f"{at_hasan}/stock/"),
        ("GET", f"orders/{'ZZZZZZ'}/"),
        ("GET", f"toko/{uuid.uuid4()}/orders/"),
    ]
    for method, path in tries:
        answer = siti(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert footprint(market) == before
    assert caller_of(market.hasan).post(f"{at_siti}/orders/{number}/accept/").status_code == 404
