"""The one place that locks here: a member, their books, slips and payouts, lots by id; then what the ledger locks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tenant_apps.bank_sampah.models import Deposit, Lot, Member, SavingsBook, WasteUnit, Withdrawal


def lock_member(member: Member) -> Member:
    """The member as they are now."""
    return Member.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "user").get(pk=member.pk)


def lock_books_of(member: Member) -> list[SavingsBook]:
    """All books of the member, by id."""
    return list(SavingsBook.objects.select_for_update(no_key=True).filter(member=member).order_by("pk"))


def lock_book(book: SavingsBook) -> SavingsBook:
    """The book as it is now: nobody else writes in it meanwhile."""
    rows = SavingsBook.objects.select_for_update(no_key=True, of=("self",)).select_related("member__user")
    return rows.get(pk=book.pk)


def lock_deposit(deposit: Deposit) -> Deposit:
    """The slip as it is now. Its book is locked before."""
    rows = Deposit.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "book__member", "entry")
    return rows.get(pk=deposit.pk)


def lock_withdrawal(withdrawal: Withdrawal) -> Withdrawal:
    """The payout as it is now. Its book is locked before."""
    rows = Withdrawal.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "book__member__user")
    return rows.get(pk=withdrawal.pk)


def lots_of_day(unit: WasteUnit, grades: Iterable[int], day: date) -> dict[int, Lot]:
    """The day's lots of these grades, opened where they are missing, locked by id. By grade."""
    wanted = sorted(set(grades))
    Lot.objects.bulk_create([Lot(unit=unit, grade_id=grade, day=day) for grade in wanted], ignore_conflicts=True)
    found = lock_lots(
        Lot.objects.filter(unit=unit, grade__in=wanted, day=day).values_list("pk", flat=True),
    )
    return {lot.grade_id: lot for lot in found}


def lock_lots(pks: Iterable[int]) -> list[Lot]:
    """These lots as they are now, by id."""
    rows = Lot.objects.select_for_update(no_key=True, of=("self",)).select_related("grade__type")
    return list(rows.filter(pk__in=list(pks)).order_by("pk"))
