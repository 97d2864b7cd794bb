"""Units turn into each other exactly, and weight into volume only by a density."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.catalog.conversion import Unit, broken_down, convert, in_base_units
from tenant_apps.catalog.errors import UnitsApart
from tenants.kernel.units import BaseUnit

MEASURED = [Unit.GRAM, Unit.KILOGRAM, Unit.MILLILITRE, Unit.LITRE]
quantities, densities = st.integers(0, 10**15), st.integers(1, 20_000)


@pytest.mark.parametrize(
    ("case", "quantity", "unit", "base", "density", "becomes"),
    [
        ("a sack", 50, Unit.KILOGRAM, BaseUnit.GRAM, None, 50_000),
        ("grams are grams", 250, Unit.GRAM, BaseUnit.GRAM, None, 250),
        ("a jerigen of oil", 18, Unit.KILOGRAM, BaseUnit.MILLILITRE, 910, 19_780),
        ("water", 19, Unit.KILOGRAM, BaseUnit.MILLILITRE, 1_000, 19_000),
        ("litres onto a scale", 5, Unit.LITRE, BaseUnit.GRAM, 910, 4_550),
        ("half a unit goes to the even one", 1, Unit.MILLILITRE, BaseUnit.GRAM, 500, 0),
        ("and up to it", 3, Unit.MILLILITRE, BaseUnit.GRAM, 500, 2),
        ("a dozen", 12, Unit.PIECE, BaseUnit.PIECE, None, 12),
    ],
)
def test_in_base_units(case: str, quantity: int, unit: Unit, base: BaseUnit, density: int | None, becomes: int) -> None:
    assert in_base_units(quantity, unit, base, density) == becomes, case


@pytest.mark.parametrize(
    ("source", "target", "density"),
    [
        (Unit.KILOGRAM, Unit.LITRE, None),
        (Unit.MILLILITRE, Unit.GRAM, None),
        (Unit.MILLILITRE, Unit.GRAM, 0),
        (Unit.PIECE, Unit.KILOGRAM, 900),
        (Unit.LITRE, Unit.PIECE, 900),
    ],
)
def test_what_nothing_connects_is_refused(source: Unit, target: Unit, density: int | None) -> None:
    with pytest.raises(UnitsApart):
        convert(1, source, target, density)


@given(quantities, st.sampled_from(MEASURED), st.sampled_from(MEASURED), densities)
def test_there_and_back_again(quantity: int, source: Unit, target: Unit, density: int) -> None:
    assert convert(convert(quantity, source, target, density), target, source, density) == quantity


@given(quantities, st.sampled_from(MEASURED), st.sampled_from([BaseUnit.GRAM, BaseUnit.MILLILITRE]), densities)
def test_rounding_is_never_off_by_more_than_half_a_unit(
    quantity: int, unit: Unit, base: BaseUnit, density: int
) -> None:
    exact = convert(quantity, unit, Unit(base.value), density)
    assert abs(in_base_units(quantity, unit, base, density) - exact) <= Fraction(1, 2)


@given(st.integers(0, 10**9), densities)
def test_volume_survives_the_scale_where_grams_are_finer(millilitres: int, density: int) -> None:
    """A litre of 1,000 g and more: each ml is a gram or more, so rounding to grams loses nothing."""
    density = max(density, 1_000)
    grams = in_base_units(millilitres, Unit.MILLILITRE, BaseUnit.GRAM, density)
    assert in_base_units(grams, Unit.GRAM, BaseUnit.MILLILITRE, density) == millilitres


@dataclass(frozen=True)
class Sized:
    base_quantity: int


@given(quantities, st.lists(st.integers(1, 10**6).map(Sized), max_size=5))
def test_a_breakdown_is_exactly_the_quantity(quantity: int, packs: list[Sized]) -> None:
    told = broken_down(quantity, packs)
    assert sum(pack.base_quantity * count for pack, count in told.packs) + told.rest == quantity
    assert told.rest >= 0 and all(count > 0 for _pack, count in told.packs)
    if packs:
        assert told.rest < min(pack.base_quantity for pack in packs)


def test_107_pieces_are_two_dus_two_renteng_and_seven() -> None:
    dus, renteng = Sized(40), Sized(10)
    told = broken_down(107, [renteng, dus])
    assert (told.packs, told.rest) == (((dus, 2), (renteng, 2)), 7)
