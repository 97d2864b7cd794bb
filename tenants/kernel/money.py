"""Whole rupiah. There are no sen in WARSA, and no floats."""

from __future__ import annotations

from typing import NewType

Rupiah = NewType("Rupiah", int)


def rupiah_text(amount: int) -> str:
    """How people write it: 12500 -> "Rp 12.500", with a space that does not break."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp\u00a0{abs(amount):,}".replace(",", ".")
