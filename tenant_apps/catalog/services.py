"""Changes of the catalogue. Each keeps what products are found by up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenant_apps.catalog.errors import BadPacks, NumberTaken, PackInUse
from tenant_apps.catalog.models import Category, Kind, Pack, Product, Use
from tenant_apps.catalog.spelling import search_text_of
from tenants.kernel.units import BaseUnit


@dataclass(frozen=True)
class PackDraft:
    """A pack as somebody wrote it down; `pk` is None for a new one."""

    label: str
    base_quantity: int
    use: Use
    pk: int | None = None


def search_text(product: Product) -> str:
    """What this product is found by."""
    return search_text_of(name=product.name, category=product.category.name, sku=product.sku, synonyms=product.synonyms)


def save_category(*, name: str, order: int, category: Category | None = None) -> Category:
    """A shelf has this name; its products are found by it. The address of a shelf that exists stays."""
    with transaction.atomic():
        if category is None:
            category = Category(slug=_free_slug(name))
        category.name, category.order = name.strip(), order
        category.save()
        products = list(category.products.select_related("category"))
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
) -> Product:
    """The article stands in the catalogue with exactly these packs, in this order.

    Units:   `market_price_hint` is rupiah for the first selling pack; a pack's quantity is in base units.
    Raises:  NumberTaken; BadPacks; PackInUse when a pack that prices name would go or change, or the base unit would.
    """
    _must_be_tradable(packs)
    product = product or Product()
    if product.pk and product.base_unit != base_unit and _has_history(product):
        raise PackInUse(_("Prices or stock are counted in this base unit already, so it cannot change."))
    product.sku, product.name, product.category = sku.strip(), name.strip(), category
    product.kind, product.base_unit = kind, base_unit
    product.synonyms, product.market_price_hint = synonyms.strip(), market_price_hint
    product.search = search_text(product)
    with transaction.atomic():
        try:
            with transaction.atomic():
                product.save()
        except IntegrityError as twice:
            if "sku" not in str(twice):
                raise
            raise NumberTaken(_("Another product has the article number %(sku)s.") % {"sku": product.sku}) from twice
        _save_packs(product, packs)
    return product


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
    # Asked by the reverse names, for prices and stock are apps above this one.
    return any(getattr(product, name).exists() for name in ("observations", "stock_levels", "stock_movements"))


def _save_packs(product: Product, packs: Sequence[PackDraft]) -> None:
    kept = {pack.pk: pack for pack in product.packs.all()}
    for pk in kept.keys() - {draft.pk for draft in packs}:
        _remove(kept[pk])
    ready = []
    for order, draft in enumerate(packs, start=1):
        pack = (kept.get(draft.pk) if draft.pk else None) or Pack(product=product)
        label, resized = draft.label.strip(), (pack.base_quantity, pack.use) != (draft.base_quantity, draft.use)
        if pack.pk and resized and _is_priced(pack):
            raise _in_use(pack)
        if pack.pk and pack.label != label:
            # Two packs may swap their names: the old ones step aside first.
            Pack.objects.filter(pk=pack.pk).update(label=f"…{pack.pk}")
        pack.label, pack.base_quantity, pack.use, pack.order = label, draft.base_quantity, draft.use, order
        ready.append(pack)
    for pack in ready:
        pack.save()


def _remove(pack: Pack) -> None:
    try:
        with transaction.atomic():
            pack.delete()
    except ProtectedError as named:
        raise _in_use(pack) from named


def _is_priced(pack: Pack) -> bool:
    return bool(pack.warung_prices.exists() or pack.wholesale_prices.exists())


def _in_use(pack: Pack) -> PackInUse:
    return PackInUse(
        _("“%(pack)s” has prices, so it stays as it is. Add a new pack beside it, or stop trading the product.")
        % {"pack": pack.label}
    )
