"""What is traded, and what people mean when they ask for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from operator import add, or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, FloatField, Prefetch, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat, Lower, StrIndex
from django.db.models.lookups import GreaterThan
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
# Below this a product only shares a syllable with the question; and a word with the word that was typed.
ENOUGH = 0.42
SYLLABLE = 0.25
# Who asks for "minyak" does not mean "minuman", which shares half of its letters: what fits this much worse is left out.
NEARLY = 0.75
# A shelf's name fits every article on it, so it counts only while no article's own name fits.
BY_SHELF = 0.6
# Words share their bones more easily than their letters.
BY_BONES = 0.9
# A typed word stands for at most this many words of the catalogue.
MOST_MEANT = 8
_VOWEL = re.compile("[aeiou]")

# Bones of two letters are shared by many words; three and more say what was meant.
LIKE_WORDS = """
SELECT * FROM (
    SELECT asked.word, known.word, greatest(
        similarity(asked.word, known.word), word_similarity(asked.word, known.word) * 0.98,
        CASE WHEN asked.spine <> '' THEN
            similarity(asked.spine, known.word) * CASE WHEN length(asked.spine) > 2 THEN 0.95 ELSE 0.75 END END
    ) AS fit
    FROM unnest(%s::text[], %s::text[]) AS asked(word, spine) CROSS JOIN catalog_word AS known
) AS pairs WHERE fit >= %s
"""


def traded_products() -> QuerySet[Product]:
    """What the region trades, with categories, by name."""
    return Product.objects.select_related("category").filter(is_active=True).order_by("name", "pk")


def search_products(text: str, limit: int = 20, among: QuerySet[Product] | None = None) -> list[Product]:
    """Traded products that fit the text, best first; spelling is forgiven and local words are known.

    A text without words finds nothing. `among` looks in these products instead.
    """
    rows = traded_products() if among is None else among.select_related("category")
    if scanned := _scanned(text, rows):
        return scanned
    found = _by_fit(text, rows)
    # What fits too little is left out here: as a condition, the database would work out every fit twice.
    return [] if found is None else [product for product in found[:limit] if product.fit >= ENOUGH]


def fitting_products(text: str, limit: int = 20) -> list[tuple[int, float]]:
    """The same traded products by their numbers, and how well each fits; a scanned code fits wholly."""
    rows = traded_products()
    if scanned := _scanned(text, rows):
        return [(product.pk, 1.0) for product in scanned]
    found = _by_fit(text, rows.select_related(None))
    pairs = [] if found is None else found.values_list("pk", "fit")[:limit]
    return [(pk, fit) for pk, fit in pairs if fit >= ENOUGH]


def _scanned(text: str, rows: QuerySet[Product]) -> list[Product]:
    code = text.strip()
    return list(rows.filter(packs__barcode=code)) if words_of(text) and looks_scanned(code) else []


def _by_fit(text: str, rows: QuerySet[Product]) -> Any:
    """The products that share a word with the text, by `fit`; None where no word means anything."""
    words = words_of(text)
    meant = _meant(words) if words else {}
    if not any(meant.values()):
        return None
    score = reduce(add, (_fit(meant[word]) for word in words)) / Value(float(len(words)))
    return rows.filter(_holds_some(words, meant)).annotate(fit=score).order_by("-fit", "name", "pk")


def _meant(words: Sequence[str]) -> dict[str, dict[str, float]]:
    """For each word that was typed, the words of the catalogue that it may mean, and how well they fit.

    One question to the few thousand words that the catalogue has, whatever the number of products.
    """
    asked = list(dict.fromkeys(words))
    with connection.cursor() as cursor:
        cursor.execute(LIKE_WORDS, [asked, [bones(word) for word in asked], SYLLABLE])
        rows = cursor.fetchall()
    found: dict[str, dict[str, float]] = {word: {} for word in asked}
    for word in asked:
        # Numbers are no words of the catalogue; they are meant as they stand.
        if not word[0].isalpha():
            found[word][word] = 1.0
        if word in LOCAL_WORDS:
            found[word][LOCAL_WORDS[word]] = 0.98
    for typed, word, fit in sorted(rows, key=lambda row: (-row[2], row[1])):
        held = found[typed]
        if len(held) < MOST_MEANT:
            held[word] = float(fit)
    return found


def _holds_some(words: Sequence[str], meant: dict[str, dict[str, float]]) -> Q:
    """Products with one of the words in their text, by the index.

    Very short words and numbers stand in half of all names; where there are others, they only weigh.
    """
    long = [word for word in words if len(word) > 2 and not word.isdigit() and meant[word]]
    telling = [meant[word] for word in long or words if meant[word]]
    near = [one for held in telling for one, fit in held.items() if fit >= NEARLY * max(held.values())]
    return reduce(or_, (Q(search__contains=one) for one in dict.fromkeys(near)))


def _fit(meant: dict[str, float]) -> Any:
    """How well a product fits one word: by a word of its names or its bones, or less by its shelf or number."""
    if not meant:
        return Value(0.0, output_field=FloatField())
    called = Concat(Value(" "), Lower("name"), Value(" "), Lower("synonyms"), output_field=TextField())
    ways = []
    for word, fit in meant.items():
        # The text holds the words of the names: names are only put together where the word is there at all.
        there = Q(GreaterThan(StrIndex(F("search"), Value(word)), 0))
        by_name = Q(GreaterThan(StrIndex(called, Value(f" {word}")), 0))
        ways.append((fit, When(there & by_name, then=Value(fit))))
        # Only names leave bones in the text.
        in_text = fit * (BY_SHELF if _VOWEL.search(word) or not word.isalpha() else BY_BONES)
        ways.append((in_text, When(there, then=Value(in_text))))
    ways.sort(key=lambda way: -way[0])
    return Case(*(when for _fit, when in ways), default=Value(0.0), output_field=FloatField())


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
