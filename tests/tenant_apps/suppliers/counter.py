"""How the tests of adoptions let suppliers change their offers, and what they compare after a refusal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared_apps.supplier_catalog.models import ArticlePack, ArticleVersion, Offer, OfferTier, SupplierState
from tenant_apps.suppliers.models import Adoption, AdoptionChange, AdoptionEvent
from tenant_apps.suppliers.services import adopt
from tenants.context import current_region, on_platform
from tenants.kernel import clock
from tests.cast import BY, Cast
from tests.shared_apps.supplier_catalog.wholesaler import KALIDONI, Wholesaler, cover, sinar_musi


@dataclass(frozen=True)
class Counter:
    """The cast, and Sinar Musi, whose offers cover Kalidoni."""

    cast: Cast
    musi: Wholesaler

    def rice(self) -> Adoption:
        """Rice in sacks of 50 kg, at Rp 600.000, bought as the cast's rice."""
        return adopt(offer=self.musi.offers["BR-50"], product=self.cast.rice, by=self.cast.yuli.actor)

    def eggs(self) -> Adoption:
        """Eggs in crates of 180, at Rp 280.000, bought as the cast's eggs."""
        return adopt(offer=self.musi.offers["TL-180"], product=self.cast.egg, by=self.cast.yuli.actor)


def open_counter(cast: Cast) -> Counter:
    region = current_region()
    with on_platform():
        cover(region, KALIDONI)
        return Counter(cast, sinar_musi())


def republish(old: Offer, **facts: Any) -> Offer:
    """The supplier puts another offer in the place of this one."""
    withdraw(old)
    return beside(old, **facts)


def beside(
    old: Offer, *, prices: Sequence[tuple[int, int]] = (), pack: tuple[str, int] | None = None, **facts: Any
) -> Offer:
    """One more offer of the same article from yesterday on: new prices by tier, another pack or version, other terms."""
    with on_platform():
        version, packing = old.version, old.pack
        unit, name = facts.pop("unit", version.base_unit), facts.pop("name", version.name)
        if pack or (unit, name) != (version.base_unit, version.name):
            version = ArticleVersion.objects.create(
                article=old.article,
                number=old.article.versions.count() + 1,
                name=name,
                base_unit=unit,
                tax=version.tax,
                by=BY,
            )
            label, holds = pack or (packing.label, packing.base_quantity)
            packing = ArticlePack.objects.create(version=version, label=label, base_quantity=holds)
        kept = ("least", "most", "lead_days", "freight", "valid_to", "area_id", "region_id")
        terms = {name: getattr(old, name) for name in kept} | {"valid_from": clock.today() - timedelta(days=1)}
        made = Offer.objects.create(
            public_id=uuid.uuid4(),
            organisation=old.organisation,
            article=old.article,
            version=version,
            pack=packing,
            by=BY,
            **{**terms, **facts},
        )
        tiers = prices or list(old.tiers.values_list("packs", "price"))
        OfferTier.objects.bulk_create(OfferTier(offer=made, packs=packs, price=price) for packs, price in tiers)
    return made


def withdraw(offer: Offer) -> None:
    """The supplier takes it back."""
    with on_platform():
        Offer.objects.filter(pk=offer.pk).update(ended_at=clock.now())


def suspend(seller: Wholesaler, state: SupplierState = SupplierState.SUSPENDED) -> None:
    """An operator takes the supplier out of business, or brings it back."""
    with on_platform():
        type(seller.organisation).objects.filter(pk=seller.organisation.pk).update(state=state)


def footprint() -> list[list[Any]]:
    """Everything that the region keeps of suppliers."""
    models: list[Any] = [Adoption, AdoptionEvent, AdoptionChange]
    return [list(model.objects.order_by("pk").values()) for model in models]
