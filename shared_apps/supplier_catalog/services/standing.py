"""What a supplier's articles are now, as drafts are compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Max

from shared_apps.supplier_catalog.models import ArticlePack, ArticleVersion, Offer, OfferTier, SupplierOrganisation
from shared_apps.supplier_catalog.services import writing
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
    """The supplier's articles with these SKUs, by key. Six queries for any number."""
    rows = writing.articles_by_key(organisation.pk, keys)
    found = {key: Standing(pk, is_active, current) for key, pk, is_active, current in rows}
    by_pk = {one.pk: one for one in found.values()}
    if not by_pk:
        return found
    numbered = ArticleVersion.objects.filter(article__in=by_pk).order_by().values_list("article")
    for article, number in numbered.annotate(last=Max("number")):
        by_pk[article].last_number = number
    by_version = {one.current: one for one in by_pk.values() if one.current is not None}
    ladders: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
    packs = ArticlePack.objects.filter(version__in=by_version).order_by("order", "pk")
    for pk, version, label, size, barcode in packs.values_list("pk", "version_id", "label", "base_quantity", "barcode"):
        ladders[version].append((label, size, barcode))
        by_version[version].packs[label.casefold()] = pk
    versions = ArticleVersion.objects.filter(pk__in=by_version).order_by()
    facts = versions.values_list("pk", "name", "brand", "base_unit", "tax", "catch_weight")
    for pk, name, brand, base_unit, tax, catch_weight in facts:
        by_version[pk].facts = (name, brand, base_unit, tax, catch_weight, tuple(ladders[pk]))
    for article, one in _open_offers(list(by_pk)):
        by_pk[article].open.append(one)
    return found


def _open_offers(articles: Sequence[int]) -> list[tuple[int, OpenOffer]]:
    running = Offer.objects.filter(article__in=articles, ended_at=None)
    steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    tiers = OfferTier.objects.filter(offer__in=running.order_by().values("pk")).order_by("packs")
    for offer, packs, price in tiers.values_list("offer_id", "packs", "price"):
        steps[offer].append((packs, price))
    rows = running.order_by("pk").values_list(
        "article_id",
        "pk",
        "version_id",
        "area_id",
        "region_id",
        "valid_from",
        "valid_to",
        "pack_id",
        "pack__label",
        "pack__base_quantity",
        "least",
        "most",
        "lead_days",
        "freight",
    )
    found: list[tuple[int, OpenOffer]] = []
    for article, pk, version, area, region, *rest in rows:
        terms: Any = (*rest, tuple(steps[pk]))
        found.append((article, OpenOffer(pk, version, (area, region), *terms)))
    return found
