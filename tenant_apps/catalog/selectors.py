"""What is traded, and what people mean when they ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add, or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.lookups import TrigramStrictWordSimilar, TrigramWordSimilar
from django.contrib.postgres.search import TrigramStrictWordSimilarity, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import F, FloatField, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Greatest, Lower
from django.http import Http404

from tenant_apps.catalog.barcodes import LONGEST_BARCODE, looks_scanned
from tenant_apps.catalog.models import Category, Pack, Product, Use
from tenant_apps.catalog.spelling import LOCAL_WORDS, bones, words_of
from tenants.kernel.units import BaseUnit

# What people measure with besides packs.
_MEASURES: dict[str, tuple[tuple[int, str], ...]] = {
    BaseUnit.GRAM: ((1_000, "kg"), (1, "g")),
    BaseUnit.MILLILITRE: ((1_000, "L"), (1, "ml")),
}
# Below this a product only shares a syllable with the question.
ENOUGH = 0.42
# The index is asked for what surely fits first: it then reads a few products instead of all that share a syllable.
SURE = 0.6
# Who asks for "minyak" does not mean "minuman", which shares half of its letters: what fits this much worse is left out.
NEARLY = 0.75
# A shelf's name fits every article on it, so it counts only while no article's own name fits.
BY_SHELF = 0.6


def traded_products() -> QuerySet[Product]:
    """What the region trades, with categories, by name."""
    return Product.objects.select_related("category").filter(is_active=True).order_by("name", "pk")


def search_products(text: str, limit: int = 20, among: QuerySet[Product] | None = None) -> list[Product]:
    """Traded products that fit the text, best first; spelling is forgiven and local words are known.

    A text without words finds nothing. `among` looks in these products instead.
    """
    words = words_of(text)
    if not words:
        return []
    rows = traded_products() if among is None else among.select_related("category")
    code = text.strip()
    if looks_scanned(code) and (scanned := list(rows.filter(packs__barcode=code))):
        return scanned
    score = reduce(add, (_fit(word) for word in words)) / Value(float(len(words)))
    asked = rows.annotate(fit=score).filter(fit__gte=ENOUGH).order_by("-fit", "name", "pk")
    found: list[Product] = []
    with transaction.atomic():
        for level in (SURE, ENOUGH):
            _look_above(level)
            found = list(asked.filter(_alike(words))[:limit])
            # What the lower level would add fits much worse than what is here.
            if found and found[0].fit * NEARLY >= level:  # type: ignore[attr-defined]
                break
    return found


def _look_above(level: float) -> None:
    """From which likeness on the index answers, until this transaction ends. Bones weigh 0.85, hence the other level."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true),"
            " set_config('pg_trgm.strict_word_similarity_threshold', %s, true)",
            [str(level), str(round(level / 0.85, 2))],
        )


def _alike(words: Sequence[str]) -> Q:
    """What the index can answer: some word is in the product's text, as it is spelt, as it is called here, or by its bones.

    Very short words and numbers stand in half of all names; where there are others, they only weigh.
    """
    telling = [word for word in words if len(word) > 2 and not word.isdigit()] or list(words)
    ways = []
    for word in telling:
        ways.append(Q(TrigramWordSimilar(F("search"), Value(word))))
        if word in LOCAL_WORDS:
            ways.append(Q(TrigramWordSimilar(F("search"), Value(LOCAL_WORDS[word]))))
        if spine := bones(word):
            ways.append(Q(TrigramStrictWordSimilar(F("search"), Value(spine))))
    return reduce(or_, ways)


def _fit(word: str) -> Any:
    """How well one word fits: 1.0 in the name itself, less in other names, by its bones, and least by shelf or number."""
    name: Any = Lower("name")
    ways: list[Any] = [
        _part(TrigramWordSimilarity(word, name), 1.0),
        _part(TrigramWordSimilarity(word, Lower("synonyms")), 0.95),
        _part(TrigramWordSimilarity(word, F("search")), BY_SHELF),
    ]
    if word in LOCAL_WORDS:
        ways.append(_part(TrigramWordSimilarity(LOCAL_WORDS[word], name), 0.98))
    spine = bones(word)
    if spine:
        # Two letters are shared by many words; three and more say what was meant.
        ways.append(_part(TrigramStrictWordSimilarity(spine, F("search")), 0.85 if len(spine) > 2 else 0.7))
    return Greatest(*ways, output_field=FloatField())


def _part(likeness: Any, weight: float) -> Any:
    return likeness * Value(weight, output_field=FloatField())


def product_for(public_id: UUID) -> Product:
    """A product by its public id, traded or not.

    Raises:  Http404.
    """
    found = Product.objects.select_related("category", "family").filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such product")
    return found


def with_packs(products: QuerySet[Product], use: Use) -> QuerySet[Product]:
    """The products with their packs for this use, smallest order first, as `use_packs`."""
    packs = Pack.objects.filter(use=use).order_by("order", "pk")
    return products.prefetch_related(Prefetch("packs", queryset=packs, to_attr="use_packs"))


def first_pack(product: Product) -> Pack | None:
    """The selling pack that a price is told for first; its hint and a market's price are for this one."""
    return product.packs.filter(use=Use.SELL).order_by("order", "pk").first()


def pack_by_barcode(code: str) -> Pack | None:
    """The pack with this barcode, with its product, traded or not; None where nobody wrote it down."""
    code = code.strip()
    # No barcode is longer or holds a NUL: the database need not be asked.
    if not code or len(code) > LONGEST_BARCODE or not code.isprintable():
        return None
    return Pack.objects.select_related("product__category").filter(barcode=code).first()


def units_of(product: Product, packs: Sequence[Pack]) -> list[tuple[int, str]]:
    """In what people may count this product: base units in one, and how it is called. Packs first, as they are ordered."""
    found: dict[int, str] = {}
    for pack in packs:
        found.setdefault(pack.base_quantity, pack.label)
    for quantity, name in _MEASURES.get(product.base_unit, ((1, product.get_base_unit_display()),)):
        found.setdefault(quantity, name)
    return list(found.items())


def variants_beside(product: Product) -> list[Product]:
    """The other articles of the product's family, by their variant."""
    if product.family_id is None:
        return []
    return list(Product.objects.filter(family=product.family_id).exclude(pk=product.pk).order_by("variant", "name"))


def categories() -> list[Category]:
    """Every shelf in order."""
    return list(Category.objects.all())
