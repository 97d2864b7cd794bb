"""What a stand buys on order, and on which terms. Days and cut-off are the stand's own (`warungs.PreorderTerms`)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BuyingTerms(models.Model):
    """How a stand buys what was ordered. Its row is the lock between the last pre-order and the cut-off."""

    stand = models.OneToOneField("warungs.Warung", on_delete=models.PROTECT, related_name="buying_terms")
    market = models.CharField(_("market"), max_length=120)
    # What is put on top of the cost; never beyond the price that was promised.
    margin_percent = models.PositiveSmallIntegerField(_("margin"), default=10)
    is_open = models.BooleanField(_("takes pre-orders"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="buying_margin_sensible", condition=Q(margin_percent__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.stand}: {self.market}"


class GoodOnOrder(models.Model):
    """A product that the stand buys only when it is ordered, at most so much of it a day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stand = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="goods_on_order")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    # Where in the market it lies: the buyer walks from section to section.
    section = models.CharField(_("section of the market"), max_length=40)
    # Base units.
    daily_limit = models.BigIntegerField(_("at most a day"))
    is_active = models.BooleanField(_("bought on order"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["section", "product__name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="on_order_once", fields=["stand", "product"]),
            models.CheckConstraint(name="on_order_limit_positive", condition=Q(daily_limit__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.product)
