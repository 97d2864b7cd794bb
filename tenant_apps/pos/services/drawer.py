"""The drawer's day: opened with what lies in it, counted in the evening, closed with a reason for what differs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.services import Posting, account_of_warung, post
from tenant_apps.payments.services import reconcile_until
from tenant_apps.pos.errors import BadSale, DayNotOpen, ReasonMissing
from tenant_apps.pos.locks import lock_counter, lock_drawer
from tenant_apps.pos.models import CashDay, CashMove, CashMoveKind, DayState
from tenant_apps.pos.selectors import business_day, day_at_work
from tenant_apps.pos.services.selling import MOST_MONEY
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock
from tenants.kernel.moves import move

# Notes and coins, largest first.
PIECES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)

# Where the money of a move goes to or comes from.
_OTHER_SIDE = {
    CashMoveKind.BANK: "bank",
    CashMoveKind.PURCHASE: "purchases",
    CashMoveKind.TAKEN: "capital",
    CashMoveKind.CAPITAL: "capital",
}


def open_day(*, warung: Warung, opening: int, by: str, reason: str = "") -> CashDay:
    """The drawer's day begins with so much in it. Opening again finds the day that is at work.

    What lies there beyond the books is the owner's own money on the first day, and a difference with a reason later.

    Raises:  BadSale; ReasonMissing.
    Writes:  the day; one entry where the books know another sum.
    """
    if not 0 <= opening <= MOST_MONEY:
        raise BadSale(_("Write down how much lies in the drawer."))
    with transaction.atomic():
        warung = lock_counter(warung)
        found = day_at_work(warung)
        if found is not None:
            return found
        first = not CashDay.objects.filter(warung=warung).exists()
        cash = account_of_warung(warung, "cash")
        other = account_of_warung(warung, "capital" if first else "cash_difference")
        difference = opening - lock_drawer(cash)
        if difference and not first and not reason.strip():
            raise ReasonMissing(
                _("The books expect another sum in the drawer than at the last closing. Write down why it differs.")
            )
        day = CashDay.objects.create(
            warung=warung, day=business_day(warung), opening=opening, opened_by=by, reason=reason.strip()[:240]
        )
        if difference:
            post(
                key=f"cash_day:{day.pk}:open",
                text=_("Drawer at opening: %(reason)s") % {"reason": reason.strip() or _("first day")},
                postings=[Posting(cash, difference), Posting(other, -difference)],
                by=by,
            )
    return day


def count_day(*, day: CashDay, counted: int, pieces: Mapping[int, int], by: str) -> CashDay:
    """So much was counted, beside what the books expect at this moment. What is sold from now on is the next day's.

    States:  OPEN -> COUNTED. Counting again needs `recount_day` first.
    Units:   `pieces`: how many of each note and coin; empty when only the sum is known.
    Raises:  BadSale when the pieces are not the sum; StaleDocument.
    """
    if not 0 <= counted <= MOST_MONEY:
        raise BadSale(_("Write down how much lies in the drawer."))
    if pieces and sum(value * count for value, count in pieces.items()) != counted:
        raise BadSale(_("The notes and coins are not the sum that was written down."))
    if any(value not in PIECES or count < 0 for value, count in pieces.items()):
        raise BadSale(_("There is no such note or coin."))
    with transaction.atomic():
        warung = lock_counter(day.warung)
        cash = account_of_warung(warung, "cash")
        day.refresh_from_db()
        if day.state == DayState.OPEN:
            day.expected, day.counted, day.counted_at = lock_drawer(cash), counted, clock.now()
            day.pieces = {str(value): count for value, count in pieces.items() if count}
            day.save(update_fields=["expected", "counted", "counted_at", "pieces"])
        elif day.counted != counted:
            raise DayNotOpen(_("This day was counted before. Count anew, or close it."))
        move(day, "count", by=by)
    return day


def recount_day(*, day: CashDay, by: str) -> CashDay:
    """The count is forgotten, the day goes on.

    States:  COUNTED -> OPEN.
    Raises:  StaleDocument when it is closed.
    """
    with transaction.atomic():
        lock_counter(day.warung)
        if move(day, "recount", by=by):
            day.expected = day.counted = day.counted_at = None
            day.pieces = {}
            day.save(update_fields=["expected", "counted", "counted_at", "pieces"])
    return day


def close_day(*, day: CashDay, reason: str, by: str) -> CashDay:
    """The day is closed: the books hold what was counted. Closing twice changes nothing.

    States:  COUNTED -> CLOSED.
    Raises:  ReasonMissing for a difference without one; DayNotOpen before it was counted.
    Writes:  the difference as one entry; cash that was taken for orders is reconciled.
    """
    reason = reason.strip()[:240]
    with transaction.atomic():
        warung = lock_counter(day.warung)
        day.refresh_from_db()
        if day.state == DayState.CLOSED:
            return day
        difference = day.difference
        if day.state != DayState.COUNTED or difference is None or day.counted_at is None:
            raise DayNotOpen(_("Count the drawer first."))
        if difference and not reason:
            raise ReasonMissing(_("The drawer differs from the books. Write down why."))
        reconcile_until(warung=warung, at=day.counted_at, by=by)
        if difference:
            cash, other = account_of_warung(warung, "cash"), account_of_warung(warung, "cash_difference")
            day.entry = post(
                key=f"cash_day:{day.pk}:close",
                text=_("Drawer at closing: %(reason)s") % {"reason": reason},
                postings=[Posting(cash, difference), Posting(other, -difference)],
                by=by,
            )
        day.reason, day.closed_at = reason, clock.now()
        day.save(update_fields=["entry", "reason", "closed_at"])
        move(day, "close", by=by, reason=reason)
    return day


def move_cash(*, warung: Warung, key: UUID, kind: CashMoveKind, amount: int, note: str, by: str) -> CashMove:
    """Money went out of the drawer, or into it. The same key moves it once.

    Raises:  BadSale for nothing, and for more than the books know in the drawer.
    Writes:  the move, one entry.
    """
    if not 0 < amount <= MOST_MONEY:
        raise BadSale(_("Write down an amount above zero."))
    with transaction.atomic():
        warung = lock_counter(warung)
        before = CashMove.objects.filter(public_id=key).first()
        if before is not None:
            if (before.warung_id, before.kind, before.amount) != (warung.pk, kind, amount):
                raise BadSale(_("This was written down before with another amount."))
            return before
        cash, other = account_of_warung(warung, "cash"), account_of_warung(warung, _OTHER_SIDE[kind])
        sign = 1 if kind == CashMoveKind.CAPITAL else -1
        if sign < 0 and amount > lock_drawer(cash):
            raise BadSale(_("The books know less than that in the drawer. Open the day with what lies in it."))
        entry = post(
            key=f"cash_move:{key}",
            text=f"{CashMoveKind(kind).label}: {note.strip()}" if note.strip() else str(CashMoveKind(kind).label),
            postings=[Posting(cash, sign * amount), Posting(other, -sign * amount)],
            by=by,
        )
        return CashMove.objects.create(
            public_id=key,
            warung=warung,
            kind=kind,
            amount=amount,
            note=note.strip()[:240],
            day=business_day(warung),
            by=by,
            entry=entry,
        )
