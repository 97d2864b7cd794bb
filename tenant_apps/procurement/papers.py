"""Documents of a cycle as PDF: goods receipt, delivery note, hand-over, invoice to the warung, receipt for a payment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import Align, WrapMode

from tenant_apps.procurement.goods_selectors import RouteList
from tenant_apps.procurement.models import Arrival, Cycle, HandOver, HandOverState, WarungPayment
from tenant_apps.satker.models import Satker
from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text
from tenants.papers import blank, facts, plain, sent, table

# A longer word is broken.
LONGEST = 26
_STEP = re.compile(r"([ML])([0-9]{1,3}) ([0-9]{1,3})")


def receipt_of_goods(arrival: Arrival) -> HttpResponse:
    """Bukti penerimaan barang: what came of a supplier, good and rejected."""
    purchase = arrival.purchase
    facts = [
        (_("Supplier"), purchase.supplier.name),
        (_("Order"), purchase.order_number),
        (_("Delivery note"), arrival.reference),
        (_("Day"), date_format(arrival.received_on, "j M Y")),
        (_("Note"), arrival.note),
    ]
    pdf = _begun(_("Goods receipt %(number)s") % {"number": arrival.number}, purchase.cycle.satker, facts)
    rows = [
        [
            f"{line.line.offer.article_name}\n{line.line.offer.carton_label}",
            str(line.cartons),
            str(line.rejected) + (f" ({line.units})" if line.units else ""),
            quantity_text(line.grams, "g") if line.grams is not None else "",
            line.reason,
        ]
        for line in arrival.lines.select_related("line__offer")
    ]
    _table(
        pdf, [_("Article"), _("Good"), _("Rejected"), _("Weight"), _("Reason")], rows, (70, 20, 24, 26, 50), (1, 2, 3)
    )
    _total(pdf, _("Value"), arrival.value)
    _signatures(pdf, _("Delivered by"), _("Received by"))
    return sent(pdf, f"penerimaan-{arrival.number}.pdf")


def delivery_note(document: HandOver) -> HttpResponse:
    """Surat jalan: what travels to a warung, with room for two signatures."""
    pdf = _begun(_("Delivery note %(number)s") % {"number": document.number}, document.cycle.satker, _whom(document))
    rows = [
        [
            line.product_name,
            line.pack_label,
            str(line.units),
            quantity_text(line.base_quantity, line.base_unit),
            "......",
        ]
        for line in document.lines.all()
    ]
    head = [_("Product"), _("Pack"), _("Units"), _("Together"), _("Received")]
    _table(pdf, head, rows, (70, 44, 20, 32, 24), (2, 3, 4))
    _signatures(pdf, _("Handed over by"), _("Received by"))
    return sent(pdf, f"surat-jalan-{document.number}.pdf")


def hand_over_record(document: HandOver) -> HttpResponse:
    """Berita acara serah terima: what was handed over, and the signature."""
    title = _("Hand-over %(number)s") % {"number": document.number}
    pdf = _begun(title, document.cycle.satker, _whom(document))
    rows = [
        [line.product_name, line.pack_label, str(line.units), str(line.handed), line.reason]
        for line in document.lines.all()
    ]
    _table(
        pdf, [_("Product"), _("Pack"), _("Brought"), _("Handed over"), _("Reason")], rows, (62, 40, 20, 28, 40), (2, 3)
    )
    _total(pdf, _("To be paid"), document.total)
    if document.state == HandOverState.HANDED_OVER:
        pdf.ln(4)
        words = _("Signed by %(name)s (%(how)s).") % {
            "name": document.signed_by,
            "how": document.get_signed_how_display(),
        }
        pdf.multi_cell(0, 6, plain(words), new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
        _draw(pdf, document.signature)
    return sent(pdf, f"serah-terima-{document.number}.pdf")


def invoice_to_warung(document: HandOver) -> HttpResponse:
    """Faktur: what the warung pays for."""
    title = _("Invoice %(number)s") % {"number": document.number}
    pdf = _begun(title, document.cycle.satker, _whom(document))
    rows = [
        [
            f"{line.product_name}\n{line.pack_label}",
            str(line.handed),
            quantity_text(line.handed_base, line.base_unit),
            rupiah_text(line.price),
            rupiah_text(line.handed_amount),
        ]
        for line in document.lines.filter(handed__gt=0)
    ]
    head = [_("Product"), _("Units"), _("Together"), _("Price"), _("Amount")]
    _table(pdf, head, rows, (74, 20, 32, 30, 34), (1, 2, 3, 4))
    _total(pdf, _("To be paid"), document.total)
    return sent(pdf, f"faktur-{document.number}.pdf")


def receipt_of_money(payment: WarungPayment, satker: Satker) -> HttpResponse:
    """Kwitansi: what a warung paid."""
    facts = [
        (_("Received from"), payment.warung.name),
        (_("Amount"), rupiah_text(payment.amount)),
        (_("Paid by"), str(payment.get_how_display())),
        (_("Reference"), payment.reference),
        (_("Day"), date_format(payment.paid_on, "j M Y")),
        (_("For"), _goods_of(payment)),
    ]
    pdf = _begun(_("Payment receipt %(number)s") % {"number": payment.number}, satker, facts)
    _signatures(pdf, "", _("Received by"))
    return sent(pdf, f"kwitansi-{payment.number}.pdf")


def picking_lists(cycle: Cycle, routes: Sequence[RouteList]) -> HttpResponse:
    """Each route on pages of its own: all goods together, then warung by warung, with boxes to tick."""
    pdf = _begun(_("Picking lists"), cycle.satker, [(_("Cycle"), f"{cycle.name} ({cycle.number})")])
    for place, route in enumerate(routes):
        if place:
            pdf.add_page()
        _heading(pdf, route.name)
        rows = [
            ["[   ]", one.product_name, one.pack_label, str(one.units), quantity_text(one.base_quantity, one.base_unit)]
            for one in route.goods
        ]
        head = ["", _("Product"), _("Pack"), _("Units"), _("Together")]
        _table(pdf, head, rows, (14, 76, 44, 22, 34), (3, 4))
        for document in route.hand_overs:
            pdf.ln(4)
            _heading(pdf, f"{document.warung.name} ({document.number})", size=11)
            own = [
                [
                    "[   ]",
                    line.product_name,
                    line.pack_label,
                    str(line.units),
                    quantity_text(line.base_quantity, line.base_unit),
                ]
                for line in document.lines.all()
            ]
            _table(pdf, head, own, (14, 76, 44, 22, 34), (3, 4))
    return sent(pdf, f"ambil-{cycle.number}.pdf")


def _goods_of(payment: WarungPayment) -> str:
    if payment.hand_over is None:
        return _("Goods of cycles")
    return _("Goods of cycle %(cycle)s") % {"cycle": payment.hand_over.cycle.number}


def _whom(document: HandOver) -> list[tuple[str, str]]:
    warung = document.warung
    place = [
        warung.address,
        f"RT {warung.rt:02} / RW {warung.rw:02}" if warung.rw and warung.rt else "",
        warung.village_name,
    ]
    return [
        (_("Warung"), warung.name),
        (_("Delivery address"), ", ".join(part for part in place if part)),
        (_("Cycle"), f"{document.cycle.name} ({document.cycle.number})"),
        (_("Day"), date_format(document.moved_at, "j M Y")),
    ]


def _begun(title: str, satker: Satker, told: Sequence[tuple[str, str]]) -> FPDF:
    pdf = blank(title)
    sender = ", ".join(part for part in (satker.name, satker.address, satker.phone) if part)
    pdf.multi_cell(0, 5, plain(sender), new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
    pdf.ln(2)
    _heading(pdf, title, size=16)
    facts(pdf, told)
    return pdf


def _heading(pdf: FPDF, text: str, size: int = 13) -> None:
    pdf.set_font(style="B", size=size)
    pdf.multi_cell(0, 8, plain(text), new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
    pdf.set_font(style="", size=10)


def _table(
    pdf: FPDF, head: Sequence[str], rows: Sequence[Sequence[str]], widths: tuple[int, ...], right: tuple[int, ...]
) -> None:
    table(pdf, head, rows, widths=widths, right=right, longest=LONGEST)


def _total(pdf: FPDF, label: str, amount: int) -> None:
    pdf.ln(3)
    pdf.set_font(style="B")
    pdf.cell(130, 6, plain(label), align=Align.R)
    pdf.cell(0, 6, plain(rupiah_text(amount)), align=Align.R, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(style="")


def _signatures(pdf: FPDF, left: str, right: str) -> None:
    pdf.ln(12)
    for words, below in ((left, "NEXT"), (right, "")):
        pdf.cell(95, 6, plain(words), new_x="RIGHT" if below else "LMARGIN", new_y="TOP" if below else "NEXT")
    pdf.ln(18)
    pdf.cell(95, 6, "................................" if left else "")
    pdf.cell(0, 6, "................................", new_x="LMARGIN", new_y="NEXT")


def _draw(pdf: FPDF, signature: str) -> None:
    """The signature, 60 mm wide."""
    x, y, last = pdf.get_x(), pdf.get_y() + 2, (0.0, 0.0)
    pdf.set_line_width(0.4)
    for step, across, down in _STEP.findall(signature):
        point = x + int(across) / 10, y + int(down) / 10
        if step == "L":
            pdf.line(*last, *point)
        last = point
    pdf.set_line_width(0.2)
    pdf.set_y(y + 22)
