"""Barcodes of packs."""

from __future__ import annotations

import re

from tenants.kernel.barcodes import check_digit

LONGEST_BARCODE = 32
# EAN-8, UPC-A, EAN-13: digits of another length are a code of one's own.
_CHECKED = (8, 12, 13)
_DIGITS = re.compile(r"[0-9]+")
_OWN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_+-]*")


def is_barcode(code: str) -> bool:
    """Whether a pack may carry it: a right check digit where the length says that there is one, else a plain inner code."""
    if len(code) > LONGEST_BARCODE:
        return False
    if _DIGITS.fullmatch(code) and len(code) in _CHECKED:
        return check_digit(code[:-1]) == code[-1]
    return _OWN.fullmatch(code) is not None


def looks_scanned(text: str) -> bool:
    """Whether somebody who looks for this may mean a barcode: one word with digits, as scanners type it."""
    return 4 <= len(text) <= LONGEST_BARCODE and text.isprintable() and any(sign.isdigit() for sign in text)
