"""The catalogue that a region gives to those that copy it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tenant_apps.catalog.models import Category, Pack, Product, ProductFamily
from tenant_apps.catalog.services import search_text
from tenants.hooks import blueprint_section


@blueprint_section("catalog", order=20)
class CatalogSection:
    """Categories, products and packs; `docs/market.md` has the shape. What is not traded is not passed on.

    A product that the region has already stays as it is, with its packs.
    """

    def export(self) -> Any:
        products = Product.objects.filter(is_active=True).select_related("category", "family").prefetch_related("packs")
        return {
            "categories": [
                {"slug": shelf.slug, "name": shelf.name, "order": shelf.order}
                for shelf in Category.objects.order_by("pk")
            ],
            "products": [_told(product) for product in products.order_by("pk")],
        }

    def apply(self, data: Any) -> None:
        with transaction.atomic():
            Category.objects.bulk_create(
                [Category(slug=one["slug"], name=one["name"], order=one["order"]) for one in data["categories"]],
                ignore_conflicts=True,
            )
            shelves = {shelf.slug: shelf for shelf in Category.objects.all()}
            known = set(Product.objects.values_list("sku", flat=True))
            fresh = [one for one in data["products"] if one["sku"] not in known]
            families = _families({one["family"] for one in fresh if "family" in one})
            products = Product.objects.bulk_create([_product(one, shelves[one["category"]], families) for one in fresh])
            # A barcode that this region gave to another pack stays there.
            codes = {pack["barcode"] for one in fresh for pack in one["packs"] if "barcode" in pack}
            free = codes - set(Pack.objects.filter(barcode__in=codes).values_list("barcode", flat=True))
            Pack.objects.bulk_create(
                [
                    Pack(
                        product=product,
                        label=pack["label"],
                        base_quantity=pack["base_quantity"],
                        use=pack["use"],
                        order=pack["order"],
                        barcode=code if (code := pack.get("barcode", "")) in free else "",
                    )
                    for product, one in zip(products, fresh, strict=True)
                    for pack in one["packs"]
                ]
            )


def _told(product: Product) -> dict[str, Any]:
    told = {
        "sku": product.sku,
        "name": product.name,
        "category": product.category.slug,
        "kind": product.kind,
        "base_unit": product.base_unit,
        "price_hint": product.market_price_hint,
        "packs": [
            {"label": pack.label, "base_quantity": pack.base_quantity, "use": pack.use, "order": pack.order}
            | ({"barcode": pack.barcode} if pack.barcode else {})
            for pack in sorted(product.packs.all(), key=lambda pack: pack.pk)
        ],
    }
    # Most products are called by one name only, and are nothing besides.
    besides: dict[str, Any] = {
        "synonyms": product.synonyms,
        "by_weight": product.by_weight,
        "density_g_per_l": product.density_g_per_l,
        "family": product.family.name if product.family else "",
        "variant": product.variant,
    }
    return told | {name: value for name, value in besides.items() if value}


def _families(names: set[str]) -> dict[str, ProductFamily]:
    ProductFamily.objects.bulk_create([ProductFamily(name=name) for name in sorted(names)], ignore_conflicts=True)
    return {family.name: family for family in ProductFamily.objects.filter(name__in=names)}


def _product(one: dict[str, Any], shelf: Category, families: dict[str, ProductFamily]) -> Product:
    product = Product(
        sku=one["sku"],
        name=one["name"],
        category=shelf,
        kind=one["kind"],
        base_unit=one["base_unit"],
        market_price_hint=one["price_hint"],
        synonyms=one.get("synonyms", ""),
        by_weight=one.get("by_weight", False),
        density_g_per_l=one.get("density_g_per_l"),
        family=families.get(one.get("family", "")),
        variant=one.get("variant", ""),
    )
    product.search = search_text(product)
    return product
