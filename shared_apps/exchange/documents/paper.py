"""An order on paper: what the buyer ordered, and the list of who picks the goods from the shelves."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import Align

from shared_apps.exchange.selectors import OrderView
from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text
from tenants.papers import blank, facts, plain, sent, table

# A longer word is broken.
LONGEST = 30


def order_pdf(view: OrderView, seller: str) -> HttpResponse:
    """The buyer's order, as things stand."""
    order = view.order
    pdf = _begun(_("Order %(number)s") % {"number": order.number}, view, seller)
    rows = [
        [
            str(one.line.position),
            f"{one.line.name}\n{one.line.sku}",
            one.line.pack_label,
            str(one.due) + (f" ({one.line.packs})" if one.due != one.line.packs else ""),
            rupiah_text(one.line.price_agreed),
            rupiah_text(one.amount),
        ]
        for one in view.lines
    ]
    head = ["", _("Article"), _("Pack"), _("Packs"), _("Price"), _("Amount")]
    table(pdf, head, rows, widths=(8, 70, 28, 24, 30, 34), right=(3, 4, 5), longest=LONGEST)
    pdf.ln(3)
    sums = [(_("Goods"), view.sum.goods)]
    if view.sum.tax:
        sums.append((_("PPN on top"), view.sum.tax))
    if view.sum.freight:
        sums.append((_("Freight"), view.sum.freight))
    for label, amount in [*sums, (_("Total"), view.sum.total)]:
        pdf.set_font(style="B" if amount == view.sum.total and label == _("Total") else "")
        pdf.cell(130, 6, plain(label), align=Align.R)
        pdf.cell(0, 6, plain(rupiah_text(amount)), align=Align.R, new_x="LMARGIN", new_y="NEXT")
    return sent(pdf, f"{order.number}.pdf")


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
    table(pdf, head, rows, widths=(12, 32, 66, 40, 18, 26), right=(4,), longest=LONGEST)
    pdf.ln(10)
    pdf.cell(95, 6, plain(_("Picked by")) + ": ........................")
    pdf.cell(0, 6, plain(_("Checked by")) + ": ........................")
    return sent(pdf, f"{order.number}-ambil.pdf")


def _begun(title: str, view: OrderView, seller: str) -> FPDF:
    order = view.order
    pdf = blank(title)
    pdf.set_font(style="B", size=16)
    pdf.cell(0, 9, plain(title), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(style="", size=10)
    facts(
        pdf,
        [
            (_("Supplier"), seller),
            (_("Buyer"), ", ".join(part for part in (order.buyer, order.buyer_address, order.buyer_phone) if part)),
            (_("State"), str(order.get_state_display())),
            (_("Ordered at"), date_format(order.sent_at, "j M Y")),
            (_("Wanted on"), date_format(order.wanted_on, "j M Y")),
            (_("Promised on"), date_format(order.promised_on, "j M Y") if order.promised_on else ""),
            (_("Cycle"), order.cycle),
            (_("Note"), order.note),
        ],
    )
    return pdf
