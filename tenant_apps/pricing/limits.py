"""What a price may be at most now: by the region's guarantee, and by the state's ceiling (HET)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.arithmetic import ceiling_for, highest_price, market_price_for
from tenant_apps.pricing.models import MarketObservation, PriceCeiling, PriceRule
from tenant_apps.pricing.selectors import evidence_by_product, price_rule
from tenants.context import current_region
from tenants.kernel import clock


@dataclass(frozen=True)
class Limit:
    """For one pack, in rupiah. Without evidence nothing may be published, whatever the ceiling is."""

    rule: PriceRule
    evidence: MarketObservation | None
    market_price: int | None
    # The highest that keeps the guarantee; 0 or less when no price does.
    guaranteed: int
    ceiling: PriceCeiling | None
    ceiling_price: int

    @property
    def allowed(self) -> int:
        """The highest price that can be published; 0 when none can."""
        if self.evidence is None:
            return 0
        return max(min(self.guaranteed, self.ceiling_price) if self.ceiling else self.guaranteed, 0)


def ceilings_in_force() -> QuerySet[PriceCeiling]:
    """Ceilings that count today, in the region."""
    today = clock.today(current_region().time_zone)
    return PriceCeiling.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today)


def ceilings_by_product(product_ids: Iterable[int]) -> dict[int, PriceCeiling]:
    """The ceiling in force of each product; of several the lowest. One query."""
    found: dict[int, PriceCeiling] = {}
    for one in ceilings_in_force().filter(product_id__in=set(product_ids)).order_by("pk"):
        kept = found.get(one.product_id)
        # Compared across, for two ceilings may be for other quantities.
        if kept is None or one.price * kept.per_quantity < kept.price * one.per_quantity:
            found[one.product_id] = one
    return found


def limits_of(packs: Sequence[Pack]) -> dict[int, Limit]:
    """What each pack may cost at most now, by its pk. Three queries for any number of packs."""
    rule = price_rule()
    products = {pack.product_id for pack in packs}
    evidence, ceilings = evidence_by_product(products, rule), ceilings_by_product(products)
    return {pack.pk: _limit(pack, rule, evidence.get(pack.product_id), ceilings.get(pack.product_id)) for pack in packs}


def _limit(pack: Pack, rule: PriceRule, evidence: MarketObservation | None, ceiling: PriceCeiling | None) -> Limit:
    market_price = market_price_for(evidence, pack) if evidence else None
    return Limit(
        rule=rule,
        evidence=evidence,
        market_price=market_price,
        guaranteed=highest_price(market_price=market_price, rule=rule) if market_price is not None else 0,
        ceiling=ceiling,
        ceiling_price=ceiling_for(ceiling, pack) if ceiling else 0,
    )
