"""The drawer's day: what it is opened with, what the books expect, and where the difference goes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from tenant_apps.pos.errors import BadSale, DayNotOpen, ReasonMissing
from tenant_apps.pos.models import CashDay, CashMoveKind, DayState
from tenant_apps.pos.selectors import takings_of
from tenant_apps.pos.services import close_day, count_day, move_cash, open_day, recount_day
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import at_once
from tests.tenant_apps.pos.till import balance, footprint, must_add_up, rice, sell


def opened(cast: Cast, opening: int = 100_000) -> CashDay:
    return open_day(warung=cast.warung, opening=opening, by=BY)


@pytest.mark.parametrize(
    ("case", "counted", "reason", "ok"),
    [
        ("to the rupiah", 129_000, "", True),
        ("too little, with a reason", 128_000, "kembalian salah", True),
        ("too much, with a reason", 130_000, "tip", True),
        ("too little without a reason", 128_999, " ", False),
        ("too much without a reason", 129_001, "", False),
    ],
)
def test_a_difference_needs_a_reason(market: Cast, case: str, counted: int, reason: str, ok: bool) -> None:
    day = opened(market)
    sell(market)
    count_day(day=day, counted=counted, pieces={}, by=BY)
    before = footprint()
    if not ok:
        with pytest.raises(ReasonMissing):
            close_day(day=day, reason=reason, by=BY)
        assert footprint() == before, case
        return
    close_day(day=day, reason=reason, by=BY)
    after = footprint()
    close_day(day=day, reason="lagi", by=BY)
    assert footprint() == after
    assert (balance(market, "cash"), balance(market, "cash_difference")) == (counted, 129_000 - counted), case
    assert balance(market, "capital") == -100_000
    must_add_up()


def test_after_counting_sales_are_of_the_next_day(market: Cast) -> None:
    day = opened(market, 0)
    first = sell(market)
    count_day(day=day, counted=29_000, pieces={10_000: 2, 5_000: 1, 2_000: 2}, by=BY)
    second = sell(market, rice(market, 1))
    assert (first.day, second.day) == (day.day, day.day + timedelta(days=1))
    close_day(day=day, reason="", by=BY)
    assert takings_of(market.warung, day.day).cash == 29_000
    assert (balance(market, "cash"), balance(market, "cash_difference")) == (43_500, 0)
    tomorrow = open_day(warung=market.warung, opening=43_500, by=BY)
    assert tomorrow.day == second.day


def test_one_day_is_at_work(market: Cast) -> None:
    day = opened(market)
    assert opened(market, 5) == day
    with pytest.raises(IntegrityError), transaction.atomic():
        CashDay.objects.create(warung=market.warung, day=day.day + timedelta(days=1), opening=0, opened_by=BY)


def test_another_sum_in_the_morning_needs_a_reason(market: Cast) -> None:
    day = opened(market)
    count_day(day=day, counted=100_000, pieces={}, by=BY)
    close_day(day=day, reason="", by=BY)
    before = footprint()
    with pytest.raises(ReasonMissing):
        opened(market, 90_000)
    assert footprint() == before
    open_day(warung=market.warung, opening=90_000, reason="dipakai anak", by=BY)
    assert (balance(market, "cash"), balance(market, "cash_difference")) == (90_000, 10_000)


def test_counting_again(market: Cast) -> None:
    day = opened(market)
    with pytest.raises(DayNotOpen):
        close_day(day=day, reason="x", by=BY)
    count_day(day=day, counted=99_000, pieces={}, by=BY)
    with pytest.raises(DayNotOpen):
        count_day(day=day, counted=100_000, pieces={}, by=BY)
    recount_day(day=day, by=BY)
    assert (day.state, day.counted) == (DayState.OPEN, None)
    count_day(day=day, counted=100_000, pieces={}, by=BY)
    close_day(day=day, reason="", by=BY)
    with pytest.raises(StaleDocument):
        recount_day(day=day, by=BY)
    assert [event.move for event in day.events.all()] == ["count", "recount", "count", "close"]


@pytest.mark.parametrize("pieces", [{100_000: 2}, {75_000: 4, 100: -2_000_000}, {100_000: -1, 50_000: 4}])
def test_pieces_are_real_and_add_up(market: Cast, pieces: dict[int, int]) -> None:
    day = opened(market)
    with pytest.raises(BadSale):
        count_day(day=day, counted=100_000, pieces=pieces, by=BY)
    day.refresh_from_db()
    assert day.state == DayState.OPEN


@pytest.mark.parametrize(
    ("kind", "book", "cash", "other"),
    [
        (CashMoveKind.BANK, "bank", 60_000, 40_000),
        (CashMoveKind.PURCHASE, "purchases", 60_000, 40_000),
        (CashMoveKind.TAKEN, "capital", 60_000, -60_000),
        (CashMoveKind.CAPITAL, "capital", 140_000, -140_000),
    ],
)
def test_money_goes_out_and_in_once(market: Cast, kind: CashMoveKind, book: str, cash: int, other: int) -> None:
    opened(market)
    key = uuid.uuid4()
    for _tap in range(2):
        move_cash(warung=market.warung, key=key, kind=kind, amount=40_000, note="x", by=BY)
    assert (balance(market, "cash"), balance(market, book)) == (cash, other)
    before = footprint()
    for amount in (0, -1, 10**13):
        with pytest.raises(BadSale):
            move_cash(warung=market.warung, key=uuid.uuid4(), kind=kind, amount=amount, note="", by=BY)
    with pytest.raises(BadSale):
        move_cash(warung=market.warung, key=key, kind=kind, amount=1, note="", by=BY)
    assert footprint() == before


def test_more_than_the_drawer_holds_stays_there(market: Cast) -> None:
    opened(market)
    before = footprint()
    with pytest.raises(BadSale):
        move_cash(warung=market.warung, key=uuid.uuid4(), kind=CashMoveKind.BANK, amount=100_001, note="", by=BY)
    assert footprint() == before


def test_selling_while_the_drawer_is_counted(committed: None, market: Cast, kalidoni: Region) -> None:
    day = opened(market, 0)
    jobs = [partial(sell, market, rice(market, 1)) for _one in range(12)]
    count = partial(count_day, day=day, counted=0, pieces={}, by=BY)
    assert at_once(kalidoni, [*jobs[:6], count, *jobs[6:]]) == ["done"] * 13
    day.refresh_from_db()
    # What the books expected is what that day's sales brought, not a rupiah of the next day's.
    assert day.expected == takings_of(market.warung, day.day).cash
    must_add_up()
