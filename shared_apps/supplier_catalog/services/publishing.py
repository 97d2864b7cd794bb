"""Articles and offers are published: one way for the form of one article and for a list of 50,000."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.errors import BadDrafts
from shared_apps.supplier_catalog.locks import hold_catalogue_of
from shared_apps.supplier_catalog.models import (
    Article,
    ArticlePack,
    ArticleVersion,
    Offer,
    SupplierArea,
    SupplierOrganisation,
)
from shared_apps.supplier_catalog.services import writing
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft, fault_of
from shared_apps.supplier_catalog.services.standing import Standing, beside, facts_of, standing_of
from shared_apps.supplier_catalog.skus import keys_of
from tenants.kernel import clock
from tenants.models import Region

CHUNK = 5_000


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


@dataclass
class _Work:
    """A draft on its way."""

    draft: ArticleDraft
    article: int
    known: Standing | None
    version: int
    packs: dict[str, int]


class _Chunk:
    """One round of publishing. Reads all it needs, decides in memory, writes in sets."""

    def __init__(
        self, organisation: SupplierOrganisation, keys: Sequence[str], moment: datetime, today: date, by: str
    ) -> None:
        self._organisation, self._moment, self._today, self._by = organisation, moment, today, by
        self._keys = keys
        self._known = standing_of(organisation, keys)

    def publish(self, drafts: Sequence[ArticleDraft]) -> list[Published]:
        work = self._write_versions(drafts)
        return self._write_offers(work)

    def _write_versions(self, drafts: Sequence[ArticleDraft]) -> list[_Work]:
        found = [self._known.get(key) for key in self._keys]
        new_articles = iter(writing.fresh_ids(Article, sum(one is None for one in found)))
        same = [one is not None and one.facts == facts_of(draft) for one, draft in zip(found, drafts, strict=True)]
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
                staying, ending = beside(one.known, offer, one.version, one.packs, self._today)
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
