"""For how much, where, from when and how many: a supplier's offer of an article."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models.articles import Article, ArticlePack, ArticleVersion
from shared_apps.supplier_catalog.models.organisations import SupplierOrganisation
from tenants.kernel import clock
from tenants.models import Region


class Offer(models.Model):
    """One version of an article in one pack, for an official area or for one region alone.

    Never changed but for `ended_at`: another price is another offer. `tiers` say what a pack costs.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="offers")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="offers")
    version = models.ForeignKey(ArticleVersion, on_delete=models.PROTECT, related_name="offers")
    # What is ordered: whole packs of this kind, and the multiple in which they come.
    pack = models.ForeignKey(ArticlePack, on_delete=models.PROTECT, related_name="offers")
    area = models.ForeignKey("regions.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Packs of one order: no fewer (MOQ), and no more than there are.
    least = models.PositiveIntegerField(_("fewest packs"), default=1)
    most = models.PositiveIntegerField(_("most packs"), null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(_("days until delivery"), default=1)
    # Rupiah for bringing one pack.
    freight = models.BigIntegerField(_("freight of a pack"), default=0)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering: ClassVar[list[str]] = ["article", "-valid_from", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # What is offered in an area; the codes of a region's areas are asked for one by one.
            models.Index(name="offer_in_area", fields=["area", "article"], condition=Q(ended_at=None)),
            models.Index(name="offer_to_region", fields=["region", "article"], condition=Q(ended_at=None)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="offer_for_area_or_region",
                condition=Q(area__isnull=False, region__isnull=True) | Q(area__isnull=True, region__isnull=False),
            ),
            # One price for one place from one day on.
            models.UniqueConstraint(
                name="offer_once_in_area",
                fields=["article", "area", "valid_from"],
                condition=Q(ended_at=None, region=None),
            ),
            models.UniqueConstraint(
                name="offer_once_to_region",
                fields=["article", "region", "valid_from"],
                condition=Q(ended_at=None, area=None),
            ),
            models.CheckConstraint(
                name="offer_amounts_make_sense",
                condition=Q(least__gte=1, freight__gte=0) & (Q(most=None) | Q(most__gte=F("least"))),
            ),
            models.CheckConstraint(
                name="offer_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} {self.pack}"


class OfferTier(models.Model):
    """From so many packs on, a pack costs so many rupiah. The first tier begins at 1. Never changed."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="tiers")
    packs = models.PositiveIntegerField(_("from so many packs on"))
    price = models.BigIntegerField(_("price of a pack"))

    class Meta:
        verbose_name = _("price tier")
        verbose_name_plural = _("price tiers")
        ordering: ClassVar[list[str]] = ["packs"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="offer_tier_once", fields=["offer", "packs"]),
            models.CheckConstraint(name="offer_tier_positive", condition=Q(packs__gte=1, price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.packs}: {self.price}"
