"""The one place that locks here: unit, member, round, pick-ups by id, books, slips and payouts, transfers and sales, lots
by id; then what the ledger locks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from tenant_apps.bank_sampah.models import (
    CollectionRound,
    Deposit,
    Lot,
    Member,
    PickupRequest,
    SavingsBook,
    Transfer,
    WasteSale,
    WasteUnit,
    Withdrawal,
)


def lock_unit(unit: WasteUnit) -> WasteUnit:
    """What leaves the unit's store leaves one after the other."""
    return WasteUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)


def lock_member(member: Member) -> Member:
    """The member as they are now."""
    return Member.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "user").get(pk=member.pk)


def lock_books_of(member: Member) -> list[SavingsBook]:
    """All books of the member, by id."""
    return list(SavingsBook.objects.select_for_update(no_key=True).filter(member=member).order_by("pk"))


def lock_books_with(pks: Iterable[int]) -> list[SavingsBook]:
    """These books, by id."""
    rows = SavingsBook.objects.select_for_update(no_key=True, of=("self",)).select_related("member__user")
    return list(rows.filter(pk__in=list(pks)).order_by("pk"))


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


def lock_withdrawals(keys: Iterable[UUID]) -> list[Withdrawal]:
    """The payouts with these keys, by id. Their books are locked before."""
    rows = Withdrawal.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "book__member__user")
    return list(rows.filter(key__in=list(keys)).order_by("pk"))


def lots_of_day(unit: WasteUnit, places: Iterable[tuple[int, int]], day: date) -> dict[tuple[int, int], Lot]:
    """The day's lots at a unit, by the ids of their origin and grade, opened where they are missing, locked by id."""
    wanted = sorted(set(places))
    Lot.objects.bulk_create(
        [Lot(unit=unit, origin_id=origin, grade_id=grade, day=day) for origin, grade in wanted], ignore_conflicts=True
    )
    origins, grades = {origin for origin, _grade in wanted}, {grade for _origin, grade in wanted}
    rows = Lot.objects.filter(unit=unit, day=day, origin__in=origins, grade__in=grades)
    return {(lot.origin_id, lot.grade_id): lot for lot in lock_lots(rows.values_list("pk", flat=True))}


def lock_lots(pks: Iterable[int]) -> list[Lot]:
    """These lots as they are now, by id."""
    rows = Lot.objects.select_for_update(no_key=True, of=("self",)).select_related("grade__type")
    return list(rows.filter(pk__in=list(pks)).order_by("pk"))


def lots_in_store(unit: WasteUnit, grades: Iterable[int]) -> list[Lot]:
    """Everything of these grades that the unit has, locked by id."""
    return lock_lots(Lot.objects.filter(unit=unit, grade__in=list(grades), on_hand__gt=0).values_list("pk", flat=True))


def lock_transfer(transfer: Transfer) -> Transfer:
    """The transfer as it is now."""
    rows = Transfer.objects.select_for_update(no_key=True, of=("self",)).select_related("sender", "receiver")
    return rows.get(pk=transfer.pk)


def lock_sale(sale: WasteSale) -> WasteSale:
    """The sale as it is now."""
    return WasteSale.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=sale.pk)


def lock_round(unit: WasteUnit, day: date) -> CollectionRound | None:
    """The unit's round of a day, if its people have set off. The unit is locked before where a round may begin."""
    rows = CollectionRound.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    return rows.filter(unit=unit, day=day).first()


def lock_pickup(pickup: PickupRequest) -> PickupRequest:
    """The pick-up as it is now. Its round is locked before, books and slips after it."""
    rows = PickupRequest.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("unit", "member__user", "round").get(pk=pickup.pk)


def pickups_of_day(unit: WasteUnit, day: date) -> list[PickupRequest]:
    """All pick-ups of the unit's day, locked by id."""
    rows = PickupRequest.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "member__user")
    return list(rows.filter(unit=unit, day=day).order_by("pk"))
