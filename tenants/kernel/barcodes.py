"""Digits under a barcode.

Source:  GS1 General Specifications, section 7.9.1 (check digit of EAN-8, UPC-A, EAN-13 and GTIN-14).
"""

from __future__ import annotations


def check_digit(digits: str) -> str:
    """The last digit of a code that begins with these: three times every other one, counted from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
