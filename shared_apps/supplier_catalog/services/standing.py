"""What a supplier's articles are now, as drafts are compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from shared_apps.supplier_catalog.models import SupplierOrganisation
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft

Place = tuple[str | None, int | None]
Ladder = tuple[tuple[str, int, str], ...]
Facts = tuple[str, str, str, str, bool, Ladder]


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer that has not ended. `label` and `base_quantity` are its pack's."""

    pk: int
    version: int
    place: Place
    valid_from: date
    valid_to: date | None
    pack: int
    label: str
    base_quantity: int
    least: int
    most: int | None
    lead_days: int
    freight: int
    tiers: tuple[tuple[int, int], ...]


@dataclass
class Standing:
    """An article as it is. `facts` and `packs` (ids by label) are of the current version."""

    pk: int
    is_active: bool
    current: int | None
    facts: Facts | None = None
    packs: dict[str, int] = field(default_factory=dict)
    last_number: int = 0
    open: list[OpenOffer] = field(default_factory=list)

    def counting(self, place: Place, day: date) -> OpenOffer | None:
        """What counts on that day at that place: of the offers whose days hold it, the one that began last."""
        covering = (
            one
            for one in self.open
            if one.place == place and one.valid_from <= day and (one.valid_to is None or one.valid_to >= day)
        )
        return max(covering, key=lambda one: (one.valid_from, one.pk), default=None)


def facts_of(draft: ArticleDraft) -> Facts:
    packs = tuple((pack.label, pack.base_quantity, pack.barcode) for pack in draft.packs)
    return (draft.name, draft.brand, draft.base_unit, draft.tax, draft.catch_weight, packs)


def beside(
    known: Standing | None, offer: OfferDraft, version: int, packs: Mapping[str, int], today: date
) -> tuple[int | None, list[int]]:
    """The open offer that says the same already; or else those that the drafted one makes end."""
    if known is None:
        return None, []
    begins = max(offer.valid_from or today, today)
    counting = known.counting(offer.place, begins)
    if counting and counting.version == version and _says(counting, offer, packs[offer.pack.casefold()]):
        return counting.pk, []
    there = [one for one in known.open if one.place == offer.place]
    if begins > today:
        return None, [one.pk for one in there if one.valid_from == begins]
    return None, [one.pk for one in there if one.valid_from <= begins]


def _says(one: OpenOffer, offer: OfferDraft, pack: int) -> bool:
    terms = (one.pack, one.least, one.most, one.lead_days, one.freight, one.valid_to, one.tiers)
    return terms == (pack, offer.least, offer.most, offer.lead_days, offer.freight, offer.valid_to, offer.tiers)


def standing_of(organisation: SupplierOrganisation, keys: Sequence[str]) -> dict[str, Standing]:
    """The supplier's articles with these SKUs, by key. Four queries for any number."""
    found: dict[str, Standing] = {}
    by_pk: dict[int, Standing] = {}
    by_version: dict[int, Standing] = {}
    for key, pk, is_active, current, last, *facts in _rows(_ARTICLES, organisation.pk, list(keys)):
        one = found[key] = by_pk[pk] = Standing(pk, is_active, current, last_number=last or 0)
        if current is not None:
            by_version[current] = one
            one.facts = (*facts, ())
    ladders: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
    for pk, version, label, size, barcode in _rows(_PACKS, list(by_version)):
        ladders[version].append((label, size, barcode))
        by_version[version].packs[label.casefold()] = pk
    for version, ladder in ladders.items():
        one = by_version[version]
        if one.facts is not None:
            one.facts = (*one.facts[:-1], tuple(ladder))
    open_offers = _rows(_OFFERS, list(by_pk), list(by_pk))
    tiers: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for offer, packs, price in _rows(_TIERS, [pk for _article, pk, *_terms in open_offers]):
        tiers[offer].append((packs, price))
    for article, pk, version, area, region, *rest in open_offers:
        terms: Any = (*rest, tuple(tiers[pk]))
        by_pk[article].open.append(OpenOffer(pk, version, (area, region), *terms))
    return found


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """Thousands of ids go as one array: as a list of parameters they take longer to write down than to look up."""
    if not params[-1]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


_ARTICLES = """
SELECT upper(a.sku), a.id, a.is_active, a.current_id,
       (SELECT max(w.number) FROM supplier_catalog_articleversion w WHERE w.article_id = a.id),
       v.name, v.brand, v.base_unit, v.tax, v.catch_weight
FROM supplier_catalog_article a LEFT JOIN supplier_catalog_articleversion v ON v.id = a.current_id
WHERE a.organisation_id = %s AND upper(a.sku) = ANY(%s)
"""
_PACKS = """
SELECT id, version_id, label, base_quantity, barcode FROM supplier_catalog_articlepack
WHERE version_id = ANY(%s) ORDER BY "order", id
"""
_TIERS = "SELECT offer_id, packs, price FROM supplier_catalog_offertier WHERE offer_id = ANY(%s) ORDER BY packs"
_OFFER = """
SELECT o.article_id, o.id, o.version_id, o.area_id, o.region_id, o.valid_from, o.valid_to, o.pack_id, p.label,
       p.base_quantity, o.least, o.most, o.lead_days, o.freight
FROM supplier_catalog_offer o JOIN supplier_catalog_articlepack p ON p.id = o.pack_id
WHERE o.article_id = ANY(%s) AND o.ended_at IS NULL
"""
# In two parts, each by the index of open offers alone: an article of some years has many that have ended.
_OFFERS = f"{_OFFER} AND o.region_id IS NULL UNION ALL {_OFFER} AND o.area_id IS NULL ORDER BY 2"
