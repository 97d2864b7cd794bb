"""Documents as PDF: what all of them have.

The fonts that every PDF reader has know the signs of Western Europe; whatever else somebody wrote becomes the nearest of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, WrapMode
from fpdf.fonts import FontFace

_HEAD = FontFace(emphasis="BOLD", fill_color=(238, 238, 238))


def blank(title: str) -> FPDF:
    """An A4 page with nothing on it yet; `title` is what a reader's window says."""
    pdf = FPDF(format="A4")
    pdf.set_title(plain(title))
    pdf.set_auto_page_break(True, margin=18)
    pdf.add_page()
    pdf.set_font("Helvetica", size=10)
    return pdf


def facts(pdf: FPDF, told: Iterable[tuple[str, str]]) -> None:
    """A label and its value a line; what has no value is left out."""
    for label, value in told:
        if value:
            pdf.set_font(style="B")
            pdf.cell(36, 6, plain(label))
            pdf.set_font(style="")
            pdf.multi_cell(0, 6, plain(value), new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
    pdf.ln(3)


def table(
    pdf: FPDF,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: tuple[int, ...],
    right: tuple[int, ...],
    longest: int,
) -> None:
    """Columns of these widths in millimetres, those at `right` flush right; a word of more than `longest` signs may break."""
    long = any(len(word) > longest for row in rows for cell in row for word in cell.split())
    with pdf.table(
        col_widths=widths,
        text_align=tuple(Align.R if place in right else Align.L for place in range(len(head))),
        headings_style=_HEAD,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=5.5,
        wrapmode=WrapMode.CHAR if long else WrapMode.WORD,
    ) as drawn:
        for row in (head, *rows):
            drawn.row([plain(cell) for cell in row])


def plain(text: str) -> str:
    """The text with signs that the fonts have."""
    text = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text.replace("\u00a0", " "))
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return unicodedata.normalize("NFKD", text).encode("latin-1", "replace").decode("latin-1")
    return text


def sent(pdf: FPDF, name: str) -> HttpResponse:
    """The document, shown in the browser and kept under this name."""
    answer = HttpResponse(bytes(pdf.output()), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
