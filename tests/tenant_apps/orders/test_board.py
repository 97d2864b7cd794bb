"""The counter: what waits, each step by its button, and news without reloading."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tenant_apps.accounts.models import Role, RoleGrant
from tenant_apps.catalog.models import Product
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.filling import accept_order, call_off, pack_order
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, Cast, browser_of, person
from tests.tenant_apps.orders.desk import balances, deliver, footprint, levels, must_add_up, place

BOARD = "/toko/pesanan/"
HTMX = {"HX-Request": "true"}
VERBS = ("terima", "siap", "serahkan", "tolak", "batalkan")


def seen_on(text: str) -> str:
    return str(re.findall(r'name="seen" value="([^"]*)"', text)[0])


def tap(client: Client, order: Order, verb: str, **data: str) -> str:
    answer = client.post(f"{BOARD}{order.number}/{verb}/", data)
    assert answer.status_code == 302
    order.refresh_from_db()
    return str(order.state)


@pytest.mark.parametrize("who", ["hasan", "wati"])
def test_from_new_to_handed_over(market: Cast, who: str) -> None:
    order = deliver(market, note="Rumah pagar hijau")
    counter = browser_of(getattr(market, who))
    text = counter.get(BOARD).content.decode()
    for words in (order.number, "Ratna", "Lorong Kenanga 5", "Rumah pagar hijau", "Beras medium", "Rp\u00a037.000"):
        assert words in text
    for _again in range(2):
        assert tap(counter, order, "terima") == "accepted"
    assert order.number in counter.get(BOARD + "?tab=disiapkan").content.decode()
    assert tap(counter, order, "siap") == "packed"
    text = counter.get(BOARD + "?tab=disiapkan").content.decode()
    assert "Terima Rp\u00a037.000 tunai dari Ratna, lalu serahkan barangnya." in text
    for _again in range(2):
        assert tap(counter, order, "serahkan") == "handed_over"
    assert balances() == {"cash": 37_000, "sales": -35_000, "delivery": -2_000}
    assert order.number in counter.get(BOARD + "?tab=selesai").content.decode()
    assert [event.by for event in order.events.all()][1:] == [getattr(market, who).actor] * 3
    must_add_up()


def test_refused_weights_are_not_lost(market: Cast) -> None:
    Product.objects.filter(pk=market.rice.pk).update(by_weight=True)
    order = place(market)
    hasan = browser_of(market.hasan)
    tap(hasan, order, "terima")
    rice, eggs = order.lines.order_by("pk")
    # Each field is told in its own unit: grams of what is weighed, packs of what is counted.
    page = hasan.get(f"{BOARD}{order.number}/").content.decode()
    assert "Dipesan: 2\u00a0kg" in page and f"Dipesan: {eggs.quantity} ×" in page
    before = footprint()
    for typed, said in (
        ({rice: "2450", eggs: "2"}, "lebih dari 10 % di atas"),
        ({rice: "2100", eggs: "4"}, "paling banyak"),
        ({rice: "2100", eggs: "-1"}, "sama dengan 0"),
    ):
        fields = {f"packed-{line.pk}": text for line, text in typed.items()}
        answer = hasan.post(f"{BOARD}{order.number}/siap/", {"alone": "1", **fields})
        page = answer.content.decode()
        assert (answer.status_code, footprint()) == (400, before)
        for line, text in typed.items():
            assert re.search(
                rf'name="packed-{line.pk}"[^>]*value="{text}"|value="{text}"[^>]*name="packed-{line.pk}"', page
            )
        summary = page.split("data-error-summary")[1].split("</ul>")[0]
        assert said in summary, summary
    # Called off meanwhile: nothing is left to be packed, and the page says so.
    call_off(order=order, reason="Listrik padam.", by=BY)
    answer = hasan.post(f"{BOARD}{order.number}/siap/", {"alone": "1", f"packed-{rice.pk}": "2000"}, follow=True)
    assert answer.status_code == 200 and "packed-" not in answer.content.decode()


def test_rejecting_with_a_quick_reason_or_ones_own(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    first, second = place(market), place(market)
    assert tap(hasan, first, "tolak", reason="Barangnya habis.") == "rejected"
    assert tap(hasan, second, "tolak", other="Listrik\x00 padam") == "rejected"
    assert [order.events.last().reason for order in (first, second)] == ["Barangnya habis.", "Listrik padam"]  # type: ignore[union-attr]
    assert levels(market)["Beras medium"] == (50_000, 0)


def test_without_a_reason_nothing_is_rejected(market: Cast) -> None:
    order = place(market)
    before = footprint()
    assert tap(browser_of(market.hasan), order, "tolak", other="  ") == "placed"
    assert footprint() == before
    accept_order(order=order, by=BY)
    before = footprint()
    assert tap(browser_of(market.hasan), order, "batalkan") == "accepted"
    assert footprint() == before


def test_calling_off_frees_the_goods(market: Cast) -> None:
    order = accept_order(order=place(market), by=BY)
    assert tap(browser_of(market.hasan), order, "batalkan", reason="Barangnya rusak.", alone="1") == "called_off"
    assert levels(market)["Beras medium"] == (50_000, 0)


def test_a_step_that_came_too_late_says_so(market: Cast) -> None:
    order = place(market)
    hasan = browser_of(market.hasan)
    tap(hasan, order, "tolak", reason="Barangnya habis.")
    before = footprint()
    answer = hasan.post(f"{BOARD}{order.number}/terima/", follow=True)
    assert 'role="alert"' in answer.content.decode()
    assert footprint() == before


def test_the_board_asks_again_and_hears_of_new_orders(market: Cast) -> None:
    hasan = browser_of(market.hasan)
    seen = seen_on(hasan.get(BOARD).content.decode())
    assert hasan.get(BOARD, {"seen": seen}, headers=HTMX).status_code == 204
    order = place(market)
    answer = hasan.get(BOARD, {"tab": "disiapkan", "seen": seen}, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Pesanan baru dari Ratna." in text
    assert "seen=" not in text
    seen = seen_on(text)
    assert hasan.get(BOARD, {"seen": seen}, headers=HTMX).status_code == 204
    accept_order(order=order, by=BY)
    text = hasan.get(BOARD, {"seen": seen}, headers=HTMX).content.decode()
    assert "Pesanan baru" not in text


@pytest.mark.parametrize("query", ["tab=x", "page=abc", "page=-1", "seen=%00", "tab=%00&seen=" + "x" * 3000])
def test_strange_questions_are_answered(market: Cast, query: str) -> None:
    place(market)
    assert browser_of(market.hasan).get(f"{BOARD}?{query}").status_code == 200
    assert browser_of(market.hasan).get(f"{BOARD}?{query}", headers=HTMX).status_code == 200


def test_the_navigation_counts_new_orders(market: Cast) -> None:
    place(market)
    place(market)
    text = " ".join(browser_of(market.hasan).get(BOARD + "?tab=selesai").content.decode().split())
    assert '<span class="count">2</span>' in text


def test_an_order_has_a_page_with_names(market: Cast) -> None:
    order = accept_order(order=place(market), by=market.wati.actor)
    text = browser_of(market.hasan).get(f"{BOARD}{order.number}/").content.decode()
    for words in ("Dipesan", "Diterima warung", "Wati", "Ratna", "Rp\u00a035.000"):
        assert words in text
    assert browser_of(market.hasan).get(f"{BOARD}{order.number}/nota/").status_code == 200


@pytest.mark.parametrize("who", ["ratna", "siti", "yuli", "budi"])
def test_no_other_counter_and_nobody_else_finds_it(market: Cast, who: str) -> None:
    placed, packed = place(market), pack_order(order=accept_order(order=place(market), by=BY), by=BY)
    before = footprint()
    browser = browser_of(getattr(market, who))
    for order in (placed, packed):
        assert browser.get(f"{BOARD}{order.number}/").status_code == 404
        assert browser.get(f"{BOARD}{order.number}/nota/").status_code == 404
        for verb in VERBS:
            assert browser.post(f"{BOARD}{order.number}/{verb}/", {"reason": "x"}).status_code == 404
    if who == "siti":
        assert placed.number not in browser.get(BOARD).content.decode()
    else:
        assert browser.get(BOARD).status_code == 404
    assert footprint() == before


def test_visitors_and_other_regions_change_nothing(market: Cast, lombok: Region) -> None:
    order = place(market)
    before = footprint()
    assert browser_of(None).post(f"{BOARD}{order.number}/terima/").status_code == 302
    with in_region(lombok):
        made = browser_of(person("Made", Role.OWNER), "lombok")
        assert made.get(f"{BOARD}{order.number}/").status_code == 404
        for verb in VERBS:
            assert made.post(f"{BOARD}{order.number}/{verb}/", {"reason": "x"}).status_code == 404
    assert footprint() == before


def test_no_step_by_a_link_and_no_unknown_step(market: Cast) -> None:
    order = place(market)
    before = footprint()
    assert browser_of(market.hasan).get(f"{BOARD}{order.number}/terima/").status_code == 405
    answer = browser_of(market.hasan).get(f"{BOARD}{order.number}/siap/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{BOARD}{order.number}/")
    assert browser_of(market.hasan).post(f"{BOARD}{order.number}/bayar/").status_code == 404
    assert footprint() == before


def test_an_owner_without_a_warung_has_a_page(market: Cast) -> None:
    RoleGrant.objects.create(user=market.ratna, role=Role.OWNER, by=BY)
    assert browser_of(market.ratna).get(BOARD).status_code == 200
