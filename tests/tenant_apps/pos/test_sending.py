"""Sales that a phone kept while it had no network: each is applied once, and answered for itself."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenant_apps.pos.models import CounterSale
from tenants.context import current_region
from tenants.hosts import host_of_slug
from tenants.identity.models import User
from tenants.kernel import clock
from tests.cast import Cast, browser_of
from tests.tenant_apps.pos.till import balance, bon_of_ani, footprint, must_add_up, on_shelf

SEND = "/toko/kasir/kirim/"


def kept(cast: Cast, **more: Any) -> dict[str, Any]:
    """Two kilos in cash, as the phone writes them down."""
    sale = {
        "id": str(uuid.uuid4()),
        "at": clock.now().isoformat(),
        "warung": str(cast.warung.public_id),
        "lines": [{"pack": cast.kilo.pk, "quantity": 2, "price": 14_500}],
        "cash": 29_000,
        "qris": 0,
        "bon": 0,
        "received": 50_000,
        "customer": None,
        "gone": True,
    }
    return sale | more


def post(browser: Client, user: User, *sales: Any, **more: Any) -> Any:
    body = {"user": str(user.public_id), "region": str(current_region().public_id), "sales": list(sales)} | more
    return browser.post(SEND, json.dumps(body), content_type="application/json")


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["status"] for one in answer.json()["results"]]


def test_a_batch_with_doubles_and_a_refused_one(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    first, second = kept(market), kept(market, at=(clock.now() - timedelta(minutes=30)).isoformat())
    wrong = kept(market, lines=[{"pack": market.kilo.pk, "quantity": 2, "price": 14_000}], cash=28_000)
    answer = post(hasan, market.hasan, first, wrong, first, second)
    assert statuses(answer) == ["applied", "refused", "duplicate", "refused"]
    told = answer.json()["results"]
    assert [one["id"] for one in told] == [first["id"], wrong["id"], first["id"], second["id"]]
    assert told[1]["code"] == "price_unknown" and "Beras medium" in told[1]["reason"]
    # Sold before the price was ever published: reported, never guessed.
    assert told[3]["code"] in ("price_unknown",)
    assert CounterSale.objects.count() == 1
    after = footprint()
    assert statuses(post(hasan, market.hasan, first)) == ["duplicate"]
    assert footprint() == after
    assert (balance(market, "cash"), on_shelf(market)["Beras medium"]) == (29_000, (48_000, 0))
    must_add_up()


def test_what_is_gone_is_never_lost(market: Cast) -> None:
    lines = [{"pack": market.piece.pk, "quantity": 12, "price": 2_000}]
    asked = kept(market, lines=lines, cash=24_000, received=24_000, gone=False)
    before = footprint()
    answer = post(browser_of(market.wati), market.wati, asked)
    assert statuses(answer) == ["refused"] and answer.json()["results"][0]["code"] == "stock_short"
    assert footprint() == before
    answer = post(browser_of(market.wati), market.wati, {**asked, "gone": True})
    assert statuses(answer) == ["applied"] and answer.json()["results"][0]["short"] is True
    assert on_shelf(market)["Telur ayam"] == (0, 0)
    page = browser_of(market.hasan).get("/toko/kasir/penjualan/").content.decode()
    assert "Telur ayam" in page
    sale = CounterSale.objects.get()
    form = {"warung": str(market.warung.public_id)}
    assert browser_of(market.hasan).post(f"/toko/kasir/{sale.number}/diperiksa/", form).status_code == 302
    assert "Telur ayam" not in browser_of(market.hasan).get("/toko/kasir/penjualan/").content.decode()


def test_the_bon_of_another_warung_is_nobodys(market: Cast) -> None:
    bon = bon_of_ani(market, limit=29_000)
    theirs = kept(market, cash=0, received=0, bon=29_000, customer=str(bon.public_id))
    assert statuses(post(browser_of(market.hasan), market.hasan, theirs)) == ["applied"]
    over = {**theirs, "id": str(uuid.uuid4())}
    other = {**over, "warung": str(market.other_warung.public_id)}
    before = footprint()
    answer = post(browser_of(market.hasan), market.hasan, over, other)
    assert [one["code"] for one in answer.json()["results"]] == ["over_limit", "bad_sale"]
    assert statuses(post(browser_of(market.siti), market.siti, other)) == ["refused"]
    assert footprint() == before


def test_nothing_of_another_person_is_taken(market: Cast) -> None:
    before = footprint()
    assert post(browser_of(market.wati), market.hasan, kept(market)).json()["code"] == "other_person"
    assert (
        post(browser_of(market.wati), market.wati, kept(market), region=str(uuid.uuid4())).json()["code"]
        == "other_region"
    )
    assert statuses(post(browser_of(market.siti), market.siti, kept(market))) == ["refused"]
    assert post(browser_of(market.ratna), market.ratna, kept(market)).status_code == 404
    # The Satker's people sell at its stand, and nowhere else.
    assert statuses(post(browser_of(market.yuli), market.yuli, kept(market))) == ["refused"]
    assert footprint() == before


@pytest.mark.parametrize("body", ["", "[]", "{", "null", '{"sales": []}', '{"sales": 1}', "[" * 100_000, '"\\ud800"'])
def test_a_message_that_is_none_is_refused(market: Cast, body: str) -> None:
    assert browser_of(market.hasan).post(SEND, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "odd",
    [
        {"id": None},
        {"id": "x"},
        {"id": ["x"]},
        {"at": None},
        {"at": "yesterday"},
        {"at": "2026-11-24T10:00:00"},
        {"at": "9999-12-31T23:59:59+00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"warung": 7},
        {"warung": str(uuid.uuid4())},
        {"lines": None},
        {"lines": []},
        {"lines": [1]},
        {"lines": [{"pack": "1", "quantity": 1, "price": 1}]},
        {"lines": [{"pack": 10**30, "quantity": 1, "price": 1}]},
        {"lines": [{"pack": True, "quantity": 1, "price": 1}]},
        {"cash": 1.5},
        {"cash": -29_000, "qris": 58_000},
        {"cash": 10**30},
        {"received": "50000"},
        {"customer": "nobody"},
        {"customer": str(uuid.uuid4())},
    ],
)
def test_an_odd_sale_is_refused_and_the_others_are_taken(market: Cast, odd: dict[str, Any]) -> None:
    answer = post(browser_of(market.hasan), market.hasan, kept(market, **odd), None, kept(market))
    assert statuses(answer) == ["refused", "refused", "applied"]
    assert all(one["reason"] for one in answer.json()["results"][:2])
    assert CounterSale.objects.count() == 1


def test_a_stale_token_is_renewed(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    hasan.handler.enforce_csrf_checks = True
    assert post(hasan, market.hasan, kept(market)).status_code == 403
    told = hasan.get("/toko/kasir/token.json").json()
    assert told["user"] == str(market.hasan.public_id)
    body = {"user": told["user"], "region": told["region"], "sales": [kept(market)]}
    headers = {"x-csrftoken": told["token"], "referer": f"https://{host_of_slug('kalidoni')}/"}
    answer = hasan.post(SEND, json.dumps(body), content_type="application/json", headers=headers)
    assert statuses(answer) == ["applied"]
