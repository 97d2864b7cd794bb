"""Quantities are integers of a product's base unit: grams, millilitres or pieces."""

from __future__ import annotations

from django.db.models import TextChoices

# How a thousand of a unit is called, where people say so.
_LARGE = {"g": "kg", "ml": "L"}


class BaseUnit(TextChoices):
    GRAM = "g", "g"
    MILLILITRE = "ml", "ml"
    PIECE = "pcs", "pcs"


def quantity_text(quantity: int, unit: str) -> str:
    """How people write it: 1500 g -> "1,5 kg", 250 g -> "250 g", 12 pcs -> "12 pcs"; exact, never rounded."""
    sign, size = ("-", -quantity) if quantity < 0 else ("", quantity)
    large = _LARGE.get(unit)
    if large is None or size < 1000:
        return f"{sign}{size:,}".replace(",", ".") + f"\u00a0{unit}"
    whole, rest = divmod(size, 1000)
    tail = f",{rest:03}".rstrip("0") if rest else ""
    return f"{sign}{whole:,}".replace(",", ".") + f"{tail}\u00a0{large}"
