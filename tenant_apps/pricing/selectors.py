"""Prices in force and their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Model, QuerySet, TextChoices, prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.arithmetic import highest_price, market_price_for
from tenant_apps.pricing.models import (
    ClaimState,
    Market,
    MarketObservation,
    ObservationImport,
    PriceClaim,
    PriceList,
    PriceRule,
    WarungPrice,
    WholesalePrice,
)
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung, WarungState
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.asking import value_of

Row = TypeVar("Row", bound=Model)


def price_rule() -> PriceRule:
    """The region's rule; the mildest one while none is set."""
    return PriceRule.objects.filter(only=True).first() or PriceRule()


def oldest_day_that_counts(rule: PriceRule) -> date:
    """A market price seen before this day is no evidence any more."""
    return clock.today(current_region().time_zone) - timedelta(days=rule.freshness_days)


def evidence() -> QuerySet[MarketObservation]:
    """What may be evidence by its nature: no estimate, and nothing that was withdrawn."""
    return MarketObservation.objects.filter(is_estimate=False, withdrawn_at=None)


def evidence_for(product_id: int, rule: PriceRule) -> MarketObservation | None:
    """The newest observation that is fresh enough; never an estimate."""
    rows = evidence().filter(product_id=product_id, observed_on__gte=oldest_day_that_counts(rule))
    return rows.order_by("-observed_on", "-pk").first()


def evidence_by_product(product_ids: Iterable[int], rule: PriceRule) -> dict[int, MarketObservation]:
    """`evidence_for` of many products in one query."""
    rows = evidence().filter(product_id__in=set(product_ids), observed_on__gte=oldest_day_that_counts(rule))
    rows = rows.order_by("product_id", "-observed_on", "-pk")
    return {row.product_id: row for row in rows.distinct("product_id")}


def offers_of(warung: Warung) -> QuerySet[WarungPrice]:
    """What the warung sells now: prices in force of products that are traded, with pack, product and evidence."""
    rows = _in_force().filter(warung=warung).select_related("pack__product__category", "evidence")
    return rows.order_by("pack__product__name", "pack__order", "pk")


def _in_force() -> QuerySet[WarungPrice]:
    return WarungPrice.objects.filter(replaced_at=None, pack__product__is_active=True)


def prices_in_force(warung: Warung, pack_ids: Iterable[int]) -> dict[int, WarungPrice]:
    """Prices in force by pack id, with pack, product and evidence; one query."""
    rows = _in_force().filter(warung=warung, pack__in=set(pack_ids)).select_related("pack__product", "evidence")
    return {price.pack_id: price for price in rows}


def prices_at(warung_ids: Iterable[int], packs: Iterable[Pack]) -> dict[tuple[int, int], WarungPrice]:
    """Prices in force of several warungs by the ids of warung and pack, each with its pack of these; one query."""
    known = {pack.pk: pack for pack in packs}
    found = {}
    for price in _in_force().filter(warung__in=set(warung_ids), pack__in=known):
        price.pack = known[price.pack_id]
        found[price.warung_id, price.pack_id] = price
    return found


def sells(warung: Warung, pack_id: int) -> bool:
    """Whether the warung has a price in force for this pack."""
    return value_of(_SOLD, [warung.pk, pack_id]) is not None


_SOLD = """
    SELECT 1 FROM pricing_warungprice AS price
    JOIN catalog_pack AS pack ON pack.id = price.pack_id JOIN catalog_product AS product ON product.id = pack.product_id
    WHERE price.warung_id = %s AND price.pack_id = %s AND price.replaced_at IS NULL AND product.is_active
"""


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
    rows = evidence().filter(product_id__in=set(product_ids)).order_by("product_id", "-observed_on", "-pk")
    return {row.product_id: row for row in rows.distinct("product_id")}


def known_markets() -> list[str]:
    """Names of markets that are offered, the most used of late first."""
    rows = evidence().filter(observed_on__gte=clock.today(current_region().time_zone) - timedelta(days=365))
    used = rows.values("market").annotate(times=Count("pk")).order_by("-times", "market")[:60]
    offered = dict(Market.objects.values_list("name", "is_active"))
    names = [row["market"] for row in used if offered.get(row["market"], True)]
    return [*names, *sorted(name for name, active in offered.items() if active and name not in names)][:30]


def own_prices(warung: Warung, product_id: int) -> QuerySet[WarungPrice]:
    """Every price that the warung has asked for this product, newest first."""
    rows = WarungPrice.objects.filter(warung=warung, pack__product_id=product_id)
    return rows.select_related("pack", "evidence").order_by("-valid_from", "-pk")


class Reason(TextChoices):
    """Why a price does not carry the guarantee now."""

    NONE = "", ""
    NO_EVIDENCE = "no_evidence", _("Nobody has seen a market price.")
    STALE = "stale", _("The market price is too old.")
    NOT_CHEAPER = "not_cheaper", _("It no longer undercuts the market by enough.")


@dataclass(frozen=True)
class Guarantee:
    """Whether a price undercuts the newest market price now. Without a badge it still says what is known, for the owner.

    Units:   rupiah for the price's pack. `saving` is 0 unless it holds; `highest` is the highest price that would hold.
    """

    holds: bool
    reason: Reason = Reason.NONE
    saving: int = 0
    market: str = ""
    observed_on: date | None = None
    market_price: int | None = None
    highest: int = 0


def judged(price: int, market: MarketObservation | None, market_price: int, rule: PriceRule) -> Guarantee:
    """What the newest market price, fresh or not, says of a price; `market_price` is for the same pack."""
    if market is None:
        return Guarantee(False, Reason.NO_EVIDENCE)
    fresh = market.observed_on >= oldest_day_that_counts(rule)
    highest = max(highest_price(market_price=market_price, rule=rule), 0) if fresh else 0
    holds = fresh and price <= highest
    return Guarantee(
        holds=holds,
        reason=Reason.NONE if holds else Reason.NOT_CHEAPER if fresh else Reason.STALE,
        saving=market_price - price if holds else 0,
        market=market.market,
        observed_on=market.observed_on,
        market_price=market_price,
        highest=highest,
    )


def guarantee_of(prices: Sequence[WarungPrice]) -> dict[int, Guarantee]:
    """Which of these prices carry the guarantee now, by the price's pk. Two queries for any number of prices.

    A third one only where their packs are not loaded (`offers_of` loads them).
    """
    if not prices:
        return {}
    prefetch_related_objects(prices, "pack")
    rule = price_rule()
    newest = newest_by_product(price.pack.product_id for price in prices)
    return {
        price.pk: judged(price.price, seen, market_price_for(seen, price.pack) if seen else 0, rule)
        for price in prices
        for seen in [newest.get(price.pack.product_id)]
    }


def claims_of(user: User) -> QuerySet[PriceClaim]:
    """The person's own claims, newest first."""
    return PriceClaim.objects.filter(user=user).order_by("-pk")


def own_claim_for(user: User, public_id: UUID) -> PriceClaim:
    """The person's own claim.

    Raises:  Http404 for what is not theirs and what is not there.
    """
    return _there(PriceClaim.objects.filter(user=user, public_id=public_id))


def claim_for(public_id: UUID) -> PriceClaim:
    """A claim, for the Satker. Raises Http404."""
    return _there(PriceClaim.objects.select_related("user", "product").filter(public_id=public_id))


def claims_waiting() -> int:
    """How many claims the Satker has not decided."""
    return PriceClaim.objects.filter(state=ClaimState.SUBMITTED).count()


def list_for(warung: Warung, public_id: UUID) -> PriceList:
    """A list of the warung. Raises Http404."""
    return _there(PriceList.objects.filter(warung=warung, public_id=public_id))


def import_for(public_id: UUID) -> ObservationImport:
    """An uploaded table. Raises Http404."""
    return _there(ObservationImport.objects.filter(public_id=public_id))


def market_for(public_id: UUID) -> Market:
    """A market. Raises Http404."""
    return _there(Market.objects.filter(public_id=public_id))


def observation_with_photo(name: str) -> MarketObservation:
    """The market price that this photo proves. Raises Http404."""
    return _there(MarketObservation.objects.filter(photo=name))


def _there(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise Http404("not there")
    return found
