"""Between grams, kilograms, millilitres, litres and pieces: exact, and from weight to volume only by a density."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from tenant_apps.catalog.errors import UnitsApart
from tenants.kernel.units import BaseUnit


class Unit(TextChoices):
    """In what people write down how much a pack holds."""

    GRAM = "g", "g"
    KILOGRAM = "kg", "kg"
    MILLILITRE = "ml", "ml"
    LITRE = "l", "L"
    PIECE = "pcs", "pcs"


# The base unit that each is so many of.
_BASE: dict[str, tuple[BaseUnit, int]] = {
    Unit.GRAM: (BaseUnit.GRAM, 1),
    Unit.KILOGRAM: (BaseUnit.GRAM, 1_000),
    Unit.MILLILITRE: (BaseUnit.MILLILITRE, 1),
    Unit.LITRE: (BaseUnit.MILLILITRE, 1_000),
    Unit.PIECE: (BaseUnit.PIECE, 1),
}


def convert(quantity: int | Fraction, from_unit: Unit, to_unit: Unit, density_g_per_l: int | None = None) -> Fraction:
    """The same quantity in another unit, exactly: there and back again is what it was.

    Raises:  UnitsApart for weight and volume without a density, and for pieces and anything else.
    """
    (source, size), (target, unit) = _BASE[from_unit], _BASE[to_unit]
    amount = Fraction(quantity) * size
    if source != target:
        if BaseUnit.PIECE in (source, target):
            raise UnitsApart(_("Pieces cannot be turned into weight or volume."))
        if not density_g_per_l:
            raise UnitsApart(_("Write down how many grams a litre weighs before you count in both."))
        # g = ml × (g per l) ÷ 1000
        amount = amount * 1_000 / density_g_per_l if source == BaseUnit.GRAM else amount * density_g_per_l / 1_000
    return amount / unit


def in_base_units(quantity: int, unit: Unit, base_unit: BaseUnit, density_g_per_l: int | None = None) -> int:
    """The same in whole base units of a product; half a unit goes to the even neighbour, so that errors do not add up.

    Only weight turned into volume, or back, is ever rounded.

    Raises:  UnitsApart.
    """
    return round(convert(quantity, unit, Unit(base_unit.value), density_g_per_l))


class Sized(Protocol):
    """Something that holds base units: a pack."""

    @property
    def base_quantity(self) -> int: ...


@dataclass(frozen=True)
class Breakdown:
    """So many of each pack, biggest first, and what is left over: together exactly the quantity."""

    packs: tuple[tuple[Sized, int], ...]
    rest: int


def broken_down(quantity: int, packs: Iterable[Sized]) -> Breakdown:
    """A quantity as people carry it: 107 pieces are 2 dus, 2 renteng and 7."""
    found = []
    for pack in sorted(packs, key=lambda one: -one.base_quantity):
        count, quantity = divmod(quantity, pack.base_quantity)
        if count:
            found.append((pack, count))
    return Breakdown(tuple(found), quantity)
