"""What operators see of billing, in public alone and in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from shared_apps.billing.models import (
    Difference,
    Invoice,
    InvoiceState,
    Payment,
    PaymentState,
    Quotation,
    QuotationState,
    Sponsor,
    Subscription,
    SubscriptionState,
)
from tenants.kernel import clock
from tenants.kernel.asking import value_of
from tenants.models import Domain

_WAITING = """
SELECT (SELECT count(*) FROM billing_payment WHERE state = 'claimed')
     + (SELECT count(*) FROM billing_quotation WHERE state = 'asked')
"""


def waiting_for_operator() -> int:
    """Payments to look up and quotations to send, in one query; shown beside the entry on each page."""
    return int(value_of(_WAITING, []))


def subscriptions(*, text: str = "", state: str = "") -> QuerySet[Subscription]:
    """By name of the region; `text` is looked for in names and addresses, an unknown state is none."""
    rows = Subscription.objects.select_related("region", "plan", "sponsor").order_by("region__name", "pk")
    if text:
        at = Domain.objects.filter(tenant=OuterRef("region"), domain__contains=text.lower())
        rows = rows.filter(Q(region__name__icontains=text) | Q(institution__icontains=text) | Exists(at))
    return rows.filter(state=state) if state in SubscriptionState.values else rows


def subscriptions_by_state() -> list[tuple[str, str, int]]:
    """Each state with its words and how many have it."""
    numbers = dict(Subscription.objects.order_by().values_list("state").annotate(Count("pk")))
    return [(state, str(label), numbers.get(state, 0)) for state, label in SubscriptionState.choices]


def invoices(*, text: str = "", kind: str = "") -> QuerySet[Invoice]:
    """The newest first. `kind`: open, overdue, paid, credited, or all."""
    rows = Invoice.objects.select_related("subscription__region", "sponsor").order_by("-issued_on", "-number")
    if text:
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(buyer__icontains=text)
            | Q(po_number__icontains=text)
            | Q(subscription__region__name__icontains=text)
        )
    if kind == "overdue":
        return rows.filter(state=InvoiceState.OPEN, due_on__lt=clock.today())
    return rows.filter(state=kind) if kind in InvoiceState.values else rows


def money() -> dict[str, int]:
    """Rupiah that are owed, of these overdue, and how much came this year."""
    left = F("subtotal") + F("tax") - F("credited") - F("paid")
    rows = Invoice.objects.filter(state=InvoiceState.OPEN)
    today = clock.today()
    told = rows.aggregate(owed=Sum(left), overdue=Sum(left, filter=Q(due_on__lt=today)))
    came = Payment.objects.filter(state=PaymentState.CONFIRMED, paid_on__year=today.year).aggregate(n=Sum("amount"))
    return {"owed": told["owed"] or 0, "overdue": told["overdue"] or 0, "came": came["n"] or 0}


def claims() -> QuerySet[Payment]:
    """Payments that wait for a look at the bank, the oldest first."""
    rows = Payment.objects.filter(state=PaymentState.CLAIMED).select_related("invoice__subscription__region")
    return rows.order_by("at", "pk")


def quotations(*, state: str = "") -> QuerySet[Quotation]:
    """The oldest question first."""
    rows = Quotation.objects.select_related("subscription__region", "plan").order_by("asked_at", "pk")
    return rows.filter(state=state) if state in QuotationState.values else rows


def sponsors() -> QuerySet[Sponsor]:
    """With how many regions each pays for."""
    rows = Sponsor.objects.annotate(regions=Count("subscriptions", filter=Q(subscriptions__leaves_sponsor=False)))
    return rows.order_by("name", "pk")


def differences(*, gone: bool = False) -> QuerySet[Difference]:
    """What Stripe and we tell differently; `gone` for what is over."""
    return Difference.objects.filter(gone_at__isnull=not gone).select_related("subscription__region")


def invoice_rows(rows: Iterable[Invoice]) -> Iterator[list[Any]]:
    """For a spreadsheet, the head first. Whole rupiah."""
    yield [
        "number", "state", "source", "region", "sponsor", "buyer", "npwp", "po", "issued", "due", "subtotal", "ppn",
        "total", "paid", "credited", "refunded",
    ]  # fmt: skip
    for one in rows:
        yield [
            one.number,
            one.state,
            one.source,
            one.subscription.region.name if one.subscription else "",
            one.sponsor.name if one.sponsor else "",
            one.buyer,
            one.buyer_npwp,
            one.po_number,
            one.issued_on.isoformat(),
            one.due_on.isoformat(),
            one.subtotal,
            one.tax,
            one.total,
            one.paid,
            one.credited,
            one.refunded,
        ]


def subscription_rows(rows: Iterable[Subscription]) -> Iterator[list[Any]]:
    """For a spreadsheet, the head first."""
    yield ["region", "state", "plan", "version", "interval", "sponsor", "covered_until", "institution", "npwp", "email"]
    for one in rows:
        yield [
            one.region.name,
            one.state,
            one.plan.code,
            one.plan.version,
            one.interval,
            one.sponsor.name if one.sponsor else "",
            one.covered_until.isoformat(),
            one.institution,
            one.npwp,
            one.email,
        ]
