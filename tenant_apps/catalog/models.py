"""What is traded here: products and the packs in which they are sold and bought."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenants.files import RegionStorage
from tenants.kernel.units import BaseUnit

# Water is 1,000 g a litre; nothing that is sold here is lighter than foam or heavier than mercury.
MOST_DENSITY = 20_000


class Category(models.Model):
    """A shelf: products that people look for together."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar[list[str]] = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    STAPLE = "staple", _("staple goods")
    PACKAGED = "packaged", _("packaged")
    FRESH = "fresh", _("fresh")
    HOUSEHOLD = "household", _("household")


class ProductFamily(models.Model):
    """Products that people see as one: "Mi instan" with the variants goreng and soto. Each variant is an article of its own."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("family of products")
        verbose_name_plural = _("families of products")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """One article. Its quantities everywhere are integers of `base_unit`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sku = models.CharField(_("article number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="products"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.STAPLE)
    base_unit = models.CharField(_("base unit"), max_length=3, choices=BaseUnit.choices)
    is_active = models.BooleanField(_("traded"), default=True)
    # Sold by an estimated weight, and weighed when the order is packed.
    by_weight = models.BooleanField(_("weighed at packing"), default=False, db_default=False)
    # Grams in a litre: without it nobody may turn kilograms of this into litres.
    density_g_per_l = models.IntegerField(_("grams in a litre"), null=True, blank=True)
    # The index of the family stands in Meta: it is built without holding up writers.
    family = models.ForeignKey(
        ProductFamily,
        verbose_name=_("family"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="products",
        db_index=False,
    )
    variant = models.CharField(_("variant"), max_length=60, blank=True, default="", db_default="")
    # The larger picture; the smaller one lies beside it (`catalog.photos`).
    photo = models.FileField(
        _("photo"), storage=RegionStorage(), upload_to="products", blank=True, default="", db_default=""
    )
    # What people here call it as well: "lombok" for cabai.
    synonyms = models.CharField(_("also called"), max_length=240, blank=True)
    # What people type is looked for in here; `catalog.spelling.search_text_of` says what it holds.
    search = models.TextField(editable=False, blank=True)
    # Rupiah for the first selling pack. Something to start from when writing down a price; never evidence.
    market_price_hint = models.BigIntegerField(_("price hint"), null=True, blank=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering: ClassVar[list[str]] = ["name"]
        indexes: ClassVar[list[models.Index]] = [
            # Finds products in spite of typing errors. The extension lives in public.
            GinIndex(name="product_search", fields=["search"], opclasses=["public.gin_trgm_ops"]),
            models.Index(name="product_of_family", fields=["family"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A unit that conversions do not know would break every quantity.
            models.CheckConstraint(name="product_unit_known", condition=Q(base_unit__in=BaseUnit.values)),
            models.CheckConstraint(
                name="product_hint_positive", condition=Q(market_price_hint__isnull=True) | Q(market_price_hint__gt=0)
            ),
            # Only what is counted in grams can be put on a scale.
            models.CheckConstraint(
                name="product_weighed_in_grams", condition=Q(by_weight=False) | Q(base_unit=BaseUnit.GRAM)
            ),
            models.CheckConstraint(
                name="product_density_real",
                condition=Q(density_g_per_l__isnull=True) | Q(density_g_per_l__gt=0, density_g_per_l__lte=MOST_DENSITY),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def small_photo(self) -> str:
        """The address of the picture for a tile; empty where there is none."""
        return self._photo_address(320)

    @property
    def large_photo(self) -> str:
        """The address of the picture for a page; empty where there is none."""
        return self._photo_address(640)

    def _photo_address(self, size: int) -> str:
        name = self.photo.name
        if not name:
            return ""
        version = name.rpartition("/")[2].partition("-")[0]
        return reverse("catalog:photo", args=[self.public_id, size, version])


class Use(models.TextChoices):
    SELL = "sell", _("selling")
    BUY = "buy", _("buying")


class Pack(models.Model):
    """A way to trade a product: "½ kg" is 500 g, "karung 50 kg" is 50,000 g."""

    product = models.ForeignKey(Product, verbose_name=_("product"), on_delete=models.CASCADE, related_name="packs")
    label = models.CharField(_("pack"), max_length=40)
    base_quantity = models.BigIntegerField(_("quantity in base units"))
    use = models.CharField(_("use"), max_length=4, choices=Use.choices, default=Use.SELL)
    order = models.PositiveIntegerField(_("order"), default=0)
    # What a scanner reads: EAN-8, EAN-13, UPC or a code of one's own. Empty: none.
    barcode = models.CharField(_("barcode"), max_length=32, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering: ClassVar[list[str]] = ["use", "order", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A pack of nothing would sell for ever.
            models.CheckConstraint(name="pack_holds_something", condition=Q(base_quantity__gt=0)),
            models.UniqueConstraint(name="pack_label_once", fields=["product", "label", "use"]),
            # A scan means one pack.
            models.UniqueConstraint(name="pack_barcode_once", fields=["barcode"], condition=~Q(barcode="")),
        ]

    def __str__(self) -> str:
        return self.label


class Word(models.Model):
    """A word that some product is, or was, found by. The database writes it down when a product's text changes."""

    word = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.word
