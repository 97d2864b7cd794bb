"""Tables for spreadsheets: commas, UTF-8 with a byte order mark, one line a row, as the catalogue's export.

Google Sheets, LibreOffice and Excel's "From Text/CSV" read them as they are. An Indonesian Excel that opens the file by a double click
expects semicolons and shows one column. Amounts are whole rupiah without dots, times are the region's own.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import FileResponse

Cell = str | int | None
# A longer table waits on the disk.
IN_MEMORY = 1_000_000
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def sheet(name: str, rows: Iterable[Iterable[Cell]]) -> FileResponse:
    """The rows as a file to keep. They go through a file of ours, a row at a time: an answer is sent when its region is bound no more,
    and whoever downloads slowly keeps no transaction open.
    """
    kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    text = io.TextIOWrapper(kept, encoding="utf-8", newline="", write_through=True)  # type: ignore[type-var]
    text.write("\ufeff")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    text.detach()
    kept.seek(0)
    return FileResponse(kept, as_attachment=True, filename=f"{name}.csv", content_type="text/csv; charset=utf-8")


def moment(at: datetime, zone: str) -> str:
    """2026-11-24 14:05, as spreadsheets know it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula is kept a text, also behind spaces; a number stays one."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA) else cell
