"""What an offer says, as the facts that a change shows side by side."""

from __future__ import annotations

from typing import Any

from shared_apps.supplier_catalog.models import Offer
from tenant_apps.suppliers.models import Adoption, ChangeKind

Facts = dict[str, Any]

# In the order in which they weigh: a change is called by the first of these in which something differs.
KINDS: dict[ChangeKind, tuple[str, ...]] = {
    ChangeKind.FACTS: ("name", "pack_label", "base_quantity", "base_unit", "tax", "catch_weight"),
    ChangeKind.PRICE: ("price", "tiers", "freight"),
    ChangeKind.TERMS: ("least", "most", "lead_days"),
}


def first_price(offer: Offer) -> int:
    """Rupiah for one pack where only one is ordered."""
    return offer.tiers.all()[0].price


def facts_of(offer: Offer) -> Facts:
    """The offer in plain values. Its version, pack and tiers are read along (`selectors.whole`)."""
    return {
        "name": offer.version.name,
        "pack_label": offer.pack.label,
        "base_quantity": offer.pack.base_quantity,
        "base_unit": offer.version.base_unit,
        "tax": offer.version.tax,
        "catch_weight": offer.version.catch_weight,
        "price": first_price(offer),
        "tiers": [[tier.packs, tier.price] for tier in offer.tiers.all()],
        "freight": offer.freight,
        "least": offer.least,
        "most": offer.most,
        "lead_days": offer.lead_days,
    }


def remembered(adoption: Adoption) -> Facts:
    """What the region still knows of an offer that it may no longer read."""
    return {
        "name": adoption.article_name,
        "pack_label": adoption.pack_label,
        "base_quantity": adoption.base_quantity,
        "base_unit": adoption.product.base_unit,
        "price": adoption.price,
    }


def kind_of(before: Facts, after: Facts) -> ChangeKind | None:
    """What differs; None where nothing does."""
    for kind, names in KINDS.items():
        if any(before.get(name) != after.get(name) for name in names):
            return kind
    return None
