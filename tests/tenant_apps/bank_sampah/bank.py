"""A waste bank in Kalidoni: the centre, a unit at Hasan's warung, and Ratna with a book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Sum

from tenant_apps.bank_sampah.models import (
    Deposit,
    DepositState,
    GradeMonth,
    Lot,
    LotMovement,
    Member,
    MemberYear,
    SavingsBook,
    UnitMonth,
    WasteGrade,
    WasteUnit,
    Way,
    Withdrawal,
)
from tenant_apps.bank_sampah.selectors.books import book_row, free_book
from tenant_apps.bank_sampah.selectors.units import the_centre
from tenant_apps.bank_sampah.services import (
    Weighed,
    Wish,
    ask,
    fill_box,
    join,
    make_unit,
    set_bank_terms,
    set_pin,
    set_up,
    weigh_in,
)
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import unproven_accounts
from tests.cast import BY, Cast

PIN = "480257"


@dataclass(frozen=True)
class Bank:
    cast: Cast
    centre: WasteUnit
    unit: WasteUnit
    member: Member
    book: SavingsBook

    def grade(self, code: str) -> WasteGrade:
        return WasteGrade.objects.select_related("type").get(type__code=code)

    def weigh(
        self,
        lines: dict[str, int],
        *,
        book: SavingsBook | None = None,
        key: UUID | None = None,
        unit: WasteUnit | None = None,
    ) -> Deposit:
        """Grams or pieces by code of the type."""
        weighed = [Weighed(self.grade(code), quantity) for code, quantity in lines.items()]
        return weigh_in(unit=unit or self.unit, book=book or self.book, key=key or uuid4(), lines=weighed, by=BY)

    def ask(
        self, amount: int, *, way: Way = Way.CASH, key: UUID | None = None, book: SavingsBook | None = None
    ) -> Withdrawal:
        wish = Wish(way, self.unit if way == Way.CASH else None)
        if way == Way.TRANSFER:
            wish = Wish(way, bank="BNI", account_end="4321")
        return ask(book=book or self.book, key=key or uuid4(), amount=amount, wish=wish, by=BY)

    def fill(self, amount: int, unit: WasteUnit | None = None) -> None:
        fill_box(unit=unit or self.unit, key=uuid4(), amount=amount, by=BY)

    def holds(self, book: SavingsBook | None = None) -> int:
        return book_row(book or self.book).holds


def open_bank(cast: Cast) -> Bank:
    """Without shares and with small payouts; in the bound region."""
    set_up(name="Bank Sampah Kalidoni", by=BY)
    set_bank_terms(by=BY, share_bps=0, proceeds_bps=0, least_payout=1, most_a_day=1_000_000_000)
    unit = make_unit(name="Unit Warung Hasan", warung=cast.warung)
    member = set_pin(member=join(unit=unit, name="Ratna", user=cast.ratna, by=BY, agrees=True), pin=PIN, by=BY)
    return Bank(cast, the_centre(), unit, member, free_book(member))


def balance(code: str) -> int:
    """Rupiah as the account's owner reads them; 0 where there is no account yet."""
    found = Account.objects.filter(code=code).first()
    return found.amount if found else 0


def must_add_up() -> None:
    """What must be true at any moment of any waste bank."""
    assert unproven_accounts() == []
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
    moved = LotMovement.objects.order_by().values("lot").annotate(quantity=Sum("quantity"), cost=Sum("cost"))
    sums = {row["lot"]: (row["quantity"], row["cost"]) for row in moved}
    costs: Counter[int] = Counter()
    for lot in Lot.objects.all():
        assert (lot.on_hand, lot.cost) == sums.get(lot.pk, (0, 0))
        costs[lot.unit_id] += lot.cost
    for unit in WasteUnit.objects.all():
        assert balance(f"waste:{unit.pk}:stock") == costs[unit.pk]
    sums_agree()


def sums_agree() -> None:
    """What the database keeps by month and year is what the slips that stand come to."""
    units: Counter[tuple[Any, ...]] = Counter()
    grades: Counter[tuple[Any, ...]] = Counter()
    years: Counter[tuple[int, int]] = Counter()
    for slip in Deposit.objects.filter(state=DepositState.SAVED).select_related("book").prefetch_related("lines"):
        month = slip.day.replace(day=1)
        years[slip.day.year, slip.book.member_id] += 1
        for what, amount in (("slips", 1), ("grams", slip.grams), ("value", slip.value), ("share", slip.share)):
            units[month, slip.unit_id, what] += amount
        for line in slip.lines.all():
            grades[month, slip.unit_id, line.grade_id, "quantity"] += line.quantity
            grades[month, slip.unit_id, line.grade_id, "value"] += line.value
    kept = {
        (one.month, one.unit_id, what): getattr(one, what)
        for one in UnitMonth.objects.all()
        for what in ("slips", "grams", "value", "share")
    }
    assert _without_nothing(kept) == _without_nothing(units)
    kept_grades = {
        (one.month, one.unit_id, one.grade_id, what): getattr(one, what)
        for one in GradeMonth.objects.all()
        for what in ("quantity", "value")
    }
    assert _without_nothing(kept_grades) == _without_nothing(grades)
    people = {(one.year, one.member_id): one.slips for one in MemberYear.objects.all()}
    assert _without_nothing(people) == dict(years)


def _without_nothing(sums: Mapping[Any, int]) -> dict[Any, int]:
    return {what: amount for what, amount in sums.items() if amount}
