"""Prices go along with a warung, together with the evidence that they undercut; without evidence there is no price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_apps.onboarding.moving_parts import Arrived, MovingPart, moving_part
from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.models import MarketObservation, WarungPrice
from tenant_apps.pricing.services import Wish, observe_market, publish_prices
from tenant_apps.warungs.moving import arrived, leaving


@dataclass(frozen=True)
class Going:
    """A price of a warung for a pack, and where somebody saw a higher one."""

    warung: UUID
    sku: str
    label: str
    price: int
    market: str
    observed_on: date
    per_quantity: int
    market_price: int
    observer: str


@moving_part("prices", order=40)
class PricePart(MovingPart):
    def take(self, villages: Collection[str]) -> list[Going]:
        rows = WarungPrice.objects.filter(warung__in=leaving(villages), replaced_at=None)
        return [
            Going(
                one.warung.public_id,
                one.pack.product.sku,
                one.pack.label,
                one.price,
                one.evidence.market,
                one.evidence.observed_on,
                one.evidence.per_quantity,
                one.evidence.price,
                one.evidence.observer,
            )
            for one in rows.select_related("warung", "pack__product", "evidence").order_by("pk")
        ]

    def arrive(self, data: list[Going], *, key: str, by: str) -> Arrived:
        told = Arrived()
        here = arrived({one.warung for one in data})
        packs = {
            (pack.product.sku, pack.label): pack
            for pack in Pack.objects.filter(product__sku__in={one.sku for one in data}).select_related("product")
        }
        wishes: dict[UUID, list[Wish]] = defaultdict(list)
        for one in data:
            pack = packs.get((one.sku, one.label))
            if pack is None:
                told.left_out.append(f"{one.sku}: {one.label}")
                continue
            _see(one, pack)
            wishes[one.warung].append(Wish(pack, one.price))
        for warung, wished in wishes.items():
            done = publish_prices(warung=here[warung], wishes=wished, by=by)
            told.count += len(done.prices)
            told.left_out += [f"{here[warung].name}: {refusal.message}" for refusal in done.refusals.values()]
        return told

    def leave(self, data: list[Going], *, key: str, by: str) -> None:
        """Prices end with the warung: nobody orders at one that is closed."""


def _see(one: Going, pack: Pack) -> None:
    seen = {
        "product": pack.product,
        "market": one.market,
        "observed_on": one.observed_on,
        "per_quantity": one.per_quantity,
        "price": one.market_price,
    }
    if not MarketObservation.objects.filter(**seen).exists():
        observe_market(observer=one.observer, **seen)  # type: ignore[arg-type]
