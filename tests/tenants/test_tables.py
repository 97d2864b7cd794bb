"""Tables as people save them, and files that are none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from tenants.kernel import tables
from tenants.kernel.tables import BadTable, as_meant, csv_rows, day_of, harmless, text_of, xlsx_rows


def workbook(*rows: Sequence[object], first: str = "") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        if first:
            book.add_worksheet(first)
        sheet = book.add_worksheet("harga")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)
    return out.getvalue()


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\nx;1,5\n",
        "\ufeffa;b\r\nx;1,5\r\n".encode(),
        b"sep=;\r\na;b\r\nx;1,5\r\n",
        "a\tb\nx\t1,5\n".encode("utf-16"),
        b'a,b\nx,"1,5"\n',
        b"\na;b\n;\n x ;1,5",
    ],
)
def test_dialects_say_the_same(data: bytes) -> None:
    assert [cells for _number, cells in csv_rows(text_of(data), most=1)] == [["a", "b"], ["x", "1,5"]]


def test_lines_keep_the_numbers_that_a_person_sees() -> None:
    assert [number for number, _cells in csv_rows("sep=;\na;b\n\nx;y\n", most=5)] == [2, 4]
    assert [number for number, _cells in xlsx_rows(workbook(["a"], [""], ["x"]), most=5)] == [1, 3]


def test_a_workbooks_cells_are_written_as_people_write() -> None:
    rows = xlsx_rows(
        workbook(["SKU", 12500, 1.234, 8998866200578, date(2026, 11, 24), True, None], first="kosong"), most=5
    )
    assert rows == [(1, ["SKU", "12500", "1,234", "8998866200578", "2026-11-24", "True"])]


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(BadTable):
        csv_rows("a\n" + "x\n" * 6, most=5)
    with pytest.raises(BadTable):
        xlsx_rows(workbook(*[["x"]] * 7), most=5)


SHEET = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>%s</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("case", "data"),
    [
        ("empty", b""),
        ("no archive", b"PK\x03\x04 and no more"),
        ("an archive of something else", archive(**{"x.txt": b"hello"})),
        ("many files", archive(**{f"{n}.xml": b"" for n in range(501)})),
        ("cut off", workbook(["a", "b"])[:-200]),
        ("a cell far out", archive(**{"xl/worksheets/sheet1.xml": SHEET % b'<row r="2"><c r="XFD2"/></row>'})),
        (
            "a row far down",
            archive(**{"xl/worksheets/sheet1.xml": SHEET % b"<row r='99999999'><c r='B99999999'/></row>"}),
        ),
    ],
)
def test_what_is_no_workbook_is_refused(case: str, data: bytes) -> None:
    with pytest.raises(BadTable):
        xlsx_rows(data, most=100)


def test_a_bomb_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive(**{"xl/sharedStrings.xml": bytes(51 * 1024 * 1024)})
    assert len(bomb) < 100_000
    with pytest.raises(BadTable, match="50 MB"):
        xlsx_rows(bomb, most=100)
    monkeypatch.setattr(tables, "MOST_UNPACKED", 10)
    with pytest.raises(BadTable, match="50 MB"):
        xlsx_rows(workbook(["a"]), most=100)


@pytest.mark.parametrize("data", [b"\x00\x01", b"a\x00b", "\ufeffa".encode("utf-16-le")[1:]])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(BadTable):
        text_of(data)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)),
        ("24/11/2026", date(2026, 11, 24)),
        ("24.11.2026", date(2026, 11, 24)),
        ("31/02/2026", None),
        ("besok", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize("cell", ["=1+1", "+62", "-5", "@x", "\t=1", "  =1", "x", "'x", "1,5"])
def test_no_cell_is_a_formula_and_it_comes_back_as_it_was(cell: str) -> None:
    assert not harmless(cell).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert as_meant(harmless(cell)) == cell
