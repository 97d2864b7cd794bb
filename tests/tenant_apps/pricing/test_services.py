"""The price guarantee: no evidence, or not cheaper, is not published."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.pricing.errors import BadPrice, NoEvidence, PriceNotCheaper
from tenant_apps.pricing.models import MarketObservation, PriceRule, WarungPrice, WholesalePrice
from tenant_apps.pricing.selectors import evidence_by_product, evidence_for, guarantee_of, offers_of, price_rule
from tenant_apps.pricing.services import (
    highest_price,
    market_price_for,
    observe_market,
    publish_price,
    set_price_rule,
    set_wholesale_price,
    withdraw_price,
)
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, Cast


@pytest.mark.parametrize(
    ("case", "saving", "percent", "market_price", "highest"),
    [
        ("one rupiah less is less", 1, 0, 15_000, 14_999),
        ("so many rupiah less", 500, 0, 15_000, 14_500),
        ("so many hundredths less", 1, 3, 15_000, 14_550),
        ("the hundredth is rounded in the customer's favour", 1, 3, 14_999, 14_549),
        ("the larger of both", 500, 1, 15_000, 14_500),
        ("a market price below the saving leaves no price", 500, 0, 400, -100),
    ],
)
def test_the_highest_price_that_keeps_the_promise(
    case: str, saving: int, percent: int, market_price: int, highest: int
) -> None:
    rule = PriceRule(minimum_saving=saving, minimum_percent=percent)
    assert highest_price(market_price=market_price, rule=rule) == highest


@pytest.mark.parametrize(
    ("case", "ours", "published"),
    [
        ("cheaper", 14_900, True),
        ("less than the promised saving", 14_901, False),
        ("equal is not less", 15_000, False),
        ("dearer", 15_100, False),
    ],
)
def test_only_a_price_below_the_market_is_published(market: Cast, case: str, ours: int, published: bool) -> None:
    if published:
        price = publish_price(warung=market.warung, pack=market.kilo, price=ours, by=BY)
        assert (price.price, price.market_price, price.saving) == (ours, 15_000, 15_000 - ours)
        assert price.evidence == market.seen
        assert WarungPrice.objects.get(pack=market.kilo, replaced_at=None) == price
    else:
        with pytest.raises(PriceNotCheaper) as refused:
            publish_price(warung=market.warung, pack=market.kilo, price=ours, by=BY)
        assert refused.value.context["highest"] == 14_900
        assert WarungPrice.objects.get(pack=market.kilo, replaced_at=None) == market.rice_price


def flour(market: Cast) -> Pack:
    product = Product.objects.create(sku="T-1", name="Tepung", category=market.rice.category, base_unit="g")
    return Pack.objects.create(product=product, label="½ kg", base_quantity=500)


def test_without_evidence_there_is_no_price(market: Cast) -> None:
    pack = flour(market)
    today = clock.today()
    with pytest.raises(NoEvidence):
        publish_price(warung=market.warung, pack=pack, price=1, by=BY)
    MarketObservation.objects.create(
        product=pack.product,
        market="?",
        observed_on=today,
        per_quantity=500,
        price=9_000,
        observer="?",
        is_estimate=True,
    )
    with pytest.raises(NoEvidence):
        publish_price(warung=market.warung, pack=pack, price=1, by=BY)
    old = observe_market(
        product=pack.product,
        market="P",
        observed_on=today - timedelta(days=31),
        per_quantity=500,
        price=9_000,
        observer="Y",
    )
    with pytest.raises(NoEvidence):
        publish_price(warung=market.warung, pack=pack, price=1, by=BY)
    MarketObservation.objects.filter(pk=old.pk).update(observed_on=today - timedelta(days=30))
    assert publish_price(warung=market.warung, pack=pack, price=8_900, by=BY).evidence_id == old.pk


@pytest.mark.parametrize(
    ("case", "per_quantity", "price", "base_quantity", "expected"),
    [
        ("the same size", 1_000, 15_000, 1_000, 15_000),
        ("half of it", 1_000, 15_000, 500, 7_500),
        ("five of it", 1_000, 15_000, 5_000, 75_000),
        ("rounded down, so that no saving is overstated", 3_000, 10_000, 1_000, 3_333),
    ],
)
def test_the_market_price_of_another_size(
    case: str, per_quantity: int, price: int, base_quantity: int, expected: int
) -> None:
    seen = MarketObservation(per_quantity=per_quantity, price=price)
    assert market_price_for(seen, Pack(base_quantity=base_quantity)) == expected


def test_the_newest_observation_counts(market: Cast) -> None:
    newer = observe_market(
        product=market.rice,
        market="Pasar Lemabang",
        observed_on=clock.today(),
        per_quantity=1_000,
        price=14_400,
        observer="Y",
    )
    rule = price_rule()
    assert evidence_for(market.rice.pk, rule) == newer
    assert evidence_by_product([market.rice.pk], rule) == {market.rice.pk: newer}
    assert guarantee_of([market.rice_price])[market.rice_price.pk].holds is False
    with pytest.raises(PriceNotCheaper):
        publish_price(warung=market.warung, pack=market.kilo, price=14_500, by=BY)


def test_publishing_the_price_in_force_changes_nothing(market: Cast) -> None:
    assert publish_price(warung=market.warung, pack=market.kilo, price=14_500, by=BY) == market.rice_price
    later = publish_price(warung=market.warung, pack=market.kilo, price=14_000, by=BY)
    market.rice_price.refresh_from_db()
    assert market.rice_price.replaced_at == later.valid_from
    assert [offer.price for offer in offers_of(market.warung)] == [14_000, 2_000]


def test_a_withdrawn_price_is_no_offer(market: Cast) -> None:
    assert withdraw_price(warung=market.warung, pack=market.kilo) is True
    assert withdraw_price(warung=market.warung, pack=market.kilo) is False
    assert [offer.pack for offer in offers_of(market.warung)] == [market.piece]


@pytest.mark.parametrize("price", [0, -1, 10**30])
def test_a_price_that_nobody_pays_is_refused(market: Cast, price: int) -> None:
    with pytest.raises(BadPrice):
        publish_price(warung=market.warung, pack=market.kilo, price=price, by=BY)
    with pytest.raises(BadPrice):
        set_wholesale_price(satker=market.satker, pack=market.sack, price=price, by=BY)
    with pytest.raises(BadPrice):
        observe_market(
            product=market.rice, market="P", observed_on=clock.today(), per_quantity=1_000, price=price, observer="Y"
        )
    with pytest.raises(BadPrice):
        set_price_rule(minimum_saving=price, minimum_percent=0, freshness_days=30)


def test_nobody_has_seen_tomorrows_price(market: Cast) -> None:
    with pytest.raises(BadPrice):
        observe_market(
            product=market.rice,
            market="P",
            observed_on=clock.today() + timedelta(days=1),
            per_quantity=1_000,
            price=1,
            observer="Y",
        )


def test_two_tablets_leave_one_price_in_force(committed: None, market: Cast, kalidoni: Region) -> None:
    start, faults = threading.Barrier(12), []

    def work(price: int) -> None:
        try:
            with in_region(kalidoni):
                connection.ensure_connection()
                start.wait()
                publish_price(warung=market.warung, pack=market.kilo, price=price, by=BY)
                set_wholesale_price(satker=market.satker, pack=market.sack, price=600_000 + price, by=BY)
        except Exception as failure:
            faults.append(repr(failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(14_000 + n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert WarungPrice.objects.filter(warung=market.warung, pack=market.kilo, replaced_at=None).count() == 1
    assert WarungPrice.objects.filter(warung=market.warung, pack=market.kilo).count() == 13
    assert WholesalePrice.objects.filter(pack=market.sack, replaced_at=None).count() == 1
