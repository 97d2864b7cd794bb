"""Evidence is of its own product, day and region; a price in force keeps the evidence that it was published with."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.errors import BadPrice, NoEvidence, PriceNotCheaper
from tenant_apps.pricing.models import MarketObservation, PriceRule, WarungPrice
from tenant_apps.pricing.selectors import evidence_for, guarantee_of, price_rule, prices_in_force, wholesale_in_force
from tenant_apps.pricing.services import (
    MOST,
    observe_market,
    publish_price,
    set_price_rule,
    set_wholesale_price,
    withdraw_price,
)
from tenant_apps.procurement.services import Wish, submit_restock
from tenants.context import current_region
from tenants.kernel import clock
from tests.cast import BY, Cast


def see(market: Cast, price: int, *, days_ago: int = 0, per: int = 1_000, estimate: bool = False) -> MarketObservation:
    """Yuli saw rice at this price."""
    seen = observe_market(
        product=market.rice,
        market="Pasar Lemabang",
        observed_on=clock.today(current_region().time_zone) - timedelta(days=days_ago),
        per_quantity=per,
        price=price,
        observer="Yuli",
    )
    if estimate:
        MarketObservation.objects.filter(pk=seen.pk).update(is_estimate=True)
        seen.refresh_from_db()
    return seen


@pytest.mark.parametrize(
    ("case", "base_quantity", "market_price", "highest"),
    [
        ("the size that was seen", 1_000, 15_000, 14_900),
        ("half of it", 500, 7_500, 7_400),
        ("a sack", 50_000, 750_000, 749_900),
        ("a third, rounded down", 333, 4_995, 4_895),
        ("one gram: no price can save Rp 100", 1, 15, -85),
    ],
)
def test_a_pack_of_another_size_than_was_seen(
    market: Cast, case: str, base_quantity: int, market_price: int, highest: int
) -> None:
    pack = Pack.objects.create(product=market.rice, label=case, base_quantity=base_quantity)
    if highest > 0:
        price = publish_price(warung=market.warung, pack=pack, price=highest, by=BY)
        assert (price.price, price.market_price) == (highest, market_price)
    before = WarungPrice.objects.count()
    with pytest.raises(PriceNotCheaper) as refused:
        publish_price(warung=market.warung, pack=pack, price=max(highest, 0) + 1, by=BY)
    assert refused.value.context["highest"] == highest
    assert WarungPrice.objects.count() == before


def test_an_estimate_is_never_evidence_however_new(market: Cast) -> None:
    see(market, 99_000, estimate=True)
    assert evidence_for(market.rice.pk, price_rule()) == market.seen
    with pytest.raises(PriceNotCheaper):
        publish_price(warung=market.warung, pack=market.kilo, price=15_000, by=BY)


def test_of_one_day_the_last_that_was_written_counts(market: Cast) -> None:
    see(market, 16_000)
    later = see(market, 15_500)
    assert evidence_for(market.rice.pk, price_rule()) == later


@pytest.mark.parametrize(("days", "fresh"), [(29, True), (30, True), (31, False)])
def test_the_last_day_on_which_a_market_price_counts(market: Cast, days: int, fresh: bool) -> None:
    today = clock.today(current_region().time_zone)
    MarketObservation.objects.filter(product=market.rice).update(observed_on=today - timedelta(days=days))
    market.seen.refresh_from_db()
    assert (evidence_for(market.rice.pk, price_rule()) == market.seen) is fresh
    assert guarantee_of([market.rice_price])[market.rice_price.pk].holds is fresh
    if not fresh:
        with pytest.raises(NoEvidence):
            publish_price(warung=market.warung, pack=market.kilo, price=14_000, by=BY)


def test_today_is_the_regions_day(market: Cast) -> None:
    """At 18.00 UTC it is already tomorrow in Palembang."""
    with time_machine.travel(datetime(2027, 1, 1, 18, tzinfo=UTC), tick=False):
        day = datetime(2027, 1, 2, tzinfo=UTC).date()
        assert see(market, 15_000).observed_on == day
        with pytest.raises(BadPrice):
            see(market, 15_000, days_ago=-1)


@pytest.mark.parametrize("price", [1, MOST])
def test_the_smallest_and_the_largest_price(market: Cast, price: int) -> None:
    assert see(market, price).price == price
    assert set_wholesale_price(satker=market.satker, pack=market.sack, price=price, by=BY).price == price


def test_a_refused_price_leaves_the_one_in_force(market: Cast) -> None:
    see(market, 10_000)
    for price in (14_500, 10_000, 9_901, 0, MOST + 1):
        with pytest.raises((PriceNotCheaper, BadPrice)):
            publish_price(warung=market.warung, pack=market.kilo, price=price, by=BY)
    assert prices_in_force(market.warung, [market.kilo.pk]) == {market.kilo.pk: market.rice_price}


def test_the_same_price_on_new_evidence_is_published_anew(market: Cast) -> None:
    newer = see(market, 15_200)
    price = publish_price(warung=market.warung, pack=market.kilo, price=14_500, by=BY)
    assert price != market.rice_price and (price.evidence, price.market_price) == (newer, 15_200)
    market.rice_price.refresh_from_db()
    assert (market.rice_price.evidence, market.rice_price.market_price) == (market.seen, 15_000)


def test_one_warungs_price_is_not_anothers(market: Cast) -> None:
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_000, by=BY)
    withdraw_price(warung=market.warung, pack=market.kilo)
    assert prices_in_force(market.warung, [market.kilo.pk]) == {}
    assert prices_in_force(market.other_warung, [market.kilo.pk])[market.kilo.pk].price == 14_000


def test_a_later_wholesale_price_changes_nothing_that_was_asked_for(market: Cast) -> None:
    request = submit_restock(warung=market.warung, key=uuid.uuid4(), lines=[Wish(market.sack.pk, 2, 650_000)], by=BY)
    set_wholesale_price(satker=market.satker, pack=market.sack, price=700_000, by=BY)
    assert wholesale_in_force(market.satker, [market.sack.pk])[market.sack.pk].price == 700_000
    request.refresh_from_db()
    assert (request.total_asked, [line.price for line in request.lines.all()]) == (1_300_000, [650_000])


@pytest.mark.parametrize(
    "rule",
    [
        {"minimum_saving": 0, "minimum_percent": 5, "freshness_days": 30},
        {"minimum_saving": 1, "minimum_percent": 100, "freshness_days": 30},
        {"minimum_saving": 1, "minimum_percent": -1, "freshness_days": 30},
        {"minimum_saving": 1, "minimum_percent": 0, "freshness_days": 0},
        {"minimum_saving": 1, "minimum_percent": 0, "freshness_days": 366},
    ],
)
def test_a_rule_without_a_promise_is_refused(market: Cast, rule: dict[str, int]) -> None:
    with pytest.raises(BadPrice):
        set_price_rule(**rule)
    kept = PriceRule.objects.get()
    assert (kept.minimum_saving, kept.minimum_percent, kept.freshness_days) == (100, 0, 30)


def test_a_stricter_rule_changes_no_price_in_force_and_refuses_the_next(market: Cast) -> None:
    set_price_rule(minimum_saving=1, minimum_percent=10, freshness_days=30)
    assert prices_in_force(market.warung, [market.kilo.pk])[market.kilo.pk].price == 14_500
    assert guarantee_of([market.rice_price])[market.rice_price.pk].holds is False
    with pytest.raises(PriceNotCheaper) as refused:
        publish_price(warung=market.warung, pack=market.kilo, price=13_501, by=BY)
    assert refused.value.context["highest"] == 13_500
    publish_price(warung=market.warung, pack=market.kilo, price=13_500, by=BY)


@pytest.mark.parametrize("price", [15_000, 15_001, 0, -1])
def test_the_database_holds_the_guarantee_too(market: Cast, price: int) -> None:
    with pytest.raises(IntegrityError, match="warung_price_below_market"), transaction.atomic():
        WarungPrice.objects.filter(pk=market.rice_price.pk).update(price=price)
    market.rice_price.refresh_from_db()
    assert market.rice_price.price == 14_500
