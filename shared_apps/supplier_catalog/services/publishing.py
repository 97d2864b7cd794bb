"""Articles and offers are published: one way for the form of one article and for a list of 50,000."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.errors import BadDrafts
from shared_apps.supplier_catalog.locks import hold_catalogue_of
from shared_apps.supplier_catalog.models import (
    Article,
    ArticlePack,
    ArticleVersion,
    Offer,
    OfferTier,
    SupplierArea,
    SupplierOrganisation,
)
from shared_apps.supplier_catalog.services import writing
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft, fault_of
from shared_apps.supplier_catalog.skus import keys_of
from tenants.kernel import clock
from tenants.models import Region

CHUNK = 5_000

Place = tuple[str | None, int | None]
Facts = tuple[str, str, str, str, bool, tuple[tuple[str, int, str], ...]]


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one draft. `made`, `ended` and `kept` are ids of offers; `before` is the version that was current."""

    article: int
    version: int
    before: int | None
    at: datetime
    made_article: bool = False
    # It was not sold before.
    activated: bool = False
    made: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything is different now."""
        return self.made_article or self.activated or self.version != self.before or bool(self.made or self.ended)


def publish(*, organisation: SupplierOrganisation, drafts: Sequence[ArticleDraft], by: str) -> list[Published]:
    """Articles are as drafted, offered at the drafted terms; what is so already stays untouched.

    Changed facts make a new version, which is current at once. An offer that is in force at the same place with other terms, or
    of another version, ends and a new one begins; one that begins later waits beside it. Repeating it changes nothing.
    Raises:  BadDrafts, before anything is written, with all that is wrong.
    Writes:  a constant number of statements for each 5,000 drafts.
    """
    tidied = [draft.tidied() for draft in drafts]
    with transaction.atomic():
        hold_catalogue_of(organisation)
        keys = keys_of([draft.sku for draft in tidied])
        _refuse_faults(organisation, tidied, keys)
        moment, today = clock.now(), clock.today()
        done: list[Published] = []
        for start in range(0, len(tidied), CHUNK):
            chunk = _Chunk(organisation, keys[start : start + CHUNK], moment, today, by)
            done += chunk.publish(tidied[start : start + CHUNK])
    return done


def _refuse_faults(organisation: SupplierOrganisation, drafts: Sequence[ArticleDraft], keys: Sequence[str]) -> None:
    areas = list(SupplierArea.objects.filter(organisation=organisation).values_list("area_id", flat=True))
    asked = {offer.region for draft in drafts for offer in draft.offers if offer.region is not None}
    regions = set(Region.objects.filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    inside: dict[str, bool] = {}
    first: dict[str, int] = {}
    faults: dict[int, str] = {}
    for place, (draft, key) in enumerate(zip(drafts, keys, strict=True)):
        fault = fault_of(draft)
        if not fault and first.setdefault(key, place) != place:
            fault = _("The SKU %(sku)s stands here twice.") % {"sku": draft.sku}
        for offer in draft.offers:
            if offer.area is not None and offer.area not in inside:
                inside[offer.area] = any(offer.area == code or offer.area.startswith(f"{code}.") for code in areas)
            if not fault and offer.area is not None and not inside[offer.area]:
                fault = _("You do not deliver in this area. Add it to your areas first.")
            if not fault and offer.region is not None and offer.region not in regions:
                fault = _("There is no such region.")
        if fault:
            faults[place] = fault
    if faults:
        raise BadDrafts(faults)


@dataclass(frozen=True, slots=True)
class _Open:
    """An offer that has not ended."""

    pk: int
    version: int
    place: Place
    valid_from: date
    valid_to: date | None
    terms: tuple[object, ...]


@dataclass
class _Known:
    """An article as it is, before the drafts."""

    pk: int
    is_active: bool
    current: int | None
    facts: Facts | None = None
    # Of the current version, by label.
    packs: dict[str, int] = field(default_factory=dict)
    last_number: int = 0
    open: list[_Open] = field(default_factory=list)


@dataclass
class _Work:
    """A draft on its way."""

    draft: ArticleDraft
    article: int
    known: _Known | None
    version: int
    packs: dict[str, int]


class _Chunk:
    """One round of publishing. Reads all it needs, decides in memory, writes in sets."""

    def __init__(
        self, organisation: SupplierOrganisation, keys: Sequence[str], moment: datetime, today: date, by: str
    ) -> None:
        self._organisation, self._moment, self._today, self._by = organisation, moment, today, by
        self._keys = keys
        self._known = _known(organisation, keys)

    def publish(self, drafts: Sequence[ArticleDraft]) -> list[Published]:
        work = self._write_versions(drafts)
        return self._write_offers(work)

    def _write_versions(self, drafts: Sequence[ArticleDraft]) -> list[_Work]:
        found = [self._known.get(key) for key in self._keys]
        new_articles = iter(writing.fresh_ids(Article, sum(one is None for one in found)))
        same = [one is not None and one.facts == _facts_of(draft) for one, draft in zip(found, drafts, strict=True)]
        renewed = [draft for draft, is_same in zip(drafts, same, strict=True) if not is_same]
        new_versions = iter(writing.fresh_ids(ArticleVersion, len(renewed)))
        new_packs = iter(writing.fresh_ids(ArticlePack, sum(len(draft.packs) for draft in renewed)))
        work: list[_Work] = []
        articles: list[dict[str, object]] = []
        moved: list[dict[str, object]] = []
        versions: list[dict[str, object]] = []
        packs: list[dict[str, object]] = []
        for draft, one, is_same in zip(drafts, found, same, strict=True):
            if is_same and one is not None and one.current is not None:
                version, ladder = one.current, one.packs
                article = one.pk
            else:
                version = next(new_versions)
                article = next(new_articles) if one is None else one.pk
                ladder = {pack.label.casefold(): next(new_packs) for pack in draft.packs}
                number = 1 if one is None else one.last_number + 1
                versions.append(self._version_row(version, article, number, draft))
                packs += _pack_rows(version, draft.packs, ladder)
            active = bool(draft.offers) or one is None or one.is_active
            if one is None:
                articles.append({"id": article, "sku": draft.sku, "current_id": version})
            elif version != one.current or active != one.is_active:
                moved.append({"id": article, "current_id": version, "is_active": active})
            work.append(_Work(draft, article, one, version, ladder))
        writing.insert_articles(self._organisation.pk, articles, self._moment)
        writing.insert_versions(versions)
        writing.insert_packs(packs)
        writing.move_articles(moved)
        return work

    def _version_row(self, version: int, article: int, number: int, draft: ArticleDraft) -> dict[str, object]:
        return {
            "id": version,
            "article_id": article,
            "number": number,
            "name": draft.name,
            "brand": draft.brand,
            "base_unit": draft.base_unit,
            "tax": draft.tax,
            "catch_weight": draft.catch_weight,
            "made_at": self._moment,
            "by": self._by,
        }

    def _write_offers(self, work: Sequence[_Work]) -> list[Published]:
        ended: list[int] = []
        wanted: list[tuple[int, OfferDraft]] = []
        kept: dict[int, list[int]] = defaultdict(list)
        gone: dict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(work):
            for offer in one.draft.offers:
                staying, ending = self._beside(one, offer)
                if staying is not None:
                    kept[place].append(staying)
                    continue
                gone[place] += ending
                ended += ending
                wanted.append((place, offer))
        made: dict[int, list[int]] = defaultdict(list)
        offers: list[dict[str, object]] = []
        tiers: list[dict[str, object]] = []
        for pk, (place, offer) in zip(writing.fresh_ids(Offer, len(wanted)), wanted, strict=True):
            made[place].append(pk)
            offers.append(self._offer_row(pk, work[place], offer))
            tiers += [{"offer_id": pk, "packs": packs, "price": price} for packs, price in offer.tiers]
        writing.end_offers(ended, self._moment)
        writing.insert_offers(self._organisation.pk, offers)
        writing.insert_tiers(tiers)
        return [
            Published(
                article=one.article,
                version=one.version,
                before=one.known.current if one.known else None,
                made_article=one.known is None,
                activated=one.known is not None and not one.known.is_active and bool(one.draft.offers),
                made=tuple(made[place]),
                ended=tuple(gone[place]),
                kept=tuple(kept[place]),
                at=self._moment,
            )
            for place, one in enumerate(work)
        ]

    def _beside(self, work: _Work, offer: OfferDraft) -> tuple[int | None, list[int]]:
        """The open offer that says the same already; or else those that the new one makes end."""
        there = [one for one in (work.known.open if work.known else ()) if one.place == offer.place]
        begins = max(offer.valid_from or self._today, self._today)
        # What would count on that day: the one that began last.
        covering = [one for one in there if one.valid_from <= begins and (not one.valid_to or one.valid_to >= begins)]
        counting = max(covering, key=lambda one: (one.valid_from, one.pk), default=None)
        if counting and counting.version == work.version and counting.terms == _terms_of(offer, work.packs):
            return counting.pk, []
        if begins > self._today:
            return None, [one.pk for one in there if one.valid_from == begins]
        return None, [one.pk for one in there if one.valid_from <= begins]

    def _offer_row(self, pk: int, work: _Work, offer: OfferDraft) -> dict[str, object]:
        return {
            "id": pk,
            "article_id": work.article,
            "version_id": work.version,
            "pack_id": work.packs[offer.pack.casefold()],
            "area_id": offer.area,
            "region_id": offer.region,
            "least": offer.least,
            "most": offer.most,
            "lead_days": offer.lead_days,
            "freight": offer.freight,
            "valid_from": offer.valid_from or self._today,
            "valid_to": offer.valid_to,
            "made_at": self._moment,
            "by": self._by,
        }


def _facts_of(draft: ArticleDraft) -> Facts:
    packs = tuple((pack.label, pack.base_quantity, pack.barcode) for pack in draft.packs)
    return (draft.name, draft.brand, draft.base_unit, draft.tax, draft.catch_weight, packs)


def _terms_of(offer: OfferDraft, packs: dict[str, int]) -> tuple[object, ...]:
    pack = packs[offer.pack.casefold()]
    return (pack, offer.least, offer.most, offer.lead_days, offer.freight, offer.valid_to, offer.tiers)


def _pack_rows(version: int, packs: Iterable[PackDraft], ids: dict[str, int]) -> list[dict[str, object]]:
    return [
        {
            "id": ids[pack.label.casefold()],
            "version_id": version,
            "label": pack.label,
            "base_quantity": pack.base_quantity,
            "barcode": pack.barcode,
            "order": order,
        }
        for order, pack in enumerate(packs)
    ]


def _known(organisation: SupplierOrganisation, keys: Sequence[str]) -> dict[str, _Known]:
    """The supplier's articles with these SKUs and all that drafts are compared with. Six queries."""
    rows = writing.articles_by_key(organisation.pk, keys)
    found = {key: _Known(pk, is_active, current) for key, pk, is_active, current in rows}
    by_pk = {one.pk: one for one in found.values()}
    if not by_pk:
        return found
    for article, number in (
        ArticleVersion.objects.filter(article__in=by_pk).order_by().values_list("article").annotate(last=Max("number"))
    ):
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


def _open_offers(articles: Sequence[int]) -> list[tuple[int, _Open]]:
    running = Offer.objects.filter(article__in=articles, ended_at=None)
    steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    tiers = OfferTier.objects.filter(offer__in=running.order_by().values("pk")).order_by("packs")
    for offer, packs, price in tiers.values_list("offer_id", "packs", "price"):
        steps[offer].append((packs, price))
    rows = running.order_by("pk").values_list(
        "pk",
        "article_id",
        "version_id",
        "area_id",
        "region_id",
        "valid_from",
        "valid_to",
        "pack_id",
        "least",
        "most",
        "lead_days",
        "freight",
    )
    return [
        (
            article,
            _Open(
                pk=pk,
                version=version,
                place=(area, region),
                valid_from=valid_from,
                valid_to=valid_to,
                terms=(*terms, valid_to, tuple(steps[pk])),
            ),
        )
        for pk, article, version, area, region, valid_from, valid_to, *terms in rows
    ]
