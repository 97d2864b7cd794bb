"""Quotation, invoice and credit note as PDF: what an Indonesian treasurer needs to pay, and an auditor to check."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import Align

from shared_apps.billing.models import CreditNote, Invoice, InvoiceState, Quotation
from shared_apps.billing.seller import in_words
from tenants.kernel.money import rupiah_text
from tenants.papers import blank, facts, plain, sent, table

LONGEST = 40


def quotation_pdf(one: Quotation) -> HttpResponse:
    """The offer, with how long it holds."""
    title = _("Quotation %(number)s") % {"number": one.number}
    pdf = _begun(title, one.seller)
    facts(
        pdf,
        [
            (_("To"), one.institution),
            ("NPWP", one.npwp),
            (_("Postal address"), one.address),
            (_("Date"), _day(one.sent_at.date() if one.sent_at else None)),
            (_("Valid until"), _day(one.valid_until)),
        ],
    )
    what = _("WARSA %(plan)s, %(region)s") % {"plan": one.plan.name, "region": one.subscription.region.name}
    rows = [["1", f"{what}\n{one.get_interval_display()}", "1", rupiah_text(one.subtotal), rupiah_text(one.subtotal)]]
    head = ["", _("Description"), _("Number"), _("Price"), _("Amount")]
    table(pdf, head, rows, widths=(8, 92, 20, 35, 35), right=(2, 3, 4), longest=LONGEST)
    _sums(pdf, one.subtotal, one.tax, one.tax_note)
    _words(pdf, one.total)
    pdf.multi_cell(
        0, 5, plain(_("To order, enter the number of your purchase order on the region's page of its subscription."))
    )
    return sent(pdf, _file(one.number))


def invoice_pdf(one: Invoice) -> HttpResponse:
    """The invoice, with terms and the account to pay to. It says what it said when it was issued, and what became of it."""
    pdf = _begun(_("Invoice %(number)s") % {"number": one.number}, one.seller)
    facts(
        pdf,
        [
            (_("Billed to"), one.buyer),
            ("NPWP", one.buyer_npwp),
            (_("Postal address"), one.buyer_address),
            (_("Purchase order"), one.po_number),
            (_("Date"), _day(one.issued_on)),
            (_("Due on"), _day(one.due_on)),
            (_("State"), str(one.get_state_display())),
        ],
    )
    rows = [
        [str(number), line.text, f"{_day(line.period_from)} -\n{_day(line.period_to)}", rupiah_text(line.amount)]
        for number, line in enumerate(one.lines.all(), start=1)
    ]
    head = ["", _("Description"), _("Period"), _("Amount")]
    table(pdf, head, rows, widths=(8, 102, 40, 40), right=(3,), longest=LONGEST)
    _sums(pdf, one.subtotal, one.tax, one.tax_note)
    _words(pdf, one.total)
    if one.state == InvoiceState.OPEN:
        facts(
            pdf,
            [
                (_("Transfer to"), f"{one.seller['bank']} {one.seller['account']}"),
                (_("In the name of"), one.seller["holder"]),
                (_("Mention"), one.number),
            ],
        )
        terms = _(
            "Payable in full until %(day)s, without deductions. Upload the proof of your transfer on the region's page."
        )
        pdf.multi_cell(0, 5, plain(terms % {"day": _day(one.due_on)}))
    elif one.paid_at:
        facts(pdf, [(_("Paid on"), _day(one.paid_at.date()))])
    return sent(pdf, _file(one.number))


def credit_note_pdf(one: CreditNote) -> HttpResponse:
    """What it takes back, of which invoice, and why."""
    invoice = one.invoice
    pdf = _begun(_("Credit note %(number)s") % {"number": one.number}, invoice.seller)
    facts(
        pdf,
        [
            (_("Billed to"), invoice.buyer),
            ("NPWP", invoice.buyer_npwp),
            (_("Postal address"), invoice.buyer_address),
            (_("Of invoice"), f"{invoice.number}, {_day(invoice.issued_on)}"),
            (_("Date"), _day(one.issued_on)),
            (_("Reason"), one.reason),
        ],
    )
    _sums(pdf, one.subtotal, one.tax, invoice.tax_note)
    _words(pdf, one.total)
    return sent(pdf, _file(one.number))


def _begun(title: str, seller: dict[str, Any]) -> FPDF:
    pdf = blank(title)
    pdf.set_font(style="B", size=12)
    pdf.cell(0, 6, plain(seller["name"]), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(style="", size=9)
    pdf.multi_cell(0, 5, plain(f"{seller['address']}\nNPWP {seller['npwp']}"), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(5)
    pdf.set_font(style="B", size=16)
    pdf.cell(0, 9, plain(title), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(style="", size=10)
    return pdf


def _sums(pdf: FPDF, subtotal: int, tax: int, note: str) -> None:
    pdf.ln(2)
    for label, amount, bold in (
        (_("Before PPN"), subtotal, False),
        (note or "PPN", tax, False),
        (_("Total"), subtotal + tax, True),
    ):
        pdf.set_font(style="B" if bold else "")
        pdf.cell(140, 6, plain(label), align=Align.R)
        pdf.cell(0, 6, plain(rupiah_text(amount)), align=Align.R, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(style="")


def _words(pdf: FPDF, total: int) -> None:
    pdf.set_font(style="I")
    pdf.multi_cell(0, 6, plain(_("In words: %(words)s") % {"words": in_words(total)}), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(style="")
    pdf.ln(3)


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day else ""


def _file(number: str) -> str:
    return f"{number.replace('/', '-')}.pdf"
