"""An order on paper: what the buyer ordered, and the list of who picks the goods from the shelves.

The fonts that every PDF reader has know the signs of Western Europe; whatever else somebody wrote becomes the nearest of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, WrapMode
from fpdf.fonts import FontFace

from shared_apps.exchange.selectors import OrderView
from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text

_HEAD = FontFace(emphasis="BOLD", fill_color=(238, 238, 238))


def order_pdf(view: OrderView, seller: str) -> HttpResponse:
    """The buyer's order, as things stand."""
    order = view.order
    pdf = _begun(_("Order %(number)s") % {"number": order.number}, view, seller)
    rows = [
        [
            str(one.line.position),
            f"{one.line.name}\n{one.line.sku}",
            one.line.pack_label,
            str(one.line.packs_agreed) + (f" ({one.line.packs})" if one.line.packs_agreed != one.line.packs else ""),
            rupiah_text(one.line.price_agreed),
            rupiah_text(one.amount),
        ]
        for one in view.lines
    ]
    head = ["", _("Article"), _("Pack"), _("Packs"), _("Price"), _("Amount")]
    _table(pdf, head, rows, widths=(8, 70, 28, 24, 30, 34), right=(3, 4, 5))
    pdf.ln(3)
    sums = [(_("Goods"), view.sum.goods)]
    if view.sum.tax:
        sums.append((_("PPN on top"), view.sum.tax))
    if view.sum.freight:
        sums.append((_("Freight"), view.sum.freight))
    for label, amount in [*sums, (_("Total"), view.sum.total)]:
        pdf.set_font(style="B" if amount == view.sum.total and label == _("Total") else "")
        pdf.cell(130, 6, _plain(label), align=Align.R)
        pdf.cell(0, 6, _plain(rupiah_text(amount)), align=Align.R, new_x="LMARGIN", new_y="NEXT")
    return _sent(pdf, f"{order.number}.pdf")


def picking_pdf(view: OrderView, seller: str) -> HttpResponse:
    """What is still to be taken from the shelves, with a box to tick and room for the weight."""
    order = view.order
    pdf = _begun(_("Picking list %(number)s") % {"number": order.number}, view, seller)
    rows = [
        [
            "[   ]",
            one.line.sku,
            one.line.name,
            f"{one.line.pack_label} ({quantity_text(one.line.base_quantity, one.line.base_unit)})",
            str(one.to_ship if view.is_answered else one.line.packs),
            "............ kg" if one.line.catch_weight else "",
        ]
        for one in view.lines
        if one.to_ship or not view.is_answered
    ]
    head = ["", _("SKU"), _("Article"), _("Pack"), _("Packs"), _("Weight")]
    _table(pdf, head, rows, widths=(12, 32, 66, 40, 18, 26), right=(4,))
    pdf.ln(10)
    pdf.cell(95, 6, _plain(_("Picked by")) + ": ........................")
    pdf.cell(0, 6, _plain(_("Checked by")) + ": ........................")
    return _sent(pdf, f"{order.number}-ambil.pdf")


def _begun(title: str, view: OrderView, seller: str) -> FPDF:
    order = view.order
    pdf = FPDF(format="A4")
    pdf.set_title(_plain(title))
    pdf.set_auto_page_break(True, margin=18)
    pdf.add_page()
    pdf.set_font("Helvetica", style="B", size=16)
    pdf.cell(0, 9, _plain(title), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=10)
    facts = [
        (_("Supplier"), seller),
        (_("Buyer"), ", ".join(part for part in (order.buyer, order.buyer_address, order.buyer_phone) if part)),
        (_("State"), str(order.get_state_display())),
        (_("Sent at"), date_format(order.sent_at, "j M Y")),
        (_("Wanted on"), date_format(order.wanted_on, "j M Y")),
    ]
    if order.promised_on:
        facts.append((_("Promised on"), date_format(order.promised_on, "j M Y")))
    if order.cycle:
        facts.append((_("Cycle"), order.cycle))
    if order.note:
        facts.append((_("Note"), order.note))
    for label, value in facts:
        pdf.set_font(style="B")
        pdf.cell(36, 6, _plain(label))
        pdf.set_font(style="")
        pdf.multi_cell(0, 6, _plain(value), new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
    pdf.ln(3)
    return pdf


def _table(
    pdf: FPDF, head: Sequence[str], rows: Sequence[Sequence[str]], *, widths: tuple[int, ...], right: tuple[int, ...]
) -> None:
    aligns = tuple(Align.R if place in right else Align.L for place in range(len(head)))
    with pdf.table(
        col_widths=widths,
        text_align=aligns,
        headings_style=_HEAD,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=5.5,
        wrapmode=WrapMode.CHAR
        if any(len(word) > 30 for row in rows for cell in row for word in cell.split())
        else WrapMode.WORD,
    ) as table:
        for row in (head, *rows):
            table.row([_plain(cell) for cell in row])


def _plain(text: str) -> str:
    """The text with signs that the fonts have."""
    text = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text.replace("\u00a0", " "))
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return unicodedata.normalize("NFKD", text).encode("latin-1", "replace").decode("latin-1")
    return text


def _sent(pdf: FPDF, name: str) -> HttpResponse:
    answer = HttpResponse(bytes(pdf.output()), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
