"""Goods on credit: the edge of the limit, paying, giving up, and many at once."""

from __future__ import annotations

import uuid
from functools import partial

import pytest

from tenant_apps.ledger.errors import KeyReused, Overdrawn
from tenant_apps.pos.errors import BadSale, BonClosed, OverLimit, ReasonMissing
from tenant_apps.pos.models import CounterSale
from tenant_apps.pos.selectors import owed_by, owed_to
from tenant_apps.pos.services import (
    Tenders,
    change_bon,
    close_bon,
    open_bon,
    pay_bon,
    reopen_bon,
    void_sale,
    write_off_bon,
)
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import at_once
from tests.tenant_apps.pos.till import balance, bon_of_ani, footprint, must_add_up, rice, sell


@pytest.mark.parametrize(
    ("case", "limit", "ok"),
    [
        ("room to spare", 100_000, True),
        ("exactly the limit", 29_000, True),
        ("one rupiah too little", 28_999, False),
        ("no credit at all", 0, False),
    ],
)
def test_the_limit_to_the_rupiah(market: Cast, case: str, limit: int, ok: bool) -> None:
    bon = bon_of_ani(market, limit)
    before = footprint()
    if ok:
        sell(market, tenders=Tenders(bon=29_000), customer=bon)
        assert (balance(market, bon.book), balance(market, "sales")) == (29_000, -29_000), case
        assert owed_by([bon]) == {bon.pk: 29_000}
    else:
        with pytest.raises(OverLimit):
            sell(market, tenders=Tenders(bon=29_000), customer=bon)
        assert footprint() == before, case


def test_the_limit_counts_what_is_owed_already(market: Cast) -> None:
    bon = bon_of_ani(market, 43_500)
    sell(market, tenders=Tenders(bon=29_000), customer=bon)
    sell(market, rice(market, 1), tenders=Tenders(bon=14_500), customer=bon)
    before = footprint()
    with pytest.raises(OverLimit):
        sell(market, rice(market, 1), tenders=Tenders(cash=14_499, bon=1), customer=bon)
    assert footprint() == before
    pay_bon(customer=bon, key=uuid.uuid4(), cash=0, qris=1, by=BY)
    sell(market, rice(market, 1), tenders=Tenders(cash=14_499, bon=1), customer=bon)
    assert owed_to(market.warung) == 43_500


def test_many_at_once_stay_below_the_limit(committed: None, market: Cast, kalidoni: Region) -> None:
    bon = bon_of_ani(market, 14_500 * 3)
    jobs = [partial(sell, market, rice(market, 1), tenders=Tenders(bon=14_500), customer=bon) for _one in range(10)]
    assert at_once(kalidoni, jobs) == ["OverLimit"] * 7 + ["done"] * 3
    assert (balance(market, bon.book), CounterSale.objects.count()) == (43_500, 3)
    must_add_up()


def test_paying_happens_once(market: Cast) -> None:
    bon, key = bon_of_ani(market), uuid.uuid4()
    sell(market, tenders=Tenders(bon=29_000), customer=bon)
    first = pay_bon(customer=bon, key=key, cash=20_000, qris=9_000, by=BY)
    assert pay_bon(customer=bon, key=key, cash=20_000, qris=9_000, by=BY) == first
    assert [balance(market, book) for book in (bon.book, "cash", "qris")] == [0, 20_000, 9_000]
    before = footprint()
    with pytest.raises(KeyReused):
        pay_bon(customer=bon, key=key, cash=1, qris=0, by=BY)
    for cash in (1, 0, -5):
        with pytest.raises(BadSale):
            pay_bon(customer=bon, key=uuid.uuid4(), cash=cash, qris=0, by=BY)
    assert footprint() == before
    must_add_up()


def test_giving_up_needs_a_reason_and_a_debt(market: Cast) -> None:
    bon = bon_of_ani(market)
    sell(market, tenders=Tenders(bon=29_000), customer=bon)
    before = footprint()
    with pytest.raises(ReasonMissing):
        write_off_bon(customer=bon, key=uuid.uuid4(), amount=29_000, reason=" ", by=BY)
    for amount in (0, -1, 29_001):
        with pytest.raises(BadSale):
            write_off_bon(customer=bon, key=uuid.uuid4(), amount=amount, reason="pindah", by=BY)
    assert footprint() == before
    key = uuid.uuid4()
    for _tap in range(2):
        write_off_bon(customer=bon, key=key, amount=9_000, reason="pindah", by=BY)
    assert (balance(market, bon.book), balance(market, "written_off")) == (20_000, 9_000)


def test_a_closed_bon_takes_nothing(market: Cast) -> None:
    bon = bon_of_ani(market)
    sell(market, tenders=Tenders(bon=29_000), customer=bon)
    with pytest.raises(BonClosed):
        close_bon(customer=bon)
    pay_bon(customer=bon, key=uuid.uuid4(), cash=29_000, qris=0, by=BY)
    bon = close_bon(customer=bon)
    before = footprint()
    with pytest.raises(BonClosed):
        sell(market, tenders=Tenders(bon=29_000), customer=bon)
    assert footprint() == before
    other = open_bon(warung=market.warung, name="Bu Ani", phone="", limit=1, by=BY)
    with pytest.raises(BadSale):
        reopen_bon(customer=bon)
    change_bon(customer=other, name="Bu Ani (RT 3)", phone="", limit=1)
    assert reopen_bon(customer=bon).closed_at is None


def test_a_bon_that_was_paid_keeps_its_sale(market: Cast) -> None:
    bon = bon_of_ani(market)
    sale = sell(market, tenders=Tenders(bon=29_000), customer=bon)
    pay_bon(customer=bon, key=uuid.uuid4(), cash=10_000, qris=0, by=BY)
    before = footprint()
    with pytest.raises(Overdrawn):
        void_sale(sale=sale, reason="salah", by=BY)
    assert footprint() == before


def test_another_warungs_bon_is_refused(market: Cast) -> None:
    theirs = open_bon(warung=market.other_warung, name="Bu Ani", phone="", limit=100_000, by=BY)
    before = footprint()
    with pytest.raises(BadSale):
        sell(market, tenders=Tenders(bon=29_000), customer=theirs)
    assert footprint() == before
