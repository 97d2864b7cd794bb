"""Invoices of suppliers: matched or disputed, paid; and a cycle that is settled when nothing of it is unexplained."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.exchange import services as exchange
from shared_apps.exchange.models import InvoiceState, SupplierInvoice
from tenant_apps.ledger.services import Posting, account_of_satker, account_of_supplier, hold, post
from tenant_apps.procurement.agreed import Standing, standing_of, standings
from tenant_apps.procurement.errors import BadPayment, NotExplained, NotSettled
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.matching import ThreeWay, freight_shares, open_claims, three_way
from tenant_apps.procurement.models import (
    Cycle,
    CycleState,
    FreightBy,
    InvoiceMatch,
    InvoiceMatchLine,
    LandedCost,
    PaidHow,
    Purchase,
    SupplierPayment,
)
from tenant_apps.procurement.services.paying import MONEY
from tenant_apps.procurement.services.receiving import uninvoiced
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

AFTER_ORDERS = (CycleState.ORDERED, CycleState.RECEIVING, CycleState.DISTRIBUTED)


def match(
    *, purchase: Purchase, invoice: SupplierInvoice, by: str, freight_by: str = FreightBy.VALUE, explanation: str = ""
) -> InvoiceMatch:
    """The invoice is right, or its difference is explained: it is owed from now on. Matching twice changes nothing.

    Raises:  NotExplained where it differs by a rupiah and nobody says why; StaleDocument for one that was replaced.
    Writes:  the match with its lines, freight shared out; what the goods cost here; books (debit satker:received,
             satker:freight, and satker:purchases by the difference; credit the supplier's payable); the exchange.
    """
    with transaction.atomic():
        cycle = lock_cycle(purchase.cycle)
        before = InvoiceMatch.objects.filter(invoice=invoice.public_id).first()
        if before is not None:
            return before
        if cycle.state not in AFTER_ORDERS:
            raise StaleDocument(_("This cycle is settled. Look at it again."))
        exchange.match_invoice(invoice=invoice, by=by)
        standing = standing_of(purchase)
        board = three_way(standing, invoice)
        explanation = explanation.strip()[:240]
        if not board.fits and not explanation:
            raise NotExplained(
                _("Order, receipt and invoice differ. Dispute it, or write down why you take it as it is.")
            )
        if freight_by == FreightBy.WEIGHT and not board.can_weigh:
            raise NotExplained(_("Some of these goods have no weight. Share the freight by value."))
        found = _write_match(board, freight_by, explanation, by)
        _book_match(cycle, purchase, found, by)
    return found


def dispute(*, purchase: Purchase, invoice: SupplierInvoice, reason: str, by: str) -> None:
    """The invoice is not what was agreed or came; the supplier reads why, and sends another one.

    Raises:  what the exchange refuses; StaleDocument for one that is owed already.
    Writes:  the exchange.
    """
    with transaction.atomic():
        lock_cycle(purchase.cycle)
        if InvoiceMatch.objects.filter(invoice=invoice.public_id).exists():
            raise StaleDocument(_("This invoice was matched already. Look at it again."))
        exchange.dispute_invoice(invoice=invoice, reason=reason, by=by)


def pay_supplier(
    *, found: InvoiceMatch, key: UUID, how: str, paid_on: date, by: str, reference: str = ""
) -> SupplierPayment:
    """The matched invoice is paid, less what the supplier has to give back. Paying twice changes nothing.

    Raises:  BadPayment for a day that has not come.
    Writes:  payment; books (debit the supplier's payable, credit satker:cash or satker:bank); the exchange.
    """
    if how not in PaidHow.values:
        raise BadPayment(_("Choose how it was paid."))
    if paid_on > clock.today(current_region().time_zone):
        raise BadPayment(_("That day has not come yet."))
    with transaction.atomic():
        purchase = found.purchase
        cycle = lock_cycle(purchase.cycle)
        before = SupplierPayment.objects.filter(match=found).first()
        if before is not None:
            return before
        amount = to_pay(found)
        invoice = SupplierInvoice.objects.get(public_id=found.invoice)
        reference = reference.strip()[:60]
        exchange.pay_invoice(invoice=invoice, by=by, reference=reference)
        payment = save_numbered(
            SupplierPayment(match=found, key=key, amount=amount, how=how, reference=reference, paid_on=paid_on, by=by)
        )
        if amount:
            payable = account_of_supplier(purchase.supplier.supplier, purchase.supplier.name)
            money = account_of_satker(cycle.satker, MONEY[PaidHow(how)][0])
            hold([money, payable])
            post(
                key=f"supplier_payment:{payment.number}",
                text=_("Invoice %(invoice)s of %(supplier)s")
                % {"invoice": found.number, "supplier": purchase.supplier.name},
                postings=[Posting(payable, amount), Posting(money, -amount)],
                by=by,
            )
    return payment


def to_pay(found: InvoiceMatch) -> int:
    """What is left to be paid of a matched invoice, in rupiah."""
    return max(found.total - max(open_claims(found.purchase_id), 0), 0)


def settle_cycle(*, cycle: Cycle, by: str, explanation: str = "") -> Cycle:
    """Nothing of the cycle is open between Satker and suppliers. What warungs still owe stays owed. Twice changes nothing.

    States:  DISTRIBUTED -> SETTLED.
    Raises:  NotSettled while an invoice waits or is not paid; NotExplained where goods came that nobody invoices, and nobody
             says why.
    Writes:  history; books for what came and is invoiced by nobody (debit satker:received, credit satker:purchases).
    """
    explanation = explanation.strip()[:240]
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if cycle.state == CycleState.DISTRIBUTED:
            found = standings(cycle.purchases.select_related("supplier"))
            _must_be_paid(cycle, found)
            rest = sum(uninvoiced(one) for one in found)
            if rest and not explanation:
                raise NotExplained(_("Goods came that no invoice asks for. Wait for it, or write down why none comes."))
            if rest:
                received, purchases = (
                    account_of_satker(cycle.satker, "received"),
                    account_of_satker(cycle.satker, "purchases"),
                )
                hold([received, purchases])
                post(
                    key=f"{cycle.reference}:settled",
                    text=_("Cycle %(number)s: received and not invoiced") % {"number": cycle.number},
                    postings=[Posting(received, rest), Posting(purchases, -rest)],
                    by=by,
                )
        move(cycle, "settle", by=by, reason=explanation)
    return cycle


def _must_be_paid(cycle: Cycle, found: list[Standing]) -> None:
    waiting = SupplierInvoice.objects.filter(
        order__public_id__in=[one.purchase.order for one in found if one.purchase.order],
        state__in=(InvoiceState.SUBMITTED, InvoiceState.MATCHED),
    )
    unpaid = InvoiceMatch.objects.filter(purchase__cycle=cycle, payment=None)
    names = sorted({*waiting.values_list("number", flat=True), *unpaid.values_list("number", flat=True)})
    if names:
        raise NotSettled(_("These invoices are not paid yet: %(names)s.") % {"names": ", ".join(names)})


def _write_match(board: ThreeWay, freight_by: str, explanation: str, by: str) -> InvoiceMatch:
    invoice = board.invoice
    found = InvoiceMatch.objects.create(
        purchase=board.standing.purchase,
        invoice=invoice.public_id,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        goods=invoice.goods,
        tax=invoice.tax,
        freight=invoice.freight,
        freight_by=freight_by,
        cleared=board.cleared,
        explanation="" if board.fits else explanation,
        by=by,
    )
    freight = freight_shares(board, freight_by)
    rows = InvoiceMatchLine.objects.bulk_create(
        [
            InvoiceMatchLine(
                match=found,
                line=one.line,
                packs=one.packs,
                price=one.price,
                tax=one.tax,
                freight=share,
                cleared=one.cleared,
            )
            for one, share in zip(board.lines, freight, strict=True)
        ]
    )
    LandedCost.objects.bulk_create(
        LandedCost(
            product_id=one.line.good.product_id,
            line=one.line,
            amount=row.cost,
            base_quantity=base,
            match=found,
        )
        for one, row in zip(board.lines, rows, strict=True)
        if (base := _base(one.terms.base_quantity(one.tally), one.tally.good, one.packs, one.terms.base_of_carton))
    )
    return found


def _base(here: int, good: int, packs: int, carton: int) -> int:
    """Base units of the good packs that an invoice pays for: paid for and rejected ones make the others dearer."""
    return here if packs >= good else packs * here // good if good else packs * carton


def _book_match(cycle: Cycle, purchase: Purchase, found: InvoiceMatch, by: str) -> None:
    payable = account_of_supplier(purchase.supplier.supplier, purchase.supplier.name)
    received = account_of_satker(cycle.satker, "received")
    freight = account_of_satker(cycle.satker, "freight")
    purchases = account_of_satker(cycle.satker, "purchases")
    hold([payable, received, freight, purchases])
    post(
        key=f"supplier_invoice:{found.invoice}",
        text=_("Invoice %(invoice)s of %(supplier)s") % {"invoice": found.number, "supplier": purchase.supplier.name},
        postings=[
            Posting(received, found.cleared),
            Posting(purchases, found.difference),
            Posting(freight, found.freight),
            Posting(payable, -found.total),
        ],
        by=by,
    )
