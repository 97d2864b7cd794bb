"""The file of a list as rows of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from shared_apps.price_lists.columns import head_of
from shared_apps.price_lists.models import PriceList
from tenants.kernel.tables import BadTable, Row, as_meant, csv_rows, text_of, xlsx_rows

# As it comes; what it may unpack to is the reader's limit (50 MB).
MOST_BYTES = 20 * 1024 * 1024
MOST_LINES = 60_000
MOST_COLUMNS = 80
MOST_CELL = 500
SAMPLES = 3


@dataclass(frozen=True)
class Table:
    """The head and the rows below it, with their numbers in the file."""

    head_line: int
    headings: list[str]
    rows: Sequence[Row]

    @property
    def samples(self) -> list[list[str]]:
        """Of each column the first few texts that differ, so that a person sees what stands there."""
        found: list[list[str]] = []
        for place in range(len(self.headings)):
            texts = (cells[place][:40] for _number, cells in self.rows[:200] if place < len(cells) and cells[place])
            found.append(list(dict.fromkeys(texts))[:SAMPLES])
        return found


def table_in(data: bytes, *, head_line: int | None = None) -> Table:
    """The table of a CSV or XLSX file; where its head stands is found unless it is known.

    Raises:  BadTable, with what the person can do.
    """
    if len(data) > MOST_BYTES:
        raise BadTable(_("Choose a file of at most 20 MB."))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadTable(_("This is an old or locked workbook. Save it as XLSX without a password, or as CSV."))
    # Some lines more than rows may be: titles stand above the head.
    most = MOST_LINES + 20
    rows = xlsx_rows(data, most=most) if data.startswith(b"PK") else csv_rows(text_of(data), most=most)
    if not rows:
        raise BadTable(_("The table has no lines."))
    numbers = [number for number, _cells in rows]
    head = numbers.index(head_line) if head_line in numbers else head_of(rows)
    width = len(rows[head][1])
    below = [(number, [_cell(cell) for cell in cells[:width]]) for number, cells in rows[head + 1 :]]
    below = [row for row in below if any(row[1])]
    if not below:
        raise BadTable(_("The table has no lines."))
    if len(below) > MOST_LINES:
        raise BadTable(_("Choose a table of at most %(count)s lines.") % {"count": MOST_LINES})
    if width > MOST_COLUMNS:
        raise BadTable(_("Choose a table of at most %(count)s columns.") % {"count": MOST_COLUMNS})
    return Table(rows[head][0], [_cell(cell) for cell in rows[head][1]], below)


def _cell(text: str) -> str:
    return (as_meant(text) if "'" in text else text)[:MOST_CELL]


def table_of(price_list: PriceList) -> Table:
    """The same of a list that was taken in."""
    with price_list.file.open("rb") as kept:
        return table_in(kept.read(), head_line=price_list.head_line)
