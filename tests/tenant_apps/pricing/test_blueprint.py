"""The price rule goes from region to region and comes back the same."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.pricing.hooks import PricingSection
from tenant_apps.pricing.models import PriceRule
from tenant_apps.pricing.services import set_price_rule
from tenants.context import in_region
from tenants.models import Region

RULE = {"minimum_saving": 100, "minimum_percent": 2, "freshness_days": 14}


@given(
    rule=st.fixed_dictionaries(
        {
            "minimum_saving": st.integers(1, 10**9),
            "minimum_percent": st.integers(0, 99),
            "freshness_days": st.integers(1, 365),
        }
    )
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_applied_is_exported_again(kalidoni: Region, rule: dict[str, int]) -> None:
    with in_region(kalidoni):
        PriceRule.objects.all().delete()
        PricingSection().apply(rule)
        assert PricingSection().export() == rule


def test_a_second_run_keeps_the_regions_own_rule(kalidoni: Region) -> None:
    with in_region(kalidoni):
        PricingSection().apply(RULE)
        set_price_rule(minimum_saving=500, minimum_percent=0, freshness_days=7)
        PricingSection().apply(RULE)
        assert PricingSection().export() == {"minimum_saving": 500, "minimum_percent": 0, "freshness_days": 7}


def test_a_region_without_a_rule_passes_on_the_mildest_one(kalidoni: Region) -> None:
    with in_region(kalidoni):
        assert PricingSection().export() == {"minimum_saving": 1, "minimum_percent": 0, "freshness_days": 30}
