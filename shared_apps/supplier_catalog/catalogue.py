"""What the pages of articles read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.models import Article, ArticlePack, ArticleVersion, Offer, SupplierOrganisation, Tax
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit, quantity_text
from tenants.models import Domain, Region, RegionStatus

# How the list of articles may be narrowed.
SOLD, UNOFFERED, STOPPED = "sold", "unoffered", "stopped"


def _lasting() -> Q:
    return Q(valid_to=None) | Q(valid_to__gte=clock.today())


def articles_of(organisation: SupplierOrganisation, *, text: str = "", only: str = SOLD) -> QuerySet[Article]:
    """The supplier's articles by SKU, name, brand or barcode; `offered` is how many offers count now or later."""
    running = Offer.objects.filter(_lasting(), article=OuterRef("pk"), ended_at=None).order_by()
    number = running.values("article").annotate(number=Count("pk")).values("number")
    rows = organisation.articles.select_related("current").annotate(offered=Coalesce(Subquery(number), 0))
    if only == SOLD:
        rows = rows.filter(is_active=True)
    elif only == UNOFFERED:
        rows = rows.filter(~Exists(running), is_active=True)
    elif only == STOPPED:
        rows = rows.filter(is_active=False)
    if text:
        scanned = ArticlePack.objects.filter(version=OuterRef("current"), barcode=text)
        rows = rows.filter(
            Q(sku__icontains=text)
            | Q(current__name__icontains=text)
            | Q(current__brand__icontains=text)
            | Exists(scanned)
        )
    return rows.order_by("current__name", "pk")


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer as its list shows it."""

    offer: Offer
    place: str
    state: str

    @property
    def kind(self) -> str:
        """The colour of its state."""
        return {"scheduled": "info", "running": ""}.get(self.state, "plain")


def running_offers(article: Article) -> QuerySet[Offer]:
    """Those that count now or from a later day on."""
    return _with_all(article.offers.filter(_lasting(), ended_at=None)).order_by("area_id", "region__name", "valid_from")


def past_offers(article: Article) -> QuerySet[Offer]:
    """Those that ended or ran out, the last one first."""
    over = Q(ended_at__isnull=False) | Q(valid_to__lt=clock.today())
    return _with_all(article.offers.filter(over)).order_by("-pk")


def rows_of(offers: Sequence[Offer]) -> list[OfferRow]:
    today = clock.today()
    return [OfferRow(one, place_of(one), _state_of(one, today)) for one in offers]


def place_of(offer: Offer) -> str:
    """Where it counts, in words."""
    if offer.region is not None:
        return _("only for %(region)s") % {"region": offer.region.name}
    return offer.area.name if offer.area else ""


def _state_of(offer: Offer, today: date) -> str:
    if offer.ended_at is not None:
        return "ended"
    if offer.valid_to is not None and offer.valid_to < today:
        return "ran_out"
    return "scheduled" if offer.valid_from > today else "running"


def _with_all(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    return offers.select_related("pack", "version", "area", "region").prefetch_related("tiers")


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that one version says differently from the one before. Empty where there was, or is, nothing."""

    fact: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: ArticleVersion
    changes: list[Change]


def versions_of(article: Article) -> QuerySet[ArticleVersion]:
    """The newest first, with their packs."""
    packs = Prefetch("packs", ArticlePack.objects.order_by("order", "pk"))
    return article.versions.prefetch_related(packs).order_by("-number")


def history_rows(versions: Sequence[ArticleVersion], before: ArticleVersion | None) -> list[VersionRow]:
    """Each of these, newest first, with what it changed; `before` is the one before the last of them."""
    older: list[ArticleVersion | None] = [*versions[1:], before]
    return [
        VersionRow(one, list(_changes(earlier, one)) if earlier else [])
        for one, earlier in zip(versions, older, strict=True)
    ]


def _changes(before: ArticleVersion, after: ArticleVersion) -> Iterator[Change]:
    told = [
        (_("Name"), before.name, after.name),
        (_("Brand"), before.brand, after.brand),
        (_("Unit"), BaseUnit(before.base_unit).label, BaseUnit(after.base_unit).label),
        (_("PPN"), Tax(before.tax).label, Tax(after.tax).label),
        (_("Weighed on arrival"), _yes(before.catch_weight), _yes(after.catch_weight)),
    ]
    for fact, was, now in told:
        if was != now:
            yield Change(str(fact), str(was), str(now))
    packs_before = {pack.label.casefold(): _pack_text(pack, before) for pack in before.packs.all()}
    packs_after = {pack.label.casefold(): _pack_text(pack, after) for pack in after.packs.all()}
    for label in dict.fromkeys([*packs_before, *packs_after]):
        was, now = packs_before.get(label, ""), packs_after.get(label, "")
        if was != now:
            yield Change(_("Pack"), was, now)


def _pack_text(pack: ArticlePack, version: ArticleVersion) -> str:
    text = f"{pack.label}: {quantity_text(pack.base_quantity, version.base_unit)}"
    return f"{text} ({pack.barcode})" if pack.barcode else text


def _yes(flag: bool) -> str:
    return _("yes") if flag else _("no")


def open_regions(limit: int = 100) -> list[str]:
    """Names of open markets, to be chosen from."""
    rows = Region.objects.filter(status=RegionStatus.READY).order_by("name", "pk")
    return list(rows.values_list("name", flat=True)[:limit])


def regions_called(text: str, limit: int = 6) -> list[Region]:
    """Open markets with this name or address; else those whose name holds the text."""
    wanted = text.strip()
    rows = Region.objects.filter(status=RegionStatus.READY).order_by("name", "pk")
    at_address = Domain.objects.filter(tenant=OuterRef("pk"), domain=wanted.lower())
    exact = list(rows.filter(Q(name__iexact=wanted) | Exists(at_address))[:limit])
    return exact or list(rows.filter(name__icontains=wanted)[:limit])


def addresses_of(regions: Sequence[Region]) -> list[str]:
    """By which people tell markets of one name apart."""
    return list(
        Domain.objects.filter(tenant__in=regions, is_primary=True).order_by("domain").values_list("domain", flat=True)
    )
