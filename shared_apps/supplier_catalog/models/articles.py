"""What a supplier sells: an article, its versions, and the ladder of packs of each version."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models.organisations import SupplierOrganisation
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit


class Tax(models.TextChoices):
    """How PPN (value added tax) stands to a price. The rate is dated: `supplier_catalog.taxes`."""

    # Staple food and sellers who are no PKP (PP 49/2022; PMK 68/2010).
    NONE = "none", _("no PPN")
    INCLUDED = "included", _("PPN is in the price")
    ADDED = "added", _("PPN comes on top")


def photo_path(article: Article, filename: str) -> str:
    """A name that nobody can guess and that holds nothing of the supplier's own."""
    return f"supplier_catalog/{article.public_id}/{secrets.token_hex(16)}"


class Article(models.Model):
    """A supplier's article, by its own SKU. What it is stands in its versions; `current` is the newest."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="articles")
    sku = models.CharField(_("SKU"), max_length=60)
    is_active = models.BooleanField(_("is sold"), default=True)
    current = models.ForeignKey("ArticleVersion", null=True, on_delete=models.PROTECT, related_name="+")
    photo = models.FileField(_("photo"), upload_to=photo_path, blank=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering: ClassVar[list[str]] = ["sku", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", Upper("sku"), name="article_sku_once"),
            # A blank number would match every blank number of a price list.
            models.CheckConstraint(name="article_has_sku", condition=Q(sku__regex=r"[^[:space:]]")),
        ]

    def __str__(self) -> str:
        return self.sku


class ArticleVersion(models.Model):
    """The whole article as it was from some moment on. The database refuses to change or delete it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=160)
    brand = models.CharField(_("brand"), max_length=80, blank=True)
    base_unit = models.CharField(_("unit"), max_length=3, choices=BaseUnit.choices)
    tax = models.CharField(_("PPN"), max_length=8, choices=Tax.choices, default=Tax.NONE)
    # Packs of it weigh more or less than they say; what counts is what the scale says when they come.
    catch_weight = models.BooleanField(_("is weighed on arrival"), default=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        ordering: ClassVar[list[str]] = ["article", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="article_version_once", fields=["article", "number"]),
            models.CheckConstraint(name="article_version_counts", condition=Q(number__gte=1)),
            models.CheckConstraint(name="article_tax_known", condition=Q(tax__in=Tax.values)),
            models.CheckConstraint(name="article_unit_known", condition=Q(base_unit__in=BaseUnit.values)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class ArticlePack(models.Model):
    """One step of the ladder, the smallest first: bungkus, renceng, dus. Never changed, as its version."""

    version = models.ForeignKey(ArticleVersion, on_delete=models.PROTECT, related_name="packs")
    label = models.CharField(_("pack"), max_length=40)
    # Of one pack, in the version's base unit.
    base_quantity = models.BigIntegerField(_("content"))
    barcode = models.CharField(_("barcode"), max_length=14, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("pack of an article")
        verbose_name_plural = _("packs of articles")
        ordering: ClassVar[list[str]] = ["order", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            # Goods that come in are scanned.
            models.Index(name="article_pack_barcode", fields=["barcode"], condition=~Q(barcode="")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="article_pack_once", fields=["version", "label"]),
            models.CheckConstraint(name="article_pack_holds_something", condition=Q(base_quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return self.label
