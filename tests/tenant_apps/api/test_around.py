"""Around shopping: what is chosen before an order, and what comes after it."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tenant_apps.ledger.selectors import balance_of_citizen
from tenant_apps.notifications.models import Notice
from tenant_apps.orders.models import Favourite, Order, Return
from tenant_apps.orders.services.liking import MOST_FAVOURITES
from tenant_apps.stock.models import StockLevel
from tenant_apps.warungs.services import set_slot, set_zone
from tenants.kernel import clock
from tests.cast import VILLAGE, Cast
from tests.tenant_apps.api.caller import Caller, caller_of, two_kilos


def handed_over(market: Cast, quantity: int = 2) -> str:
    """The number of an order of Ratna's that she has."""
    ratna, hasan = caller_of(market.ratna), caller_of(market.hasan)
    number: str = ratna.post("orders/", two_kilos(market, quantity=quantity)).json()["number"]
    for step in ("accept", "pack", "hand-over"):
        path = f"toko/{market.warung.public_id}/orders/{number}/{step}/"
        assert hasan.post(path, {} if step == "pack" else None).status_code == 200
    return number


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_delivery_comes_when_and_for_what_was_told(market: Cast) -> None:
    slots = [set_slot(warung=market.warung, weekday=day, starts=time(9), ends=time(11), capacity=1) for day in range(7)]
    set_zone(warung=market.warung, village_code=VILLAGE, rw=1, fee=3_000, minimum_order=20_000)
    nobody = Caller()
    told = nobody.get(f"warungs/warung-hasan/ways/?village={VILLAGE}&rw=1").json()
    assert told["reach"] == {"fee": 3_000, "minimum": 20_000}
    assert (told["pay"], told["wants_slot"], told["wants_day"], told["days"]) == (["cash"], True, False, [])
    assert nobody.get(f"warungs/warung-hasan/ways/?village={VILLAGE}&rw=2").json()["reach"] is None
    ratna = caller_of(market.ratna)
    assert ratna.get("warungs/warung-hasan/ways/").json()["pay"] == ["cash", "balance"]
    first = told["slots"][0]
    assert first["slot"] in {str(one.public_id) for one in slots}
    body = {
        **two_kilos(market),
        "method": "delivery",
        "fee": 3_000,
        "address": {"village": VILLAGE, "street": "Lorong Kenanga 5", "rw": 1},
    }
    assert code_of(ratna.post("orders/", body)) == (409, "time_gone")
    chosen = {"day": first["day"], "slot": first["slot"]}
    assert code_of(ratna.post("orders/", {**body, "when": {**chosen, "slot": str(uuid4())}})) == (409, "time_gone")
    assert not Order.objects.exists()
    placed = ratna.post("orders/", {**body, "when": chosen}).json()
    assert (placed["due_on"], placed["due_from"], placed["due_until"]) == (first["day"], "09:00:00", "11:00:00")
    # Its one place is taken.
    left = nobody.get("warungs/warung-hasan/ways/").json()["slots"]
    assert chosen["day"] not in {one["day"] for one in left}
    assert code_of(caller_of(market.siti).post("orders/", {**body, "when": chosen})) == (409, "time_gone")
    shop = {key: body[key] for key in ("warung", "method", "lines", "fee")}
    other = {"day": left[0]["day"], "slot": left[0]["slot"]}
    whole = {"name": "Ratna", "address": body["address"], "shops": [{**shop, "when": other}]}
    assert ratna.post("purchases/", whole).json()["orders"][0]["due_on"] == other["day"]


def test_wishes_for_a_line_stand_with_it(market: Cast) -> None:
    body = two_kilos(market)
    body["lines"][0] |= {"may_replace": True, "note": "yang pulen"}
    line = caller_of(market.ratna).post("orders/", body).json()["lines"][0]
    assert (line["may_replace"], line["note"], line["replaced_by"]) == (True, "yang pulen", None)
    body["lines"][0]["note"] = "x" * 121
    assert caller_of(market.ratna).post("orders/", body).status_code == 422


def test_favourites(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    for path in ("warungs/warung-hasan", f"products/{market.rice.public_id}"):
        for _twice in range(2):
            assert ratna("PUT", f"favourites/{path}/").status_code == 204
    assert Favourite.objects.count() == 2
    assert [one["slug"] for one in ratna.get("favourites/warungs/").json()["items"]] == ["warung-hasan"]
    assert [one["name"] for one in ratna.get("favourites/products/").json()["items"]] == ["Beras medium"]
    siti = caller_of(market.siti)
    assert siti.get("favourites/warungs/").json()["items"] == siti.get("favourites/products/").json()["items"] == []
    for _twice in range(2):
        assert siti("DELETE", "favourites/warungs/warung-hasan/").status_code == 204
    assert Favourite.objects.count() == 2
    for path in ("warungs/nobodys", f"products/{uuid4()}"):
        assert ratna("PUT", f"favourites/{path}/").status_code == 404
    Favourite.objects.bulk_create(
        [Favourite(user=market.siti, product=market.rice), Favourite(user=market.siti, product=market.egg)]
    )
    assert siti("DELETE", f"favourites/products/{market.rice.public_id}/").status_code == 204
    assert [one["name"] for one in siti.get("favourites/products/").json()["items"]] == ["Telur ayam"]


def test_a_full_list_of_favourites_says_so(market: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenant_apps.orders.services.liking.MOST_FAVOURITES", 0)
    assert MOST_FAVOURITES
    assert code_of(caller_of(market.ratna)("PUT", "favourites/warungs/warung-hasan/")) == (409, "too_many_favourites")
    assert not Favourite.objects.exists()


def test_news_are_ones_own_and_read_once(market: Cast) -> None:
    now = clock.now()
    for number in range(3):
        Notice.objects.create(
            user=market.ratna,
            subject=f"Kabar {number}",
            dedupe=f"notice:{number}",
            created_at=now - timedelta(hours=number),
        )
    ratna, siti = caller_of(market.ratna), caller_of(market.siti)
    rows = ratna.get("news/").json()["items"]
    assert [row["subject"] for row in rows] == ["Kabar 0", "Kabar 1", "Kabar 2"]
    assert ratna.get("news/unread/").json() == {"unread": 3}
    assert siti.get("news/").json()["items"] == []
    assert siti.post(f"news/{rows[0]['id']}/read/").status_code == 404
    assert siti.post("news/read/", {}).json() == {"read": 0}
    assert Notice.objects.filter(read_at=None).count() == 3
    first = ratna.post(f"news/{rows[0]['id']}/read/").json()["read_at"]
    assert first and ratna.post(f"news/{rows[0]['id']}/read/").json()["read_at"] == first
    until = (now - timedelta(minutes=90)).isoformat()
    assert ratna.post("news/read/", {"until": until}).json() == {"read": 1}
    assert [row["subject"] for row in ratna.get("news/?unread=true").json()["items"]] == ["Kabar 1"]
    assert ratna.post("news/read/", {}).json() == {"read": 1}


def test_goods_come_back(market: Cast) -> None:
    ratna, hasan = caller_of(market.ratna), caller_of(market.hasan)
    early = ratna.post("orders/", two_kilos(market)).json()["number"]
    asked: dict[str, Any] = {"lines": [{"pack": market.kilo.pk, "base_quantity": 500}], "reason": "berkutu"}
    assert ratna.get(f"orders/{early}/returnable/").json() == {"may_ask": False, "until": None, "lines": []}
    assert code_of(ratna.post(f"orders/{early}/returns/", asked)) == (409, "stale_document")
    number = handed_over(market)
    told = ratna.get(f"orders/{number}/returnable/").json()
    assert (told["may_ask"], told["lines"][0]["base_quantity"]) == (True, 2_000)
    for wrong in (
        {**asked, "lines": [{"pack": market.kilo.pk, "base_quantity": 2_001}]},
        {**asked, "lines": [{"pack": market.piece.pk, "base_quantity": 1}]},
        {**asked, "lines": asked["lines"] * 2},
    ):
        assert code_of(ratna.post(f"orders/{number}/returns/", wrong)) == (400, "bad_line")
    assert caller_of(market.siti).post(f"orders/{number}/returns/", asked).status_code == 404
    assert not Return.objects.exists()
    made = ratna.post(f"orders/{number}/returns/", asked)
    assert (made.status_code, made.json()["amount"], made.json()["state"]) == (201, 7_250, "asked")
    back = made.json()["number"]
    assert [one["number"] for one in ratna.get(f"orders/{number}/returns/").json()["items"]] == [back]
    counter = f"toko/{market.warung.public_id}/returns/"
    assert [one["number"] for one in hasan.get(counter).json()["items"]] == [back]
    siti = caller_of(market.siti)
    for mine in (counter, f"toko/{market.other_warung.public_id}/returns/"):
        assert siti.post(f"{mine}{back}/accept/", {}).status_code == 404
    assert hasan.post(f"{counter}{back}/refuse/", {"reason": ""}).status_code == 422
    assert Return.objects.get().state == "asked"
    done = hasan.post(f"{counter}{back}/accept/", {"on_shelf": [market.kilo.pk]}).json()
    assert (done["state"], done["lines"][0]["on_shelf"]) == ("accepted", True)
    assert balance_of_citizen(market.ratna) == 7_250
    level = StockLevel.objects.get(location__warung=market.warung, product=market.rice)
    assert (level.on_hand, level.reserved) == (48_500, 2_000)
    assert code_of(hasan.post(f"{counter}{back}/refuse/", {"reason": "sudah dimakan"})) == (409, "stale_document")
    assert ratna.get(f"orders/{number}/returnable/").json()["lines"][0]["base_quantity"] == 1_500


def test_a_receipt_is_shared_without_its_person(market: Cast) -> None:
    ratna, nobody = caller_of(market.ratna), Caller()
    number = handed_over(market)
    path = f"orders/{number}/share/"
    assert ratna.get(path).json() == {"address": "", "token": ""}
    assert caller_of(market.siti)("PUT", path).status_code == 404
    shared = ratna("PUT", path).json()
    assert ratna("PUT", path).json() == ratna.get(path).json() == shared
    assert shared["address"] == f"/nota/{shared['token']}/"
    answer = nobody.get(f"receipts/{shared['token']}/")
    assert (answer.json()["due"], answer.json()["lines"][0]["due"]) == (29_000, 29_000)
    assert "Ratna" not in answer.content.decode() and "81200000001" not in answer.content.decode()
    assert Caller(slug="lombok").get(f"receipts/{shared['token']}/").status_code == 404
    assert nobody.get("receipts/nothing/").status_code == 404
    assert ratna("DELETE", path).status_code == 204
    assert nobody.get(f"receipts/{shared['token']}/").status_code == 404


def test_savings_open_down_to_the_lines(market: Cast) -> None:
    ratna, number = caller_of(market.ratna), handed_over(market)
    year = ratna.get("savings/").json()
    assert (year["saved"], year["paid"], year["documents"]) == (1_000, 29_000, 1)
    month = year["months"][0]["month"][:7]
    (order,) = ratna.get(f"savings/orders/?month={month}").json()["items"]
    assert (order["order"], order["saved"]) == (number, 1_000)
    (line,) = ratna.get(f"savings/orders/{number}/").json()["lines"]
    assert (line["saved"], line["market"]) == (1_000, "Pasar Induk Jakabaring")
    siti = caller_of(market.siti)
    assert siti.get("savings/").json()["saved"] == 0
    assert siti.get(f"savings/orders/?month={month}").json()["items"] == []
    assert siti.get(f"savings/orders/{number}/").status_code == 404
    assert ratna.get("savings/?year=2020").json()["months"] == []
    for wrong in ("savings/?year=1999", "savings/orders/?month=2026-13", "savings/orders/?month=2019-01"):
        assert ratna.get(wrong).status_code == 422


def test_how_a_price_went(market: Cast) -> None:
    told = Caller().get(f"products/{market.rice.public_id}/history/").json()
    assert told["pack"]["id"] == market.kilo.pk
    assert (told["days"][-1]["price"], told["days"][-1]["market_price"]) == (14_500, 15_000)
    assert Caller().get(f"products/{uuid4()}/history/").status_code == 404


def test_warungs_of_one_rt_and_by_the_way(market: Cast) -> None:
    nobody = Caller()
    here = nobody.get(f"warungs/?village={VILLAGE}&rw=2&only_here=true").json()["items"]
    assert [one["slug"] for one in here] == ["warung-siti"]
    type(market.warung).objects.filter(pk=market.other_warung.pk).update(latitude="-2.95", longitude="104.78")
    rows = nobody.get("warungs/?latitude=-2.95&longitude=104.79").json()["items"]
    assert [(one["slug"], one["metres"]) for one in rows] == [("warung-siti", 1_110), ("warung-hasan", None)]
    for wrong in ("latitude=91&longitude=1", "latitude=nan&longitude=1", "latitude=1&longitude=181"):
        assert nobody.get(f"warungs/?{wrong}").status_code == 422
