"""Prices in force and their evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, QuerySet

from tenant_apps.pricing.models import MarketObservation, PriceRule, WarungPrice, WholesalePrice
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung, WarungState
from tenants.context import current_region
from tenants.kernel import clock


def price_rule() -> PriceRule:
    """The region's rule; the mildest one while none is set."""
    return PriceRule.objects.filter(only=True).first() or PriceRule()


def evidence_for(product_id: int, rule: PriceRule) -> MarketObservation | None:
    """The newest observation that is fresh enough; never an estimate."""
    oldest = clock.today(current_region().time_zone) - timedelta(days=rule.freshness_days)
    rows = MarketObservation.objects.filter(product_id=product_id, is_estimate=False, observed_on__gte=oldest)
    return rows.order_by("-observed_on", "-pk").first()


def evidence_by_product(product_ids: Iterable[int], rule: PriceRule) -> dict[int, MarketObservation]:
    """`evidence_for` of many products in one query."""
    oldest = clock.today(current_region().time_zone) - timedelta(days=rule.freshness_days)
    rows = MarketObservation.objects.filter(
        product_id__in=set(product_ids), is_estimate=False, observed_on__gte=oldest
    ).order_by("product_id", "-observed_on", "-pk")
    return {row.product_id: row for row in rows.distinct("product_id")}


def offers_of(warung: Warung) -> QuerySet[WarungPrice]:
    """What the warung sells now: prices in force of products that are traded, with pack, product and evidence."""
    return (
        WarungPrice.objects.select_related("pack__product__category", "evidence")
        .filter(warung=warung, replaced_at=None, pack__product__is_active=True)
        .order_by("pack__product__name", "pack__order", "pk")
    )


def prices_in_force(warung: Warung, pack_ids: Iterable[int]) -> dict[int, WarungPrice]:
    """Prices in force by pack id, in one query."""
    return {price.pack_id: price for price in offers_of(warung).filter(pack_id__in=set(pack_ids))}


def wholesale_offers(satker: Satker) -> QuerySet[WholesalePrice]:
    """What the Satker sells to warungs now, with pack and product."""
    return (
        WholesalePrice.objects.select_related("pack__product__category")
        .filter(satker=satker, replaced_at=None, pack__product__is_active=True)
        .order_by("pack__product__name", "pack__order", "pk")
    )


def wholesale_in_force(satker: Satker, pack_ids: Iterable[int]) -> dict[int, WholesalePrice]:
    """Wholesale prices in force by pack id, in one query."""
    return {price.pack_id: price for price in wholesale_offers(satker).filter(pack_id__in=set(pack_ids))}


def price_history(product_id: int) -> QuerySet[MarketObservation]:
    """Market prices of a product, newest first."""
    return MarketObservation.objects.filter(product_id=product_id).order_by("-observed_on", "-pk")


def prices_on_sale() -> QuerySet[WarungPrice]:
    """Prices in force of traded products at warungs that are open."""
    return WarungPrice.objects.filter(replaced_at=None, pack__product__is_active=True, warung__state=WarungState.OPEN)


def newest_by_product(product_ids: Iterable[int]) -> dict[int, MarketObservation]:
    """The newest price that somebody saw of each product, whatever its age; never an estimate. One query."""
    rows = MarketObservation.objects.filter(product_id__in=set(product_ids), is_estimate=False).order_by(
        "product_id", "-observed_on", "-pk"
    )
    return {row.product_id: row for row in rows.distinct("product_id")}


def known_markets() -> list[str]:
    """Names of markets that somebody has written down, the most used first."""
    rows = MarketObservation.objects.filter(is_estimate=False).values("market")
    return [row["market"] for row in rows.annotate(times=Count("pk")).order_by("-times", "market")[:30]]


def own_prices(warung: Warung, product_id: int) -> QuerySet[WarungPrice]:
    """Every price that the warung has asked for this product, newest first."""
    rows = WarungPrice.objects.filter(warung=warung, pack__product_id=product_id)
    return rows.select_related("pack", "evidence").order_by("-valid_from", "-pk")
