"""Prices that somebody must look at, because the market, the cost, the ceiling or a scheduled list moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Value, When

from tenant_apps.catalog.models import Pack, Use
from tenant_apps.catalog.selectors import traded_products
from tenant_apps.pricing.limits import limits_of
from tenant_apps.pricing.models import PriceListLine, WarungPrice
from tenant_apps.pricing.selectors import Guarantee, guarantee_of, offers_of
from tenant_apps.pricing.suggesting import Suggestion, cost_of, newest_wholesale, suggestions_of
from tenant_apps.warungs.models import Warung
from tenants.cache import remembered

# How long the number beside the navigation may be behind.
COUNT_SECONDS = 60


@dataclass(frozen=True)
class WorkLine:
    """A pack at a warung with everything that speaks for and against its price."""

    pack: Pack
    suggestion: Suggestion
    price: WarungPrice | None = None
    guarantee: Guarantee | None = None
    # Why a scheduled price was not published, and which.
    refusal: str = ""
    refused_price: int | None = None

    @property
    def has_lost_badge(self) -> bool:
        return self.guarantee is not None and not self.guarantee.holds

    @property
    def is_above_ceiling(self) -> bool:
        limit = self.suggestion.limit
        return self.price is not None and limit.ceiling is not None and self.price.price > limit.ceiling_price

    @property
    def is_below_cost(self) -> bool:
        return self.price is not None and self.suggestion.cost is not None and self.price.price < self.suggestion.cost

    @property
    def is_urgent(self) -> bool:
        return self.has_lost_badge or self.is_above_ceiling or self.is_below_cost or bool(self.refusal)

    @property
    def differs(self) -> bool:
        return self.price is not None and self.suggestion.price not in (None, self.price.price)


def worklist_of(warung: Warung) -> list[WorkLine]:
    """What the owner should look at, the urgent first. Nine queries for any number of prices."""
    lines = [line for line in _lines(warung) if line.is_urgent or line.differs]
    return sorted(lines, key=lambda line: not line.is_urgent)


def _lines(warung: Warung) -> list[WorkLine]:
    prices = list(offers_of(warung))
    refused = _refused(warung)
    by_pack = {price.pack_id: price for price in prices}
    packs = [price.pack for price in prices] + [line.pack for pk, line in refused.items() if pk not in by_pack]
    guarantees, suggestions = guarantee_of(prices), suggestions_of(packs)
    found = []
    for pack in packs:
        price, line = by_pack.get(pack.pk), refused.get(pack.pk)
        found.append(
            WorkLine(
                pack=pack,
                suggestion=suggestions[pack.pk],
                price=price,
                guarantee=guarantees[price.pk] if price else None,
                refusal=line.refusal if line else "",
                refused_price=line.price if line else None,
            )
        )
    return found


def _refused(warung: Warung) -> dict[int, PriceListLine]:
    """The newest scheduled price of each pack that was refused and that nobody has read."""
    rows = PriceListLine.objects.filter(price_list__warung=warung, seen=False, pack__product__is_active=True)
    rows = rows.exclude(refusal="").select_related("pack__product__category").order_by("pk")
    return {row.pack_id: row for row in rows}


def suggestion_board(warung: Warung) -> list[WorkLine]:
    """Every selling pack of traded goods with its suggestion and, where there is one, its price; by name."""
    packs = list(
        Pack.objects.filter(use=Use.SELL, product__in=traded_products())
        .select_related("product__category")
        .order_by("product__name", "order", "pk")
    )
    suggestions = suggestions_of(packs)
    prices = {price.pack_id: price for price in offers_of(warung)}
    return [WorkLine(pack=pack, suggestion=suggestions[pack.pk], price=prices.get(pack.pk)) for pack in packs]


def prices_to_check() -> QuerySet[WarungPrice]:
    """Prices in force in the whole region that lost the guarantee, break a ceiling or lie below the cost.

    Each with `allowed`, the highest that could be published now (0: none), `het` and `cost`, in rupiah (None: none known).
    """
    rows = WarungPrice.objects.filter(replaced_at=None, pack__product__is_active=True)
    # Asked once a pack and not once a price: a region has a few hundred packs and many thousand prices.
    packs = list(Pack.objects.filter(pk__in=rows.values("pack")))
    limits = limits_of(packs)
    wholesale = newest_wholesale(pack.product_id for pack in packs)
    costs = {pack.pk: cost_of(pack, wholesale[pack.product_id]) for pack in packs if pack.product_id in wholesale}
    return (
        rows.annotate(
            allowed=_by_pack({pk: limit.allowed for pk, limit in limits.items()}),
            het=_by_pack({pk: limit.ceiling_price for pk, limit in limits.items() if limit.ceiling}),
            cost=_by_pack(costs),
        )
        .filter(Q(price__gt=F("allowed")) | Q(price__lt=F("cost")))
        .select_related("warung", "pack__product")
        .order_by("warung__name", "warung", "pack__product__name", "pack__order", "pk")
    )


def _by_pack(values: Mapping[int, int]) -> Case:
    whens: Iterable[When] = [When(pack_id=pk, then=Value(value)) for pk, value in values.items()]
    return Case(*whens, default=Value(None), output_field=BigIntegerField())


def urgent_of(warung: Warung) -> int:
    """How many of the warung's prices are urgent, at most a minute ago."""
    return remembered(_key(warung), COUNT_SECONDS, lambda: sum(line.is_urgent for line in _lines(warung)))


def forget_count(warung: Warung) -> None:
    """The number beside the navigation is counted anew."""
    cache.delete(_key(warung))


def urgent_in_region() -> int:
    """How many prices in the region are to be checked, at most a minute ago."""
    return remembered("pricing:check", COUNT_SECONDS, lambda: prices_to_check().count())


def _key(warung: Warung) -> str:
    return f"pricing:check:{warung.pk}"
