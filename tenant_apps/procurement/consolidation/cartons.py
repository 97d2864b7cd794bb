"""Whole cartons for wishes that are no whole cartons, and who gets what is in them."""

from __future__ import annotations

from collections.abc import Sequence

from tenant_apps.procurement.consolidation.fair import shares


def cartons_for(firm: int, tolerance: int, carton: int) -> int:
    """How many cartons of so many units are bought for what is wanted firmly, and what would be taken besides.

    A last carton is begun by something firm that finds no room in the full ones, and only where tolerance fills it up; a
    carton is never opened by tolerance alone. (Foodsoft's rule: `OrderArticle#calculate_units_to_order`.)
    """
    full, rest = divmod(firm, carton)
    return full + 1 if rest and rest + tolerance >= carton else full


def handed_out(units: int, firm: Sequence[int], tolerance: Sequence[int]) -> list[int]:
    """What each wish gets of so many units: what is firm before what is tolerated, and either in proportion.

    Raises:  ValueError where more came than all of them would take.
    """
    wanted = sum(firm)
    if units <= wanted:
        return shares(units, firm)
    more = units - wanted
    if more > sum(tolerance):
        raise ValueError("more than anybody takes")
    return [one + extra for one, extra in zip(firm, shares(more, tolerance), strict=True)]
