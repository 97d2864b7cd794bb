"""What the Satker's pages show: offers beside each other, adopted articles by product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import Func
from django.db.models.fields import FloatField
from django.db.models.functions import Concat, Lower

from shared_apps.supplier_catalog.models import Article, ArticlePack, Offer, SupplierOrganisation, SupplierState
from tenant_apps.catalog.barcodes import looks_scanned
from tenant_apps.catalog.models import Product
from tenant_apps.catalog.selectors import search_products
from tenant_apps.catalog.spelling import words_of
from tenant_apps.suppliers.costs import Cost, cost_of, market_each
from tenant_apps.suppliers.market import MarketPrice, market_prices
from tenant_apps.suppliers.models import Adoption, AdoptionChange, AdoptionEvent, AdoptionState
from tenant_apps.suppliers.selectors import WAITING, offers_here, today_here, whole
from tenant_apps.suppliers.words import tiers_text
from tenant_apps.warungs.selectors import names_of

# Less of a word than this is another word.
ENOUGH = 0.5
MOST_WORDS = 6
MOST_GUESSES = 5
# So many offers of an article show how its price went.
REMEMBERED = 24


class WordSimilarity(Func):
    """How much of a word stands somewhere in a text, 0 to 1; typing errors are forgiven."""

    function = "word_similarity"
    output_field = FloatField()


def find_offers(text: str = "", supplier: UUID | None = None) -> list[int]:
    """Numbers of what counts here, by name; with a text what fits it, best first: a barcode, a SKU, words of article or supplier.

    Numbers alone, so that a page of `offers_by` is read and not a region's whole market.
    """
    text = text.strip()
    rows = offers_here().order_by("version__name", "organisation__name", "pk")
    if supplier is not None:
        rows = rows.filter(organisation__public_id=supplier)
    if not text:
        return _numbers(rows)
    if looks_scanned(text) and (exact := _by_code(text, supplier)):
        return exact
    words = words_of(text)[:MOST_WORDS]
    if not words:
        return []
    space = Value(" ")
    names = ("version__name", space, "version__brand", space, "article__sku", space, "organisation__name")
    rows = rows.annotate(called=Lower(Concat(*names, output_field=TextField())))
    # Reckoning how alike words are takes ten times as long as looking for them as they stand.
    if plain := _numbers(rows.filter(*(Q(called__contains=word) for word in words))):
        return plain
    fits = {f"fit_{place}": WordSimilarity(Value(word), F("called")) for place, word in enumerate(words)}
    together: Any = sum((F(name) for name in fits), Value(0.0))
    alike = rows.annotate(**fits).filter(**{f"{name}__gte": ENOUGH for name in fits})
    return _numbers(alike.order_by(together.desc(), "version__name", "organisation__name", "pk"))


def offers_by(numbers: Sequence[int]) -> list[Offer]:
    """These offers in this order, with all that is read of them."""
    found = {offer.pk: offer for offer in whole(Offer.objects.filter(pk__in=numbers))}
    return [found[number] for number in numbers if number in found]


def _by_code(code: str, supplier: UUID | None) -> list[int]:
    """Offers of the article with this SKU, or with this barcode on a pack that it still has."""
    articles = set(Article.objects.filter(sku__iexact=code).values_list("public_id", flat=True))
    packs = ArticlePack.objects.filter(barcode=code)
    articles |= set(packs.values_list("version__article__public_id", flat=True))
    if not articles:
        return []
    carried = Exists(packs.filter(version=OuterRef("version")))
    rows = offers_here(articles=articles).filter(Q(carried) | Q(article__sku__iexact=code))
    if supplier is not None:
        rows = rows.filter(organisation__public_id=supplier)
    return _numbers(rows.order_by("version__name", "organisation__name", "pk"))


def _numbers(rows: QuerySet[Offer]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def suppliers_here() -> QuerySet[SupplierOrganisation]:
    """Verified suppliers that offer something to this region, by name."""
    offering = Offer.objects.filter(organisation=OuterRef("pk"), ended_at=None)
    return SupplierOrganisation.objects.filter(Exists(offering), state=SupplierState.VERIFIED).order_by("name", "pk")


@dataclass(frozen=True)
class OfferRow:
    """An offer, what it costs here, and as what it is bought already."""

    offer: Offer
    cost: Cost
    adoption: Adoption | None

    @property
    def more(self) -> str:
        """The prices for more packs, in words."""
        return tiers_text([[tier.packs, tier.price] for tier in self.offer.tiers.all()[1:]])


def offer_rows(offers: Sequence[Offer]) -> list[OfferRow]:
    """One query, however many there are."""
    today = today_here()
    running = Adoption.objects.select_related("product").exclude(state=AdoptionState.ENDED)
    known = {one.article: one for one in running.filter(article__in=[offer.article.public_id for offer in offers])}
    return [OfferRow(offer, cost_of(offer, today), known.get(offer.article.public_id)) for offer in offers]


@dataclass(frozen=True)
class Candidate:
    """One of our products that the article may be, beside what is paid for it now and what the market asks."""

    product: Product
    by_barcode: bool
    # Whether somebody must say how much a pack holds; a supplier's piece may be a carton of ours.
    asks_content: bool
    market: int | None
    paid: Cost | None

    @property
    def may_tell_content(self) -> bool:
        return self.asks_content or self.product.base_unit == "pcs"


def candidates(offer: Offer, text: str = "", chosen: Product | None = None) -> list[Candidate]:
    """Products that fit the text, or else the article: the one with its barcode first, then those called so.

    `chosen` is among them in any case.
    """
    scanned: list[Product] = []
    if text:
        found = search_products(text, limit=MOST_GUESSES * 2)
    else:
        codes = [pack.barcode for pack in offer.version.packs.all() if pack.barcode]
        rows = Product.objects.select_related("category").filter(packs__barcode__in=codes, is_active=True)
        scanned = list(rows.distinct()) if codes else []
        found = [*scanned, *(one for one in search_products(offer.version.name, MOST_GUESSES) if one not in scanned)]
    if chosen is not None and chosen not in found:
        found.insert(0, chosen)
    seen, paid = market_prices([product.pk for product in found]), _paid(found)
    unit = offer.version.base_unit
    return [
        Candidate(
            product,
            product in scanned,
            asks_content=product.base_unit != unit
            and ("pcs" in (product.base_unit, unit) or not product.density_g_per_l),
            market=market_each(seen[product.pk], product.base_unit) if product.pk in seen else None,
            paid=paid.get(product.pk),
        )
        for product in found
    ]


def _paid(products: Sequence[Product]) -> dict[int, Cost]:
    """The least that is paid for each now."""
    rows = Adoption.objects.select_related("product").filter(product__in=products, state=AdoptionState.ACTIVE)
    found: dict[int, Cost] = {}
    for line in _lines(list(rows)):
        best = found.get(line.adoption.product_id)
        if best is None or line.cost.by_unit < best.by_unit:
            found[line.adoption.product_id] = line.cost
    return found


@dataclass(frozen=True)
class AdoptedLine:
    """An adopted article on the terms agreed to, and what waits for an answer."""

    adoption: Adoption
    # None where the region may no longer read it.
    offer: Offer | None
    cost: Cost
    change: AdoptionChange | None
    cheapest: bool = False


@dataclass(frozen=True)
class AdoptedProduct:
    """A product with what is bought as it, the cheapest first."""

    product: Product
    lines: list[AdoptedLine]
    market: int | None
    seen: MarketPrice | None


def adopted_products(text: str = "", *, ended: bool = False) -> QuerySet[Product]:
    """Products that suppliers' articles are, or were, bought as, by name. `text`: product, article, SKU or supplier."""
    rows = Adoption.objects.filter(state=AdoptionState.ENDED) if ended else Adoption.objects.exclude(state="ended")
    for word in text.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(product__name__icontains=word)
            | Q(article_name__icontains=word)
            | Q(sku__icontains=word)
            | Q(supplier_name__icontains=word)
        )
    return Product.objects.filter(pk__in=rows.values("product_id")).order_by("name", "pk")


def adopted_board(products: Sequence[Product], *, ended: bool = False) -> list[AdoptedProduct]:
    """What is bought as each of these, the cheapest landed first. A constant number of queries."""
    rows = Adoption.objects.select_related("product").filter(product__in=products)
    rows = rows.filter(state=AdoptionState.ENDED) if ended else rows.exclude(state=AdoptionState.ENDED)
    by_product: dict[int, list[AdoptedLine]] = defaultdict(list)
    for line in _lines(list(rows)):
        by_product[line.adoption.product_id].append(line)
    seen = market_prices([product.pk for product in products])
    board = []
    for product in products:
        lines = sorted(by_product[product.pk], key=lambda one: (one.adoption.state, one.cost.by_unit, one.adoption.pk))
        several = len(lines) > 1 and not ended
        shown = [
            AdoptedLine(one.adoption, one.offer, one.cost, one.change, cheapest=several and place == 0)
            for place, one in enumerate(lines)
        ]
        price = seen.get(product.pk)
        board.append(AdoptedProduct(product, shown, market_each(price, product.base_unit) if price else None, price))
    return board


def line_of(adoption: Adoption) -> AdoptedLine:
    """The same for one."""
    return _lines([adoption])[0]


def _lines(adoptions: Sequence[Adoption]) -> list[AdoptedLine]:
    today = today_here()
    agreed = {one.public_id: one for one in whole(Offer.objects.filter(public_id__in=[a.offer for a in adoptions]))}
    waiting = {one.adoption_id: one for one in AdoptionChange.objects.filter(adoption__in=adoptions, state__in=WAITING)}
    found = []
    for one in adoptions:
        offer, unit = agreed.get(one.offer), one.product.base_unit
        cost = (
            cost_of(offer, today, one.base_quantity, unit) if offer else Cost(one.price, 0, 0, one.base_quantity, unit)
        )
        found.append(AdoptedLine(one, offer, cost, waiting.get(one.pk)))
    return found


@dataclass(frozen=True)
class NamedEvent:
    """One step of an adoption, with the name of who took it (empty for a machine)."""

    event: AdoptionEvent
    name: str


def history_of(adoption: Adoption) -> list[NamedEvent]:
    """Its steps, oldest first. Two queries."""
    events = list(adoption.history.all())
    names = names_of(event.by for event in events)
    return [NamedEvent(event, names.get(event.by, "")) for event in events]


@dataclass(frozen=True)
class PriceTrail:
    """How an article's price went, landed for a unit, oldest first."""

    days: list[tuple[Offer, Cost]]

    @property
    def values(self) -> list[int]:
        return [cost.each for _offer, cost in self.days]


def trail_of(article: UUID) -> PriceTrail:
    """The last offers of an article that this region may read, in the unit of the newest."""
    rows = whole(Offer.objects.filter(article__public_id=article, valid_from__lte=today_here()))
    newest = list(rows.order_by("-valid_from", "-pk")[:REMEMBERED])
    shown = [one for one in newest if one.version.base_unit == newest[0].version.base_unit]
    return PriceTrail([(one, cost_of(one, one.valid_from)) for one in reversed(shown)])


def names_for(changes: Iterable[AdoptionChange]) -> dict[str, str]:
    """Who answered, by the words that the changes have for them."""
    return names_of(change.answered_by for change in changes)
