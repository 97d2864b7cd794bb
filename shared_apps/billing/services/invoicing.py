"""Invoices are issued, and taken back by credit notes. Nothing that was issued changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.billing.errors import BadAmount
from shared_apps.billing.models import (
    CreditNote,
    Invoice,
    InvoiceLine,
    PlanVersion,
    Quotation,
    Source,
    Sponsor,
    Subscription,
)
from shared_apps.billing.seller import ppn, ppn_note, seller
from shared_apps.billing.services.numbering import CREDIT, INVOICE, number_for
from shared_apps.billing.services.settling import holding
from shared_apps.billing.states import day_of
from tenants.audit.services import record
from tenants.kernel import clock
from tenants.kernel.moves import move


@dataclass(frozen=True)
class Item:
    """A region for a period, `begins` to `ends` (no longer paid for). Rupiah before PPN; `tax` where somebody else reckoned it."""

    subscription: Subscription
    plan: PlanVersion
    begins: date
    ends: date
    amount: int
    tax: int | None = None


def issue(
    *,
    source: Source,
    items: Sequence[Item],
    buyer: tuple[str, str, str, str],
    due_on: date,
    by: str,
    subscription: Subscription | None = None,
    sponsor: Sponsor | None = None,
    quotation: Quotation | None = None,
    po_number: str = "",
    stripe_id: str | None = None,
    issued_at: datetime | None = None,
) -> Invoice:
    """An invoice with the next number of its year. `buyer`: name, NPWP, address, mail address.

    Called inside the transaction that decided it, subscriptions locked; the caller recounts them.
    Raises:  SellerUnknown.
    """
    now, by_us = clock.now(), seller()
    today = day_of(issued_at or now)
    taxes = [ppn(item.amount, today) if item.tax is None else item.tax for item in items]
    name, npwp, address, email = buyer
    invoice = Invoice.objects.create(
        number=number_for(INVOICE, today),
        source=source,
        subscription=subscription,
        sponsor=sponsor,
        quotation=quotation,
        stripe_id=stripe_id,
        buyer=name,
        buyer_npwp=npwp,
        buyer_address=address,
        buyer_email=email,
        seller=by_us,
        po_number=po_number,
        issued_on=today,
        due_on=due_on,
        subtotal=sum(item.amount for item in items),
        tax=sum(taxes),
        tax_note=ppn_note(today) if any(taxes) else "",
        by=by,
        at=now,
    )
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=invoice,
                subscription=item.subscription,
                plan=item.plan,
                text=_("WARSA %(plan)s, %(region)s")
                % {"plan": item.plan.name, "region": item.subscription.region.name},
                period_from=item.begins,
                period_to=item.ends,
                amount=item.amount,
                tax=tax,
            )
            for item, tax in zip(items, taxes, strict=True)
        ]
    )
    return invoice


def credit(*, invoice: Invoice, reason: str, by: str, total: int | None = None) -> CreditNote:
    """The invoice, or a part of it, is taken back by a credit note; PPN goes with it in proportion.

    States:  OPEN or PAID -> CREDITED when nothing of it is left; an open one whose rest is paid already becomes PAID.
    Units:   `total` in rupiah with PPN; all that is left unless told.
    Raises:  BadAmount for more than is left, or nothing.
    """
    with transaction.atomic():
        with holding(invoice) as row:
            note = credit_locked(row, reason=reason, by=by, total=total)
        # After the settling, which locks the region: whoever waits for that may hold the log already.
        record(
            "billing.invoice_credited",
            by=by,
            target=f"invoice:{row.public_id}",
            region=row.subscription.region.public_id if row.subscription else None,
            reason=reason,
            details={"number": row.number, "credit_note": note.number, "total": note.total},
        )
    return note


def credit_locked(row: Invoice, *, reason: str, by: str, total: int | None = None) -> CreditNote:
    """As `credit`, for an invoice that the caller holds."""
    left = row.total - row.credited
    total = left if total is None else total
    if not 1 <= total <= left:
        raise BadAmount(_("At most %(left)s rupiah of this invoice can be credited.") % {"left": left})
    # The last part takes what rounding left.
    before = sum(one.tax for one in row.credit_notes.all())
    tax = row.tax - before if total == left else (2 * total * row.tax + row.total) // (2 * row.total)
    now = clock.now()
    note = CreditNote.objects.create(
        number=number_for(CREDIT, day_of(now)),
        invoice=row,
        subtotal=total - tax,
        tax=tax,
        reason=reason[:240],
        issued_on=day_of(now),
        by=by,
        at=now,
    )
    row.credited += total
    row.save(update_fields=["credited"])
    if row.credited == row.total:
        move(row, "credit", by=by, reason=note.number)
    elif row.due == 0 and row.state == "open":
        paid(row, by=by)
    return note


def paid(row: Invoice, *, by: str, at: datetime | None = None) -> None:
    """Nothing is missing any more of an invoice that the caller holds."""
    if move(row, "pay", by=by):
        row.paid_at = at or clock.now()
        row.save(update_fields=["paid_at"])
