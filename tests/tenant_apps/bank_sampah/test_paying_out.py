"""What is asked for is set aside at once, paid once, and comes back when it is not paid."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from tenant_apps.bank_sampah.errors import (
    BadEntry,
    BookNotEmpty,
    CashShort,
    MemberClosed,
    OutsideTerms,
    SavingsBound,
    SavingsShort,
)
from tenant_apps.bank_sampah.models import Way, Withdrawal, WithdrawalState
from tenant_apps.bank_sampah.selectors.books import book_row, books_of
from tenant_apps.bank_sampah.services import (
    Wish,
    ask,
    cancel,
    close_member,
    fill_box,
    join,
    open_book,
    pay,
    refuse,
    set_bank_terms,
)
from tenants.context import in_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError, StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast
from tests.tenant_apps.bank_sampah.bank import Bank, balance, must_add_up, open_bank
from tests.trials import rounds


def test_cash_is_paid_from_the_units_box(bank: Bank) -> None:
    bank.weigh({"PL-01": 10_000})
    one = bank.ask(20_000)
    assert (book_row(bank.book).holds, book_row(bank.book).reserved) == (15_000, 20_000)
    with pytest.raises(CashShort, match=r"Rp.0"):
        pay(withdrawal=one, by=BY)
    bank.fill(50_000)
    for _tap in range(2):
        assert pay(withdrawal=one, by=BY).state == WithdrawalState.PAID
    assert balance(f"waste:{bank.unit.pk}:cash") == 30_000
    assert book_row(bank.book).reserved == 0
    with pytest.raises(StaleDocument):
        cancel(withdrawal=one, by=BY)
    must_add_up()


def test_the_warsa_balance_is_credited_at_once(bank: Bank) -> None:
    bank.weigh({"PL-01": 10_000})
    key = uuid4()
    for _tap in range(2):
        one = bank.ask(12_500, way=Way.BALANCE, key=key)
    assert one.state == WithdrawalState.PAID
    assert balance(f"citizen:{bank.cast.ratna.pk}:balance") == 12_500
    assert bank.holds() == 22_500
    with pytest.raises(BadEntry, match="jumlah lain"):
        bank.ask(12_501, way=Way.BALANCE, key=key)
    stranger = join(unit=bank.unit, name="Tanpa Akun", by=BY, agrees=True)
    with pytest.raises(BadEntry, match="belum punya akun"):
        bank.ask(1, way=Way.BALANCE, book=stranger.books.get())
    must_add_up()


def test_a_transfer_waits_for_the_banks_reference(bank: Bank) -> None:
    bank.weigh({"PL-01": 10_000})
    one = bank.ask(10_000, way=Way.TRANSFER)
    with pytest.raises(BadEntry, match="referensi"):
        pay(withdrawal=one, by=BY)
    pay(withdrawal=one, by=BY, bank_reference="TRX-77")
    assert balance("satker:bank") == -10_000
    for end in ("12345", "12a4", "", "١٢٣٤"):
        with pytest.raises(BadEntry, match="empat angka"):
            ask(book=bank.book, key=uuid4(), amount=1, wish=Wish(Way.TRANSFER, bank="BNI", account_end=end), by=BY)
    must_add_up()


def test_what_is_not_paid_is_in_the_book_again(bank: Bank) -> None:
    bank.weigh({"PL-01": 10_000})
    for refused in (True, False):
        one = bank.ask(35_000)
        assert bank.holds() == 0
        for _tap in range(2):
            if refused:
                refuse(withdrawal=one, by=BY, reason="kas kosong")
            else:
                cancel(withdrawal=one, by=BY)
        assert bank.holds() == 35_000
        with pytest.raises(StaleDocument):
            pay(withdrawal=one, by=BY)
    with pytest.raises(BadEntry, match="mengapa"):
        refuse(withdrawal=bank.ask(1), by=BY, reason="")
    assert [event.move for event in one.history.all()] == ["ask", "cancel"]
    must_add_up()


def test_more_than_the_book_holds_is_refused(bank: Bank) -> None:
    bank.weigh({"PL-01": 1_000})
    with pytest.raises(SavingsShort, match=r"Rp.3\.500"):
        bank.ask(3_501)
    bank.ask(3_500)
    with pytest.raises(SavingsShort, match=r"Rp.0"):
        bank.ask(1)


# Smallest payout 10.000, at most 50.000 in a day: at the edges, and one rupiah beyond.
@pytest.mark.parametrize(
    ("amounts", "refused"),
    [
        ([9_999], True),
        ([10_000], False),
        ([50_000], False),
        ([50_001], True),
        ([40_000, 10_000], False),
        ([40_000, 10_001], True),
    ],
)
def test_limits_at_their_edges(bank: Bank, amounts: list[int], refused: bool) -> None:
    bank.weigh({"LG-05": 10_000})
    set_bank_terms(by=BY, share_bps=0, proceeds_bps=0, least_payout=10_000, most_a_day=50_000)
    *before, last = amounts
    for amount in before:
        bank.ask(amount)
    if refused:
        with pytest.raises(OutsideTerms):
            bank.ask(last)
    else:
        assert bank.ask(last).state == WithdrawalState.REQUESTED


def test_what_was_given_up_counts_for_no_limit(bank: Bank) -> None:
    bank.weigh({"LG-05": 10_000})
    set_bank_terms(by=BY, share_bps=0, proceeds_bps=0, least_payout=10_000, most_a_day=50_000)
    cancel(withdrawal=bank.ask(50_000), by=BY)
    bank.ask(50_000)


def test_only_on_the_days_of_the_terms(bank: Bank) -> None:
    bank.weigh({"LG-05": 1_000})
    today = clock.today().day
    set_bank_terms(
        by=BY, share_bps=0, proceeds_bps=0, least_payout=1, most_a_day=10**6, first_day=today, last_day=today
    )
    bank.ask(1_000)
    other = today - 1 or 2
    set_bank_terms(
        by=BY, share_bps=0, proceeds_bps=0, least_payout=1, most_a_day=10**6, first_day=other, last_day=other
    )
    with pytest.raises(OutsideTerms, match="setiap bulan"):
        bank.ask(1_000)


def test_a_book_with_a_purpose_waits_for_its_day(bank: Bank) -> None:
    book = open_book(member=bank.member, purpose="Lebaran", bound_until=clock.today() + timedelta(days=1), by=BY)
    bank.weigh({"PL-01": 10_000}, book=book)
    row = next(row for row in books_of(bank.member) if row.book == book)
    assert (row.holds, row.spendable) == (35_000, 0)
    with pytest.raises(SavingsBound, match="Lebaran"):
        bank.ask(1_000, book=book)
    type(book).objects.filter(pk=book.pk).update(bound_until=clock.today())
    book.refresh_from_db()
    assert bank.ask(1_000, book=book).amount == 1_000
    with pytest.raises(BadEntry, match="Sudah ada"):
        open_book(member=bank.member, purpose=" lebaran ", bound_until=None, by=BY)


def test_a_member_leaves_with_nothing_left(bank: Bank) -> None:
    bank.weigh({"PL-01": 1_000})
    with pytest.raises(BookNotEmpty):
        close_member(member=bank.member, by=BY)
    one = bank.ask(3_500)
    with pytest.raises(BookNotEmpty):
        close_member(member=bank.member, by=BY)
    bank.fill(3_500)
    pay(withdrawal=one, by=BY)
    close_member(member=bank.member, by=BY)
    with pytest.raises(MemberClosed):
        bank.ask(1)


def test_the_box_gives_no_more_than_it_holds(bank: Bank) -> None:
    bank.fill(10_000)
    key = uuid4()
    for _tap in range(2):
        fill_box(unit=bank.unit, key=key, amount=-4_000, by=BY)
    assert balance(f"waste:{bank.unit.pk}:cash") == 6_000
    with pytest.raises(CashShort, match=r"Rp.6\.000"):
        bank.fill(-6_001)


def test_of_many_at_once_one_gets_the_whole_book(committed: None, market: Cast, kalidoni: Region) -> None:
    """By three ways at once; the rounds through pages and the API are in test_doors."""
    bank = open_bank(market)
    for _round in range(rounds(40)):
        bank.weigh({"PL-01": 10_000})
        whole = bank.holds()
        got: list[str] = []
        faults: list[str] = []

        def take(
            way: Way, bank: Bank = bank, whole: int = whole, got: list[str] = got, faults: list[str] = faults
        ) -> None:
            try:
                with in_region(kalidoni):
                    got.append(bank.ask(whole, way=way).number)
            except SavingsShort:
                pass
            except DomainError as other:
                faults.append(repr(other))
            finally:
                connection.close()

        threads = [threading.Thread(target=take, args=(list(Way)[n % 3],)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert (len(got), faults) == (1, [])
        assert bank.holds() == 0
        must_add_up()
    assert Withdrawal.objects.count() == rounds(40)


def test_the_member_learns_of_money_that_leaves(bank: Bank) -> None:
    bank.weigh({"PL-01": 10_000})
    one = bank.ask(20_000)
    refuse(withdrawal=one, by=BY, reason="kas kosong")
    told = OutboxMessage.objects.filter(kind="notice").order_by("pk")
    subjects = [message.payload["subject"] for message in told if message.payload["user"] == bank.cast.ratna.pk]
    assert [subject.partition(" ")[0] for subject in subjects] == ["PIN", "Rp", "Penarikan", "Penarikan"]
    # Outside of the app too: somebody else may have the phone.
    mails = OutboxMessage.objects.filter(kind="mail", payload__to=bank.cast.ratna.email)
    assert sum("Rp 20.000" in message.payload["subject"] for message in mails) == 2
