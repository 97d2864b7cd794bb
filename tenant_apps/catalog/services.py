"""Changes of the catalogue. Each keeps what products are found by up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenant_apps.catalog.barcodes import is_barcode
from tenant_apps.catalog.conversion import Unit, in_base_units
from tenant_apps.catalog.errors import BadBarcode, BadFacts, BadPacks, BarcodeTaken, NumberTaken, PackInUse
from tenant_apps.catalog.models import MOST_DENSITY, Category, Kind, Pack, Product, ProductFamily, Use
from tenant_apps.catalog.spelling import search_text_of
from tenants.kernel.units import BaseUnit


@dataclass(frozen=True)
class PackDraft:
    """A pack as somebody wrote it down; `pk` is None for a new one. `unit` is what `holds` counts: base units if None."""

    label: str
    holds: int
    use: Use
    pk: int | None = None
    barcode: str = ""
    unit: Unit | None = None


@dataclass(frozen=True)
class Facts:
    """What an article may be besides: weighed at packing, so heavy a litre, a variant of a family."""

    by_weight: bool = False
    density_g_per_l: int | None = None
    family: str = ""
    variant: str = ""


def search_text(product: Product) -> str:
    """What this product is found by."""
    family = product.family.name if product.family else ""
    also = " ".join(filter(None, (product.synonyms, family, product.variant)))
    return search_text_of(name=product.name, category=product.category.name, sku=product.sku, synonyms=also)


def save_category(*, name: str, order: int, category: Category | None = None) -> Category:
    """A shelf has this name; its products are found by it. The address of a shelf that exists stays."""
    with transaction.atomic():
        if category is None:
            category = Category(slug=_free_slug(name))
        category.name, category.order = name.strip(), order
        category.save()
        products = list(category.products.select_related("category", "family"))
        for product in products:
            product.category = category
            product.search = search_text(product)
        Product.objects.bulk_update(products, ["search"], batch_size=500)
    return category


def _free_slug(name: str) -> str:
    base = slugify(name)[:70] or "rak"
    taken = set(Category.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for number in range(1, 10_000) if (slug := base if number == 1 else f"{base}-{number}") not in taken
    )


def save_product(
    *,
    sku: str,
    name: str,
    category: Category,
    kind: Kind,
    base_unit: BaseUnit,
    synonyms: str,
    market_price_hint: int | None,
    packs: Sequence[PackDraft],
    product: Product | None = None,
    facts: Facts | None = None,
) -> Product:
    """The article stands in the catalogue with exactly these packs, in this order. Without `facts` those it has stay.

    Units:   `market_price_hint` is rupiah for the first selling pack; packs may be written down in kg or litres, and
             weight becomes volume by the density, to the nearest base unit.
    Raises:  NumberTaken; BadPacks; UnitsApart; BadFacts; BadBarcode, BarcodeTaken; PackInUse when a pack that prices or
             shelves name would go or change, or the base unit would.
    """
    _must_be_tradable(packs)
    _must_be_barcodes(packs)
    product = product or Product()
    if product.pk and product.base_unit != base_unit and _has_history(product):
        raise PackInUse(_("Prices or stock are counted in this base unit already, so it cannot change."))
    product.sku, product.name, product.category = sku.strip(), name.strip(), category
    product.kind, product.base_unit = kind, base_unit
    product.synonyms, product.market_price_hint = synonyms.strip(), market_price_hint
    with transaction.atomic():
        _take_facts(product, facts)
        product.search = search_text(product)
        try:
            with transaction.atomic():
                product.save()
        except IntegrityError as twice:
            if "sku" not in str(twice):
                raise
            raise NumberTaken(_("Another product has the article number %(sku)s.") % {"sku": product.sku}) from twice
        _save_packs(product, packs)
        ProductFamily.objects.filter(products=None).delete()
    return product


def _take_facts(product: Product, facts: Facts | None) -> None:
    if facts is not None:
        if facts.density_g_per_l is not None and not 0 < facts.density_g_per_l <= MOST_DENSITY:
            raise BadFacts(
                _("A litre of it weighs between 1 and %(most)s grams.") % {"most": MOST_DENSITY},
                field="density_g_per_l",
            )
        if facts.variant.strip() and not facts.family.strip():
            raise BadFacts(_("A variant needs the family that it belongs to."), field="family")
        name = facts.family.strip()
        product.family = ProductFamily.objects.get_or_create(name=name)[0] if name else None
        product.by_weight, product.density_g_per_l = facts.by_weight, facts.density_g_per_l
        product.variant = facts.variant.strip()
    if product.by_weight and product.base_unit != BaseUnit.GRAM:
        raise BadFacts(_("Only what is counted in grams can be weighed at packing."), field="by_weight")


def weigh_at_packing(*, product: Product, by_weight: bool) -> None:
    """Whether the article is sold by an estimate and weighed when the order is packed.

    Raises:  BadFacts for what is not counted in grams.
    """
    if by_weight and product.base_unit != BaseUnit.GRAM:
        raise BadFacts(_("Only what is counted in grams can be weighed at packing."), field="by_weight")
    product.by_weight = by_weight
    product.save(update_fields=["by_weight"])


def set_traded(*, product: Product, traded: bool) -> None:
    """Whether the region trades the article. What is not traded is neither offered nor found; its history stays."""
    product.is_active = traded
    product.save(update_fields=["is_active"])


def _must_be_tradable(packs: Sequence[PackDraft]) -> None:
    if not any(pack.use == Use.SELL for pack in packs):
        raise BadPacks(_("Write down at least one pack for selling."))
    named = [(pack.use, pack.label.strip().lower()) for pack in packs]
    if len(set(named)) != len(named):
        raise BadPacks(_("Two packs for the same use have one name."))


def _has_history(product: Product) -> bool:
    # Asked by the reverse names, for prices, stock and what is bought of suppliers are apps above this one.
    names = ("observations", "stock_levels", "stock_movements", "adoptions")
    return any(getattr(product, name).exists() for name in names)


def _must_be_barcodes(packs: Sequence[PackDraft]) -> None:
    codes = [code for draft in packs if (code := draft.barcode.strip())]
    for code in codes:
        if not is_barcode(code):
            raise BadBarcode(_("%(code)s is no barcode: its last digit does not fit. Scan it again.") % {"code": code})
    if len(set(codes)) != len(codes):
        raise BadBarcode(_("Two packs have one barcode."))


def _save_packs(product: Product, packs: Sequence[PackDraft]) -> None:
    kept = {pack.pk: pack for pack in product.packs.all()}
    for pk in kept.keys() - {draft.pk for draft in packs}:
        _remove(kept[pk])
    ready = []
    for order, draft in enumerate(packs, start=1):
        pack = (kept.get(draft.pk) if draft.pk else None) or Pack(product=product)
        label, holds = draft.label.strip(), _base_quantity(product, draft)
        resized = (pack.base_quantity, pack.use) != (holds, draft.use)
        if pack.pk and resized and _is_named(pack):
            raise _in_use(pack)
        code = draft.barcode.strip()
        if pack.pk and (pack.label != label or pack.barcode != code):
            # Two packs may swap their names and barcodes: the old ones step aside first.
            Pack.objects.filter(pk=pack.pk).update(label=f"…{pack.pk}", barcode="")
        pack.label, pack.base_quantity, pack.use, pack.order, pack.barcode = label, holds, draft.use, order, code
        ready.append(pack)
    for pack in ready:
        _save_pack(pack)


def _base_quantity(product: Product, draft: PackDraft) -> int:
    if draft.unit is None:
        return draft.holds
    holds = in_base_units(draft.holds, draft.unit, BaseUnit(product.base_unit), product.density_g_per_l)
    if holds < 1:
        raise BadPacks(_("“%(pack)s” would hold nothing.") % {"pack": draft.label})
    return holds


def _save_pack(pack: Pack) -> None:
    try:
        with transaction.atomic():
            pack.save()
    except IntegrityError as twice:
        if "pack_barcode_once" not in str(twice):
            raise
        other = Pack.objects.select_related("product").filter(barcode=pack.barcode).first()
        raise BarcodeTaken(
            _("%(code)s is the barcode of %(product)s already.")
            % {"code": pack.barcode, "product": other.product.name if other else "?"}
        ) from twice


def _remove(pack: Pack) -> None:
    try:
        with transaction.atomic():
            pack.delete()
    except ProtectedError as named:
        raise _in_use(pack) from named


def _is_named(pack: Pack) -> bool:
    # Asked by the reverse names, for prices and stock are apps above this one.
    return any(getattr(pack, name).exists() for name in ("warung_prices", "wholesale_prices", "sealed_packs"))


def _in_use(pack: Pack) -> PackInUse:
    return PackInUse(
        _(
            "“%(pack)s” has prices or stock, so it stays as it is. Add a new pack beside it, or stop trading the product."
        )
        % {"pack": pack.label}
    )
