"""Payments by who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import Http404
from django.utils.functional import Promise
from lokal.qris import set_qris_amount

from tenant_apps.accounts.access import Member, Role
from tenant_apps.payments.issues import STEPS
from tenant_apps.payments.models import Method, Payment, PaymentIssue, PaymentState, WarungQris
from tenant_apps.payments.providers import active_provider
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import owns, warungs_of
from tenants.identity.models import User


def payment_of(reference: str) -> Payment | None:
    """The payment of a document, or None while nobody has to pay it."""
    return Payment.objects.select_related("warung", "payer").filter(reference=reference).first()


def ways_to_pay(warung: Warung, payer: User | None = None) -> list[Method]:
    """How a document of this warung can be paid: cash always, balance by those who have an account, QRIS where there is a code."""
    return [way for way in Method if takes(warung, way, payer)]


def takes(warung: Warung, way: Method, payer: User | None = None) -> bool:
    """Whether this is one of the `ways_to_pay`; cash and balance are answered without a query."""
    if way == Method.QRIS:
        return WarungQris.objects.filter(warung=warung).exists() or active_provider() is not None
    return way == Method.CASH or payer is not None


def own_payment(member: Member, public_id: UUID) -> Payment:
    """The access door of who pays. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    return _found(Payment.objects.filter(payer=member.user, method=Method.QRIS), public_id)


def payload_to_pay(payment: Payment) -> str:
    """The text of the code that somebody can pay now, with what is still missing in it; empty where there is none.

    After a part has come a provider's code is still for the whole amount, so it is not shown again.
    """
    if payment.state != PaymentState.PENDING or not payment.payload:
        return ""
    if not payment.held:
        return payment.payload
    return "" if payment.provider else str(set_qris_amount(payment.payload, payment.missing))


def payment_of_warung(member: Member, public_id: UUID) -> Payment:
    """The access door of the warung whose QRIS it comes to.

    Raises:  Http404.
    """
    return _found(Payment.objects.filter(warung__in=warungs_of(member), method=Method.QRIS, provider=""), public_id)


def _found(rows: QuerySet[Payment], public_id: UUID) -> Payment:
    found = rows.select_related("warung", "payer").filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such payment")
    return found


def waiting_at(warung: Warung) -> QuerySet[Payment]:
    """Codes of the warung's own QRIS that wait for a look at the phone: those that the payer says are paid first."""
    rows = Payment.objects.filter(warung=warung, state=PaymentState.PENDING, method=Method.QRIS, provider="")
    return rows.select_related("payer").order_by("claimed_at", "created_at")


def carried_by(courier: User, warung: Warung | None = None) -> QuerySet[Payment]:
    """Cash that this person took and has not deposited."""
    rows = Payment.objects.filter(collector=courier, deposited_at=None, cash__gt=0)
    return rows if warung is None else rows.filter(warung=warung)


@dataclass(frozen=True)
class Carried:
    """Cash on somebody's way to a warung's drawer: rupiah, and of how many payments."""

    courier: User
    amount: int
    payments: int


def carried_at(warung: Warung, *, told_to: Member) -> list[Carried]:
    """Who carries cash for this warung, the largest sum first. Those who help in it see their own alone."""
    rows = Payment.objects.filter(warung=warung, collector__isnull=False, deposited_at=None, cash__gt=0)
    if not owns(told_to, warung):
        rows = rows.filter(collector=told_to.user)
    sums = list(rows.values("collector").annotate(amount=Sum("cash"), payments=Count("pk")).order_by("-amount"))
    people = User.objects.in_bulk([one["collector"] for one in sums])
    return [Carried(people[one["collector"]], one["amount"], one["payments"]) for one in sums]


def issue_for(member: Member, public_id: UUID) -> PaymentIssue:
    """The access door: the warung's own people, and the Satker and the admins for what is the region's.

    Raises:  Http404.
    """
    theirs = Q(warung__in=warungs_of(member))
    if member.roles & {Role.SATKER, Role.ADMIN}:
        theirs |= Q(warung=None)
    found = PaymentIssue.objects.filter(theirs, public_id=public_id).select_related("payment__warung").first()
    if found is None:
        raise Http404("no such issue")
    return found


@dataclass(frozen=True)
class ShownIssue:
    """An issue with the steps that its page offers."""

    issue: PaymentIssue
    steps: list[tuple[str, str | Promise]]


class ShownIssues(Sequence[ShownIssue]):
    """Issues by the page, each with its steps; open ones first."""

    def __init__(self, rows: QuerySet[PaymentIssue]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return self._rows.count()

    def __getitem__(self, at: Any) -> Any:
        return [
            ShownIssue(one, list(STEPS[one.next_step].items()) if one.done_at is None else []) for one in self._rows[at]
        ]


def issues_shown(*, warung: Warung | None) -> ShownIssues:
    """What has to be looked at in this warung; with None, at the region's desk. Open ones first, newest first."""
    rows = PaymentIssue.objects.filter(warung=warung).select_related("payment__payer", "payment__warung")
    return ShownIssues(rows.order_by(F("done_at").desc(nulls_first=True), "-created_at", "-pk"))


def payments_seen_at(warung: Warung) -> QuerySet[Payment]:
    """What was to be paid at this warung and waits no more, newest first."""
    rows = Payment.objects.filter(warung=warung).exclude(state=PaymentState.PENDING)
    return rows.select_related("payer").order_by("-created_at", "-pk")
