"""Tables that people save and send: CSV in all its dialects, and XLSX; what is none, or too much, is refused with a word."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tenants.kernel.cells import as_meant as as_meant
from tenants.kernel.cells import harmless as harmless
from tenants.kernel.errors import DomainError

# Unpacked; a page of 60,000 lines with twenty columns has about 10 MB.
MOST_UNPACKED = 50 * 1024 * 1024
MOST_FILES_INSIDE = 500
# A sheet is held as a rectangle, so one cell far out would ask for gigabytes.
MOST_CELLS = 3_000_000
MOST_COLUMNS = 200

_SEPARATOR = re.compile(r"\"?sep=[;,\t]\"?", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,8})([0-9]{0,12})[\"']")

Row = tuple[int, list[str]]


class BadTable(DomainError):
    """The uploaded file is no table that can be read."""

    code = "bad_table"
    status = 400


def text_of(data: bytes) -> str:
    """What people save as CSV: UTF-8 with or without its mark, Excel's "Unicode text", Windows' own letters.

    Raises:  BadTable for what is no text.
    """
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadTable(_("This file is no text. Save the table as CSV."))


def csv_rows(text: str, *, most: int) -> list[Row]:
    """Each line that says something, with its number in the file; the head is one of them.

    Raises:  BadTable for what is no table, and for more than `most` lines below the head.
    """
    lines = text.splitlines(keepends=True)
    # Excel is told by such a line what stands between the columns.
    skipped = bool(lines and _SEPARATOR.fullmatch(lines[0].strip()))
    lines = lines[skipped:]
    head = lines[0] if text.strip() and lines else ""
    delimiter = max(";,\t", key=head.count)
    rows: list[Row] = []
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1 + skipped):
            if any(cell.strip() for cell in row):
                rows.append((number, [cell.strip() for cell in row]))
                _few(len(rows) - 1, most)
    except csv.Error as broken:
        raise BadTable(_("This file is no table. Save it as CSV.")) from broken
    return rows


def xlsx_rows(data: bytes, *, most: int) -> list[Row]:
    """Each row of the first sheet that has any, with its number; numbers and days as a person here would write them.

    Raises:  BadTable for what is no workbook, what unpacks to more than 50 MB, and for more than `most` rows below the first.
    """
    from python_calamine import CalamineWorkbook

    _refuse_bombs(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            rows = [(number, [_written(cell) for cell in row]) for number, row in enumerate(cells, start=1)]
            rows = [(number, row) for number, row in rows if any(row)]
            _few(len(rows) - 1, most)
            if rows:
                return rows
    except (BadTable, KeyboardInterrupt, SystemExit):
        raise
    # The reader's own panics are no `Exception`.
    except BaseException as broken:
        raise BadTable(_("This workbook cannot be read. Save it anew as XLSX, or as CSV.")) from broken
    return []


def day_of(text: str) -> date | None:
    """A day as 2026-11-24 or 24/11/2026; None for anything else."""
    found = _YEAR_FIRST.fullmatch(text)
    parts = (
        found.groups() if found else tuple(reversed(last.groups())) if (last := _YEAR_LAST.fullmatch(text)) else None
    )
    if parts is None:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def _few(count: int, most: int) -> None:
    if count > most:
        raise BadTable(_("Choose a table of at most %(count)s lines.") % {"count": most})


def _written(cell: Any) -> str:
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        return f"{Decimal(repr(cell)):f}".replace(".", ",")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).replace("\x00", "").strip()


def _refuse_bombs(data: bytes) -> None:
    """Unpacks it once with a limit, whatever the archive says of its sizes, and looks how far out its cells lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = archive.infolist()
            if len(inside) > MOST_FILES_INSIDE or len({one.filename for one in inside}) < len(inside):
                raise _too_large()
            left = MOST_UNPACKED
            for one in inside:
                with archive.open(one) as member:
                    left = _measured(_pieces(member), left, "sheet" in one.filename.lower())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as broken:
        raise BadTable(_("This workbook cannot be read. Save it anew as XLSX, or as CSV.")) from broken


def _pieces(member: Any) -> Iterator[bytes]:
    while piece := member.read(1 << 20):
        yield piece


def _measured(pieces: Iterator[bytes], left: int, is_sheet: bool) -> int:
    rows = columns = 0
    tail = b""
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise _too_large()
        if not is_sheet:
            continue
        for letters, digits in _PLACE.findall(tail + piece):
            rows = max(rows, int(digits or 0))
            if letters:
                columns = max(columns, _column(letters))
        if rows * max(columns, 1) > MOST_CELLS or columns > MOST_COLUMNS:
            raise BadTable(_("The sheet reaches too far out. Delete the empty rows and columns beyond the table."))
        tail = piece[-64:]
    return left


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _too_large() -> BadTable:
    return BadTable(_("This file is too large. Choose one of at most 50 MB unpacked."))
