"""Prices laid out for those who set them: what the market asks, what the guarantee allows, what is asked now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Case, F, QuerySet, Value, When

from tenant_apps.catalog.models import Pack, Product, Use
from tenant_apps.catalog.selectors import traded_products, with_packs
from tenant_apps.pricing.arithmetic import highest_price, market_price_for
from tenant_apps.pricing.landed import landed_costs
from tenant_apps.pricing.limits import Limit, limits_of
from tenant_apps.pricing.models import MarketObservation, WarungPrice, WholesalePrice
from tenant_apps.pricing.selectors import (
    evidence_by_product,
    newest_by_product,
    oldest_day_that_counts,
    price_rule,
    prices_in_force,
    wholesale_in_force,
)
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung


@dataclass(frozen=True)
class PackLine:
    """A pack with the market's price, the highest that may be published, what the warung asks, and HET. All in rupiah."""

    pack: Pack
    market_price: int | None = None
    highest: int | None = None
    price: WarungPrice | None = None
    ceiling: int | None = None

    @property
    def holds(self) -> bool:
        """Whether the price in force could still be published; also true without a price."""
        return self.price is None or (self.highest is not None and self.price.price <= self.highest)

    @property
    def saving(self) -> int | None:
        """What a customer keeps against the market as it is now."""
        if self.price is None or self.market_price is None:
            return None
        return self.market_price - self.price.price


@dataclass(frozen=True)
class ProductLine:
    """A product with its selling packs and the market price that counts for them."""

    product: Product
    evidence: MarketObservation | None
    packs: list[PackLine] = field(default_factory=list)

    @property
    def is_sold(self) -> bool:
        return any(line.price is not None for line in self.packs)

    @property
    def holds(self) -> bool:
        return all(line.holds for line in self.packs)


def price_board(warung: Warung) -> list[ProductLine]:
    """Every traded product as this warung could sell it, by name. Six queries."""
    products = list(with_packs(traded_products(), Use.SELL))
    packs = [pack for product in products for pack in _packs(product)]
    limits = limits_of(packs)
    prices = prices_in_force(warung, (pack.pk for pack in packs))
    return [
        ProductLine(
            product,
            next((limits[pack.pk].evidence for pack in _packs(product)), None),
            [_line(pack, limits[pack.pk], prices.get(pack.pk)) for pack in _packs(product)],
        )
        for product in products
    ]


def _packs(product: Product) -> list[Pack]:
    found: list[Pack] = getattr(product, "use_packs", [])
    return found


def _line(pack: Pack, limit: Limit, price: WarungPrice | None) -> PackLine:
    ceiling = limit.ceiling_price if limit.ceiling else None
    if limit.evidence is None:
        return PackLine(pack, price=price, ceiling=ceiling)
    return PackLine(pack, limit.market_price, limit.allowed, price, ceiling)


@dataclass(frozen=True)
class WholesaleLine:
    """A buying pack with the Satker's price and, to compare, what the market asks for as much and what it cost the Satker."""

    pack: Pack
    price: WholesalePrice | None
    market_price: int | None
    landed: int | None = None

    @property
    def is_below_cost(self) -> bool:
        return self.price is not None and self.landed is not None and self.price.price < self.landed


@dataclass(frozen=True)
class WholesaleProduct:
    """A product with its buying packs."""

    product: Product
    packs: list[WholesaleLine]


def wholesale_board(satker: Satker) -> list[WholesaleProduct]:
    """Every traded product that comes in packs for buying, by name."""
    products = [product for product in with_packs(traded_products(), Use.BUY) if _packs(product)]
    evidence = evidence_by_product((product.pk for product in products), price_rule())
    prices = wholesale_in_force(satker, (pack.pk for product in products for pack in _packs(product)))
    costs = landed_costs([product.pk for product in products])
    return [
        WholesaleProduct(
            product,
            [
                WholesaleLine(
                    pack,
                    prices.get(pack.pk),
                    _compared(evidence.get(product.pk), pack),
                    costs[product.pk].of(pack) if product.pk in costs else None,
                )
                for pack in _packs(product)
            ],
        )
        for product in products
    ]


def _compared(evidence: MarketObservation | None, pack: Pack) -> int | None:
    return None if evidence is None else market_price_for(evidence, pack)


@dataclass(frozen=True)
class MarketLine:
    """A product with the newest price that somebody saw, and whether it still counts."""

    product: Product
    newest: MarketObservation | None
    is_fresh: bool
    packs: list[Pack]


def market_board() -> list[MarketLine]:
    """Every traded product with its newest market price, by name."""
    products = list(traded_products().prefetch_related("packs"))
    oldest = oldest_day_that_counts(price_rule())
    newest = newest_by_product(product.pk for product in products)
    lines = []
    for product in products:
        seen = newest.get(product.pk)
        packs = sorted(product.packs.all(), key=lambda pack: (pack.use != Use.SELL, pack.order, pack.pk))
        lines.append(MarketLine(product, seen, seen is not None and seen.observed_on >= oldest, packs))
    return lines


def broken_guarantees(warung: Warung | None = None) -> QuerySet[WarungPrice]:
    """Prices in force that no longer undercut a fresh market price, with the highest that would as `allowed` (0: none).

    Of one warung, or of all that are there.
    """
    rows = WarungPrice.objects.filter(replaced_at=None, pack__product__is_active=True)
    if warung is not None:
        rows = rows.filter(warung=warung)
    # The rule is asked once a pack and not once a price: a region has a few hundred packs and many thousand prices.
    packs = Pack.objects.filter(pk__in=rows.values("pack"))
    allowed = _allowed(list(packs))
    whens = [When(pack_id=pk, then=Value(highest)) for pk, highest in allowed.items()]
    limit = Case(*whens, default=Value(0), output_field=BigIntegerField())
    return (
        rows.annotate(allowed=limit)
        .filter(price__gt=F("allowed"))
        .select_related("warung", "pack__product", "evidence")
        .order_by("pack__product__name", "pack__order", "warung__name", "pk")
    )


def _allowed(packs: Iterable[Pack]) -> dict[int, int]:
    rule = price_rule()
    packs = list(packs)
    evidence = evidence_by_product({pack.product_id for pack in packs}, rule)
    return {
        pack.pk: max(highest_price(market_price=market_price_for(seen, pack), rule=rule), 0)
        for pack in packs
        if (seen := evidence.get(pack.product_id)) is not None
    }


@dataclass(frozen=True)
class Freshness:
    """How many of the traded products have a market price that counts."""

    fresh: int
    all: int


def freshness() -> Freshness:
    """How well the Satker's list of market prices is kept."""
    products = list(traded_products().values_list("pk", flat=True))
    return Freshness(len(evidence_by_product(products, price_rule())), len(products))
