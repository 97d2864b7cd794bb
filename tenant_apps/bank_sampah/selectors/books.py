"""Members, their books, and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.http import Http404

from tenant_apps.bank_sampah.models import (
    Deposit,
    DepositState,
    Member,
    MemberState,
    SavingsBook,
    WasteUnit,
    Withdrawal,
    WithdrawalState,
)
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.selectors import amounts_of
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.personal.sealing import indexes_of


@dataclass(frozen=True)
class BookRow:
    """A book with what it holds, in rupiah, and what of it is set aside for payouts that wait."""

    book: SavingsBook
    holds: int
    reserved: int

    @property
    def is_bound(self) -> bool:
        """Kept for its purpose: not to be spent today."""
        return is_bound(self.book)

    @property
    def spendable(self) -> int:
        return 0 if self.is_bound else self.holds


def is_bound(book: SavingsBook) -> bool:
    return book.bound_until is not None and clock.today(current_region().time_zone) < book.bound_until


def members_with(words: str, unit: WasteUnit | None = None) -> QuerySet[Member]:
    """Members whose name has all these words, or whose number or telephone is what was typed; those of the unit first if told."""
    rows = Member.objects.select_related("unit")
    if unit is not None:
        rows = rows.filter(unit=unit)
    typed = words.strip()
    if typed:
        named = Q()
        for word in typed.split():
            named &= Q(name__icontains=word)
        rows = rows.filter(
            named | Q(number=typed.upper()) | Q(phone_index__in=indexes_of(typed)) if len(typed) > 5 else named
        )
    return rows.order_by("name", "pk")


def member_at(number: str) -> Member:
    """A member by number, for those who work at a unit.

    Raises:  Http404.
    """
    found = Member.objects.select_related("unit", "user").filter(number=number).first()
    if found is None:
        raise Http404("no such member")
    return found


def member_of_card(card: str) -> Member | None:
    """Whose card this is."""
    return Member.objects.select_related("unit").filter(card=card).first()


def member_of(user: User) -> Member | None:
    """The person's own membership."""
    return Member.objects.select_related("unit").filter(user=user).first()


def unlinked_member(number: str) -> Member | None:
    """An active member of this number whom no account belongs to yet."""
    return Member.objects.filter(number=number.strip().upper(), user__isnull=True, state=MemberState.ACTIVE).first()


def books_of(member: Member) -> list[BookRow]:
    """All books of a member with what is in them. Two queries."""
    return rows_of(list(member.books.order_by("pk")))


def book_row(book: SavingsBook) -> BookRow:
    """One of them."""
    return rows_of([book])[0]


def free_book(member: Member) -> SavingsBook:
    """The book into which waste is saved unless somebody says otherwise."""
    return member.books.get(purpose="")


def book_of_theirs(user: User, public_id: UUID) -> SavingsBook:
    """The access door of a citizen. Another's and not there answer alike.

    Raises:  Http404.
    """
    found = SavingsBook.objects.select_related("member__unit").filter(public_id=public_id, member__user=user).first()
    if found is None:
        raise Http404("no such book of theirs")
    return found


def deposits_of(book: SavingsBook) -> QuerySet[Deposit]:
    """Slips of a book, newest first."""
    return Deposit.objects.filter(book=book).select_related("unit").order_by("-pk")


def slips_of_day(unit: WasteUnit, day: date) -> QuerySet[Deposit]:
    """What was weighed in at a unit on one day, newest first."""
    return Deposit.objects.filter(unit=unit, day=day).select_related("book__member").order_by("-pk")


def deposit_at(number: str) -> Deposit:
    """A slip with its lines.

    Raises:  Http404.
    """
    rows = Deposit.objects.select_related("unit", "book__member", "entry").prefetch_related(Prefetch("lines"))
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404("no such slip")
    return found


def waiting_payouts() -> QuerySet[Withdrawal]:
    """What was asked for and not yet paid, who waits longest first."""
    rows = Withdrawal.objects.filter(state=WithdrawalState.REQUESTED)
    return rows.select_related("book__member", "unit").order_by("pk")


def asked_on(book: SavingsBook, day: date) -> int:
    """Rupiah that were asked for from the member's books on a day, and not given up."""
    rows = Withdrawal.objects.filter(book__member=book.member_id, day=day)
    rows = rows.filter(state__in=[WithdrawalState.REQUESTED, WithdrawalState.PAID])
    return int(rows.aggregate(total=Sum("amount", default=0))["total"])


def rows_of(books: Sequence[SavingsBook]) -> list[BookRow]:
    """These books with what is in them, in one query."""
    held = amounts_of(f"savings:{one.pk}:{book}" for one in books for book in ("book", "reserved"))
    return [BookRow(one, held[f"savings:{one.pk}:book"], held[f"savings:{one.pk}:reserved"]) for one in books]


@dataclass(frozen=True)
class DaySums:
    """What a unit took in on a day; slips that were taken back are left out."""

    slips: int
    members: int
    grams: int
    value: int


def sums_of_day(unit: WasteUnit, day: date) -> DaySums:
    """In one query."""
    rows = Deposit.objects.filter(unit=unit, day=day, state=DepositState.SAVED)
    told = rows.aggregate(
        slips=Count("pk"),
        members=Count("book__member", distinct=True),
        grams=Sum("grams", default=0),
        value=Sum("value", default=0),
    )
    return DaySums(told["slips"], told["members"], int(told["grams"]), int(told["value"]))


def slips_of_member(member: Member) -> QuerySet[Deposit]:
    """Slips of all books of a member, newest first."""
    return Deposit.objects.filter(book__member=member).select_related("unit", "book").order_by("-pk")


def payout_at(number: str) -> Withdrawal:
    """A payout, for those who work at a unit.

    Raises:  Http404.
    """
    found = Withdrawal.objects.select_related("unit", "book__member__user").filter(number=number).first()
    if found is None:
        raise Http404("no such payout")
    return found


def payouts_of(book: SavingsBook) -> QuerySet[Withdrawal]:
    """Payouts of a book, newest first."""
    return Withdrawal.objects.filter(book=book).select_related("unit").order_by("-pk")


def cash_of(unit: WasteUnit) -> int:
    """What the books say is in the unit's cash box, in rupiah."""
    code = f"waste:{unit.pk}:cash"
    return amounts_of([code])[code]


def account_of(book: SavingsBook) -> Account:
    """The book's account; opening the book opened it."""
    return Account.objects.get(code=f"savings:{book.pk}:book")
