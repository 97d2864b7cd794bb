"""Everybody may see how a price went against the market."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import time_machine

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.pricing.history import chart, prices_by_day
from tenant_apps.pricing.models import MarketObservation, WarungPrice
from tenant_apps.pricing.services import publish_price, set_ceiling, withdraw_observation, withdraw_price
from tenant_apps.warungs.services import pause_warung
from tenants.kernel import clock
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.pricing.desk import see, today


def test_a_day_tells_the_last_market_price_and_the_lowest_of_open_warungs(market: Cast) -> None:
    WarungPrice.objects.filter(pk=market.rice_price.pk).update(valid_from=clock.now() - timedelta(days=5))
    see(market, 15_500, days_ago=3)
    see(market, 99_000, days_ago=120)
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_200, by=BY)
    assert [(one.day, one.market, one.where, one.ours) for one in prices_by_day(market.kilo)] == [
        (today(5), None, "", 14_500),
        (today(3), 15_500, "Pasar Lemabang", 14_500),
        (today(1), 15_000, "Pasar Induk Jakabaring", 14_500),
        (today(), 15_000, "Pasar Induk Jakabaring", 14_200),
    ]


def test_withdrawn_prices_and_paused_warungs_are_left_out(market: Cast) -> None:
    withdraw_observation(observation=see(market, 9_000), reason="salah", by=BY)
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_200, by=BY)
    pause_warung(warung=market.other_warung, by=BY)
    last = prices_by_day(market.kilo)[-1]
    assert (last.market, last.ours) == (15_000, 14_500)
    with time_machine.travel(clock.now() + timedelta(seconds=2), tick=False):
        withdraw_price(warung=market.warung, pack=market.kilo)
    with time_machine.travel(clock.now() + timedelta(seconds=4), tick=False):
        assert prices_by_day(market.kilo)[-1].ours is None


def test_a_visitor_sees_the_picture_and_the_same_as_a_table(market: Cast) -> None:
    set_ceiling(
        product=market.rice, per_quantity=1_000, price=16_000, valid_from=today(), valid_to=None,
        source="Perbadan (contoh)", by=BY,
    )  # fmt: skip
    text = browser_of(None).get(f"/harga/{market.rice.public_id}/").content.decode()
    for shown in (
        'role="img"',
        "<path",
        "Rp\u00a014.500",
        "Rp\u00a015.000",
        "Pasar Induk Jakabaring",
        "Rp\u00a016.000",
    ):
        assert shown in text
    assert "style=" not in text.split("price-chart")[1].split("</svg>")[0]


def test_a_product_without_prices_or_packs_has_a_page(market: Cast) -> None:
    salt = Product.objects.create(sku="X", name="Garam", category=market.rice.category, base_unit="g")
    for _again in range(2):
        assert browser_of(None).get(f"/harga/{salt.public_id}/").status_code == 200
        Pack.objects.get_or_create(product=salt, label="kg", base_quantity=1_000)
    assert browser_of(None).get(f"/harga/{uuid4()}/").status_code == 404


def test_the_picture_escapes_its_label_and_needs_two_days(market: Cast) -> None:
    days = prices_by_day(market.kilo)
    assert "&lt;b&gt;" in chart(days, "<b>")
    assert chart(days[:1], "x") == "" and chart([], "x") == ""
    MarketObservation.objects.all().update(observed_on=today(200))
    assert len(prices_by_day(market.kilo)) == 1
