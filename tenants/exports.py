"""Tables for spreadsheets, as files to keep. Every export goes through here, so that no text of anybody's runs as a formula.

CSV has commas, UTF-8 with a byte order mark and one line a row. Amounts are whole rupiah without dots.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable

import xlsxwriter  # type: ignore[import-untyped]
from django.http import FileResponse

from tenants.kernel.cells import Cell, harmless

# A longer table waits on the disk.
IN_MEMORY = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a cell of theirs holds at most, and the largest number that it holds exactly.
MOST_SIGNS, MOST_EXACT = 32_767, 2**53
_WORKBOOK = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def csv_file(name: str, rows: Iterable[Iterable[Cell]]) -> FileResponse:
    """The rows as `name`.csv. They go through a file of ours, a row at a time: an answer is sent when its region is bound no more,
    and whoever downloads slowly keeps no transaction open.
    """
    kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    text = io.TextIOWrapper(kept, encoding="utf-8", newline="", write_through=True)  # type: ignore[type-var]
    text.write("\ufeff")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    text.detach()
    kept.seek(0)
    return FileResponse(kept, as_attachment=True, filename=f"{name}.csv", content_type="text/csv; charset=utf-8")


def xlsx_file(name: str, rows: Iterable[Iterable[Cell]]) -> FileResponse:
    """The rows as `name`.xlsx, the first one as its head. Texts are cells of text, numbers are numbers; there is no formula."""
    kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    book = xlsxwriter.Workbook(kept, _WORKBOOK)
    page, bold = book.add_worksheet(), book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, int) and abs(cell) <= MOST_EXACT:
                page.write_number(line, column, cell)
            elif cell is not None:
                page.write_string(line, column, str(cell)[:MOST_SIGNS], bold if line == 0 else None)
    book.close()
    kept.seek(0)
    return FileResponse(kept, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
