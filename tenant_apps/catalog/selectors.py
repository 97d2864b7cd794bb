"""What is traded, and what people mean when they ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramStrictWordSimilarity, TrigramWordSimilarity
from django.db.models import F, FloatField, Prefetch, QuerySet, Value
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
    found = rows.annotate(fit=score).filter(fit__gte=ENOUGH).order_by("-fit", "name", "pk")
    return list(found[:limit])


def _fit(word: str) -> Any:
    """How well one word fits: 1.0 in the name itself, less in category, number or other names, less by its bones."""
    name: Any = Lower("name")
    ways: list[Any] = [
        _part(TrigramWordSimilarity(word, name), 1.0),
        _part(TrigramWordSimilarity(word, F("search")), 0.9),
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
