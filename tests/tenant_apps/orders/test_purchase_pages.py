"""Ordering at every warung of the cart on one page, as a browser does it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tenant_apps.orders.models import Order, Purchase
from tenant_apps.orders.services.carting import put_in_cart
from tenant_apps.orders.services.filling import accept_order
from tenant_apps.pricing.services import publish_price
from tests.benchmarks.sides.clicking import form_with
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.orders.desk import footprint
from tests.tenant_apps.orders.test_purchases import both, two_shops, weighed  # noqa: F401
from tests.tenant_apps.payments.purse import give_code, top_up

PAGE = "/keranjang/bayar/"


@pytest.fixture
def full_carts(two_shops: Cast) -> Cast:  # noqa: F811
    """Ratna wants 2 kg at Hasan's and 3 kg at Siti's."""
    for warung, quantity in ((two_shops.warung, 2), (two_shops.other_warung, 3)):
        put_in_cart(key=two_shops.ratna.public_id, warung=warung, pack_id=two_shops.kilo.pk, quantity=quantity)
    return two_shops


def shown(client: Client) -> dict[str, list[str]]:
    """What the page would send as it stands."""
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return form_with(answer.content.decode(), "key")[1]


def picked_up(fields: dict[str, list[str]], **more: Any) -> dict[str, Any]:
    ways = {name: ["pickup"] for name in fields if name.endswith("-method")}
    return {**fields, **ways, **{name: [value] for name, value in more.items()}}


def test_both_are_ordered_in_one_tap(full_carts: Cast) -> None:
    ratna = browser_of(full_carts.ratna)
    answer = ratna.post(PAGE, picked_up(shown(ratna)))
    purchase = Purchase.objects.get()
    assert answer.headers["Location"] == f"/belanja/{purchase.number}/"
    assert sorted(purchase.orders.values_list("warung__name", "total", "state")) == [
        ("Warung Hasan", 29_000, "placed"),
        ("Warung Siti", 42_000, "placed"),
    ]
    page = ratna.get(f"/belanja/{purchase.number}/").content.decode()
    assert "Warung Hasan" in page and "Warung Siti" in page and "Rp\u00a071.000" in page


def test_only_the_ticked_warung_is_ordered_at(full_carts: Cast) -> None:
    ratna = browser_of(full_carts.ratna)
    fields = picked_up(shown(ratna), shop=full_carts.warung.slug)
    ratna.post(PAGE, fields)
    assert [order.warung for order in Order.objects.all()] == [full_carts.warung]
    assert sorted(shown(ratna)["shown"]) == [full_carts.other_warung.slug]


def test_what_moved_at_each_is_shown_and_nothing_is_ordered(full_carts: Cast) -> None:
    ratna = browser_of(full_carts.ratna)
    fields = picked_up(shown(ratna))
    publish_price(warung=full_carts.warung, pack=full_carts.kilo, price=14_600, by=BY)
    publish_price(warung=full_carts.other_warung, pack=full_carts.kilo, price=14_100, by=BY)
    before = footprint()
    answer = ratna.post(PAGE, fields)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "dari Rp\u00a014.500 menjadi Rp\u00a014.600" in page
    assert "dari Rp\u00a014.000 menjadi Rp\u00a014.100" in page
    assert footprint() == before


def test_qris_leads_to_every_code(full_carts: Cast) -> None:
    for warung in (full_carts.warung, full_carts.other_warung):
        give_code(warung)
    ratna = browser_of(full_carts.ratna)
    ratna.post(PAGE, picked_up(shown(ratna), pay="qris"))
    page = ratna.get(f"/belanja/{Purchase.objects.get().number}/").content.decode()
    assert len(re.findall(r'href="/bayar/[0-9a-f-]{36}/"', page)) == 2


def test_qris_is_not_offered_where_one_warung_has_no_code(full_carts: Cast) -> None:
    give_code(full_carts.warung)
    ratna = browser_of(full_carts.ratna)
    before = footprint()
    answer = ratna.post(PAGE, picked_up(shown(ratna), pay="qris"))
    assert (answer.status_code, footprint()) == (409, before)


def test_a_balance_that_is_too_small_says_so(full_carts: Cast) -> None:
    top_up(full_carts.ratna, 70_999)
    ratna = browser_of(full_carts.ratna)
    before = footprint()
    answer = ratna.post(PAGE, picked_up(shown(ratna), pay="balance"))
    assert answer.status_code == 409 and "Uangnya tidak cukup" in answer.content.decode()
    assert footprint() == before


@pytest.mark.parametrize(
    "bad",
    [{"key": "x"}, {"shop": "tidak-ada"}, {"shown": "tidak-ada"}, {"pay": "emas"}, {"name": ""}, {"line-warung-hasan": "1:2"}],
)  # fmt: skip
def test_bad_forms_are_told_and_order_nothing(full_carts: Cast, bad: dict[str, str]) -> None:
    ratna = browser_of(full_carts.ratna)
    before = footprint()
    answer = ratna.post(PAGE, picked_up(shown(ratna), **bad))
    assert answer.status_code == 409, bad
    assert footprint() == before


def test_an_empty_cart_has_a_page(market: Cast) -> None:
    answer = browser_of(market.ratna).get(PAGE)
    assert answer.status_code == 200 and 'name="key"' not in answer.content.decode()


def test_a_purchase_is_its_customers_alone(full_carts: Cast) -> None:
    number = both(full_carts).number
    assert browser_of(full_carts.ratna).get(f"/belanja/{number}/").status_code == 200
    for other in (full_carts.hasan, full_carts.siti, full_carts.yuli):
        assert browser_of(other).get(f"/belanja/{number}/").status_code == 404


def test_the_counter_writes_down_what_the_scale_says(full_carts: Cast) -> None:
    weighed(full_carts)
    order = both(full_carts).orders.get(warung=full_carts.warung)
    accept_order(order=order, by=BY)
    hasan = browser_of(full_carts.hasan)
    line = order.lines.get(product=full_carts.rice)
    assert f"/toko/pesanan/{order.number}/" in hasan.get("/toko/pesanan/?tab=disiapkan").content.decode()
    page = hasan.get(f"/toko/pesanan/{order.number}/").content.decode()
    address, fields = form_with(page, f"packed-{line.pk}")
    assert fields[f"packed-{line.pk}"] == ["2000"]
    hasan.post(address, {**fields, f"packed-{line.pk}": ["1.5"]})
    order.refresh_from_db()
    assert order.state == "accepted"
    hasan.post(address, {**fields, f"packed-{line.pk}": ["1500"]})
    order.refresh_from_db()
    assert (order.state, order.goods_due) == ("packed", 21_750 + 6_000)
    assert "Rp\u00a027.750" in hasan.get(f"/toko/pesanan/{order.number}/").content.decode()
