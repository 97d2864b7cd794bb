"""Sponsors pay for many regions with one invoice."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.billing.errors import BadBuyer, NotBilled
from shared_apps.billing.locks import lock_subscription, lock_subscriptions
from shared_apps.billing.models import Interval, Invoice, InvoiceLine, InvoiceState, Source, Sponsor, Subscription
from shared_apps.billing.seller import TERMS_DAYS, is_npwp
from shared_apps.billing.services.invoicing import Item, issue
from shared_apps.billing.services.settling import recount, settle
from shared_apps.billing.services.subscribing import note
from shared_apps.billing.services.ways import close_checkouts, must_have_no_other_way
from shared_apps.billing.states import after, day_of
from tenants.audit.services import record
from tenants.kernel import clock
from tenants.models import RegionStatus

# A region that is closed, or not open yet, is on no invoice.
HERE = (RegionStatus.READY, RegionStatus.SUSPENDED)
# Regions whose cover ends within so many days are on the next invoice.
AHEAD_DAYS = 45


def add_sponsor(*, name: str, npwp: str, address: str, email: str, interval: str, by: str) -> Sponsor:
    """A new payer.

    Raises:  BadBuyer.
    """
    if not is_npwp(npwp):
        raise BadBuyer(_("An NPWP has 15 or 16 digits. Look at the tax card again."))
    with transaction.atomic():
        sponsor = Sponsor.objects.create(
            name=" ".join(name.split()),
            npwp=npwp.strip(),
            address=" ".join(address.split()),
            email=email,
            interval=Interval(interval),
        )
        record("billing.sponsor_added", by=by, target=f"sponsor:{sponsor.public_id}")
    return sponsor


def sponsor_region(*, sponsor: Sponsor, subscription: Subscription, by: str) -> Subscription:
    """From its next invoice on the sponsor pays for this region.

    Raises:  NotBilled when another sponsor does, or a card is charged; AlreadyAsked while an invoice or a quotation is open.
    """
    with transaction.atomic():
        row = lock_subscription(subscription)
        if row.sponsor_id not in (None, sponsor.pk) and not row.leaves_sponsor:
            raise NotBilled(_("Another sponsor pays for this region. It leaves that one first."))
        must_have_no_other_way(row, sponsor=sponsor)
        if row.sponsor_id != sponsor.pk or row.leaves_sponsor:
            row.sponsor, row.leaves_sponsor = sponsor, False
            row.save(update_fields=["sponsor", "leaves_sponsor"])
            close_checkouts(row)
            note(row, "sponsored", by=by, reason=sponsor.name)
            record(
                "billing.region_sponsored",
                by=by,
                region=row.region.public_id,
                target=f"subscription:{row.public_id}",
                details={"sponsor": str(sponsor.public_id)},
            )
    return row


def leave_sponsor(*, subscription: Subscription, by: str, reason: str = "") -> Subscription:
    """What the sponsor has paid for goes on to its end; its next invoice has no line for this region any more."""
    with transaction.atomic():
        row = lock_subscription(subscription)
        if row.sponsor_id is not None and not row.leaves_sponsor:
            row.leaves_sponsor = True
            row.save(update_fields=["leaves_sponsor"])
            note(row, "leaves_sponsor", by=by, reason=reason)
            record(
                "billing.leaves_sponsor",
                by=by,
                region=row.region.public_id,
                target=f"subscription:{row.public_id}",
                reason=reason,
            )
    return row


def bill_sponsor(*, sponsor: Sponsor, by: str, po_number: str = "") -> Invoice:
    """One invoice with a line for each of its regions whose cover ends soon, or has ended, and that is on no open invoice.

    Raises:  NotBilled when there is none; SellerUnknown.
    """
    with transaction.atomic():
        today = day_of(clock.now())
        billed = InvoiceLine.objects.filter(invoice__state=InvoiceState.OPEN).exclude(invoice__source=Source.CARD)
        waiting = Subscription.objects.filter(sponsor=sponsor, leaves_sponsor=False, region__status__in=HERE)
        ids = list(waiting.exclude(pk__in=billed.values("subscription")).values_list("pk", flat=True))
        rows = [
            row
            for row in lock_subscriptions(ids)
            if row.sponsor_id == sponsor.pk
            and not (row.by_card and not row.card_ends)
            and day_of(row.covered_until) <= today + timedelta(days=AHEAD_DAYS)
        ]
        if not rows:
            raise NotBilled(_("None of its regions needs to be paid for now."))
        items = []
        for row in rows:
            begins = max(today, day_of(row.covered_until))
            items.append(Item(row, row.plan, begins, after(begins, sponsor.interval), row.plan.price(sponsor.interval)))
        invoice = issue(
            source=Source.SPONSOR,
            sponsor=sponsor,
            items=items,
            buyer=(sponsor.name, sponsor.npwp, sponsor.address, sponsor.email),
            due_on=today + timedelta(days=TERMS_DAYS),
            po_number=po_number,
            by=by,
        )
        for row in rows:
            recount(row)
            settle(row, by=by, reason=invoice.number)
        record(
            "billing.sponsor_billed",
            by=by,
            target=f"invoice:{invoice.public_id}",
            details={"number": invoice.number, "regions": len(rows), "total": invoice.total},
        )
    return invoice
