"""Tables for spreadsheets: commas, UTF-8 with a byte order mark, one line a row, as the catalogue's export.

Google Sheets, LibreOffice and Excel's "From Text/CSV" read them as they are. An Indonesian Excel that opens the file by a double click
expects semicolons and shows one column. Amounts are whole rupiah without dots, times are the region's own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse

Cell = str | int | None
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def sheet(name: str, rows: Iterable[Iterable[Cell]]) -> StreamingHttpResponse:
    """The rows as a file to keep, sent while they are read."""
    response = StreamingHttpResponse(_sent(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def moment(at: datetime, zone: str) -> str:
    """2026-11-24 14:05, as spreadsheets know it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _sent(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in row])


def _harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula is kept a text, also behind spaces; a number stays one."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA) else cell
