"""For any weeks of weighing, paying, sending, sorting, selling and taking back: kilograms, rupiah and books agree at every step."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tenant_apps.bank_sampah.models import (
    Deposit,
    DepositState,
    LossReason,
    Lot,
    LotMovement,
    SaleState,
    Settled,
    Transfer,
    TransferLine,
    TransferState,
    WasteSale,
    WasteSaleShare,
    WasteUnit,
    Way,
    Withdrawal,
    WithdrawalState,
)
from tenant_apps.bank_sampah.selectors.liquidity import liquidity
from tenant_apps.bank_sampah.services import (
    Sold,
    cancel,
    join,
    make_buyer,
    make_unit,
    pay,
    pay_committee,
    receive,
    sell,
    send,
    set_bank_terms,
    set_price,
    settle_sale,
    sort,
    take_back,
    take_back_sale,
    write_off,
)
from tenants.kernel.errors import DomainError
from tests.cast import BY
from tests.tenant_apps.bank_sampah.bank import Bank, balance, must_add_up
from tests.trials import rounds

CODES = ("PL-01", "PL-02", "KR-01", "KC-01")
STEP = st.tuples(
    st.sampled_from(
        [
            *(["weigh"] * 4),
            *("back", "ask", "ask", "pay", "cancel", "fill", "send", "send", "receive", "receive", "sort", "off"),
            *("sell", "sell", "unsell", "settle", "committee", "price", "terms", "fill", "pay"),
        ]
    ),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)


class Undone(Exception):
    """Takes back what a week wrote."""


class Week:
    """A bank with two units, the centre and three books; each step is driven by two numbers."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.units = [bank.unit, make_unit(name="Unit RW 7"), bank.centre]
        other = join(unit=self.units[1], name="Kelompok Mawar", by=BY, agrees=True)
        self.books = [bank.book, other.books.get()]
        self.buyer = make_buyer(name="Pengepul Ilir")
        self.grades = [bank.grade(code) for code in CODES]
        self.notes = 0

    def take(self, what: str, one: int, two: int) -> None:
        """Waste that leaves is taken where there is some; everything else anywhere."""
        unit, grade = self.units[one % 3], self.grades[one // 3 % 4]
        lots = list(Lot.objects.filter(on_hand__gt=0).select_related("unit").order_by("pk"))
        if what in ("send", "sort", "off", "sell") and lots:
            lot = lots[one % len(lots)]
            unit, grade = lot.unit, next(known for known in self.grades if known.pk == lot.grade_id)
        getattr(self, f"_{what}")(unit, grade, one, two)

    def _weigh(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        lines = {CODES[one % 4]: 1 + two % 50_000, CODES[two % 4]: 1 + one % 9_000}
        key = uuid4()
        for _tap in range(2):
            self.bank.weigh(lines, book=self.books[two % 2], unit=unit, key=key)

    def _back(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        slips = list(Deposit.objects.order_by("pk"))
        if slips:
            take_back(deposit=slips[one % len(slips)], reason="salah", by=BY)
            event("taken back")

    def _ask(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        book = self.books[one % 2]
        ways = list(Way) if one % 2 == 0 else [Way.CASH, Way.TRANSFER]
        self.bank.ask(1 + two % max(self.bank.holds(book), 1), way=ways[two % len(ways)], book=book)

    def _pay(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        waiting = list(Withdrawal.objects.filter(state=WithdrawalState.REQUESTED).order_by("pk"))
        if waiting:
            pay(withdrawal=waiting[one % len(waiting)], by=BY, bank_reference=f"T{one}")
            event("paid")

    def _cancel(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        waiting = list(Withdrawal.objects.filter(state=WithdrawalState.REQUESTED).order_by("pk"))
        if waiting:
            cancel(withdrawal=waiting[one % len(waiting)], by=BY)

    def _fill(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        self.bank.fill(two - 50_000 or 1, unit)

    def _send(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        key = uuid4()
        for _tap in range(2):
            send(
                sender=unit,
                receiver=[other for other in self.units if other != unit][two % 2],
                key=key,
                quantities={grade: 1 + two % max(self._there(unit, grade), 1)},
                by=BY,
            )
        event("sent")

    def _receive(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        waiting = list(Transfer.objects.filter(state=TransferState.SENT).order_by("pk"))
        if waiting:
            transfer = waiting[one % len(waiting)]
            sent: Counter[int] = Counter()
            for line in transfer.lines.select_related("lot"):
                sent[line.lot.grade_id] += line.quantity
            arrived = {grade: quantity * (two % 101) // 100 for grade, quantity in sent.items()}
            for _tap in range(2):
                receive(transfer=transfer, arrived=arrived, by=BY)
            event("received")

    def _sort(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        others = [other for other in self.grades[:3] if other != grade]
        quantity = 1 + two % max(self._there(unit, grade), 1)
        parts = [quantity * (one % 50) // 100, quantity * (two % 50) // 100]
        into = {other: part for other, part in zip(others, parts, strict=False) if part}
        sort(unit=unit, key=uuid4(), grade=grade, quantity=quantity, into=into, by=BY)
        event("sorted")

    def _off(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        quantity = 1 + two % max(self._there(unit, grade), 1)
        write_off(unit=unit, key=uuid4(), grade=grade, quantity=quantity, reason=LossReason.DRIED, note="", by=BY)
        event("written off")

    def _sell(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        self.notes += 1
        key, there = uuid4(), self._there(unit, grade)
        line = Sold(grade, there if one % 3 == 0 else 1 + two % max(there, 1), 500 + one % 9_000)
        for _tap in range(2):
            sell(
                unit=unit,
                buyer=self.buyer,
                key=key,
                note_number=f"N{self.notes}",
                lines=[line],
                by=BY,
                settled=[None, Settled.CASH, Settled.BANK][two % 3],
            )
        event("sold")

    def _unsell(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        sales = list(WasteSale.objects.order_by("pk"))
        if sales:
            for _tap in range(2):
                take_back_sale(sale=sales[one % len(sales)], reason="salah nota", by=BY)
            event("sale taken back")

    def _settle(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        owed = list(WasteSale.objects.filter(state=SaleState.OWED).order_by("pk"))
        if owed:
            settle_sale(sale=owed[one % len(owed)], settled=Settled.CASH, by=BY)

    def _committee(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        pay_committee(unit=unit, key=uuid4(), amount=1 + two % max(balance(f"waste:{unit.pk}:committee"), 1), by=BY)

    def _price(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        set_price(grade=grade, price=two % 9_000, by=BY)

    def _terms(self, unit: WasteUnit, grade: Any, one: int, two: int) -> None:
        set_bank_terms(
            by=BY, share_bps=one % 3_000, proceeds_bps=two % 10_001, least_payout=1, most_a_day=1_000_000_000
        )

    def _there(self, unit: WasteUnit, grade: Any) -> int:
        return int(Lot.objects.filter(unit=unit, grade=grade).aggregate(n=Sum("on_hand", default=0))["n"])


def kilograms_agree() -> None:
    """Per grade, in base units: what came in is what was sold, shrank, was sorted into something else, is here or on the way."""
    moved: Counter[tuple[int, str]] = Counter()
    for row in LotMovement.objects.order_by().values("lot__grade", "kind").annotate(total=Sum("quantity")):
        moved[row["lot__grade"], row["kind"]] += row["total"]
    way = TransferLine.objects.filter(transfer__state=TransferState.SENT).order_by()
    on_way = dict(way.values_list("lot__grade").annotate(total=Sum("quantity")))
    here = dict(Lot.objects.order_by().values_list("grade").annotate(total=Sum("on_hand")))
    for grade in {grade for grade, _kind in moved}:
        came = sum(moved[grade, kind] for kind in ("in", "reversed", "sort_in"))
        went = -sum(moved[grade, kind] for kind in ("sold", "unsold", "shrunk", "sort_out"))
        assert came == went + here.get(grade, 0) + on_way.get(grade, 0)
    weighed = Deposit.objects.filter(state=DepositState.SAVED)
    lines: Counter[int] = Counter()
    for grade, quantity in weighed.values_list("lines__grade", "lines__quantity"):
        lines[grade] += quantity
    assert {grade: moved[grade, "in"] + moved[grade, "reversed"] for grade in lines} == dict(lines)


def savings_agree(week: Week) -> None:
    saved = sum(one.saved for one in Deposit.objects.filter(state=DepositState.SAVED))
    taken = dict.fromkeys(WithdrawalState, 0)
    for one in Withdrawal.objects.all():
        taken[WithdrawalState(one.state)] += one.amount
    stand = liquidity()
    assert stand.savings == saved - taken[WithdrawalState.PAID] - taken[WithdrawalState.REQUESTED]
    assert stand.reserved == taken[WithdrawalState.REQUESTED]
    assert stand.cash == sum(balance(f"waste:{unit.pk}:cash") for unit in week.units)
    on_way = TransferLine.objects.filter(transfer__state=TransferState.SENT).aggregate(n=Sum("cost", default=0))["n"]
    assert stand.stock == on_way + Lot.objects.aggregate(n=Sum("cost", default=0))["n"]
    shares = WasteSaleShare.objects.aggregate(n=Sum("amount", default=0))["n"]
    assert shares == sum(sale.shared for sale in WasteSale.objects.all())
    standing = WasteSale.objects.exclude(state=SaleState.REVERSED)
    assert sum(sale.total for sale in standing) == sum(balance(f"waste:{unit.pk}:sales") for unit in week.units)
    owed = sum(sale.total for sale in WasteSale.objects.filter(state=SaleState.OWED))
    assert owed == sum(balance(f"waste:{unit.pk}:owed") for unit in week.units)


@settings(
    max_examples=rounds(200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEP, min_size=12, max_size=40))
def test_any_week_adds_up(bank: Bank, steps: list[tuple[str, int, int]]) -> None:
    with suppress(Undone), transaction.atomic():
        week = Week(bank)
        for start in range(3):
            week.take("weigh", start, 7_919 * (start + 1))
        for what, one, two in steps:
            with suppress(DomainError), transaction.atomic():
                week.take(what, one, two)
            must_add_up()
            kilograms_agree()
            savings_agree(week)
        raise Undone
