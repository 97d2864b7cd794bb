"""The way of public offices: a quotation, a purchase order, an invoice with terms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.billing.errors import BadBuyer, QuotationExpired
from shared_apps.billing.files import kind_of
from shared_apps.billing.locks import lock_subscription
from shared_apps.billing.models import Invoice, PlanVersion, Quotation, Source, Subscription
from shared_apps.billing.seller import QUOTATION_DAYS, TERMS_DAYS, ppn, ppn_note, seller
from shared_apps.billing.services.invoicing import Item, issue
from shared_apps.billing.services.numbering import QUOTATION, number_for
from shared_apps.billing.services.settling import recount, settle
from shared_apps.billing.services.subscribing import name_buyer, wants_on
from shared_apps.billing.services.ways import OPEN as OPEN
from shared_apps.billing.services.ways import close_checkouts, must_have_no_other_way
from shared_apps.billing.states import after, day_of
from tenants.audit.services import record
from tenants.hosts import region_url
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.outbox.services import put_mail


def ask_quotation(
    *,
    subscription: Subscription,
    plan: PlanVersion,
    interval: str,
    institution: str,
    npwp: str,
    address: str,
    email: str,
    by: str,
) -> Quotation:
    """An institution asks what the plan costs it for one month or year. An operator looks at it and sends it.

    Units:   rupiah, PPN as it is today.
    Raises:  BadBuyer; AlreadyAsked while another one, or an invoice, is open; NotBilled while a card is charged or a sponsor
             pays; SellerUnknown.
    """
    with transaction.atomic():
        row = lock_subscription(subscription)
        name_buyer(row, institution=institution, npwp=npwp, address=address, email=email)
        must_have_no_other_way(row)
        close_checkouts(row)
        now, by_us = clock.now(), seller()
        today, price = day_of(now), plan.price(interval)
        quotation = Quotation.objects.create(
            number=number_for(QUOTATION, today),
            subscription=row,
            plan=plan,
            interval=interval,
            institution=row.institution,
            npwp=row.npwp,
            address=row.address,
            email=email,
            subtotal=price,
            tax=ppn(price, today),
            tax_note=ppn_note(today),
            seller=by_us,
            asked_by=by,
            asked_at=now,
        )
        # Last, for the log is held from here on.
        record("billing.buyer_named", by=by, region=row.region.public_id, target=f"subscription:{row.public_id}")
        _write_down("asked", quotation, by)
    return quotation


def send_quotation(*, quotation: Quotation, by: str) -> Quotation:
    """The institution may download it, is mailed, and has QUOTATION_DAYS to order.

    States:  ASKED -> SENT. Sending twice changes nothing.
    """
    with transaction.atomic():
        if move(quotation, "send", by=by):
            now = clock.now()
            quotation.sent_at, quotation.valid_until = now, day_of(now) + timedelta(days=QUOTATION_DAYS)
            quotation.save(update_fields=["sent_at", "valid_until"])
            put_mail(
                to=quotation.email,
                subject=_("Quotation %(number)s of WARSA") % {"number": quotation.number},
                body=_("Your quotation is ready. Download it, and enter your purchase order here: %(address)s")
                % {"address": region_url(quotation.subscription.region, "/wilayah/langganan/penawaran/")},
                dedupe=f"billing.quotation:{quotation.public_id}",
            )
            _write_down("sent", quotation, by)
    return quotation


def withdraw_quotation(*, quotation: Quotation, by: str, reason: str = "") -> Quotation:
    """Nobody orders by it any more."""
    with transaction.atomic():
        if move(quotation, "withdraw", by=by, reason=reason):
            _write_down("withdrawn", quotation, by, reason=reason)
    return quotation


def order(*, quotation: Quotation, po_number: str, file: UploadedFile[Any] | None, by: str) -> Invoice:
    """The institution orders; the invoice is issued at once, with terms. The same order again finds the same invoice.

    States:  SENT -> INVOICED; the subscription is active until the invoice is due.
    Raises:  BadBuyer without a number, BadFile, QuotationExpired, SellerUnknown, StaleDocument; AlreadyAsked and NotBilled
             when something else pays for the region by now.
    """
    po_number = " ".join(po_number.split())
    if not po_number:
        raise BadBuyer(_("Write the number of your purchase order."))
    kind = kind_of(file) if file is not None else ""
    storage, fresh = quotation.po_file.storage, ""
    try:
        with transaction.atomic():
            row = lock_subscription(quotation.subscription)
            if not move(quotation, "invoice", by=by):
                return quotation.invoice
            must_have_no_other_way(row, quotation=quotation)
            close_checkouts(row)
            now = clock.now()
            today = day_of(now)
            if quotation.valid_until is None or quotation.valid_until < today:
                raise QuotationExpired(_("This quotation has expired. Ask for a new one; the price may have changed."))
            quotation.po_number = po_number[:60]
            if file is not None:
                quotation.po_type = kind
                quotation.po_file.save(file.name or "po", file, save=False)
                fresh = str(quotation.po_file.name)
            quotation.save(update_fields=["po_number", "po_file", "po_type"])
            if (row.plan_id, row.interval) != (quotation.plan_id, quotation.interval):
                row.plan, row.interval = quotation.plan, quotation.interval
                row.save(update_fields=["plan", "interval"])
            wants_on(row, by=by)
            begins = max(today, day_of(row.covered_until))
            invoice = issue(
                source=Source.ORDER,
                subscription=row,
                quotation=quotation,
                buyer=(quotation.institution, quotation.npwp, quotation.address, quotation.email),
                items=[Item(row, quotation.plan, begins, after(begins, quotation.interval), quotation.subtotal)],
                due_on=today + timedelta(days=TERMS_DAYS),
                po_number=quotation.po_number,
                by=by,
            )
            recount(row)
            settle(row, by=by, reason=invoice.number)
            put_mail(
                to=quotation.email,
                subject=_("Invoice %(number)s of WARSA") % {"number": invoice.number},
                body=_("Your invoice is ready, due on %(day)s. Download it here: %(address)s")
                % {
                    "day": invoice.due_on.isoformat(),
                    "address": region_url(row.region, "/wilayah/langganan/tagihan/"),
                },
                dedupe=f"billing.invoice:{invoice.public_id}",
            )
            _write_down("ordered", quotation, by)
    except BaseException:
        if fresh:
            storage.delete(fresh)
        raise
    return invoice


def _write_down(what: str, quotation: Quotation, by: str, *, reason: str = "") -> None:
    record(
        f"billing.quotation_{what}",
        by=by,
        region=quotation.subscription.region.public_id,
        target=f"quotation:{quotation.public_id}",
        reason=reason,
        details={"number": quotation.number, "total": quotation.total},
    )
