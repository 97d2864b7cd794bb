"""Market prices that someone saw, and our prices that undercut them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MarketObservation(models.Model):
    """Somebody saw this price, at this market, on this day: `price` rupiah for `per_quantity` base units."""

    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="observations")
    market = models.CharField(_("market"), max_length=120)
    observed_on = models.DateField(_("seen on"))
    per_quantity = models.BigIntegerField(_("for this quantity"))
    price = models.BigIntegerField(_("price"))
    observer = models.CharField(_("seen by"), max_length=120)
    # A starting value of the catalogue. It is shown, and is never evidence.
    is_estimate = models.BooleanField(_("estimate"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("market price")
        verbose_name_plural = _("market prices")
        ordering: ClassVar[list[str]] = ["-observed_on", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The newest evidence for a product.
            models.Index(name="observation_newest", fields=["product", "-observed_on", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="observation_positive", condition=Q(price__gt=0, per_quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.observed_on}"


class WarungPrice(models.Model):
    """What a warung asks for a pack, with the evidence that it is less than at the market."""

    warung = models.ForeignKey("warungs.Warung", on_delete=models.PROTECT, related_name="prices")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="warung_prices")
    price = models.BigIntegerField(_("price"))
    evidence = models.ForeignKey(MarketObservation, on_delete=models.PROTECT, related_name="prices")
    # The market's price for this pack at that moment, rounded down: a saving is never overstated.
    market_price = models.BigIntegerField(_("market price"))
    by = models.CharField(max_length=80)
    valid_from = models.DateTimeField(_("valid from"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="warung_price_current", fields=["warung", "pack"], condition=Q(replaced_at__isnull=True)
            ),
            # The price guarantee, as the database holds it.
            models.CheckConstraint(
                name="warung_price_below_market", condition=Q(price__gt=0, price__lt=models.F("market_price"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.price}"

    @property
    def saving(self) -> int:
        """What the customer keeps, against the market."""
        return self.market_price - self.price


class WholesalePrice(models.Model):
    """What the Satker asks of warungs for a pack."""

    satker = models.ForeignKey("satker.Satker", on_delete=models.PROTECT, related_name="prices")
    pack = models.ForeignKey("catalog.Pack", on_delete=models.PROTECT, related_name="wholesale_prices")
    price = models.BigIntegerField(_("price"))
    by = models.CharField(max_length=80)
    valid_from = models.DateTimeField(_("valid from"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("wholesale price")
        verbose_name_plural = _("wholesale prices")
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="wholesale_price_current", fields=["satker", "pack"], condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(name="wholesale_price_positive", condition=Q(price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.price}"


class PriceRule(models.Model):
    """How this region understands "cheaper than the market". There is one."""

    # At least this much less than the market, both for a pack: rupiah, and hundredths of the market's price.
    minimum_saving = models.BigIntegerField(_("smallest saving in rupiah"), default=1)
    minimum_percent = models.PositiveSmallIntegerField(_("smallest saving in percent"), default=0)
    freshness_days = models.PositiveSmallIntegerField(_("a market price counts for this many days"), default=30)
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="rule_only_one", condition=Q(only=True)),
            # Without any saving there is no guarantee.
            models.CheckConstraint(name="rule_saves", condition=Q(minimum_saving__gte=1, minimum_percent__lt=100)),
        ]

    def __str__(self) -> str:
        return f"{self.minimum_saving} / {self.minimum_percent} %"
