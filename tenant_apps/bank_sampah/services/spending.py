"""Savings pay for goods: at the checkout by way of the WARSA balance, and over the counter of a warung.

The smallest payout and the days of the month do not bind here, for no cash has to lie ready; the most of a day does.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import SavingsShort
from tenant_apps.bank_sampah.locks import lock_books_of, lock_books_with, lock_member, lock_withdrawals
from tenant_apps.bank_sampah.models import Member, SavingsBook, WasteUnit, Way, Withdrawal, WithdrawalState
from tenant_apps.bank_sampah.selectors.books import BookRow, rows_of
from tenant_apps.bank_sampah.services.accounts import of_book
from tenant_apps.bank_sampah.services.paying_out import must_have_room_today
from tenant_apps.bank_sampah.services.standing import must_be_active
from tenant_apps.bank_sampah.services.telling import tell_of_payout
from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.ledger.services import Posting, hold
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered


def spread(amount: int, rows: Sequence[BookRow]) -> list[tuple[SavingsBook, int]]:
    """Which book gives how much: the free one first, then those whose day has come, the oldest first. Bound ones give nothing.

    Raises:  SavingsShort with what can be spent, in `left`.
    """
    there = sum(row.spendable for row in rows)
    if amount > there:
        raise SavingsShort(
            _("Your savings that can be spent are %(there)s, and this costs %(amount)s. Choose another way to pay.")
            % {"there": rupiah_text(there), "amount": rupiah_text(amount)},
            left=there,
        )
    parts: list[tuple[SavingsBook, int]] = []
    for row in sorted(rows, key=lambda one: (one.book.purpose != "", one.book.pk)):
        part = min(row.spendable, amount)
        if part > 0:
            parts.append((row.book, part))
            amount -= part
    return parts


def take_savings(
    *, member: Member, key: UUID, amount: int, way: Way, unit: WasteUnit | None, by: str, also: Sequence[Account]
) -> list[Posting]:
    """So much leaves the member's books, in the caller's transaction, which books it in one entry of its own.

    `way`: BALANCE or GOODS. `key` is spent once: the caller looks for what it made with it before, and the database refuses
    a second time. `also`: accounts that the caller books on besides.
    States:  payouts -> REQUESTED -> PAID.
    Raises:  MemberClosed; SavingsShort; OutsideTerms for more than the most of a day. Then the caller's transaction ends.
    Writes:  a payout for each book that gives, with its history; outbox to the member. Locks member, books, accounts.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("take_savings() belongs into the transaction that sells")
    member = lock_member(member)
    must_be_active(member)
    books = lock_books_of(member)
    hold([*(of_book(book) for book in books), *also])
    day, moment = clock.today(current_region().time_zone), clock.now()
    parts = spread(amount, rows_of(books))
    must_have_room_today(books[0], amount, day)
    postings = []
    for book, part in parts:
        book.member = member
        made = save_numbered(
            Withdrawal(key=_key_at(key, book.pk), book=book, way=way, amount=part, unit=unit, day=day, at=moment, by=by)
        )
        made.history.create(move="ask", after=WithdrawalState.REQUESTED, by=by)
        move(made, "pay", by=by)
        tell_of_payout(made)
        postings.append(Posting(of_book(book), part))
    return postings


def give_back_savings(*, key: UUID, entry: JournalEntry, reason: str, by: str) -> None:
    """What was taken with this key is in the books again, as soon as the caller has reversed the entry.

    States:  payouts PAID -> REVERSED. Doing it twice changes nothing.
    Raises:  MemberClosed: nothing is written in the books of somebody who has left.
    Writes:  history; outbox to the member. Locks member, books and payouts.
    """
    codes = entry.lines.filter(account__code__startswith="savings:").values_list("account__code", flat=True)
    books = [int(code.split(":")[1]) for code in codes]
    for member in Member.objects.filter(books__in=books).distinct().order_by("pk"):
        must_be_active(lock_member(member))
    for made in lock_withdrawals([_key_at(key, book.pk) for book in lock_books_with(books)]):
        if move(made, "take_back", by=by, reason=reason):
            tell_of_payout(made, reason)


def _key_at(key: UUID, book_id: int) -> UUID:
    return uuid5(key, f"savings:{book_id}")
