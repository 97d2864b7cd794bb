"""Favourites, and receipts that others may see."""

from __future__ import annotations

import re

import pytest

from tenant_apps.orders.models import Favourite, Order
from tenant_apps.orders.services.liking import like
from tenant_apps.orders.services.sharing import share_receipt, shared_order, stop_sharing
from tenants.context import in_region
from tenants.models import Region
from tests.cast import Cast, browser_of
from tests.tenant_apps.orders.desk import deliver, place


def test_a_heart_is_set_and_taken_away(market: Cast) -> None:
    ratna = browser_of(market.ratna)
    for address in (f"/favorit/warung/{market.warung.slug}/", f"/favorit/barang/{market.rice.public_id}/"):
        for _tap in range(2):
            assert ratna.post(address, {"like": "1"}).status_code == 302
    assert Favourite.objects.count() == 2
    page = ratna.get("/favorit/").content.decode()
    assert "Warung Hasan" in page and "Beras medium" in page
    assert "Warung Hasan" not in browser_of(market.siti).get("/favorit/").content.decode()
    for _tap in range(2):
        ratna.post(f"/favorit/warung/{market.warung.slug}/", {"like": "0"})
    assert Favourite.objects.get().product == market.rice


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/favorit/warung/warung-hasan/", {}),
        ("/favorit/warung/warung-hasan/", {"like": "2"}),
        ("/favorit/warung/tidak-ada/", {"like": "1"}),
        ("/favorit/barang/00000000-0000-4000-8000-000000000000/", {"like": "1"}),
    ],
)
def test_nothing_is_liked_by_mistake(market: Cast, address: str, form: dict[str, str]) -> None:
    assert browser_of(market.ratna).post(address, form).status_code == 404
    assert not Favourite.objects.exists()


def test_the_list_asks_no_more_for_more(market: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for thing in (market.warung, market.other_warung, market.rice, market.egg):
        like(user=market.ratna, thing=thing)
    place(market)
    ratna = browser_of(market.ratna)
    ratna.get("/favorit/")
    with django_assert_max_num_queries(20):
        ratna.get("/favorit/")


def test_a_shared_receipt_shows_goods_and_nobody(market: Cast) -> None:
    order = deliver(market)
    browser_of(market.ratna).post(f"/pesanan/{order.number}/bagikan/")
    receipt = browser_of(market.ratna).get(f"/pesanan/{order.number}/nota/").content.decode()
    (link,) = set(re.findall(r"/nota/[^/\s\"]+/", receipt))
    answer = browser_of(None).get(link)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "Beras medium" in page and "37.000" in page
    for secret in ("Ratna", "81200000001", "Kenanga"):
        assert secret not in page


def test_a_link_that_is_switched_off_stays_off(market: Cast) -> None:
    order = place(market)
    old = share_receipt(order=order)
    assert browser_of(market.ratna).post(f"/pesanan/{order.number}/bagikan/tutup/").status_code == 302
    assert browser_of(None).get(f"/nota/{old}/").status_code == 404
    # Another link is another secret.
    assert shared_order(share_receipt(order=order)) == order
    assert browser_of(None).get(f"/nota/{old}/").status_code == 404


def test_links_cannot_be_made_up(market: Cast, lombok: Region) -> None:
    order = place(market)
    token = share_receipt(order=order)
    for wrong in (order.number, token[:-1], token + "x", "a:b:c", "x" * 500):
        assert shared_order(wrong) is None
        assert browser_of(None).get(f"/nota/{wrong}/").status_code == 404
    with in_region(lombok):
        assert shared_order(token) is None
    stop_sharing(order=order)
    assert shared_order(token) is None


def test_only_who_bought_shares(market: Cast) -> None:
    order = place(market)
    for stranger in (market.siti, market.hasan):
        assert browser_of(stranger).post(f"/pesanan/{order.number}/bagikan/").status_code == 404
    assert Order.objects.get().share is None
