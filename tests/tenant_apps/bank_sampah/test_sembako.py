"""Goods of a warung against savings: with the card and the PIN at its kasir, with or without an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from tenant_apps.bank_sampah.errors import MemberClosed, OutsideTerms, PinLocked, PinWrong, SavingsShort
from tenant_apps.bank_sampah.models import Way, Withdrawal, WithdrawalState
from tenant_apps.bank_sampah.selectors.books import free_book
from tenant_apps.bank_sampah.services import close_member, join, set_bank_terms, set_pin
from tenant_apps.payments.errors import NoWayToPay
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.sources import Agreed, agree, agree_at_counter
from tenant_apps.pos.errors import BadSale
from tenant_apps.pos.models import CounterSale, SaleState
from tenant_apps.pos.selectors import takings_of
from tenant_apps.pos.services import Tenders, record_gone_sale, record_sale, void_sale
from tenant_apps.satker.models import ServiceSetting
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.bank_sampah.bank import PIN, Bank, balance, must_add_up, open_bank
from tests.tenant_apps.bank_sampah.test_spending import offer
from tests.tenant_apps.orders.desk import at_once, place, seen
from tests.tenant_apps.pos.till import on_shelf, rice
from tests.trials import rounds

TILL, SAVINGS = "/toko/kasir/", "/toko/kasir/tabungan/"
OTHER_PIN = "913752"


@pytest.fixture
def saver(bank: Bank) -> Bank:
    """Ratna with Rp 70.000; two kilos of rice cost 29.000."""
    bank.weigh({"PL-01": 20_000})
    return offer(bank)


def take(bank: Bank, *, agreed: Agreed | None = None, key: UUID | None = None, savings: int = 29_000) -> CounterSale:
    return record_sale(
        warung=bank.cast.warung,
        key=key or uuid4(),
        lines=[rice(bank.cast)],
        tenders=Tenders(savings=savings, cash=29_000 - savings),
        at=clock.now(),
        by=bank.cast.hasan.actor,
        agreed=agreed or agree_at_counter(bank.member.number.lower(), PIN),
    )


def test_a_basket_is_paid_from_the_book_and_the_region_owes_it_to_the_warung(saver: Bank) -> None:
    key, warung = uuid4(), saver.cast.warung.pk
    sale = take(saver, key=key)
    assert take(saver, key=key) == sale
    assert (sale.savings, sale.cash, saver.holds()) == (29_000, 0, 41_000)
    assert on_shelf(saver.cast)["Beras medium"] == (48_000, 0)
    books = ("payable", "claim", "sales", "cash")
    assert [balance(f"warung:{warung}:{book}") for book in books] == [29_000, 29_000, 29_000, 0]
    (taken,) = Withdrawal.objects.all()
    assert (taken.way, taken.amount, taken.state, taken.unit) == (
        Way.GOODS,
        29_000,
        WithdrawalState.PAID,
        saver.unit,
    )
    assert takings_of(saver.cast.warung, sale.day).savings == 29_000
    must_add_up()


def test_a_member_without_an_account_takes_goods(saver: Bank) -> None:
    member = set_pin(member=join(unit=saver.unit, name="Mak Cik", by=BY, agrees=True), pin=OTHER_PIN, by=BY)
    saver.weigh({"PL-01": 10_000}, book=free_book(member))
    take(saver, agreed=agree_at_counter(f"https://kalidoni.example/tabungan/kartu/{member.card}/", OTHER_PIN))
    assert (saver.holds(free_book(member)), saver.holds()) == (6_000, 70_000)
    must_add_up()


def test_a_part_may_be_paid_in_cash(saver: Bank) -> None:
    sale = take(saver, savings=20_000)
    assert (sale.savings, sale.cash, saver.holds()) == (20_000, 9_000, 50_000)
    must_add_up()


def test_who_they_are_is_not_told_and_five_wrong_pins_close_it(saver: Bank) -> None:
    for typed in ("", "ZZZZZZ", "x" * 500, "\x00"):
        with pytest.raises(PinWrong, match="tidak cocok"):
            agree_at_counter(typed, PIN)
    for _try in range(4):
        with pytest.raises(PinWrong, match="tidak cocok"):
            agree_at_counter(saver.member.number, "111222")
    with pytest.raises(PinLocked):
        agree_at_counter(saver.member.number, "111222")
    ServiceSetting.objects.update(enabled=False)
    with pytest.raises(NoWayToPay):
        agree_at_counter(saver.member.number, PIN)


def test_what_is_short_or_beyond_the_day_changes_nothing(saver: Bank) -> None:
    saver.ask(50_000)
    with pytest.raises(SavingsShort, match=r"Rp.20\.000"):
        take(saver)
    set_bank_terms(by=BY, share_bps=0, proceeds_bps=0, least_payout=1, most_a_day=60_000)
    with pytest.raises(OutsideTerms, match=r"Rp.10\.000"):
        take(saver, savings=15_000)
    assert (CounterSale.objects.count(), saver.holds()) == (0, 20_000)
    assert on_shelf(saver.cast)["Beras medium"] == (50_000, 0)


def test_without_network_savings_pay_nothing(saver: Bank) -> None:
    sale = {"warung": saver.cast.warung, "lines": [rice(saver.cast)], "at": clock.now(), "by": BY}
    for record in (record_sale, record_gone_sale):
        with pytest.raises(BadSale, match="jaringan"):
            record(key=uuid4(), tenders=Tenders(savings=29_000), **sale)  # type: ignore[arg-type]


def test_a_sale_that_is_taken_back_gives_the_book_its_money_again(saver: Bank) -> None:
    sale = take(saver)
    for _tap in range(2):
        void_sale(sale=sale, reason="salah barang", by=BY)
    assert (sale.state, saver.holds()) == (SaleState.VOIDED, 70_000)
    taken = Withdrawal.objects.get()
    assert taken.state == WithdrawalState.REVERSED
    assert [step.move for step in taken.history.all()] == ["ask", "pay", "take_back"]
    book = browser_of(saver.cast.ratna).get(f"/tabungan/{saver.book.public_id}/").content.decode()
    assert re.search(r">\s*dibatalkan\s*<", book)
    # What came back does not count against the day.
    set_bank_terms(by=BY, share_bps=0, proceeds_bps=0, least_payout=1, most_a_day=29_000)
    take(saver)
    must_add_up()


def test_nothing_comes_back_into_the_books_of_somebody_who_has_left(saver: Bank) -> None:
    sale = take(saver)
    saver.ask(41_000, way=Way.BALANCE)
    close_member(member=saver.member, by=BY, reason="pindah")
    with pytest.raises(MemberClosed):
        void_sale(sale=sale, reason="salah barang", by=BY)
    sale.refresh_from_db()
    assert (sale.state, saver.holds()) == (SaleState.DONE, 0)
    must_add_up()


def test_the_database_keeps_what_was_paid_from_savings(saver: Bank) -> None:
    sale = take(saver)
    for changed in ({"savings": 1}, {"savings": 0, "cash": 29_000}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CounterSale.objects.filter(pk=sale.pk).update(**changed)


# The page ------------------------------------------------------------------------------------------------------------


def basket(bank: Bank, **more: Any) -> dict[str, Any]:
    line = f"{bank.cast.kilo.pk}:2:{bank.cast.rice_price.price}"
    return {"warung": str(bank.cast.warung.public_id), "key": str(uuid4()), "line": line, **more}


def test_at_the_kasir_the_member_types_the_pin(saver: Bank) -> None:
    hasan = browser_of(saver.cast.hasan)
    assert f'formaction="{SAVINGS}"' in hasan.get(TILL).content.decode()
    asked = hasan.post(SAVINGS, basket(saver, do="savings"))
    assert asked.status_code == 200
    assert "Rp\u00a029.000" in asked.content.decode()
    told = basket(saver, do="pay", member=saver.member.number, pin="918273")
    wrong = hasan.post(SAVINGS, told)
    text = wrong.content.decode()
    assert wrong.status_code == 403
    assert (saver.member.number in text, "918273" in text, "Ratna" in text) == (True, False, False)
    assert re.search(rf'name="line" value="{told["line"]}"', text)
    paid = hasan.post(SAVINGS, {**told, "pin": PIN}, follow=True)
    assert "Tabungan sampah" in paid.content.decode()
    assert saver.holds() == 41_000
    # Their own book tells it, and what came of it.
    book = browser_of(saver.cast.ratna).get(f"/tabungan/{saver.book.public_id}/").content.decode()
    assert "berupa sembako" in book
    assert "Sembako di Warung Hasan" in book


def test_strange_baskets_are_refused_with_words(saver: Bank) -> None:
    hasan = browser_of(saver.cast.hasan)
    for line in ("", "x", "1:1:1", f"{saver.cast.kilo.pk}:2:1", f"{saver.cast.kilo.pk}:999999999:14500"):
        told = {**basket(saver, do="pay", member=saver.member.number, pin=PIN), "line": line}
        assert hasan.post(SAVINGS, told).status_code in (400, 409), line
    for more in ({"key": "x"}, {"member": "\x00"}, {"pin": "1" * 900}, {"pin": ""}, {"member": ""}):
        answer = hasan.post(SAVINGS, {**basket(saver, do="pay", member="ZZZZZZ", pin=PIN), **more})
        assert answer.status_code in (400, 403), more
    assert hasan.get(SAVINGS).status_code == 302
    assert CounterSale.objects.count() == 0


def test_who_may_stand_there(saver: Bank) -> None:
    for stranger in (saver.cast.ratna, saver.cast.budi):
        assert browser_of(stranger).post(SAVINGS, basket(saver, do="savings")).status_code == 404
    ServiceSetting.objects.update(enabled=False)
    hasan = browser_of(saver.cast.hasan)
    assert hasan.post(SAVINGS, basket(saver, do="savings")).status_code == 404
    assert SAVINGS not in hasan.get(TILL).content.decode()


# At the same moment --------------------------------------------------------------------------------------------------


def test_two_tills_a_checkout_and_payouts_spend_the_book_once(committed: None, market: Cast, kalidoni: Region) -> None:
    bank = offer(open_bank(market))
    for turn in range(rounds(40)):
        # Two kilos of rice, to the rupiah.
        bank.weigh({"PL-01": 6_000, "KC-01": 20})
        whole = bank.holds()
        assert whole == 29_000
        here = agree_at_counter(bank.member.number, PIN)
        own = agree(market.ratna, PIN)
        sell = partial(
            record_sale,
            warung=market.warung,
            lines=[rice(market)],
            tenders=Tenders(savings=whole),
            at=clock.now(),
            by=BY,
            agreed=here,
        )
        checkout = partial(place, market, lines=seen((market.kilo, 2, 14_500)), pay=Pay.BALANCE, agreed=own)
        payout = partial(bank.ask, whole, way=Way.TRANSFER)
        jobs: list[Callable[[], object]] = [
            partial(sell, key=uuid4()),
            partial(sell, key=uuid4()),
            payout,
            payout,
            checkout,
        ]
        outcome = at_once(kalidoni, jobs)
        assert outcome.count("done") == 1, (turn, outcome)
        assert set(outcome) <= {"done", "SavingsShort"}, outcome
        assert bank.holds() == 0
        for sale in CounterSale.objects.filter(state=SaleState.DONE):
            void_sale(sale=sale, reason="ulang", by=BY)
        # The next round begins with an empty book again.
        if left := bank.holds():
            bank.ask(left, way=Way.TRANSFER)
    must_add_up()
