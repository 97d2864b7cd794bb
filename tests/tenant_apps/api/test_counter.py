"""The counter's money, shelf and terms: the same services as its pages, and the same people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tenant_apps.ledger.models import JournalEntry
from tenant_apps.ledger.selectors import balance_of_citizen
from tenant_apps.payments.models import Method, PaymentIssue, WarungQris
from tenant_apps.payments.services import confirm_received, open_payment, settle
from tenant_apps.payments.services.codes import keep_code
from tenant_apps.pos.models import BonCustomer, CashDay, CashMove
from tenant_apps.stock.models import StockLevel
from tenants.kernel import clock
from tests.cast import BY, VILLAGE, Cast
from tests.tenant_apps.api.caller import Caller, caller_of, two_kilos
from tests.tenant_apps.payments.purse import owe, static_code


def counter_of(market: Cast) -> str:
    return f"toko/{market.warung.public_id}"


def sold(market: Cast, **paid: Any) -> dict[str, Any]:
    """Two kilos over the counter, as the list of sales shows them."""
    sale = {
        "id": str(uuid4()),
        "lines": [{"pack": market.kilo.pk, "quantity": 2, "price": 14_500}],
        "at": clock.now().isoformat(),
        **(paid or {"cash": 29_000}),
    }
    hasan, toko = caller_of(market.hasan), counter_of(market)
    assert hasan.post(f"{toko}/sales/", {"sales": [sale]}).json()["sales"][0]["status"] == "applied"
    found: dict[str, Any] = hasan.get(f"{toko}/sales/").json()["items"][0]
    return found


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def on_hand(market: Cast) -> int:
    return StockLevel.objects.get(location__warung=market.warung, product=market.rice).on_hand


def test_a_sale_is_taken_back(market: Cast) -> None:
    hasan, toko = caller_of(market.hasan), counter_of(market)
    path = f"{toko}/sales/{sold(market)['number']}"
    told = hasan.get(f"{path}/").json()
    assert (told["lines"][0]["amount"], told["customer"], told["state"]) == (29_000, None, "done")
    before = (on_hand(market), JournalEntry.objects.count())
    assert hasan.post(f"{path}/void/", {"reason": ""}).status_code == 422
    siti = caller_of(market.siti)
    for mine in (path, path.replace(str(market.warung.public_id), str(market.other_warung.public_id))):
        assert siti.post(f"{mine}/void/", {"reason": "salah"}).status_code == 404
    assert (on_hand(market), JournalEntry.objects.count()) == before == (48_000, before[1])
    assert hasan.post(f"{path}/void/", {"reason": "salah tekan"}).json()["state"] == "voided"
    assert hasan.post(f"{path}/void/", {"reason": "salah tekan"}).json()["void_reason"] == "salah tekan"
    assert (on_hand(market), JournalEntry.objects.count()) == (50_000, before[1] + 1)


def test_the_drawers_day(market: Cast) -> None:
    hasan, wati, toko = caller_of(market.hasan), caller_of(market.wati), counter_of(market)
    for step in ("count", "recount", "close"):
        assert wati.post(f"{toko}/drawer/{step}/", {"counted": 0}).status_code == 404
    assert wati.get(f"{toko}/drawer/").json()["day"] is None
    opened = wati.post(f"{toko}/drawer/open/", {"opening": 100_000})
    assert (opened.status_code, opened.json()["state"]) == (200, "open")
    sold(market)
    key = "move-0001-of-wati"
    move = {"kind": "purchase", "amount": 20_000, "note": "es batu"}
    for replayed in (None, "true"):
        answer = wati.post(f"{toko}/drawer/moves/", move, key=key)
        assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (201, replayed)
    assert CashMove.objects.count() == 1
    assert code_of(wati.post(f"{toko}/drawer/moves/", {**move, "amount": 5}, key=key)) == (
        422,
        "idempotency_key_reused",
    )
    assert code_of(wati.post(f"{toko}/drawer/moves/", {**move, "amount": 10**9})) == (400, "bad_sale")
    now = wati.get(f"{toko}/drawer/").json()
    assert (now["in_drawer"], now["takings"]["cash"], len(now["moves"])) == (109_000, 29_000, 1)
    pieces = [{"value": 100_000, "count": 1}, {"value": 5_000, "count": 1}]
    assert wati.post(f"{toko}/drawer/count/", {"counted": 105_000, "pieces": [*pieces, *pieces]}).status_code == 422
    assert (
        wati.post(f"{toko}/drawer/count/", {"counted": 105_000, "pieces": [{"value": 3, "count": 1}]}).status_code
        == 422
    )
    counted = wati.post(f"{toko}/drawer/count/", {"counted": 105_000, "pieces": pieces}).json()
    assert (counted["difference"], counted["pieces"]) == (-4_000, pieces)
    assert wati.post(f"{toko}/drawer/recount/").json()["counted"] is None
    wati.post(f"{toko}/drawer/count/", {"counted": 105_000})
    assert code_of(wati.post(f"{toko}/drawer/close/", {})) == (400, "reason_missing")
    assert CashDay.objects.get().state == "counted"
    assert wati.post(f"{toko}/drawer/close/", {"reason": "kembalian"}).json()["state"] == "closed"
    (day,) = hasan.get(f"{toko}/drawer/days/").json()["items"]
    whole = hasan.get(f"{toko}/drawer/days/{day['day']}/").json()
    assert (whole["takings"]["total"], whole["moves"][0]["amount"]) == (29_000, 20_000)
    assert {one["kind"]: one["amount"] for one in whole["steps"]} == {"sold": 29_000, "moved": -20_000}
    assert whole["opening"] + sum(one["amount"] for one in whole["steps"]) == whole["expected"]
    for path in ("days/", f"days/{day['day']}/"):
        assert wati.get(f"{toko}/drawer/{path}").status_code == 404
    for wrong in ("2020-01-01", "kemarin"):
        assert hasan.get(f"{toko}/drawer/days/{wrong}/").status_code == 404


def test_what_was_taken_at_the_door_comes_into_the_drawer(market: Cast) -> None:
    hasan, wati, toko = caller_of(market.hasan), caller_of(market.wati), counter_of(market)
    for number, courier in (("AAAAAA", market.wati), ("CCCCCC", market.hasan)):
        payment = owe(market, Method.CASH, number=number)
        settle(payment=payment, goods=33_000, delivery=2_000, by=courier.actor, collector=courier)
    mine = {"courier": str(market.wati.public_id), "name": market.wati.name, "amount": 35_000, "payments": 1}
    assert wati.get(f"{toko}/drawer/").json()["carried"] == [mine]
    assert len(hasan.get(f"{toko}/drawer/").json()["carried"]) == 2
    assert wati.post(f"{toko}/drawer/deposit/", {"courier": str(market.hasan.public_id)}).status_code == 404
    for _again in range(2):
        answer = wati.post(f"{toko}/drawer/deposit/", {"courier": mine["courier"]}, key="deposit-of-wati-1")
        assert (answer.status_code, answer.json()) == (200, {"amount": 35_000, "in_drawer": 35_000})
    assert hasan.post(f"{toko}/drawer/deposit/", {"courier": mine["courier"]}).status_code == 404
    answer = hasan.post(f"{toko}/drawer/deposit/", {"courier": str(market.hasan.public_id)})
    assert answer.json() == {"amount": 35_000, "in_drawer": 70_000}
    assert hasan.get(f"{toko}/drawer/").json()["carried"] == []


def test_goods_on_the_bon(market: Cast) -> None:
    hasan, wati, toko = caller_of(market.hasan), caller_of(market.wati), counter_of(market)
    body = {"name": "Bu Ani", "limit": 50_000}
    assert wati.post(f"{toko}/bons/", body).status_code == 404
    assert not BonCustomer.objects.exists()
    made = hasan.post(f"{toko}/bons/", body)
    assert (made.status_code, made.json()["owed"]) == (201, 0)
    assert code_of(hasan.post(f"{toko}/bons/", body)) == (400, "bad_sale")
    bon = f"{toko}/bons/{made.json()['id']}"
    assert wati.get(f"{bon}/statement/").json()["items"] == []
    sold(market, cash=9_000, bon=20_000, customer=made.json()["id"])
    assert [one["owed"] for one in wati.get(f"{toko}/bons/?q=ani").json()["items"]] == [20_000]
    assert wati.get(f"{toko}/bons/?q=nobody").json()["items"] == []
    entries = JournalEntry.objects.count()
    for wrong in ({}, {"cash": 20_001}):
        assert code_of(wati.post(f"{bon}/pay/", wrong)) == (400, "bad_sale")
    assert wati.post(f"{bon}/write-off/", {"amount": 1, "reason": "x"}).status_code == 404
    assert caller_of(market.siti).post(f"{bon}/pay/", {"cash": 1}).status_code == 404
    assert JournalEntry.objects.count() == entries
    key = "bon-0001-of-wati"
    for _twice in range(2):
        assert wati.post(f"{bon}/pay/", {"cash": 5_000, "qris": 1_000}, key=key).json()["owed"] == 14_000
    assert code_of(hasan.post(f"{bon}/close/")) == (409, "bon_closed")
    assert hasan.post(f"{bon}/write-off/", {"amount": 14_000, "reason": "pindah"}).json()["owed"] == 0
    assert [one["amount"] for one in wati.get(f"{bon}/statement/").json()["items"]] == [-14_000, -6_000, 20_000]
    assert hasan("PUT", f"{bon}/", {"name": "Bu Ani RT 3", "limit": 0}).json()["name"] == "Bu Ani RT 3"
    assert hasan.post(f"{bon}/close/").json()["closed_at"]
    assert hasan.post(f"{bon}/reopen/").json()["closed_at"] is None


def test_the_books_are_the_owners(market: Cast) -> None:
    hasan, toko = caller_of(market.hasan), counter_of(market)
    sold(market)
    rows = {one["id"]: one for one in hasan.get(f"{toko}/books/").json()["items"]}
    (cash,) = [one for one in rows.values() if one["amount"] == 29_000 and one["kind"] == "asset"]
    assert [one["amount"] for one in hasan.get(f"{toko}/books/{cash['id']}/").json()["items"]] == [29_000]
    other = f"toko/{market.other_warung.public_id}"
    for who, path in (
        (market.wati, f"{toko}/books/"),
        (market.wati, f"{toko}/books/{cash['id']}/"),
        (market.siti, f"{other}/books/{cash['id']}/"),
    ):
        assert caller_of(who).get(path).status_code == 404


def test_marks_arrivals_and_dates(market: Cast) -> None:
    hasan, toko = caller_of(market.hasan), counter_of(market)
    egg = f"{toko}/stock/{market.egg.public_id}"
    assert hasan.get(f"{toko}/stock/?low=true").json()["items"] == []
    assert hasan("PUT", f"{egg}/mark/", {"low_at": 11}).json()["low_at"] == 11
    assert [one["product_name"] for one in hasan.get(f"{toko}/stock/?low=true").json()["items"]] == ["Telur ayam"]
    assert hasan("PUT", f"{egg}/mark/", {"low_at": -1}).status_code == 422
    assert hasan("PUT", f"{egg}/mark/", {}).status_code == 422
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    key = "came-0001-of-hasan"
    for _twice in range(2):
        came = hasan.post(f"{egg}/arrive/", {"base_quantity": 5, "expires_on": tomorrow}, key=key).json()
        assert (came["level"]["on_hand"], came["lots"][0]["left"]) == (15, 5)
    for wrong, status in (
        ({"base_quantity": 5, "expires_on": "2020-01-01"}, 400),
        ({"base_quantity": 5, "expires_on": "9999-01-01"}, 422),
        ({"base_quantity": 5, "pack": market.piece.pk}, 422),
        ({"base_quantity": 0}, 422),
    ):
        assert hasan.post(f"{egg}/arrive/", wrong).status_code == status
    assert hasan.get(f"{egg}/").json()["level"]["on_hand"] == 15
    (lot,) = hasan.get(f"{toko}/lots/").json()["items"]
    assert hasan.get(f"{toko}/lots/?days=0").json()["items"] == []
    other = f"toko/{market.other_warung.public_id}/lots/{lot['id']}/discard/"
    assert caller_of(market.siti).post(other, {}).status_code == 404
    assert hasan.post(f"{toko}/lots/{lot['id']}/discard/", {"note": "busuk"}).json() == {"discarded": 5}
    assert hasan.get(f"{egg}/").json()["level"]["on_hand"] == 10


def test_packs_are_opened_and_closed_again(market: Cast) -> None:
    hasan, rice = caller_of(market.hasan), f"{counter_of(market)}/stock/{market.rice.public_id}"
    sack = {"pack": market.sack.pk}
    assert code_of(hasan.post(f"{rice}/open-pack/", sack)) == (409, "nothing_unopened")
    assert hasan.post(f"{rice}/open-pack/", {"pack": market.piece.pk}).status_code == 404
    came = hasan.post(f"{rice}/arrive/", {"base_quantity": 100_000, **sack}).json()
    assert came["unopened"] == [{"pack": market.sack.pk, "count": 2}]
    assert hasan.post(f"{rice}/arrive/", {"base_quantity": 99_999, **sack}).status_code == 422
    assert hasan.post(f"{rice}/open-pack/", sack).json()["unopened"][0]["count"] == 1
    assert hasan.post(f"{rice}/seal/", {**sack, "count": 1}).json()["unopened"][0]["count"] == 2
    assert code_of(hasan.post(f"{rice}/seal/", {**sack, "count": 9}))[0] in (400, 409)
    assert on_hand(market) == 150_000


def test_a_whole_shelf_is_counted(market: Cast) -> None:
    hasan, toko = caller_of(market.hasan), counter_of(market)
    number = hasan.post(f"{toko}/counts/").json()["number"]
    assert hasan.post(f"{toko}/counts/").json()["number"] == number
    count = f"{toko}/counts/{number}"
    rice, egg = str(market.rice.public_id), str(market.egg.public_id)
    lines = [{"product": rice, "counted": 49_000}, {"product": egg, "counted": 9}]
    assert code_of(hasan.post(f"{count}/apply/", {})) == (409, "not_counted")
    assert hasan("PUT", f"{count}/lines/", {"lines": lines * 2}).status_code == 422
    assert hasan("PUT", f"{count}/lines/", {"lines": [{"product": str(uuid4()), "counted": 1}]}).status_code == 404
    assert hasan("PUT", f"{count}/lines/", {"lines": lines}).status_code == 204
    assert hasan("DELETE", f"{count}/lines/{egg}/").status_code == 204
    (line,) = hasan.get(f"{count}/lines/").json()["items"]
    assert (line["system"], line["difference"], on_hand(market)) == (50_000, -1_000, 50_000)
    siti = caller_of(market.siti)
    other = f"toko/{market.other_warung.public_id}/counts/{number}"
    for path in (count, other):
        assert siti("PUT", f"{path}/lines/", {"lines": lines}).status_code == 404
        assert siti.post(f"{path}/apply/", {}).status_code == 404
    applied = hasan.post(f"{count}/apply/", {"reasons": [{"product": rice, "reason": "spoiled"}]}).json()
    assert (applied["state"], on_hand(market)) == ("applied", 49_000)
    assert hasan.get(f"{count}/lines/").json()["items"][0]["reason"] == "spoiled"
    assert code_of(hasan("PUT", f"{count}/lines/", {"lines": lines})) == (409, "stale_document")
    assert code_of(hasan.post(f"{count}/drop/")) == (409, "stale_document")
    again = hasan.post(f"{toko}/counts/").json()["number"]
    assert hasan.post(f"{toko}/counts/{again}/drop/").json()["state"] == "dropped"
    assert [one["number"] for one in hasan.get(f"{toko}/counts/").json()["items"]] == [again, number]


def test_where_and_when_the_warung_delivers(market: Cast) -> None:
    hasan, toko = caller_of(market.hasan), f"{counter_of(market)}/delivery"
    zone = {"village": VILLAGE, "rw": 1, "fee": 3_000, "minimum": 20_000}
    made = hasan("PUT", f"{toko}/zones/", zone).json()
    assert hasan("PUT", f"{toko}/zones/", {**zone, "fee": 4_000}).json() == {**made, "fee": 4_000}
    assert hasan("PUT", f"{toko}/zones/", {**zone, "village": "99.99.99.9999"}).status_code == 400
    slot = {"weekday": 0, "starts": "09:00:00", "ends": "11:00:00", "capacity": 3}
    when = hasan("PUT", f"{toko}/slots/", slot).json()
    assert code_of(hasan("PUT", f"{toko}/slots/", {**slot, "starts": "10:00:00"})) == (400, "bad_delivery")
    assert hasan("PUT", f"{toko}/minimum/", {"minimum": 15_000}).status_code == 204
    told = hasan.get(f"{toko}/").json()
    assert (told["minimum"], told["zones"][0]["fee"], told["slots"], told["terms"]) == (15_000, 4_000, [when], [])
    terms = {"valid_from": "2026-12-01", "cutoff": "18:00:00", "lead_days": 1, "weekdays": [0]}
    assert hasan("PUT", f"{toko}/terms/", terms).status_code == 404
    siti, other = caller_of(market.siti), f"toko/{market.other_warung.public_id}/delivery"
    for path in (f"zones/{made['id']}/", f"slots/{when['id']}/"):
        assert siti("DELETE", f"{toko}/{path}").status_code == siti("DELETE", f"{other}/{path}").status_code == 404
        assert hasan("DELETE", f"{toko}/{path}").status_code == 204
        assert hasan("DELETE", f"{toko}/{path}").status_code == 404
    told = hasan.get(f"{toko}/").json()
    assert told["zones"] == told["slots"] == []


def test_the_warungs_own_code(market: Cast) -> None:
    hasan, path = caller_of(market.hasan), f"{counter_of(market)}/qris/"
    assert hasan.get(path).json()["payload"] == ""
    read = hasan("PUT", path, {"payload": static_code()}).json()
    assert read["merchant_name"] and not WarungQris.objects.exists()
    assert code_of(hasan("PUT", path, {"payload": "000201", "keep": True})) == (400, "bad_qris")
    assert not WarungQris.objects.exists()
    assert hasan("PUT", path, {"payload": static_code(), "keep": True}).json() == hasan.get(path).json()
    assert WarungQris.objects.get().warung == market.warung
    wati = caller_of(market.wati)
    assert wati.get(path).status_code == wati("DELETE", path).status_code == 404
    assert Caller().get("warungs/warung-hasan/ways/").json()["pay"] == ["cash", "qris"]
    placed = caller_of(market.ratna).post("orders/", {**two_kilos(market), "pay": "qris"}).json()
    payment = f"orders/{placed['number']}/payment/"
    assert "29000" in caller_of(market.ratna).get(payment).json()["qris"]
    assert caller_of(market.siti).get(payment).status_code == 404
    assert hasan("DELETE", path).status_code == 204
    assert not WarungQris.objects.exists()


def test_payments_that_somebody_has_to_look_at(market: Cast) -> None:
    hasan, toko = caller_of(market.hasan), f"{counter_of(market)}/payments"
    keep_code(warung=market.warung, text=static_code(), by=BY)
    payment = open_payment(
        reference="trial:1",
        payer=market.ratna,
        warung=market.warung,
        method=Method.QRIS,
        amount=10_000,
        expires_at=None,
        by=BY,
    )
    confirm_received(payment=payment, by=BY, amount=9_000)
    (issue,) = hasan.get(f"{toko}/issues/").json()["items"]
    assert (issue["payment"], [one["step"] for one in issue["steps"]]) == (str(payment.public_id), ["take_rest", "end"])
    path = f"{toko}/issues/{issue['id']}/"
    other = f"toko/{market.other_warung.public_id}/payments/issues/{issue['id']}/"
    siti = caller_of(market.siti)
    assert siti.post(path, {"step": "end"}).status_code == siti.post(other, {"step": "end"}).status_code == 404
    assert code_of(hasan.post(path, {"step": "nonsense"})) == (403, "not_allowed")
    assert PaymentIssue.objects.get().done_at is None
    done = hasan.post(path, {"step": "end", "note": "dibatalkan"}).json()
    assert (done["step_taken"], done["steps"]) == ("end", [])
    assert balance_of_citizen(market.ratna) == 9_000
    assert hasan.post(path, {"step": "end"}).json()["note"] == "dibatalkan"
    assert balance_of_citizen(market.ratna) == 9_000
    assert [one["reference"] for one in hasan.get(f"{toko}/past/").json()["items"]] == ["trial:1"]


@pytest.mark.parametrize("allowed", [True, False])
def test_something_else_comes_where_the_customer_allows_it(market: Cast, allowed: bool) -> None:
    ratna, hasan = caller_of(market.ratna), caller_of(market.hasan)
    body = two_kilos(market)
    body["lines"][0]["may_replace"] = allowed
    number = ratna.post("orders/", body).json()["number"]
    path = f"{counter_of(market)}/orders/{number}"
    hasan.post(f"{path}/accept/")
    (other,) = hasan.get(f"{path}/stand-ins/").json()["items"]
    assert (other["pack"], other["price"]) == (market.piece.pk, 2_000)
    wish = {"line": market.kilo.pk, "pack": market.piece.pk, "quantity": 3}
    assert caller_of(market.siti).post(f"{path}/replace/", wish).status_code == 404
    assert code_of(hasan.post(f"{path}/replace/", {**wish, "line": market.sack.pk})) == (400, "bad_line")
    answer = hasan.post(f"{path}/replace/", wish)
    if allowed:
        assert [(one["replaced_by"], one["due"]) for one in answer.json()["lines"]] == [
            (market.piece.pk, 0),
            (None, 6_000),
        ]
        assert answer.json()["due"] == 6_000
    else:
        assert code_of(answer) == (409, "not_offered")
        assert ratna.get(f"orders/{number}/").json()["due"] == 29_000


def test_an_orders_lines_cost_no_query_each(market: Cast, django_assert_max_num_queries: Any) -> None:
    body = two_kilos(market)
    ratna = caller_of(market.ratna)
    one = ratna.post("orders/", body).json()["number"]
    body["lines"].append({"pack": market.piece.pk, "quantity": 1, "price": 2_000})
    two = ratna.post("orders/", body).json()["number"]
    costs = []
    for number in (one, two):
        with django_assert_max_num_queries(30) as asked:
            ratna.get(f"orders/{number}/")
        costs.append(len(asked.captured_queries))
    assert costs[0] == costs[1]
