"""What a phone sends that sold without network: a list of sales, each read and applied for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from tenant_apps.accounts.access import Member
from tenant_apps.pos.errors import BadSale
from tenant_apps.pos.models import BonCustomer, CounterSale
from tenant_apps.pos.services import SaleLine, Tenders, record_gone_sale, record_sale
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import warung_for
from tenants.kernel.errors import DomainError

# More are sent in several messages.
MOST_SALES = 50


@dataclass(frozen=True)
class Sent:
    """One sale as the phone wrote it down. `gone`: it happened without us, so nobody can refuse the goods any more."""

    key: UUID
    warung: Warung
    lines: list[SaleLine]
    tenders: Tenders
    customer: BonCustomer | None
    at: datetime
    gone: bool


def apply_sale(item: Any, member: Member) -> dict[str, Any]:
    """The answer for one sale: applied, duplicate, or refused with what to do."""
    key = item.get("id") if isinstance(item, dict) and isinstance(item.get("id"), str) else None
    answer: dict[str, Any] = {"id": key[:64] if key else None}
    try:
        sent = _read(item, member)
        known = CounterSale.objects.filter(public_id=sent.key, warung=sent.warung).exists()
        record: Callable[..., CounterSale] = record_gone_sale if sent.gone else record_sale
        sale = record(
            warung=sent.warung,
            key=sent.key,
            lines=sent.lines,
            tenders=sent.tenders,
            customer=sent.customer,
            at=sent.at,
            by=member.actor,
        )
    except DomainError as refused:
        return {**answer, "status": "refused", "code": refused.code, "reason": str(refused.message)}
    return {
        **answer,
        "status": "duplicate" if known else "applied",
        "number": sale.number,
        "receipt": reverse("pos:receipt", args=[sale.number]),
        "short": sale.short,
    }


def _read(item: Any, member: Member) -> Sent:
    """The sale that was meant.

    Raises:  BadSale for what is none, and for a warung or a bon that is not theirs.
    """
    if not isinstance(item, dict):
        raise _unreadable()
    warung = _warung(item.get("warung"), member)
    lines = item.get("lines")
    if not isinstance(lines, list):
        raise _unreadable()
    received = item.get("received")
    return Sent(
        key=_uuid(item.get("id")),
        warung=warung,
        lines=[_line(line) for line in lines[:1_000]],
        tenders=Tenders(
            cash=_whole(item.get("cash", 0)),
            qris=_whole(item.get("qris", 0)),
            bon=_whole(item.get("bon", 0)),
            received=None if received is None else _whole(received),
        ),
        customer=_customer(item.get("customer"), warung),
        at=_moment(item.get("at")),
        gone=item.get("gone") is True,
    )


def _warung(text: Any, member: Member) -> Warung:
    try:
        return warung_for(member, _uuid(text))
    except Http404:
        raise BadSale(_("This sale is of a warung where you do not work.")) from None


def _customer(text: Any, warung: Warung) -> BonCustomer | None:
    if text is None:
        return None
    found = BonCustomer.objects.filter(warung=warung, public_id=_uuid(text)).first()
    if found is None:
        raise BadSale(_("Choose whose bon it is."))
    return found


def _line(line: Any) -> SaleLine:
    if not isinstance(line, dict):
        raise _unreadable()
    pack = _whole(line.get("pack"))
    return SaleLine(pack, _whole(line.get("quantity")), _whole(line.get("price")))


def _whole(value: Any) -> int:
    """A whole number that the database can hold; true is none."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10**15:
        raise _unreadable()
    return value


def _uuid(text: Any) -> UUID:
    try:
        return UUID(text) if isinstance(text, str) else UUID("")
    except ValueError:
        raise _unreadable() from None


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) and len(text) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 < moment.year < 9000:
        raise _unreadable()
    return moment


def _unreadable() -> BadSale:
    return BadSale(_("This sale cannot be read. Write it down anew."))
