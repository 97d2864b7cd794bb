"""The other doors: they lead where the pages lead."""

from __future__ import annotations

import uuid
from typing import Any

from tenant_apps.orders.models import CartLine
from tenant_apps.pos.models import CounterSale
from tenant_apps.stock.models import StockLevel
from tenants.kernel import clock
from tests.cast import VILLAGE, Cast
from tests.tenant_apps.api.caller import Caller, caller_of


def test_what_anybody_may_see(market: Cast) -> None:
    nobody = Caller()
    region = nobody.get("region/").json()
    assert (region["name"], region["price_rule"]["freshness_days"]) == ("Kalidoni", 30)
    assert VILLAGE in [one["code"] for one in region["villages"]]
    assert nobody.get("categories/").json()["items"][0]["name"] == "Beras & tepung"
    product = nobody.get(f"products/{market.rice.public_id}/").json()
    assert [pack["label"] for pack in product["packs"]] == ["kg"]
    (offer,) = nobody.get(f"products/{market.rice.public_id}/prices/").json()["items"]
    assert (offer["warung"], offer["price"], offer["packs_left"]) == ("warung-hasan", 14_500, 50)
    assert (offer["guarantee"]["holds"], offer["guarantee"]["saving"]) == (True, 500)
    assert offer["guarantee"]["market"] == "Pasar Induk Jakabaring"
    goods = nobody.get("warungs/warung-hasan/goods/").json()["items"]
    assert [good["product"]["name"] for good in goods] == ["Beras medium", "Telur ayam"]
    (found,) = nobody.get("search/?q=beras").json()["items"]
    assert found["warung"]["opening"]["is_open"] is True
    assert found["goods"][0]["product"]["name"] == "Beras medium"


def test_a_citizens_own(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    place = {"village": VILLAGE, "rw": 2, "rt": 1, "address": "Jalan Melati"}
    assert ratna.put("me/place/", place).json() == place
    assert ratna.get("me/").json()["place"] == place
    wrong = ratna.put("me/place/", {"village": "99.99.99.9999"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown_place")
    cart = ratna.put("carts/warung-hasan/", {"pack": market.kilo.pk, "quantity": 3}).json()
    assert (cart["goods_total"], cart["lines"][0]["orderable"]) == (43_500, 3)
    assert ratna.put("carts/warung-hasan/", {"pack": market.sack.pk, "quantity": 1}).json()["code"] == "not_offered"
    assert len(ratna.get("carts/").json()["items"]) == 1
    assert caller_of(market.siti).get("carts/").json()["items"] == []
    assert ratna("DELETE", "carts/warung-hasan/").json()["lines"] == []
    assert not CartLine.objects.exists()
    assert ratna.get("balance/").json() == {"amount": 0}
    assert ratna.get("balance/statement/").json() == {"items": [], "next_cursor": None}
    assert ratna.get("claims/").json()["items"] == ratna.get("claims/lines/").json()["items"] == []


def test_the_counters_own(market: Cast) -> None:
    hasan, toko = caller_of(market.hasan), f"toko/{market.warung.public_id}"
    assert [one["slug"] for one in hasan.get("toko/").json()["items"]] == ["warung-hasan"]
    body = {"prices": [{"pack": market.kilo.pk, "price": 14_000}, {"pack": market.piece.pk, "price": 2_500}]}
    told = hasan.put(f"{toko}/prices/", body).json()
    assert [(one["price"], one["guarantee"]["holds"]) for one in told["prices"]] == [(14_000, True)]
    assert [(one["pack"], one["code"]) for one in told["refused"]] == [(market.piece.pk, "price_not_cheaper")]
    assert hasan.post(f"{toko}/prices/withdraw/", {"pack": market.piece.pk}).status_code == 204
    assert [one["product_name"] for one in hasan.get(f"{toko}/prices/").json()["items"]] == ["Beras medium"]
    count = {"counted": 40_000, "reason": "count"}
    counted = hasan.post(f"{toko}/stock/{market.rice.public_id}/count/", count).json()
    assert (counted["difference"], counted["level"]["on_hand"]) == (-10_000, 40_000)
    assert len(hasan.get(f"{toko}/stock/").json()["items"]) == 2
    moves = hasan.get(f"{toko}/stock/{market.rice.public_id}/movements/").json()["items"]
    assert [one["on_hand"] for one in moves] == [-10_000, 50_000]
    hours = {"hours": [{"weekday": 0, "opens": "07:00:00", "closes": "20:00:00"}]}
    assert hasan.put(f"{toko}/hours/", hours).json() == hours
    assert hasan.post(f"{toko}/pause/", {"reason": "pulang"}).json()["state"] == "paused"
    assert hasan.post(f"{toko}/open/").json()["state"] == "open"
    assert hasan.get(f"{toko}/wholesale/").json()["items"][0]["price"] == 650_000
    restock = {"lines": [{"pack": market.sack.pk, "quantity": 1, "price": 650_000}]}
    asked = hasan.post(f"{toko}/restocks/", restock)
    assert asked.status_code == 201
    number = asked.json()["number"]
    assert hasan.post(f"{toko}/restocks/{number}/cancel/").json()["state"] == "cancelled"
    assert hasan.get(f"{toko}/restocks/{number}/").json()["lines"][0]["quantity_asked"] == 1


def test_sales_over_the_counter_are_written_once_each(market: Cast) -> None:
    hasan, toko = caller_of(market.hasan), f"toko/{market.warung.public_id}"
    sale: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "lines": [{"pack": market.kilo.pk, "quantity": 2, "price": 14_500}],
        "cash": 29_000,
        "at": clock.now().isoformat(),
    }
    wrong = {**sale, "id": str(uuid.uuid4()), "cash": 1}
    told = hasan.post(f"{toko}/sales/", {"sales": [sale, wrong]}).json()["sales"]
    assert [one["status"] for one in told] == ["applied", "refused"]
    again = hasan.post(f"{toko}/sales/", {"sales": [sale]}).json()["sales"]
    assert [one["status"] for one in again] == ["duplicate"]
    assert CounterSale.objects.count() == 1
    assert StockLevel.objects.get(location__warung=market.warung, product=market.rice).on_hand == 48_000
    assert [one["total"] for one in hasan.get(f"{toko}/sales/").json()["items"]] == [29_000]
