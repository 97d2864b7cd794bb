"""What is traded here: products and the packs in which they are sold and bought."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel.units import BaseUnit


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
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A unit that conversions do not know would break every quantity.
            models.CheckConstraint(name="product_unit_known", condition=Q(base_unit__in=BaseUnit.values)),
            models.CheckConstraint(
                name="product_hint_positive", condition=Q(market_price_hint__isnull=True) | Q(market_price_hint__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name


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

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering: ClassVar[list[str]] = ["use", "order", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A pack of nothing would sell for ever.
            models.CheckConstraint(name="pack_holds_something", condition=Q(base_quantity__gt=0)),
            models.UniqueConstraint(name="pack_label_once", fields=["product", "label", "use"]),
        ]

    def __str__(self) -> str:
        return self.label
