"""Savings are asked for, set aside, and paid; and the cash boxes out of which they are paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import BadEntry, CashShort, OutsideTerms, SavingsBound, SavingsShort
from tenant_apps.bank_sampah.locks import lock_book, lock_member, lock_withdrawal
from tenant_apps.bank_sampah.models import (
    SavingsBook,
    WasteUnit,
    Way,
    Withdrawal,
    WithdrawalState,
)
from tenant_apps.bank_sampah.selectors.books import asked_on, is_bound
from tenant_apps.bank_sampah.selectors.prices import terms_on
from tenant_apps.bank_sampah.services.accounts import of_book, of_unit
from tenant_apps.bank_sampah.services.standing import must_be_active
from tenant_apps.bank_sampah.services.telling import tell_of_payout
from tenant_apps.ledger.errors import Overdrawn
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import (
    Posting,
    account_of_citizen,
    account_of_satker,
    hold,
    post,
)
from tenant_apps.satker.selectors import the_satker
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

MOST_MONEY = 1_000_000_000


@dataclass(frozen=True)
class Wish:
    """How a payout shall reach the member. `account_end`: the last four digits, never more."""

    way: Way
    unit: WasteUnit | None = None
    bank: str = ""
    account_end: str = ""


def ask(*, book: SavingsBook, key: UUID, amount: int, wish: Wish, by: str) -> Withdrawal:
    """So much of the book is set aside for a payout, once for its `key`; to the WARSA balance it is paid at once.

    States:  -> REQUESTED; -> PAID for the balance.
    Raises:  BadEntry; MemberClosed; SavingsBound; OutsideTerms; SavingsShort.
    Writes:  the payout, its history; an entry from the book to what is reserved, and for the balance one more.
    """
    with transaction.atomic():
        # Of all the member's books no more than the day's most: two of them are asked one after the other.
        lock_member(book.member)
        book = lock_book(book)
        before = Withdrawal.objects.filter(key=key).first()
        if before is not None:
            if (before.book_id, before.amount, before.way) != (book.pk, amount, wish.way):
                raise BadEntry(_("This was asked for before with another amount. Begin anew."))
            return before
        user = book.member.user
        _must_be_whole(wish, user)
        day = clock.today(current_region().time_zone)
        _must_be_within_terms(book, amount, day)
        free, reserved = _books(book)
        accounts = [free, reserved]
        if wish.way == Way.BALANCE and user is not None:
            accounts.append(account_of_citizen(user))
        hold(accounts)
        free.refresh_from_db(fields=["balance"])
        if free.amount < amount:
            raise SavingsShort(
                _("The book holds %(left)s. Ask for that at most.") % {"left": rupiah_text(free.amount)},
                left=free.amount,
            )
        made = save_numbered(
            Withdrawal(
                key=key,
                book=book,
                way=wish.way,
                amount=amount,
                unit=wish.unit if wish.way == Way.CASH else None,
                bank=wish.bank.strip()[:40],
                account_end=wish.account_end,
                day=day,
                at=clock.now(),
                by=by,
            )
        )
        made.history.create(move="ask", after=WithdrawalState.REQUESTED, by=by)
        post(
            key=f"withdrawal:{key}",
            text=_("Payout %(number)s asked for") % {"number": made.number},
            postings=[Posting(free, amount), Posting(reserved, -amount)],
            by=by,
        )
        if wish.way == Way.BALANCE:
            _pay(made, accounts[2], by)
        tell_of_payout(made)
    return made


def pay(*, withdrawal: Withdrawal, by: str, bank_reference: str = "") -> Withdrawal:
    """The money is handed over, or was transferred.

    States:  REQUESTED -> PAID. Paying twice changes nothing.
    Raises:  CashShort when the unit's cash box holds less; BadEntry for a transfer without its reference; StaleDocument.
    Writes:  history; an entry from what is reserved to the cash box or the Satker's bank account.
    """
    with transaction.atomic():
        lock_book(withdrawal.book)
        withdrawal = lock_withdrawal(withdrawal)
        if withdrawal.state == WithdrawalState.PAID:
            return withdrawal
        if withdrawal.way == Way.TRANSFER:
            reference = bank_reference.strip()[:60]
            if not reference:
                raise BadEntry(_("Write down the bank's reference of the transfer."))
            withdrawal.bank_reference = reference
            withdrawal.save(update_fields=["bank_reference"])
            source = account_of_satker(the_satker(), "bank")
        else:
            assert withdrawal.unit is not None
            source = of_unit(withdrawal.unit, "cash")
        _pay(withdrawal, source, by)
        tell_of_payout(withdrawal)
    return withdrawal


def refuse(*, withdrawal: Withdrawal, by: str, reason: str) -> Withdrawal:
    """It is not paid; the savings are in the book again.

    States:  REQUESTED -> REFUSED.
    Raises:  BadEntry without a reason; StaleDocument.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise BadEntry(_("Write down why it is not paid."))
    return _give_up(withdrawal, "refuse", by, reason)


def cancel(*, withdrawal: Withdrawal, by: str) -> Withdrawal:
    """The member keeps saving.

    States:  REQUESTED -> CANCELLED.
    Raises:  StaleDocument.
    """
    return _give_up(withdrawal, "cancel", by, "")


def fill_box(*, unit: WasteUnit, key: UUID, amount: int, by: str) -> None:
    """The Satker puts cash into a unit's box; below zero, it takes cash out.

    Raises:  BadEntry for nothing; CashShort when the box holds less.
    Writes:  one entry, once for its `key`.
    """
    if not 0 < abs(amount) <= MOST_MONEY:
        raise BadEntry(_("Write down an amount above zero."))
    box, satker = of_unit(unit, "cash"), account_of_satker(the_satker(), "cash")
    text = _("Cash into the box of %(unit)s") if amount > 0 else _("Cash out of the box of %(unit)s")
    try:
        post(
            key=f"waste_box:{key}",
            text=text % {"unit": unit.name},
            postings=[Posting(box, amount), Posting(satker, -amount)],
            by=by,
        )
    except Overdrawn as refused:
        raise _cash_short(box) from refused


def _pay(withdrawal: Withdrawal, other: Account, by: str) -> None:
    move(withdrawal, "pay", by=by)
    _free, reserved = _books(withdrawal.book)
    try:
        post(
            key=f"withdrawal:{withdrawal.key}:paid",
            text=_("Payout %(number)s %(way)s") % {"number": withdrawal.number, "way": Way(withdrawal.way).label},
            postings=[Posting(reserved, withdrawal.amount), Posting(other, -withdrawal.amount)],
            by=by,
        )
    except Overdrawn as refused:
        raise _cash_short(other) from refused


def _give_up(withdrawal: Withdrawal, step: str, by: str, reason: str) -> Withdrawal:
    with transaction.atomic():
        lock_book(withdrawal.book)
        withdrawal = lock_withdrawal(withdrawal)
        if move(withdrawal, step, by=by, reason=reason):
            free, reserved = _books(withdrawal.book)
            post(
                key=f"withdrawal:{withdrawal.key}:back",
                text=_("Payout %(number)s is not made") % {"number": withdrawal.number},
                postings=[Posting(reserved, withdrawal.amount), Posting(free, -withdrawal.amount)],
                by=by,
            )
            tell_of_payout(withdrawal, reason)
    return withdrawal


def _must_be_whole(wish: Wish, user: User | None) -> None:
    if wish.way == Way.GOODS:
        raise BadEntry(_("Sembako is taken at the kasir of a warung, with the card and the PIN."))
    if wish.way == Way.CASH and (wish.unit is None or not wish.unit.is_open):
        raise BadEntry(_("Choose the unit where the cash is fetched."))
    if wish.way == Way.BALANCE and user is None:
        raise BadEntry(_("This member has no account in WARSA yet. Link it first."))
    if wish.way == Way.TRANSFER:
        end = wish.account_end
        if not wish.bank.strip() or len(end) != 4 or not (end.isascii() and end.isdigit()):
            raise BadEntry(_("Write down the bank and the last four digits of the account, and nothing more of it."))


def _must_be_within_terms(book: SavingsBook, amount: int, day: date) -> None:
    must_be_active(book.member)
    if book.bound_until is not None and is_bound(book):
        raise SavingsBound(
            _("This book is kept for %(purpose)s until %(day)s.")
            % {"purpose": book.purpose, "day": date_format(book.bound_until, "j F Y")}
        )
    terms = terms_on()
    if amount < terms.least_payout:
        raise OutsideTerms(
            _("The smallest payout is %(least)s.") % {"least": rupiah_text(terms.least_payout)},
        )
    if terms.first_day is not None and terms.last_day is not None and not terms.first_day <= day.day <= terms.last_day:
        raise OutsideTerms(
            _("Payouts can be asked for from the %(first)s. to the %(last)s. of the month.")
            % {"first": terms.first_day, "last": terms.last_day}
        )
    must_have_room_today(book, amount, day)


def must_have_room_today(book: SavingsBook, amount: int, day: date) -> None:
    """Of all the member's books no more leaves in a day than the terms say. The member is locked. Raises OutsideTerms."""
    most = terms_on().most_a_day
    room = most - asked_on(book, day)
    if amount > room:
        raise OutsideTerms(
            _("At most %(most)s are paid in one day; %(room)s are left for today.")
            % {"most": rupiah_text(most), "room": rupiah_text(max(room, 0))}
        )


def _books(book: SavingsBook) -> tuple[Account, Account]:
    return of_book(book), of_book(book, "reserved")


def _cash_short(box: Account) -> CashShort:
    box.refresh_from_db(fields=["balance"])
    return CashShort(_("The cash box holds %(left)s.") % {"left": rupiah_text(box.amount)})
