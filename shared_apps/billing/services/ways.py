"""A period is paid for in one way: by a card, by an order with an invoice, or by a sponsor."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from shared_apps.billing.errors import AlreadyAsked, NotBilled
from shared_apps.billing.models import (
    CallState,
    InvoiceLine,
    InvoiceState,
    Quotation,
    QuotationState,
    Source,
    Sponsor,
    StripeCall,
    Subscription,
)
from shared_apps.billing.outgoing import ask_later
from tenants.kernel import clock

OPEN = (QuotationState.ASKED, QuotationState.SENT)
# No session of Checkout stays open longer.
LONGEST_CHECKOUT = timedelta(days=1)


def must_have_no_other_way(
    row: Subscription, *, quotation: Quotation | None = None, sponsor: Sponsor | None = None
) -> None:
    """Nothing else pays, or is about to pay, for the next period of a subscription that the caller holds.

    `quotation`, `sponsor`: the way that is being taken, which is no other.
    Raises:  NotBilled while a card is charged or a sponsor pays; AlreadyAsked while an invoice or a quotation is open.
    """
    if row.by_card and not row.card_ends:
        raise NotBilled(_("A card is charged for this region. It is taken off first."))
    mine = sponsor.pk if sponsor else None
    if row.sponsor_id not in (None, mine) and not row.leaves_sponsor:
        raise NotBilled(_("A sponsor pays for this region. It leaves the sponsor first."))
    owed = InvoiceLine.objects.filter(subscription=row, invoice__state=InvoiceState.OPEN)
    owed = owed.exclude(invoice__source=Source.CARD).select_related("invoice")
    if sponsor is not None:
        owed = owed.exclude(invoice__sponsor=sponsor)
    if (line := owed.first()) is not None:
        raise AlreadyAsked(
            _("Invoice %(number)s is open. Pay it, or ask us to take it back first.") % {"number": line.invoice.number}
        )
    asked = row.quotations.filter(state__in=OPEN)
    if quotation is not None:
        asked = asked.exclude(pk=quotation.pk)
    if asked.exists():
        raise AlreadyAsked(_("You have a quotation open already. Answer or withdraw it first."))


def open_checkouts(row: Subscription) -> list[str]:
    """Sessions of Checkout, as Stripe names them, that may still be paid and that nobody asked to close."""
    since = clock.now() - LONGEST_CHECKOUT
    calls = StripeCall.objects.filter(subscription=row, asked_at__gt=since)
    opened = calls.filter(kind="checkout", state=CallState.DONE).order_by("pk")
    closing = {call.params["session"] for call in calls.filter(kind="checkout.expire")}
    return [str(call.answer["id"]) for call in opened if call.answer and call.answer["id"] not in closing]


def close_checkouts(row: Subscription) -> None:
    """Another way was taken in this transaction: at Stripe nobody pays any more what was opened before."""
    for session in open_checkouts(row):
        ask_later("checkout.expire", row, {"session": session})
