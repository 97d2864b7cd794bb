"""How suppliers' prices went: which offer of an adopted article was in force when, beside what the market asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from shared_apps.supplier_catalog.models import Offer
from shared_apps.supplier_catalog.taxes import tax_on
from tenant_apps.pricing.history import DayPrices
from tenant_apps.pricing.models import MarketObservation
from tenant_apps.pricing.selectors import evidence, price_rule
from tenant_apps.procurement.insight.periods import Period, today_here
from tenant_apps.suppliers.models import Adoption
from tenants.context import current_region

# Articles whose offers are in memory at once.
AT_ONCE = 200


@dataclass(frozen=True)
class Trend:
    """An adopted article: rupiah for one of its packs at the first tier, PPN included, on the days on which something changed."""

    adoption: Adoption
    days: Sequence[DayPrices]

    @property
    def prices(self) -> list[int]:
        return [day.ours for day in self.days if day.ours is not None]

    @property
    def first(self) -> int | None:
        return next(iter(self.prices), None)

    @property
    def last(self) -> int | None:
        """At the end of the period; None where it was not offered any more."""
        return self.days[-1].ours if self.days else None

    @property
    def market(self) -> int | None:
        return self.days[-1].market if self.days else None

    @property
    def change(self) -> int | None:
        """By how many thousandths the price went up (or down)."""
        return _thousandths(self.last, self.first)

    @property
    def against_market(self) -> int | None:
        """By how many thousandths it is above (or below) the market."""
        return _thousandths(self.last, self.market)


def _thousandths(now: int | None, then: int | None) -> int | None:
    """The change in thousandths, rounded towards nought."""
    if now is None or not then:
        return None
    size = abs(now - then) * 1000 // then
    return size if now >= then else -size


def adopted(text: str = "") -> QuerySet[Adoption]:
    """Adopted articles by product, also those that ended, for their prices are history too."""
    rows = Adoption.objects.select_related("product").order_by("product__name", "supplier_name", "pk")
    for word in text.split()[:6]:
        rows = rows.filter(
            Q(product__name__icontains=word)
            | Q(article_name__icontains=word)
            | Q(supplier_name__icontains=word)
            | Q(sku__icontains=word)
        )
    return rows


def every_trend(rows: QuerySet[Adoption], period: Period) -> Iterator[Trend]:
    """All of them, some at a time."""
    begin = 0
    while some := list(rows[begin : begin + AT_ONCE]):
        yield from trends(some, period)
        begin += AT_ONCE


def trends(adoptions: Sequence[Adoption], period: Period) -> list[Trend]:
    """How each of them went in the period. Four queries, however many there are."""
    offers = _offers([one.article for one in adoptions], period)
    freshness = price_rule().freshness_days
    seen = _seen({one.product_id for one in adoptions}, period, freshness)
    zone = ZoneInfo(current_region().time_zone)
    last = min(period.last, today_here())
    found = []
    for one in adoptions:
        own, market = offers.get(one.article, []), seen.get(one.product_id, [])
        days = changing_days(own, market, period.first, last, zone) if period.first <= last else []
        found.append(Trend(one, [_on(day, one, own, market, freshness, zone) for day in days]))
    return found


def _offers(articles: Iterable[UUID], period: Period) -> Mapping[UUID, list[Offer]]:
    since, _until = period.moments()
    rows = Offer.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=since),
        Q(valid_to=None) | Q(valid_to__gte=period.first),
        article__public_id__in=list(articles),
        valid_from__lte=period.last,
    )
    found: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in rows.select_related("article", "version", "pack").prefetch_related("tiers").order_by("pk"):
        found[offer.article.public_id].append(offer)
    return found


def _seen(products: Iterable[int], period: Period, freshness: int) -> Mapping[int, list[MarketObservation]]:
    """Evidence by product, the oldest first."""
    rows = evidence().filter(
        product_id__in=set(products),
        observed_on__gte=period.first - timedelta(days=freshness),
        observed_on__lte=period.last,
    )
    found: dict[int, list[MarketObservation]] = defaultdict(list)
    for row in rows.order_by("observed_on", "pk"):
        found[row.product_id].append(row)
    return found


def in_force(offers: Iterable[Offer], day: date, zone: ZoneInfo) -> Offer | None:
    """The offer that counted at the end of a day: one to the region alone before one for an area, a smaller area before a larger
    one, then the one that began last (as `suppliers.selectors.offers_here` says of a day)."""
    holding = [
        offer
        for offer in offers
        if offer.valid_from <= day
        and (offer.valid_to is None or offer.valid_to >= day)
        and (offer.ended_at is None or offer.ended_at.astimezone(zone).date() > day)
    ]
    return max(holding, key=lambda one: (_nearness(one), one.valid_from, one.pk), default=None)


def _nearness(offer: Offer) -> int:
    return 99 if offer.area_id is None else len(offer.area_id)


def changing_days(
    offers: Iterable[Offer], market: Iterable[MarketObservation], first: date, last: date, zone: ZoneInfo
) -> list[date]:
    """The first and the last day, and those between on which an offer began or was over, or somebody saw a market price."""
    days = {first, last}
    for offer in offers:
        days.add(offer.valid_from)
        if offer.valid_to is not None:
            days.add(offer.valid_to + timedelta(days=1))
        if offer.ended_at is not None:
            days.add(offer.ended_at.astimezone(zone).date())
    days |= {row.observed_on for row in market}
    return sorted(day for day in days if first <= day <= last)


def _on(
    day: date,
    adoption: Adoption,
    offers: Sequence[Offer],
    market: Sequence[MarketObservation],
    freshness: int,
    zone: ZoneInfo,
) -> DayPrices:
    offer = in_force(offers, day, zone)
    seen = next((row for row in reversed(market) if row.observed_on <= day), None)
    if seen is not None and seen.observed_on < day - timedelta(days=freshness):
        seen = None
    return DayPrices(
        day,
        seen.price * adoption.base_quantity // seen.per_quantity if seen else None,
        seen.market if seen else "",
        _price(offer, offers, adoption, day) if offer else None,
    )


def _price(offer: Offer, offers: Sequence[Offer], adoption: Adoption, day: date) -> int | None:
    """Rupiah for as much as one adopted pack holds; None where another unit leaves nothing to compare."""
    price = offer.tiers.all()[0].price
    price += tax_on(price, offer.version.tax, day)
    agreed = next((one for one in offers if one.public_id == adoption.offer), offers[-1])
    if agreed.version.base_unit != offer.version.base_unit:
        return None
    return -(-price * agreed.pack.base_quantity // offer.pack.base_quantity)
