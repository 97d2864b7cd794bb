"""What a region's site sees and does of its subscription. Called with the region bound and outside of a transaction.

Every function takes the region from the binding, never from the caller, works on the platform, and hands out only what is
that region's. The region's own database role reads nothing of billing. See docs/adr/0021-….
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse

from shared_apps.billing import paper
from shared_apps.billing.models import (
    CreditNote,
    Invoice,
    Payment,
    PlanVersion,
    Quotation,
    QuotationState,
    Subscription,
    SubscriptionState,
    UsageMonth,
)
from shared_apps.billing.plans import offered_plans
from shared_apps.billing.seller import ppn
from shared_apps.billing.services import paying, quoting, subscribing
from shared_apps.billing.services.sponsoring import leave_sponsor
from shared_apps.billing.states import day_of, grace_until
from shared_apps.billing.stripe import doors
from shared_apps.billing.stripe.client import cards_open
from tenants.cache import remembered
from tenants.context import current_region, on_platform
from tenants.errors import RegionSwitchInTransaction
from tenants.kernel import clock

# Before the end of a trial the region's admins are told on each of their pages.
SOON = timedelta(days=14)
NOTICE_SECONDS = 120
MONTHS = 12


@dataclass(frozen=True)
class Limit:
    """How much of one limit is used this month; `most` is None where there is none."""

    name: str
    used: int
    most: int | None

    @property
    def percent(self) -> int:
        return min(self.used * 100 // self.most, 999) if self.most else 0

    @property
    def over(self) -> bool:
        return self.most is not None and self.used > self.most


@dataclass(frozen=True)
class Desk:
    """Everything that the page of the subscription shows."""

    subscription: Subscription
    grace_until: datetime
    plans: list[PlanVersion]
    limits: list[Limit]
    months: list[UsageMonth]
    quotation: Quotation | None
    invoices: list[Invoice]
    cards: bool
    # Rupiah of the next payment with PPN.
    next_amount: int
    history: list[Any]


@dataclass(frozen=True)
class Notice:
    """What the region's people are told of its subscription on their own pages; nothing while all is well."""

    state: str
    until: datetime
    grace_until: datetime
    # More is used than the plan has.
    over: bool = False

    @property
    def urgent(self) -> bool:
        """Whether the region can only be read, or soon will be, unless somebody pays."""
        S = SubscriptionState
        soon = self.state == S.TRIALING and self.until - clock.now() < SOON
        return soon or self.state in (S.PAST_DUE, S.READ_ONLY, S.CANCELLED)


@contextmanager
def _ours() -> Iterator[Subscription]:
    region = current_region()
    with on_platform():
        yield subscribing.subscription_of(region)


def desk() -> Desk:
    """The page, in a constant number of queries.

    Raises:  NoPlans.
    """
    with _ours() as row:
        today = day_of(clock.now())
        months = list(UsageMonth.objects.filter(region_id=row.region_id).order_by("-month")[:MONTHS])
        limits = _limits(row.plan, months[0] if months else None)
        price = row.plan.price(row.interval)
        return Desk(
            subscription=row,
            grace_until=grace_until(row),
            plans=offered_plans(),
            limits=limits,
            months=months[::-1],
            quotation=_open_quotation(row),
            invoices=list(_invoices(row)[:5]),
            cards=cards_open(),
            next_amount=price + ppn(price, today),
            history=list(row.events.all()[:20]),
        )


def _standing() -> tuple[Any, ...]:
    region = current_region()
    with on_platform():
        row = Subscription.objects.select_related("plan").filter(region=region).first()
        return (row.state, row.covered_until, grace_until(row), _is_over(row)) if row else ()


def notice() -> Notice | None:
    """What the bound region's admins are to know now; asked on each page of theirs, so it is remembered for two minutes."""
    try:
        known = remembered("billing.notice", NOTICE_SECONDS, _standing)
    except RegionSwitchInTransaction:
        # A page that is drawn inside a transaction does without.
        return None
    if not known:
        return None
    found = Notice(*known)
    return found if found.urgent or found.over else None


def invoices() -> list[Invoice]:
    """All invoices for the region, the newest first; a sponsor's are the sponsor's."""
    with _ours() as row:
        return list(_invoices(row)[:500])


def invoice(public_id: UUID) -> Invoice | None:
    """One of the region's, with lines, payments and credit notes; None for another's, and for none at all."""
    with _ours() as row:
        return _invoices(row).prefetch_related("lines", "payments", "credit_notes").filter(public_id=public_id).first()


def invoice_pdf(public_id: UUID) -> HttpResponse | None:
    """The paper; None as above."""
    with _ours() as row:
        found = _invoices(row).filter(public_id=public_id).first()
        return paper.invoice_pdf(found) if found else None


def credit_note_pdf(public_id: UUID) -> HttpResponse | None:
    """The paper; None as above."""
    with _ours() as row:
        found = CreditNote.objects.filter(invoice__subscription=row, public_id=public_id).first()
        return paper.credit_note_pdf(found) if found else None


def quotation() -> Quotation | None:
    """The one that is open."""
    with _ours() as row:
        return _open_quotation(row)


def quotation_pdf() -> HttpResponse | None:
    """Its paper, once it was sent."""
    with _ours() as row:
        found = _open_quotation(row)
        return paper.quotation_pdf(found) if found and found.state == QuotationState.SENT else None


def plan_called(code: str) -> PlanVersion | None:
    """The plan that is offered under this code."""
    with on_platform():
        return next((plan for plan in offered_plans() if plan.code == code), None)


def ask_quotation(*, plan: PlanVersion, interval: str, buyer: dict[str, str], by: str) -> Quotation:
    """See `services.quoting`; `buyer`: institution, npwp, address, email."""
    with _ours() as row:
        return quoting.ask_quotation(subscription=row, plan=plan, interval=interval, by=by, **buyer)


def withdraw_quotation(*, by: str) -> None:
    with _ours() as row:
        if (found := _open_quotation(row)) is not None:
            quoting.withdraw_quotation(quotation=found, by=by)


def order(*, po_number: str, file: UploadedFile[Any] | None, by: str) -> Invoice | None:
    """The open quotation is ordered; None where none is."""
    with _ours() as row:
        found = _open_quotation(row)
        return quoting.order(quotation=found, po_number=po_number, file=file, by=by) if found else None


def claim(*, public_id: UUID, amount: int, paid_on: date, proof: UploadedFile[Any], by: str) -> Payment | None:
    """See `services.paying`; None for an invoice that is not the region's."""
    with _ours() as row:
        found = _invoices(row).filter(public_id=public_id).first()
        return paying.claim(invoice=found, amount=amount, paid_on=paid_on, proof=proof, by=by) if found else None


def checkout(*, plan: PlanVersion, interval: str, key: str, by: str) -> str:
    """Where it is paid by card. See `stripe.doors`."""
    with _ours() as row:
        return doors.open_checkout(subscription=row, plan=plan, interval=interval, key=key, by=by)


def portal(*, key: str) -> str:
    """Where the card is changed."""
    with _ours() as row:
        return doors.open_portal(subscription=row, key=key)


def change_plan(*, plan: PlanVersion, interval: str, by: str) -> None:
    with _ours() as row:
        doors.change_plan(subscription=row, plan=plan, interval=interval, by=by)
    cache.delete("billing.notice")


def end(*, by: str, reason: str) -> None:
    with _ours() as row:
        subscribing.end(subscription=row, by=by, reason=reason, at=row.covered_until)


def go_on(*, by: str) -> None:
    with _ours() as row:
        subscribing.go_on(subscription=row, by=by)


def leave(*, by: str) -> None:
    """The region's sponsor pays no more after what it has paid."""
    with _ours() as row:
        leave_sponsor(subscription=row, by=by)


def is_settled() -> bool:
    """After Checkout: whether Stripe has told us what came of it."""
    with _ours() as row:
        return row.by_card and row.state == SubscriptionState.ACTIVE


def _limits(plan: PlanVersion, latest: UsageMonth | None) -> list[Limit]:
    """This month's use against the plan's limits; nothing while nothing was told this month."""
    if latest is None or latest.month != day_of(clock.now()).replace(day=1):
        latest = UsageMonth()
    return [
        Limit("warungs", latest.warungs, plan.warungs),
        Limit("orders", latest.orders, plan.orders),
        Limit("storage", latest.storage_mb, plan.storage_mb),
    ]


def _is_over(row: Subscription) -> bool:
    latest = UsageMonth.objects.filter(region_id=row.region_id).order_by("-month").first()
    return any(one.over for one in _limits(row.plan, latest))


def _open_quotation(row: Subscription) -> Quotation | None:
    rows = row.quotations.filter(state__in=quoting.OPEN).select_related("plan", "subscription__region")
    return rows.first()


def _invoices(row: Subscription) -> QuerySet[Invoice]:
    return Invoice.objects.filter(subscription=row).select_related("subscription__region")
