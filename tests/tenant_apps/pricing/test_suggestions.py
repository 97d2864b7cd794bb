"""A suggestion is cost and margin, as far as the guarantee and HET allow; and what is suggested can be published."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.errors import AboveCeiling, BadPrice
from tenant_apps.pricing.limits import limits_of
from tenant_apps.pricing.models import MarginRule, MarketObservation, PriceCeiling, RoundingStep, WarungPrice
from tenant_apps.pricing.services import (
    Wish,
    end_ceiling,
    publish_price,
    publish_prices,
    set_ceiling,
    set_margin,
    set_price_rule,
    set_wholesale_price,
    withdraw_wholesale_price,
)
from tenant_apps.pricing.suggesting import Suggestion, Why, suggestions_of
from tests.cast import BY, Cast
from tests.tenant_apps.pricing.desk import footprint, see, today
from tests.trials import rounds


def margin(percent: int, *, step: int = 1, up: bool = True, least: int = 0, **target: Any) -> MarginRule:
    return set_margin(percent=percent, least=least, step=RoundingStep(step), rounds_up=up, by=BY, **target)


def het(
    market: Cast, price: int, *, since: int = 0, until: int | None = None, per_quantity: int = 1_000
) -> PriceCeiling:
    return set_ceiling(
        product=market.rice,
        per_quantity=per_quantity,
        price=price,
        valid_from=today(since),
        valid_to=None if until is None else today(until),
        source="Perbadan 1/2026 (contoh)",
        by=BY,
    )


def for_a_kilo(market: Cast) -> Suggestion:
    return suggestions_of([market.kilo])[market.kilo.pk]


# The sack of 50 kg costs Rp 650.000, so a kilo costs 13.000; the market asks 15.000 and the guarantee allows 14.900.
@pytest.mark.parametrize(
    ("case", "rule", "price", "why"),
    [
        ("five percent", {"percent": 5}, 13_650, Why.MARGIN),
        ("up to the next hundred", {"percent": 5, "step": 100}, 13_700, Why.MARGIN),
        ("down to the hundred before", {"percent": 5, "step": 100, "up": False}, 13_600, Why.MARGIN),
        ("down to five hundred", {"percent": 5, "step": 500, "up": False}, 13_500, Why.MARGIN),
        ("down, but never below the cost", {"percent": 1, "step": 500, "up": False}, 13_000, Why.MARGIN),
        ("nothing on top", {"percent": 0}, 13_000, Why.MARGIN),
        ("the least margin is more", {"percent": 5, "least": 1_000}, 14_000, Why.MARGIN),
        ("the percentage is more", {"percent": 10, "least": 1_000}, 14_300, Why.MARGIN),
        ("more than the guarantee allows", {"percent": 50}, 14_900, Why.GUARANTEE),
        ("the same, in coins that people have", {"percent": 50, "step": 500}, 14_500, Why.GUARANTEE),
    ],
)
def test_cost_and_margin(market: Cast, case: str, rule: dict[str, Any], price: int, why: Why) -> None:
    margin(**rule)
    found = for_a_kilo(market)
    assert (found.price, found.why, found.cost) == (price, why, 13_000)
    publish_price(warung=market.warung, pack=market.kilo, price=price, by=BY)


@pytest.mark.parametrize(
    ("sack", "base_quantity", "percent", "cost", "wanted"),
    [
        (650_001, 1_000, 0, 13_001, 13_001),  # 13.000,02: a cost is never understated
        (650_000, 333, 0, 4_329, 4_329),
        (650_000, 333, 7, 4_329, 4_633),  # 4.632,03 of the exact cost
        (1, 1, 0, 1, 1),
    ],
)
def test_fractions_of_a_rupiah_are_rounded_up(
    market: Cast, sack: int, base_quantity: int, percent: int, cost: int, wanted: int
) -> None:
    margin(percent)
    set_wholesale_price(satker=market.satker, pack=market.sack, price=sack, by=BY)
    pack = Pack.objects.create(product=market.rice, label="?", base_quantity=base_quantity)
    found = suggestions_of([pack])[pack.pk]
    assert (found.cost, found.wanted) == (cost, wanted)


def test_the_newest_wholesale_price_of_any_pack_is_the_cost(market: Cast) -> None:
    margin(0)
    half = Pack.objects.create(product=market.rice, label="karung 25 kg", base_quantity=25_000, use="buy")
    set_wholesale_price(satker=market.satker, pack=half, price=330_000, by=BY)
    assert for_a_kilo(market).cost == 13_200
    withdraw_wholesale_price(satker=market.satker, pack=half)
    assert for_a_kilo(market).cost == 13_000


def test_the_narrowest_rule_counts(market: Cast) -> None:
    margin(1)
    assert for_a_kilo(market).price == 13_130
    margin(2, category=market.rice.category)
    assert for_a_kilo(market).price == 13_260
    margin(3, product=market.rice)
    assert for_a_kilo(market).price == 13_390
    margin(4, product=market.rice)
    assert (for_a_kilo(market).price, MarginRule.objects.count()) == (13_520, 3)


def test_why_there_is_no_suggestion(market: Cast) -> None:
    assert for_a_kilo(market).why == Why.NO_MARGIN
    margin(5)
    assert suggestions_of([market.piece])[market.piece.pk].why == Why.NO_COST
    see(market, 50)
    assert (for_a_kilo(market).why, for_a_kilo(market).price) == (Why.NOTHING, None)
    MarketObservation.objects.all().update(observed_on=today(31))
    assert (for_a_kilo(market).why, for_a_kilo(market).price) == (Why.NO_EVIDENCE, None)


def test_a_suggestion_below_the_cost_says_so(market: Cast) -> None:
    margin(5, step=500)
    see(market, 12_345)
    found = for_a_kilo(market)
    assert (found.price, found.is_below_cost, found.why) == (12_245, True, Why.GUARANTEE)


@pytest.mark.parametrize(
    ("case", "changed", "ceiling"),
    [
        ("in force", {}, 14_000),
        ("its last day", {"since": 9, "until": 0}, 14_000),
        ("over", {"since": 9, "until": 1}, None),
        ("not yet", {"since": -1}, None),
        ("told for five kilos, rounded down", {"price": 69_999, "per_quantity": 5_000}, 13_999),
    ],
)
def test_het_counts_on_its_days(market: Cast, case: str, changed: dict[str, int], ceiling: int | None) -> None:
    het(market, **{"price": 14_000, **changed})
    limit = limits_of([market.kilo])[market.kilo.pk]
    assert (limit.ceiling_price if limit.ceiling else None, limit.allowed) == (ceiling, ceiling or 14_900)
    before = footprint()
    if ceiling is not None:
        with pytest.raises(AboveCeiling) as refused:
            publish_price(warung=market.warung, pack=market.kilo, price=ceiling + 1, by=BY)
        assert refused.value.context["highest"] == ceiling
        assert "Perbadan" in str(refused.value)
        assert footprint() == before
    assert publish_price(warung=market.warung, pack=market.kilo, price=limit.allowed, by=BY).price == limit.allowed


def test_of_two_ceilings_the_lower_counts_until_it_ends(market: Cast) -> None:
    low = het(market, 650_000, per_quantity=50_000, since=3)  # 13.000 a kilo
    het(market, 14_000)
    assert limits_of([market.kilo])[market.kilo.pk].allowed == 13_000
    end_ceiling(ceiling=low, last_day=today(1))
    assert limits_of([market.kilo])[market.kilo.pk].allowed == 14_000
    # A day that has passed stays passed.
    assert end_ceiling(ceiling=low, last_day=today()).valid_to == today(1)


@pytest.mark.parametrize(
    "wrong",
    [{"price": 0}, {"price": 10**10}, {"per_quantity": 0}, {"valid_to": 1}, {"source": " "}],
)
def test_a_ceiling_that_is_none_is_refused(market: Cast, wrong: dict[str, Any]) -> None:
    told = {
        "per_quantity": 1_000,
        "price": 14_000,
        "valid_from": today(),
        "valid_to": None,
        "source": "Contoh",
        **wrong,
    }
    if told["valid_to"]:
        told["valid_to"] = today(1)
    with pytest.raises(BadPrice):
        set_ceiling(product=market.rice, by=BY, **told)
    assert not PriceCeiling.objects.exists()


def test_many_wishes_are_judged_each_for_itself(market: Cast, django_assert_max_num_queries: Any) -> None:
    half = Pack.objects.create(product=market.rice, label="½ kg", base_quantity=500)
    wishes = [Wish(market.kilo, 14_901), Wish(half, 7_400), Wish(market.piece, 0), Wish(market.sack, 700_000)]
    with django_assert_max_num_queries(10):
        done = publish_prices(warung=market.warung, wishes=wishes, by=BY)
    assert {pk: refusal.code for pk, refusal in done.refusals.items()} == {
        market.kilo.pk: "price_not_cheaper",
        market.piece.pk: "bad_price",
    }
    assert {price.pack_id: price.price for price in done.prices} == {half.pk: 7_400, market.sack.pk: 700_000}
    in_force = WarungPrice.objects.filter(warung=market.warung, replaced_at=None)
    assert dict(in_force.values_list("pack__label", "price")) == {
        "kg": 14_500, "½ kg": 7_400, "butir": 2_000, "karung 50 kg": 700_000,
    }  # fmt: skip


@given(
    market_price=st.integers(1, 10**6),
    per_quantity=st.integers(1, 60_000),
    base_quantity=st.integers(1, 60_000),
    sack=st.integers(1, 10**6),
    percent=st.integers(0, 500),
    least=st.integers(0, 5_000),
    step=st.sampled_from(RoundingStep.values),
    up=st.booleans(),
    saving=st.integers(1, 5_000),
    share=st.integers(0, 99),
    ceiling=st.none() | st.integers(1, 10**6),
    wished=st.integers(1, 10**6),
)
@settings(max_examples=rounds(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_published_price_breaks_the_rule_and_what_is_suggested_publishes(
    market: Cast, market_price: int, per_quantity: int, base_quantity: int, sack: int, percent: int, least: int,
    step: int, up: bool, saving: int, share: int, ceiling: int | None, wished: int,
) -> None:  # fmt: skip
    PriceCeiling.objects.all().delete()
    set_price_rule(minimum_saving=saving, minimum_percent=share, freshness_days=30)
    margin(percent, step=step, up=up, least=least)
    set_wholesale_price(satker=market.satker, pack=market.sack, price=sack, by=BY)
    see(market, market_price, per_quantity=per_quantity)
    if ceiling is not None:
        het(market, ceiling)
    pack = Pack.objects.create(product=market.rice, label="uji", base_quantity=base_quantity)
    try:
        suggestion = suggestions_of([pack])[pack.pk]
        wishes = [wished] if suggestion.price is None else [wished, suggestion.price]
        for number, wish in enumerate(wishes):
            done = publish_prices(warung=market.warung, wishes=[Wish(pack, wish)], by=BY)
            if number == 1:
                assert not done.refusals, suggestion
            for price in done.prices:
                # Compared as fractions, apart from any rounding of ours.
                saved_100 = market_price * base_quantity * 100 - price.price * per_quantity * 100
                assert saved_100 >= saving * per_quantity * 100
                assert market_price * base_quantity * (100 - share) >= price.price * per_quantity * 100
                assert ceiling is None or price.price * 1_000 <= ceiling * base_quantity
    finally:
        WarungPrice.objects.filter(pack=pack).delete()
        pack.delete()


@pytest.mark.parametrize("wrong", [{"percent": -1}, {"percent": 501}, {"least": -1}])
def test_a_margin_that_is_none_is_refused(market: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadPrice):
        margin(**{"percent": 5, **wrong})
    assert not MarginRule.objects.exists()


def test_the_cost_of_yesterday_does_not_count(market: Cast) -> None:
    margin(0)
    set_wholesale_price(satker=market.satker, pack=market.sack, price=660_000, by=BY)
    assert for_a_kilo(market).cost == 13_200
