"""When market, cost or ceiling move, prices stand on a worklist; one tap takes over what is suggested."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.pricing.models import ListState, PriceList, PriceListLine, RoundingStep, WarungPrice
from tenant_apps.pricing.services import (
    Wish,
    apply_due_lists,
    drop_price_list,
    publish_price,
    schedule_prices,
    set_ceiling,
    set_margin,
    set_wholesale_price,
)
from tenant_apps.pricing.services.scheduling import apply_list
from tenant_apps.pricing.worklist import forget_count, prices_to_check, urgent_of, worklist_of
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.pricing.desk import footprint, see, today

URL = "/toko/harga/periksa/"


@pytest.fixture
def hasan(market: Cast) -> Client:
    return browser_of(market.hasan)


def five_percent() -> None:
    set_margin(percent=5, least=0, step=RoundingStep.HUNDRED, rounds_up=True, by=BY)


def in_force(market: Cast) -> dict[str, int]:
    rows = WarungPrice.objects.filter(warung=market.warung, replaced_at=None)
    return dict(rows.values_list("pack__label", "price"))


def told(market: Cast) -> dict[str, tuple[bool, bool, bool, bool]]:
    return {
        line.pack.label: (line.has_lost_badge, line.is_above_ceiling, line.is_below_cost, line.differs)
        for line in worklist_of(market.warung)
    }


def test_as_long_as_nothing_moves_the_list_is_empty(market: Cast) -> None:
    assert worklist_of(market.warung) == [] and list(prices_to_check()) == []


def test_a_cheaper_market_takes_the_badge(market: Cast) -> None:
    see(market, 14_000)
    assert told(market) == {"kg": (True, False, False, False)}


def test_a_dearer_wholesale_price_leaves_a_price_below_cost(market: Cast) -> None:
    set_wholesale_price(satker=market.satker, pack=market.sack, price=725_001, by=BY)
    assert told(market) == {"kg": (False, False, True, False)}
    assert [(one.price, one.cost, one.het) for one in prices_to_check()] == [(14_500, 14_501, None)]  # type: ignore[attr-defined]


def test_a_new_ceiling_puts_a_price_on_the_list(market: Cast) -> None:
    set_ceiling(
        product=market.rice, per_quantity=1_000, price=14_000, valid_from=today(), valid_to=None, source="HET", by=BY
    )
    assert told(market) == {"kg": (False, True, False, False)}
    assert [(one.allowed, one.het) for one in prices_to_check()] == [(14_000, 14_000)]  # type: ignore[attr-defined]


def test_a_suggestion_that_differs_comes_last(market: Cast) -> None:
    five_percent()
    Pack.objects.filter(pk=market.piece.pk).update(order=0)
    assert told(market) == {"kg": (False, False, False, True)}


def test_nine_queries_for_any_number_of_prices(market: Cast, django_assert_num_queries: Any) -> None:
    five_percent()
    for size in range(1, 16):
        pack = Pack.objects.create(product=market.rice, label=f"{size} kg", base_quantity=size * 1_000)
        publish_price(warung=market.warung, pack=pack, price=size * 14_000, by=BY)
    with django_assert_num_queries(9):
        assert len(worklist_of(market.warung)) == 16
    with django_assert_num_queries(6):
        assert len(list(prices_to_check())) == 0


def test_one_tap_takes_over_what_the_page_showed(market: Cast, hasan: Client) -> None:
    five_percent()
    see(market, 14_000)
    text = hasan.get(URL).content.decode()
    for shown in ("Beras medium", "Rp\u00a014.500", "Rp\u00a013.700", "Pasar Lemabang"):
        assert shown in text
    sent = {
        "warung": str(market.warung.public_id), f"price-{market.kilo.pk}": "13700", f"price-{market.piece.pk}": "1900"
    }  # fmt: skip
    assert hasan.post(URL, {**sent, "only": str(market.kilo.pk)}).status_code == 302
    assert in_force(market) == {"kg": 13_700, "butir": 2_000}
    assert hasan.post(URL, {**sent, "all": "1"}).status_code == 302
    assert in_force(market) == {"kg": 13_700, "butir": 1_900}
    assert worklist_of(market.warung) == []


def test_what_moved_since_the_page_was_shown_is_refused_and_all_refusals_are_told(market: Cast, hasan: Client) -> None:
    see(market, 13_000)
    sent = {
        "warung": str(market.warung.public_id), "all": "1",
        f"price-{market.kilo.pk}": "13700", f"price-{market.piece.pk}": "2150",
    }  # fmt: skip
    answer = hasan.post(URL, sent)
    assert set(answer.context["refusals"]) == {market.kilo.pk, market.piece.pk}
    assert in_force(market) == {"kg": 14_500, "butir": 2_000}


@pytest.mark.parametrize(
    "sent",
    [
        {"all": "1", "price-999999999": "1", "price-٣": "1", "price-": "1"},
        {"only": "\x00"},
        {"only": "9" * 40, "all": ""},
        {"read": "9" * 40},
        {"read": "x"},
    ],
)
def test_nonsense_changes_nothing(market: Cast, hasan: Client, sent: dict[str, str]) -> None:
    before = footprint()
    for price in ("abc", "-1", "0", "9" * 30, ""):
        posted = {"warung": str(market.warung.public_id), f"price-{market.kilo.pk}": price, **sent}
        assert hasan.post(URL, posted).status_code == 302
        assert hasan.post("/toko/harga/usulan/", posted).status_code == 302
    assert footprint() == before


def test_another_owner_takes_over_nothing(market: Cast) -> None:
    siti, before = browser_of(market.siti), footprint()
    sent = {"warung": str(market.warung.public_id), "all": "1", f"price-{market.kilo.pk}": "13700"}
    assert siti.post(URL, sent).status_code == 404
    for who in (market.ratna, market.yuli):
        assert browser_of(who).post(URL, sent).status_code == 404
    assert footprint() == before


def test_suggestions_for_all_packs_say_why(market: Cast, hasan: Client) -> None:
    five_percent()
    text = hasan.get("/toko/harga/usulan/").content.decode()
    assert "Rp\u00a013.700" in text and "Telur ayam" in text
    assert "Telur" not in hasan.get("/toko/harga/usulan/?q=beras").content.decode()


def test_the_number_beside_the_navigation(market: Cast, hasan: Client) -> None:
    see(market, 14_000)
    forget_count(market.warung)
    assert urgent_of(market.warung) == 1
    publish_price(warung=market.warung, pack=market.kilo, price=13_900, by=BY)
    forget_count(market.warung)
    assert urgent_of(market.warung) == 0


def test_yuli_sees_the_whole_region(market: Cast) -> None:
    see(market, 14_000)
    text = browser_of(market.yuli).get("/satker/harga/periksa/").content.decode()
    for shown in ("Warung Hasan", "Rp\u00a014.500", "Rp\u00a013.900", "Rp\u00a013.000"):
        assert shown in text
    assert browser_of(market.hasan).get("/satker/harga/periksa/").status_code == 404


# Prices for later


def later(market: Cast, *wishes: tuple[Pack, int], hours: int = 2) -> PriceList:
    return schedule_prices(
        warung=market.warung,
        valid_from=clock.now() + timedelta(hours=hours),
        wishes=[Wish(pack, price) for pack, price in wishes],
        by=market.hasan.actor,
    )


def test_a_scheduled_price_is_published_at_its_moment_and_not_before(market: Cast) -> None:
    made = later(market, (market.kilo, 14_200))
    assert apply_due_lists() == 0
    assert in_force(market)["kg"] == 14_500
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        assert apply_due_lists() == 1
        assert in_force(market)["kg"] == 14_200
        price = WarungPrice.objects.get(warung=market.warung, pack=market.kilo, replaced_at=None)
        assert (price.by, price.valid_from) == (market.hasan.actor, clock.now())
        assert apply_due_lists() == 0 and not apply_list(price_list_id=made.pk)
    made.refresh_from_db()
    assert made.state == ListState.APPLIED


def test_each_scheduled_price_is_judged_again_and_the_refused_stand_on_the_worklist(
    market: Cast, hasan: Client
) -> None:
    later(market, (market.kilo, 14_200), (market.piece, 1_900))
    see(market, 14_250)
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        assert apply_due_lists() == 1
        assert in_force(market) == {"kg": 14_500, "butir": 1_900}
        (line,) = worklist_of(market.warung)
        assert (line.pack, line.refused_price, line.is_urgent) == (market.kilo, 14_200, True)
        assert "Rp\u00a014.150" in line.refusal
        assert line.refusal in hasan.get(URL).content.decode()
        hasan.post(URL, {"warung": str(market.warung.public_id), "read": str(market.kilo.pk)})
        assert PriceListLine.objects.filter(seen=True).count() == 1
        assert [line.refusal for line in worklist_of(market.warung)] == [""]


def test_lists_come_into_force_in_their_order(market: Cast) -> None:
    later(market, (market.kilo, 14_300), hours=3)
    later(market, (market.kilo, 14_400), hours=2)
    with time_machine.travel(clock.now() + timedelta(hours=4), tick=False):
        assert apply_due_lists() == 2
    assert in_force(market)["kg"] == 14_300


def test_a_dropped_list_changes_nothing(market: Cast, hasan: Client) -> None:
    made = later(market, (market.kilo, 14_200))
    siti = browser_of(market.siti)
    theirs = {"warung": str(market.other_warung.public_id)}
    assert siti.post(f"/toko/harga/jadwal/{made.public_id}/batal/", theirs).status_code == 404
    sent = {"warung": str(market.warung.public_id)}
    assert hasan.post(f"/toko/harga/jadwal/{made.public_id}/batal/", sent).status_code == 302
    assert not drop_price_list(price_list=made)
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        assert apply_due_lists() == 0
    assert in_force(market)["kg"] == 14_500


def test_goods_that_are_no_longer_traded_are_left_out(market: Cast) -> None:
    later(market, (market.kilo, 14_200))
    Product.objects.filter(pk=market.rice.pk).update(is_active=False)
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        assert apply_due_lists() == 1
    assert in_force(market)["kg"] == 14_500 and worklist_of(market.warung) == []


def test_hasan_schedules_on_his_page(market: Cast, hasan: Client) -> None:
    moment = (clock.now() + timedelta(days=1)).astimezone(ZoneInfo(current_region().time_zone))
    kilo = f"price-{market.kilo.pk}"
    sent = {
        "warung": str(market.warung.public_id), "day": moment.date().isoformat(), "time": moment.strftime("%H:%M"),
        kilo: "14.200", f"initial-{kilo}": "14.500",
    }  # fmt: skip
    assert hasan.post("/toko/harga/jadwal/", sent).status_code == 302
    made = PriceList.objects.get()
    assert made.valid_from == moment.replace(second=0, microsecond=0)
    assert [(line.pack, line.price) for line in made.lines.all()] == [(market.kilo, 14_200)]
    assert "Rp\u00a014.200" in hasan.get("/toko/harga/jadwal/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"day": "2020-01-01"}, {"day": "9999-12-31"}, {"day": "besok"}, {"time": "25:00"}, {"day": "\x00"}, {"price": "murah"},
     {"price": "14.500"}],
)  # fmt: skip
def test_what_cannot_be_scheduled_is_a_message(market: Cast, hasan: Client, wrong: dict[str, str]) -> None:
    kilo = f"price-{market.kilo.pk}"
    told = {"day": (clock.today() + timedelta(days=3)).isoformat(), "time": "06:00", "price": "14.200", **wrong}
    sent = {"warung": str(market.warung.public_id), kilo: told.pop("price"), f"initial-{kilo}": "14.500", **told}
    answer = hasan.post("/toko/harga/jadwal/", sent)
    assert answer.status_code == 200
    assert answer.context["when"].errors or answer.context["form"].errors
    assert not PriceList.objects.exists()
