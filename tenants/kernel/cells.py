"""What may stand in a cell of a table that somebody opens in a spreadsheet: a text never becomes a formula."""

from __future__ import annotations

import re
import unicodedata
from typing import overload

Cell = str | int | None

# What spreadsheets take for the beginning of a formula, in full width too.
_BEGINS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b")
# An Indonesian spreadsheet splits at semicolons, and inside of quotes, what was written with commas: a cell begins inside of ours.
_FORMULA = rf"(?=[\s\"'\u200b\ufeff]*[{re.escape(''.join(sorted(_BEGINS)))}])"
_INSIDE, _MARKED = re.compile(r"([;\r\n])" + _FORMULA), re.compile(r"([;\r\n])'" + _FORMULA)

_PLAIN = re.compile(r"[A-Za-z0-9][^;\r\n\x00]*")


@overload
def harmless(cell: str) -> str: ...
@overload
def harmless(cell: int | None) -> int | None: ...
def harmless(cell: Cell) -> Cell:
    """The cell as a CSV file may hold it: a text that would run has an apostrophe before it, a number stays a number."""
    # Nearly all cells: they begin as no formula does, and hold no place where a spreadsheet might split.
    if not isinstance(cell, str) or _PLAIN.fullmatch(cell):
        return cell
    text = _INSIDE.sub(r"\1'", cell.replace("\x00", ""))
    first = next((sign for sign in text if not _unseen(sign)), "")
    begins_unseen = text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if first in _BEGINS or begins_unseen else text


def as_meant(cell: str) -> str:
    """A text that comes back from such a file, without the marks that kept it a text."""
    if cell.startswith("'") and harmless(cell[1:]).startswith("'"):
        cell = cell[1:]
    return _MARKED.sub(r"\1", cell)


def _unseen(sign: str) -> bool:
    """Whether a spreadsheet may skip it: spaces, and signs that show nothing."""
    return sign.isspace() or sign in "\"'" or unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp")
