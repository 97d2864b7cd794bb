"""Waste is sold by the weighbridge note; the committees get their part of the margin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import BadEntry, CashShort
from tenant_apps.bank_sampah.locks import lock_lots, lock_sale, lock_unit
from tenant_apps.bank_sampah.models import (
    Buyer,
    LotMoveKind,
    LotMovement,
    SaleState,
    Settled,
    WasteGrade,
    WasteSale,
    WasteSaleLine,
    WasteSaleShare,
    WasteUnit,
)
from tenant_apps.bank_sampah.reckoning import share_of, value_of
from tenant_apps.bank_sampah.selectors.prices import terms_on
from tenant_apps.bank_sampah.services.accounts import of_unit
from tenant_apps.bank_sampah.services.setting_up import MOST_PRICE
from tenant_apps.bank_sampah.services.store import Moved, Portion, out, take, write
from tenant_apps.ledger.errors import Overdrawn
from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.ledger.services import Posting, account_of_satker, hold, post, reverse
from tenant_apps.procurement.consolidation import shares
from tenant_apps.satker.selectors import the_satker
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.numbers import save_numbered


@dataclass(frozen=True)
class Sold:
    """So much of a grade, at so many rupiah for a kilogram or a piece."""

    grade: WasteGrade
    quantity: int
    price: int


def sell(
    *,
    unit: WasteUnit,
    buyer: Buyer,
    key: UUID,
    note_number: str,
    lines: Iterable[Sold],
    by: str,
    settled: Settled | None = None,
) -> WasteSale:
    """The buyer took it, and paid at once where `settled` says how; once for its `key`.

    States:  -> OWED, or PAID.
    Raises:  BadEntry for numbers that cannot be, and for a weighbridge note that is written down already; WasteGone.
    Writes:  the sale, its lines and shares, movements, one entry.
    """
    sold = list(lines)
    note_number = " ".join(note_number.split())[:40]
    if not note_number:
        raise BadEntry(_("Write down the number of the weighbridge note."))
    if len({one.grade.pk for one in sold}) != len(sold) or any(not 0 <= one.price <= MOST_PRICE for one in sold):
        raise BadEntry(_("Write each kind once, with a price from 0 to 10.000.000."))
    with transaction.atomic():
        lock_unit(unit)
        before = WasteSale.objects.filter(key=key).first()
        if before is not None:
            return before
        if WasteSale.objects.filter(
            buyer=buyer, note_number=note_number, state__in=[SaleState.OWED, SaleState.PAID]
        ).exists():
            raise BadEntry(_("This weighbridge note of %(buyer)s is written down already.") % {"buyer": buyer.name})
        portions = take(unit, {one.grade: one.quantity for one in sold})
        amounts = {one.grade.pk: value_of(one.quantity, one.price, one.grade.type.per) for one in sold}
        total = sum(amounts.values())
        if not total:
            raise BadEntry(_("A sale brings at least a rupiah. Write off what is given away."))
        cost = sum(part.cost for own in portions.values() for part in own)
        bps = terms_on().proceeds_bps
        pot = share_of(max(total - cost, 0), bps)
        per_origin = _shared(pot, portions, amounts)
        made = _saved(
            WasteSale(
                key=key,
                unit=unit,
                buyer=buyer,
                note_number=note_number,
                day=clock.today(current_region().time_zone),
                at=clock.now(),
                by=by,
                total=total,
                cost=cost,
                proceeds_bps=bps,
                shared=pot,
            )
        )
        WasteSaleLine.objects.bulk_create(
            WasteSaleLine(
                sale=made,
                grade=one.grade,
                name=str(one.grade),
                measure=one.grade.type.measure,
                quantity=one.quantity,
                price=one.price,
                amount=amounts[one.grade.pk],
                cost=sum(part.cost for part in portions[one.grade.pk]),
            )
            for one in sold
        )
        WasteSaleShare.objects.bulk_create(
            WasteSaleShare(sale=made, unit_id=origin, amount=amount) for origin, amount in per_origin.items()
        )
        write(
            out((part for own in portions.values() for part in own), LotMoveKind.SOLD), reference=made.reference, by=by
        )
        _book(made, per_origin, by)
        if settled is not None:
            _pay(made, settled, by)
    return made


def settle_sale(*, sale: WasteSale, settled: Settled, by: str) -> WasteSale:
    """The buyer paid what was owed.

    States:  OWED -> PAID. Paying twice changes nothing.
    Writes:  one entry.
    """
    with transaction.atomic():
        sale = lock_sale(sale)
        if sale.state == SaleState.OWED:
            _pay(sale, settled, by)
    return sale


def take_back_sale(*, sale: WasteSale, reason: str, by: str) -> WasteSale:
    """The sale was wrong: the waste lies in its lots again, and everything that was booked is taken back.

    States:  OWED, PAID -> REVERSED. Taking back twice changes nothing.
    Raises:  BadEntry without a reason; CashShort when the box holds less than was paid into it, or a committee was paid its share.
    Writes:  the sale's end, movements, the reversing entries.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise BadEntry(_("Write down why the sale is taken back."))
    with transaction.atomic():
        lock_unit(sale.unit)
        sale = lock_sale(sale)
        if sale.state == SaleState.REVERSED:
            return sale
        sold = list(LotMovement.objects.filter(reference=sale.reference, kind=LotMoveKind.SOLD).order_by("lot"))
        lots = {lot.pk: lot for lot in lock_lots(one.lot_id for one in sold)}
        write(
            (Moved(lots[one.lot_id], LotMoveKind.UNSOLD, -one.quantity, -one.cost) for one in sold),
            reference=sale.reference,
            by=by,
        )
        keys = [f"{sale.reference}:paid", sale.reference] if sale.state == SaleState.PAID else [sale.reference]
        entries = {entry.key: entry for entry in JournalEntry.objects.filter(key__in=keys)}
        hold(Account.objects.filter(lines__entry__in=entries.values()))
        text = _("Sale %(number)s taken back: %(reason)s") % {"number": sale.number, "reason": reason}
        try:
            for key in keys:
                reverse(entry=entries[key], key=f"{key}:back", text=text, by=by)
        except Overdrawn as refused:
            raise CashShort(
                _(
                    "What this sale brought is no longer there: the cash box holds less, or a committee has been paid its"
                    " share. It has to come back first."
                )
            ) from refused
        WasteSale.objects.filter(pk=sale.pk).update(
            state=SaleState.REVERSED, reversed_at=clock.now(), reversed_by=by, reason=reason
        )
        sale.refresh_from_db()
    return sale


def pay_committee(*, unit: WasteUnit, key: UUID, amount: int, by: str) -> None:
    """The committee takes of its shares, in cash from the unit's box.

    Raises:  BadEntry; CashShort when the box or the shares hold less.
    Writes:  one entry, once for its `key`.
    """
    if amount <= 0:
        raise BadEntry(_("Write down an amount above zero."))
    committee, box = of_unit(unit, "committee"), of_unit(unit, "cash")
    try:
        post(
            key=f"waste_committee:{key}",
            text=_("Share of the committee of %(unit)s paid") % {"unit": unit.name},
            postings=[Posting(committee, amount), Posting(box, -amount)],
            by=by,
        )
    except Overdrawn as refused:
        committee.refresh_from_db(fields=["balance"])
        box.refresh_from_db(fields=["balance"])
        raise CashShort(
            _("The shares are %(shares)s, and the cash box holds %(cash)s.")
            % {"shares": rupiah_text(committee.amount), "cash": rupiah_text(box.amount)}
        ) from refused


def make_buyer(*, name: str, phone: str = "", address: str = "") -> Buyer:
    """Somebody buys waste from now on.

    Raises:  BadEntry where the name is taken.
    """
    name = " ".join(name.split())[:120]
    if not name:
        raise BadEntry(_("Write down the buyer's name."))
    try:
        with transaction.atomic():
            return Buyer.objects.create(name=name, phone=phone.strip()[:20], address=address.strip()[:240])
    except IntegrityError as refused:
        raise BadEntry(_("Another buyer has this name.")) from refused


def _saved(sale: WasteSale) -> WasteSale:
    try:
        with transaction.atomic():
            return save_numbered(sale)
    except IntegrityError as refused:
        if "waste_sale_note_once" not in str(refused):
            raise
        # Somebody at another unit wrote the same note down meanwhile.
        raise BadEntry(
            _("This weighbridge note of %(buyer)s is written down already.") % {"buyer": sale.buyer.name}
        ) from refused


def _shared(pot: int, portions: dict[int, list[Portion]], amounts: dict[int, int]) -> dict[int, int]:
    """The committees' part by origin: in proportion to what each origin's waste was sold for."""
    brought: dict[int, int] = defaultdict(int)
    for grade, own in portions.items():
        for part, amount in zip(own, shares(amounts[grade], [part.quantity for part in own]), strict=True):
            brought[part.lot.origin_id] += amount
    origins: Sequence[int] = sorted(brought)
    found = dict(zip(origins, shares(pot, [brought[one] for one in origins]), strict=True))
    return {origin: amount for origin, amount in found.items() if amount}


def _book(sale: WasteSale, per_origin: dict[int, int], by: str) -> None:
    """The buyer owes it, the waste leaves at its cost, and the committees are owed their shares: one entry."""
    unit = sale.unit
    origins = WasteUnit.objects.in_bulk(per_origin)
    post(
        key=sale.reference,
        text=_("Waste sold to %(buyer)s, note %(note)s") % {"buyer": sale.buyer.name, "note": sale.note_number},
        postings=[
            Posting(of_unit(unit, "owed"), sale.total),
            Posting(of_unit(unit, "sales"), -sale.total),
            Posting(of_unit(unit, "cost"), sale.cost),
            Posting(of_unit(unit, "stock"), -sale.cost),
            Posting(of_unit(unit, "shared"), sale.shared),
            *(Posting(of_unit(origins[origin], "committee"), -amount) for origin, amount in per_origin.items()),
        ],
        by=by,
    )


def _pay(sale: WasteSale, settled: Settled, by: str) -> None:
    source = of_unit(sale.unit, "cash") if settled == Settled.CASH else account_of_satker(the_satker(), "bank")
    post(
        key=f"{sale.reference}:paid",
        text=_("Sale %(number)s paid") % {"number": sale.number},
        postings=[Posting(source, sale.total), Posting(of_unit(sale.unit, "owed"), -sale.total)],
        by=by,
    )
    WasteSale.objects.filter(pk=sale.pk).update(state=SaleState.PAID, settled=settled, paid_at=clock.now(), paid_by=by)
    sale.refresh_from_db()
