"""The badge follows the price's life: it is there only while a fresh market price is undercut by what the region promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.models import MarketObservation, WarungPrice
from tenant_apps.pricing.selectors import Guarantee, Reason, guarantee_of, offers_of
from tenant_apps.pricing.services import observe_market, publish_price, set_price_rule, withdraw_observation
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import BY, Cast

BADGE = Template('{% include "pricing/_badge.html" with guarantee=guarantee only %}')


def today(days_ago: int = 0) -> Any:
    return clock.today(current_region().time_zone) - timedelta(days=days_ago)


def see(market: Cast, price: int, *, days_ago: int = 0, per_quantity: int = 1_000) -> MarketObservation:
    return observe_market(
        product=market.rice,
        market="Pasar Lemabang",
        observed_on=today(days_ago),
        per_quantity=per_quantity,
        price=price,
        observer="Yuli",
    )


def of_rice(market: Cast) -> Guarantee:
    return guarantee_of([market.rice_price])[market.rice_price.pk]


# Hasan asks Rp 14,500 for a kilo, on the evidence of Rp 15,000.
@pytest.mark.parametrize(
    ("case", "rule", "market_now", "reason", "saving"),
    [
        ("as dear as before", (100, 0), 15_000, Reason.NONE, 500),
        ("dearer", (100, 0), 17_400, Reason.NONE, 2_900),
        ("just enough", (100, 0), 14_600, Reason.NONE, 100),
        ("one rupiah too little", (100, 0), 14_599, Reason.NOT_CHEAPER, 0),
        ("equal is not less", (1, 0), 14_500, Reason.NOT_CHEAPER, 0),
        ("one rupiah less is less", (1, 0), 14_501, Reason.NONE, 1),
        ("cheaper than ours", (1, 0), 14_000, Reason.NOT_CHEAPER, 0),
        ("three percent, exactly", (1, 3), 14_949, Reason.NONE, 449),
        ("three percent, rounded up in the customer's favour", (1, 3), 14_948, Reason.NOT_CHEAPER, 0),
    ],
)
def test_what_the_market_asks_now_decides(
    market: Cast, case: str, rule: tuple[int, int], market_now: int, reason: Reason, saving: int
) -> None:
    set_price_rule(minimum_saving=rule[0], minimum_percent=rule[1], freshness_days=30)
    see(market, market_now)
    found = of_rice(market)
    assert (found.holds, found.reason, found.saving) == (reason is Reason.NONE, reason, saving)
    assert (found.market, found.market_price) == ("Pasar Lemabang", market_now)


@pytest.mark.parametrize(("days", "holds"), [(29, True), (30, True), (31, False)])
def test_the_badge_goes_the_day_after_the_evidence_counts_no_more(market: Cast, days: int, holds: bool) -> None:
    MarketObservation.objects.filter(product=market.rice).update(observed_on=today(days))
    found = of_rice(market)
    assert (found.holds, found.reason) == (holds, Reason.NONE if holds else Reason.STALE)
    assert found.observed_on == today(days)


def test_evidence_for_another_quantity_is_counted_in_the_same_unit(market: Cast) -> None:
    see(market, 729_999, per_quantity=50_000)  # a sack: 14,599.98 for a kilo, rounded down
    assert (of_rice(market).holds, of_rice(market).market_price) == (False, 14_599)


def test_withdrawn_evidence_is_none_and_the_one_before_counts_again(market: Cast) -> None:
    cheaper = see(market, 14_000)
    assert of_rice(market).reason == Reason.NOT_CHEAPER
    withdraw_observation(observation=cheaper, reason="salah tulis", by=BY)
    assert (of_rice(market).holds, of_rice(market).market) == (True, "Pasar Induk Jakabaring")
    withdraw_observation(observation=market.seen, reason="salah tulis", by=BY)
    assert of_rice(market) == Guarantee(False, Reason.NO_EVIDENCE)


def test_an_estimate_neither_gives_nor_takes_the_badge(market: Cast) -> None:
    estimate = see(market, 10_000)
    MarketObservation.objects.filter(pk=estimate.pk).update(is_estimate=True)
    assert of_rice(market).holds


def test_two_queries_for_any_number_of_prices(market: Cast, django_assert_num_queries: Any) -> None:
    for size in range(1, 21):
        pack = Pack.objects.create(product=market.rice, label=f"{size} kg", base_quantity=size * 1_000)
        publish_price(warung=market.warung, pack=pack, price=size * 14_000, by=BY)
    prices = list(offers_of(market.warung))
    assert len(prices) == 22
    with django_assert_num_queries(2):
        assert all(one.holds for one in guarantee_of(prices).values())
    bare = list(WarungPrice.objects.filter(replaced_at=None))
    with django_assert_num_queries(3):
        assert len(guarantee_of(bare)) == 22
    with django_assert_num_queries(0):
        assert guarantee_of([]) == {}


def test_the_shopper_reads_the_saving_the_market_and_the_day(market: Cast) -> None:
    set_price_rule(minimum_saving=100, minimum_percent=0, freshness_days=365)
    seen = see(market, 17_400)
    with translation.override("id"):
        text = BADGE.render(Context({"guarantee": of_rice(market)}))
        day = f"{seen.observed_on.day} "
        assert "Hemat Rp\u00a02.900 dari Pasar Lemabang, " + day in text
        assert str(seen.observed_on.year) not in text


def test_without_the_guarantee_the_shopper_reads_nothing(market: Cast) -> None:
    see(market, 14_000)
    assert BADGE.render(Context({"guarantee": of_rice(market)})).strip() == ""
    assert BADGE.render(Context({"guarantee": None})).strip() == ""
