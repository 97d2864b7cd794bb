"""The day's page says how the books come to what they expect in the drawer, and its steps always sum to it."""

from __future__ import annotations

import uuid

import pytest

from tenant_apps.ledger.services import Posting, account_of_warung, post
from tenant_apps.orders.services.filling import accept_order, hand_over, pack_order
from tenant_apps.payments.services import deposit_cash
from tenant_apps.pos.models import CashDay, CashMoveKind
from tenant_apps.pos.reckoning import reckoning_of
from tenant_apps.pos.services import Tenders, count_day, move_cash, open_day, pay_bon, void_sale
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.orders.desk import place
from tests.tenant_apps.pos.till import balance, bon_of_ani, rice, sell


def steps(day: CashDay) -> dict[str, int]:
    found = {step.kind: step.amount for step in reckoning_of(day)}
    expected = day.expected if day.expected is not None else balance_of(day)
    assert day.opening + sum(found.values()) == expected
    return found


def balance_of(day: CashDay) -> int:
    return account_of_warung(day.warung, "cash").amount


@pytest.fixture
def day(market: Cast) -> CashDay:
    """A second day: what was sold before it is none of its steps, nor is what it was opened with."""
    sell(market)
    return open_day(warung=market.warung, opening=100_000, by=BY)


def test_every_way_into_the_drawer_is_a_step(market: Cast, day: CashDay) -> None:
    assert steps(day) == {}
    sell(market)
    assert steps(day) == {"sold": 29_000}
    void_sale(sale=sell(market), reason="salah", by=BY)
    assert steps(day) == {"sold": 29_000}
    ani = bon_of_ani(market)
    sell(market, rice(market, 1), tenders=Tenders(cash=500, qris=4_000, bon=10_000), customer=ani)
    pay_bon(customer=ani, key=uuid.uuid4(), cash=3_000, qris=1_000, by=BY)
    move_cash(warung=market.warung, key=uuid.uuid4(), kind=CashMoveKind.BANK, amount=50_000, note="", by=BY)
    move_cash(warung=market.warung, key=uuid.uuid4(), kind=CashMoveKind.CAPITAL, amount=8_000, note="", by=BY)
    for collector in (None, market.wati):
        order = place(market)
        for step in (accept_order, pack_order):
            step(order=order, by=BY)
        hand_over(order=order, by=BY, **({} if collector is None else {"collector": collector}))
    so_far = {"sold": 29_500, "bons": 3_000, "orders": 35_000, "moved": -42_000}
    assert steps(day) == so_far
    deposit_cash(courier=market.wati, warung=market.warung, by=BY)
    assert steps(day) == so_far | {"brought": 35_000}

    count_day(day=day, counted=balance(market, "cash"), pieces={}, by=BY)
    sell(market)
    assert steps(day) == so_far | {"brought": 35_000}


def test_what_nobody_foresaw_is_a_step_too(market: Cast, day: CashDay) -> None:
    cash, capital = account_of_warung(market.warung, "cash"), account_of_warung(market.warung, "capital")
    post(key="by-hand:1", text="Koreksi", postings=[Posting(cash, -700), Posting(capital, 700)], by=BY)
    sell(market)
    assert steps(day) == {"sold": 29_000, "other": -700}


def test_its_owner_reads_it(market: Cast, day: CashDay) -> None:
    sell(market)
    text = browser_of(market.hasan).get(f"/toko/tutup/hari/{day.day:%Y-%m-%d}/").content.decode()
    assert "Tunai dari kasir" in text and "+Rp\u00a029.000" in text
    count_day(day=day, counted=129_000, pieces={}, by=BY)
    text = browser_of(market.hasan).get("/toko/tutup/").content.decode()
    assert text.index("Rp\u00a0100.000") < text.index("+Rp\u00a029.000") < text.index("Rp\u00a0129.000")
