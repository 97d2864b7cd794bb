"""Usulan harga: cost and margin, as far as the guarantee and the ceiling allow. Whole rupiah, exact, roundings stated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, TextChoices, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.limits import Limit, limits_of
from tenant_apps.pricing.models import MarginRule, WholesalePrice
from tenants.forms import MOST_RUPIAH


class Why(TextChoices):
    """What decided a suggestion, or why there is none."""

    MARGIN = "margin", _("Cost and margin.")
    GUARANTEE = "guarantee", _("Less than cost and margin, so that it undercuts the market.")
    CEILING = "ceiling", _("Less than cost and margin, for the highest retail price (HET) allows no more.")
    NO_COST = "no_cost", _("The Satker asks no price for this product, so its cost is not known.")
    NO_MARGIN = "no_margin", _("The region has no margin rule for this product.")
    NO_EVIDENCE = "no_evidence", _("Nobody has seen a market price lately.")
    NOTHING = "nothing", _("No price undercuts the market by what the region promises.")


@dataclass(frozen=True)
class Suggestion:
    """For one pack, in rupiah. `cost` is rounded up; `wanted` is cost and margin after rounding."""

    pack: Pack
    why: Why
    limit: Limit
    price: int | None = None
    cost: int | None = None
    wanted: int | None = None

    @property
    def is_below_cost(self) -> bool:
        return self.price is not None and self.cost is not None and self.price < self.cost


def newest_wholesale(product_ids: Iterable[int]) -> dict[int, WholesalePrice]:
    """What the Satker asks now for each product, by its newest price in force. One query."""
    rows = WholesalePrice.objects.filter(replaced_at=None, pack__product__in=set(product_ids)).select_related("pack")
    rows = rows.order_by("pack__product_id", "-valid_from", "-pk").distinct("pack__product_id")
    return {row.pack.product_id: row for row in rows}


def cost_of(pack: Pack, wholesale: WholesalePrice) -> int:
    """What the pack costs the warung, rounded up: a cost is never understated."""
    return -(-wholesale.price * pack.base_quantity // wholesale.pack.base_quantity)


def with_margin(pack: Pack, wholesale: WholesalePrice, rule: MarginRule) -> int:
    """Cost and margin, rounded as the rule says and never below the cost.

    The percentage is taken of the exact cost, and the result is rounded up to whole rupiah; the least margin is added to
    the rounded-up cost, and the larger of the two counts. Then it is rounded to the rule's step.
    """
    cost = cost_of(pack, wholesale)
    by_percent = -(-wholesale.price * pack.base_quantity * (100 + rule.percent) // (wholesale.pack.base_quantity * 100))
    exact = max(by_percent, cost + rule.least)
    up, down = -(-exact // rule.step) * rule.step, exact // rule.step * rule.step
    return down if not rule.rounds_up and down >= cost else up


def suggestions_of(packs: Sequence[Pack]) -> dict[int, Suggestion]:
    """A suggestion for each pack, by its pk. Five queries for any number of packs whose products are loaded."""
    if not packs:
        return {}
    prefetch_related_objects(packs, "product")
    limits = limits_of(packs)
    wholesale = newest_wholesale(pack.product_id for pack in packs)
    rules = _rules(packs)
    return {pack.pk: suggest(pack, limits[pack.pk], wholesale.get(pack.product_id), rules.of(pack)) for pack in packs}


def suggest(pack: Pack, limit: Limit, wholesale: WholesalePrice | None, rule: MarginRule | None) -> Suggestion:
    """What the warung could ask. A suggested price can be published as long as nothing moves."""
    if wholesale is None:
        return Suggestion(pack, Why.NO_COST, limit)
    cost = cost_of(pack, wholesale)
    if rule is None:
        return Suggestion(pack, Why.NO_MARGIN, limit, cost=cost)
    wanted = with_margin(pack, wholesale, rule)
    if limit.evidence is None:
        return Suggestion(pack, Why.NO_EVIDENCE, limit, cost=cost, wanted=wanted)
    allowed = min(limit.allowed, MOST_RUPIAH)
    if allowed < 1:
        return Suggestion(pack, Why.NOTHING, limit, cost=cost, wanted=wanted)
    if wanted <= allowed:
        return Suggestion(pack, Why.MARGIN, limit, price=wanted, cost=cost, wanted=wanted)
    # Nobody has coins for Rp 14.899: it is rounded down, unless that would make a loss.
    even = allowed // rule.step * rule.step
    why = Why.CEILING if limit.ceiling and limit.ceiling_price < limit.guaranteed else Why.GUARANTEE
    return Suggestion(pack, why, limit, price=even if even >= max(cost, 1) else allowed, cost=cost, wanted=wanted)


@dataclass(frozen=True)
class _Rules:
    products: dict[int, MarginRule]
    categories: dict[int, MarginRule]
    region: MarginRule | None

    def of(self, pack: Pack) -> MarginRule | None:
        """The narrowest rule counts."""
        return self.products.get(pack.product_id) or self.categories.get(pack.product.category_id) or self.region


def _rules(packs: Sequence[Pack]) -> _Rules:
    rows = MarginRule.objects.filter(
        Q(product__in={pack.product_id for pack in packs})
        | Q(category__in={pack.product.category_id for pack in packs})
        | Q(product=None, category=None)
    )
    products, categories, region = {}, {}, None
    for row in rows:
        if row.product_id is not None:
            products[row.product_id] = row
        elif row.category_id is not None:
            categories[row.category_id] = row
        else:
            region = row
    return _Rules(products, categories, region)
