"""What is taken, in which grades, and what is paid for it from when on."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenant_apps.bank_sampah.models.units import WasteUnit
from tenants.files import RegionStorage
from tenants.kernel import clock

# Pixels of a picture's longer side: beside a type's name, and on its page.
TILE, LARGE = 128, 640


class Group(models.TextChoices):
    """How people sort it."""

    PLASTIC = "plastic", _("plastic")
    PAPER = "paper", _("paper")
    METAL = "metal", _("metal")
    GLASS = "glass", _("glass")
    OTHER = "other", _("other waste")


class Composition(models.TextChoices):
    """The kinds by which the national waste information system (SIPSN) counts waste."""

    FOOD = "food", _("food leftovers")
    WOOD = "wood", _("wood and twigs")
    PAPER = "paper", _("paper and cardboard")
    PLASTIC = "plastic", _("plastic")
    METAL = "metal", _("metal")
    TEXTILE = "textile", _("textile")
    RUBBER = "rubber", _("rubber and leather")
    GLASS = "glass", _("glass")
    OTHER = "other", _("other waste")


class Measure(models.TextChoices):
    """What is counted: grams, or pieces."""

    GRAM = "g", _("by weight")
    PIECE = "pcs", _("by piece")


class WasteType(models.Model):
    """One kind of waste. `piece_g`: what one piece weighs, for reports by weight."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=120)
    group = models.CharField(_("group"), max_length=8, choices=Group.choices)
    composition = models.CharField(_("kind in SIPSN"), max_length=8, choices=Composition.choices)
    measure = models.CharField(_("counted"), max_length=3, choices=Measure.choices, default=Measure.GRAM)
    piece_g = models.PositiveIntegerField(_("grams of one piece"), null=True, blank=True)
    hint = models.CharField(_("how it should be"), max_length=240, blank=True)
    # Grams of CO₂e that recycling a kilogram avoids; empty where no source says.
    co2e_g_per_kg = models.PositiveIntegerField(_("CO₂e avoided, grams per kilogram"), null=True, blank=True)
    co2e_source = models.CharField(_("source"), max_length=160, blank=True)
    is_taken = models.BooleanField(pgettext_lazy("waste", "taken"), default=True)
    # The larger picture; the smaller one lies beside it (`bank_sampah.photos`).
    photo = models.FileField(
        _("photo"), storage=RegionStorage(), upload_to="waste", blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("waste type")
        verbose_name_plural = _("waste types")
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="waste_group_known", condition=Q(group__in=Group.values)),
            models.CheckConstraint(name="waste_composition_known", condition=Q(composition__in=Composition.values)),
            models.CheckConstraint(
                name="waste_piece_weighs",
                condition=Q(measure=Measure.GRAM, piece_g__isnull=True) | Q(measure=Measure.PIECE, piece_g__gt=0),
            ),
            models.CheckConstraint(
                name="waste_co2e_has_source", condition=Q(co2e_g_per_kg__isnull=True) | ~Q(co2e_source="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tile_photo(self) -> str:
        """Address of the small picture; empty where there is none."""
        return self._photo_address(TILE)

    @property
    def large_photo(self) -> str:
        """Address of the large picture; empty where there is none."""
        return self._photo_address(LARGE)

    def _photo_address(self, size: int) -> str:
        name = self.photo.name or ""
        if not name:
            return ""
        return reverse("bank_sampah:photo", args=[size, name.removeprefix("waste/").partition("-")[0]])

    @property
    def per(self) -> int:
        """For how many base units a price is: a kilogram or a piece."""
        return 1_000 if self.measure == Measure.GRAM else 1

    @property
    def unit(self) -> str:
        """What people weigh or count it in, and what a price is for."""
        return "kg" if self.measure == Measure.GRAM else "pcs"

    def grams(self, quantity: int) -> int:
        """What so many base units weigh."""
        return quantity if self.measure == Measure.GRAM else quantity * (self.piece_g or 0)


class WasteGrade(models.Model):
    """How clean or sorted it is. A type with one grade alone calls it by an empty name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.ForeignKey(WasteType, on_delete=models.PROTECT, related_name="grades")
    name = models.CharField(_("grade"), max_length=40, blank=True)
    is_taken = models.BooleanField(pgettext_lazy("waste", "taken"), default=True)

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering: ClassVar[list[str]] = ["type__code", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="waste_grade_once", fields=["type", "name"]),
        ]

    def __str__(self) -> str:
        return f"{self.type.name}, {self.name}" if self.name else self.type.name


class Buyer(models.Model):
    """Who buys sorted waste: a pengepul or a factory."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=240, blank=True)
    is_active = models.BooleanField(_("buys"), default=True)

    class Meta:
        verbose_name = _("buyer of waste")
        verbose_name_plural = _("buyers of waste")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class WastePrice(models.Model):
    """Rupiah for a kilogram or a piece, from a moment on, until the next price of the same place begins.

    To members of all units or of one; or, with `buyer`, what that one pays. The database refuses to change it.
    """

    grade = models.ForeignKey(WasteGrade, on_delete=models.PROTECT, related_name="prices")
    unit = models.ForeignKey(WasteUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="prices")
    buyer = models.ForeignKey(Buyer, null=True, blank=True, on_delete=models.PROTECT, related_name="prices")
    price = models.BigIntegerField(_("price"))
    valid_from = models.DateTimeField(_("from"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("price of waste")
        verbose_name_plural = _("prices of waste")
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="waste_price_then", fields=["grade", "-valid_from", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="waste_price_not_negative", condition=Q(price__gte=0)),
            models.CheckConstraint(
                name="waste_price_of_one_place", condition=Q(unit__isnull=True) | Q(buyer__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grade}: {self.price}"
