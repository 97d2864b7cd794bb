"""The region's price rule for those that copy it, and what the admin's list and the operators' board ask."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenant_apps.pricing.landed import LandedCost, register_landed_costs
from tenant_apps.pricing.models import PriceRule
from tenant_apps.pricing.purchases import bought_lines, register_purchases
from tenant_apps.pricing.selectors import evidence_by_product, price_rule, prices_on_sale
from tenant_apps.pricing.services import set_price_rule
from tenant_apps.suppliers.market import MarketPrice, register_market
from tenants.hooks import blueprint_section, checklist_item, region_status

__all__ = ["LandedCost", "PricingSection", "bought_lines", "register_landed_costs", "register_purchases"]


@register_market
def seen_at_markets(product_ids: Collection[int]) -> dict[int, MarketPrice]:
    """What the evidence of the price guarantee says, for who compares suppliers."""
    found = evidence_by_product(product_ids, price_rule())
    return {
        product: MarketPrice(seen.price, seen.per_quantity, seen.market, seen.observed_on)
        for product, seen in found.items()
    }


@blueprint_section("pricing", order=30)
class PricingSection:
    """`{"minimum_saving", "minimum_percent", "freshness_days"}`. A rule that the region has already stays as it is."""

    def export(self) -> Any:
        rule = price_rule()
        return {
            "minimum_saving": rule.minimum_saving,
            "minimum_percent": rule.minimum_percent,
            "freshness_days": rule.freshness_days,
        }

    def apply(self, data: Any) -> None:
        if not PriceRule.objects.exists():
            set_price_rule(
                minimum_saving=data["minimum_saving"],
                minimum_percent=data["minimum_percent"],
                freshness_days=data["freshness_days"],
            )


@checklist_item(
    "first_product",
    title=_("First product on sale"),
    hint=_("The Satker writes down a market price, the owner opens the warung and publishes a lower price."),
    url_name="region_setup:on_sale",
    order=50,
)
def first_product() -> bool:
    return prices_on_sale().exists()


@region_status("pricing")
def measure() -> dict[str, int | str | None]:
    return {"products_on_sale": prices_on_sale().values("pack__product").distinct().count()}
