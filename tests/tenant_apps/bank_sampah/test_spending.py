"""Savings pay for an order at the checkout: exactly what it costs, once, or nothing at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.bank_sampah.errors import MemberClosed, OutsideTerms, PinLocked, PinWrong, SavingsShort
from tenant_apps.bank_sampah.models import Member, MemberState, SavingsBook, Way, Withdrawal, WithdrawalState
from tenant_apps.bank_sampah.selectors.books import BookRow
from tenant_apps.bank_sampah.services import check_pin, open_book, set_bank_terms, set_pin
from tenant_apps.bank_sampah.services.spending import spread
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.carting import put_in_cart
from tenant_apps.orders.services.filling import cancel_order
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.sources import agree
from tenant_apps.satker.models import ServiceSetting
from tenants.context import in_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.models import Region
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.api.caller import SHOP, caller_of
from tests.tenant_apps.api.caller import two_kilos as api_order
from tests.tenant_apps.bank_sampah.bank import PIN, Bank, balance, must_add_up, open_bank
from tests.tenant_apps.orders.desk import at_once, footprint, place, seen
from tests.tenant_apps.orders.test_checkout_page import PAY, hidden
from tests.trials import rounds

# Two kilos of rice and three eggs.
PRICE = 35_000


def offer(bank: Bank) -> Bank:
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    return bank


@pytest.fixture
def saver(bank: Bank) -> Bank:
    """Ratna with Rp 70.000 in her free book, in a region that offers Bank Sampah."""
    bank.weigh({"PL-01": 20_000})
    return offer(bank)


def spend(bank: Bank, key: UUID | None = None, **more: Any) -> Order:
    return place(bank.cast, key=key, pay=Pay.BALANCE, agreed=agree(bank.cast.ratna, PIN), **more)


def ratnas_balance(bank: Bank) -> int:
    return balance(f"citizen:{bank.cast.ratna.pk}:balance")


def test_an_order_is_paid_straight_from_savings(saver: Bank) -> None:
    key = uuid4()
    order = spend(saver, key)
    assert (order.total, saver.holds(), ratnas_balance(saver)) == (PRICE, 35_000, 0)
    assert balance("region:held") == PRICE
    (taken,) = Withdrawal.objects.all()
    assert (taken.way, taken.amount, taken.state) == (Way.BALANCE, PRICE, WithdrawalState.PAID)
    assert [step.move for step in taken.history.all()] == ["ask", "pay"]
    # The second tap finds the first one's order.
    assert spend(saver, key).pk == order.pk
    assert (saver.holds(), Withdrawal.objects.count()) == (35_000, 1)
    must_add_up()


def test_of_a_cancelled_order_the_money_is_in_the_balance(saver: Bank) -> None:
    cancel_order(order=spend(saver), by=BY)
    assert (saver.holds(), ratnas_balance(saver)) == (35_000, PRICE)
    must_add_up()


def test_when_savings_are_short_nothing_has_moved_and_the_refusal_says_how_much_is_there(saver: Bank) -> None:
    spend(saver)
    spend(saver)
    before = footprint()
    with pytest.raises(SavingsShort, match=r"Rp.0.+Rp.35\.000"):
        spend(saver)
    assert footprint() == before
    assert Withdrawal.objects.count() == 2
    must_add_up()


def test_when_the_basket_moved_nothing_has_left_the_book(saver: Bank) -> None:
    with pytest.raises(DomainError):
        spend(saver, lines=seen((saver.cast.kilo, 2, 1)))
    assert (saver.holds(), Withdrawal.objects.count(), Order.objects.count()) == (70_000, 0, 0)


def test_bound_savings_are_never_spent_and_a_book_whose_day_has_come_is(saver: Bank) -> None:
    today = clock.today("Asia/Jakarta")
    lebaran = open_book(member=saver.member, purpose="Lebaran", bound_until=today + timedelta(days=1), by=BY)
    school = open_book(member=saver.member, purpose="Sekolah", bound_until=today + timedelta(days=1), by=BY)
    SavingsBook.objects.filter(pk=school.pk).update(bound_until=today)
    school.refresh_from_db()
    saver.weigh({"PL-01": 40_000}, book=lebaran)
    saver.weigh({"PL-01": 8_000}, book=school)
    spend(saver)
    spend(saver, lines=seen((saver.cast.kilo, 4, 14_500)))
    assert (saver.holds(), saver.holds(school), saver.holds(lebaran)) == (0, 5_000, 140_000)
    with pytest.raises(SavingsShort, match=r"Rp.5\.000"):
        spend(saver)
    must_add_up()


def test_the_smallest_payout_and_the_days_of_the_month_do_not_bind_but_the_most_of_a_day_does(saver: Bank) -> None:
    another = clock.today("Asia/Jakarta").day % 28 + 1
    terms = {"share_bps": 0, "proceeds_bps": 0, "least_payout": 36_000, "first_day": another, "last_day": another}
    set_bank_terms(by=BY, most_a_day=60_000, **terms)
    spend(saver)
    with pytest.raises(OutsideTerms, match=r"Rp.25\.000"):
        spend(saver)
    assert saver.holds() == 35_000


def test_who_has_left_spends_nothing(saver: Bank) -> None:
    agreed = agree(saver.cast.ratna, PIN)
    Member.objects.update(state=MemberState.CLOSED)
    with pytest.raises(MemberClosed):
        place(saver.cast, pay=Pay.BALANCE, agreed=agreed)
    with pytest.raises(DomainError, match="tabungan"):
        agree(saver.cast.ratna, PIN)


def test_five_wrong_pins_close_it_here_too(saver: Bank) -> None:
    for _try in range(4):
        with pytest.raises(PinWrong):
            agree(saver.cast.ratna, "111222")
    for pin in ("111222", PIN):
        with pytest.raises(PinLocked):
            agree(saver.cast.ratna, pin)
    with pytest.raises(PinLocked):
        check_pin(member=saver.member, pin=PIN)


def test_savings_leave_only_inside_the_transaction_that_sells(saver: Bank) -> None:
    with pytest.raises(ValueError, match="balance"):
        place(saver.cast, pay=Pay.CASH, agreed=agree(saver.cast.ratna, PIN))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    books=st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from(["", "past", "bound"])), max_size=6),
    amount=st.integers(1, 3 * 10**9),
)
def test_any_amount_is_spread_to_the_rupiah(market: Cast, books: list[tuple[int, str]], amount: int) -> None:
    days = {"": None, "past": date(2000, 1, 1), "bound": date(2999, 1, 1)}
    rows = [
        BookRow(SavingsBook(pk=at, purpose=kind and f"{kind}{at}", bound_until=days[kind]), holds, 0)
        for at, (holds, kind) in enumerate(books)
    ]
    there = sum(row.holds for row in rows if row.book.bound_until != days["bound"])
    if amount > there:
        with pytest.raises(SavingsShort) as refused:
            spread(amount, rows)
        assert refused.value.context["left"] == there
        return
    parts = {book.pk: part for book, part in spread(amount, rows)}
    assert sum(parts.values()) == amount
    for row in rows:
        part = parts.get(row.book.pk, 0)
        assert 0 <= part <= (0 if row.book.bound_until == days["bound"] else row.holds)
        # No other book gives while a free one still holds something.
        if row.book.purpose == "" and part < row.holds:
            assert all(rows[pk].book.purpose == "" for pk in parts)


# The page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ratna(saver: Bank) -> Client:
    put_in_cart(key=saver.cast.ratna.public_id, warung=saver.cast.warung, pack_id=saver.cast.kilo.pk, quantity=2)
    return browser_of(saver.cast.ratna)


def filled(client: Client, place: str = PAY, **more: Any) -> dict[str, Any]:
    told = {"method": "pickup", "name": "Ratna", "pay": "savings", "pin": PIN, "note": "Titip ya"}
    return {**told, **hidden(client.get(place).content.decode()), **more}


def test_the_checkout_offers_what_can_be_spent_and_takes_exactly_that(ratna: Client, saver: Bank) -> None:
    text = ratna.get(PAY).content.decode()
    assert 'value="savings"' in text
    assert "Rp\u00a070.000" in text
    answer = ratna.post(PAY, filled(ratna))
    order = Order.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/pesanan/{order.number}/")
    assert (saver.holds(), ratnas_balance(saver), order.pay) == (70_000 - order.total, 0, "balance")


def test_a_wrong_pin_loses_nothing_typed_and_is_never_shown_again(ratna: Client, saver: Bank) -> None:
    for pin in ("918273", "", "12", "\x00", "９１８２７３"):
        answer = ratna.post(PAY, filled(ratna, pin=pin))
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Titip ya" in text
        assert re.search(r'name="pay" value="savings"[^>]*checked', text)
        if len(pin) == 6:
            assert pin not in text
    assert (Order.objects.count(), saver.holds()) == (0, 70_000)


def test_when_there_is_too_little_the_page_says_how_much_there_is(ratna: Client, saver: Bank) -> None:
    saver.ask(50_000)
    answer = ratna.post(PAY, filled(ratna))
    assert answer.status_code == 409
    assert "Rp\u00a020.000" in answer.content.decode()
    assert (Order.objects.count(), saver.holds()) == (0, 20_000)


def test_the_page_of_all_carts_takes_savings_too(ratna: Client, saver: Bank) -> None:
    page = "/keranjang/bayar/"
    text = ratna.get(page).content.decode()
    told = {
        "key": re.findall(r'name="key" value="([^"]*)"', text)[0],
        "shown": "warung-hasan",
        "shop": "warung-hasan",
        "line-warung-hasan": re.findall(r'name="line-warung-hasan" value="([^"]*)"', text),
        "warung-hasan-method": "pickup",
        "name": "Ratna",
        "pay": "savings",
    }
    assert ratna.post(page, {**told, "pin": "918273"}).status_code == 409
    assert ratna.post(page, {**told, "pin": PIN}).status_code == 302
    assert saver.holds() == 70_000 - Order.objects.get().total


def test_who_has_no_savings_is_not_asked(saver: Bank) -> None:
    put_in_cart(key=saver.cast.budi.public_id, warung=saver.cast.warung, pack_id=saver.cast.kilo.pk, quantity=2)
    text = browser_of(saver.cast.budi).get(PAY).content.decode()
    assert 'value="savings"' not in text
    assert 'name="pin"' not in text
    ServiceSetting.objects.filter(code="bank_sampah").update(enabled=False)
    put_in_cart(key=saver.cast.ratna.public_id, warung=saver.cast.warung, pack_id=saver.cast.kilo.pk, quantity=2)
    assert 'value="savings"' not in browser_of(saver.cast.ratna).get(PAY).content.decode()


# At the same moment --------------------------------------------------------------------------------------------------


def test_of_many_checkouts_and_payouts_of_the_whole_book_one_succeeds(
    committed: None, market: Cast, kalidoni: Region
) -> None:
    bank = offer(open_bank(market))
    lines = seen((market.kilo, 2, 14_500), (market.piece, 3, 2_000))
    for turn in range(rounds(40)):
        bank.weigh({"PL-01": 10_000})
        assert bank.holds() == PRICE
        agreed = agree(market.ratna, PIN)
        shop: Callable[[], object] = partial(place, market, lines=lines, key=None, pay=Pay.BALANCE, agreed=agreed)
        ask: Callable[[], object] = partial(bank.ask, PRICE, way=Way.TRANSFER)
        outcome = at_once(kalidoni, [shop, shop, ask, ask, shop, ask])
        assert outcome.count("done") == 1, (turn, outcome)
        assert set(outcome) <= {"done", "SavingsShort"}, outcome
        assert bank.holds() == 0
        with in_region(kalidoni):
            for order in Order.objects.filter(state="placed"):
                cancel_order(order=order, by=BY)
    must_add_up()


def test_one_key_at_the_same_moment_is_one_purchase(committed: None, market: Cast, kalidoni: Region) -> None:
    bank = offer(open_bank(market))
    bank.weigh({"PL-01": 40_000})
    key, agreed = uuid4(), agree(market.ratna, PIN)
    outcome = at_once(kalidoni, [partial(place, market, key=key, pay=Pay.BALANCE, agreed=agreed)] * 6)
    assert outcome == ["done"] * 6
    assert (bank.holds(), Order.objects.count()) == (140_000 - PRICE, 1)
    must_add_up()


# By a program --------------------------------------------------------------------------------------------------------


def test_a_program_pays_with_savings_once(saver: Bank) -> None:
    caller = caller_of(saver.cast.ratna, *SHOP)
    assert caller.get("warungs/warung-hasan/ways/").json()["pay"] == ["cash", "balance", "savings"]
    wish, key = {**api_order(saver.cast), "pay": "savings", "pin": PIN}, str(uuid4())
    answers = [caller.post("orders/", wish, key=key) for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert PIN not in answers[0].content.decode()
    assert (Order.objects.get().total, saver.holds()) == (29_000, 41_000)
    for pin in ("918273", "", None, 480257.5, "\ud800", {"a": 1}):
        refused = caller.post("orders/", {**wish, "pin": pin})
        assert (refused.status_code, refused.json()["code"]) in [(403, "pin_wrong"), (429, "pin_locked")]
    Member.objects.update(pin_failures=0, pin_locked_until=None)
    shop = {name: wish[name] for name in ("warung", "method", "lines")}
    purchase = {"shops": [shop], "name": "Ratna", "pay": "savings", "pin": PIN}
    assert caller.post("purchases/", purchase).status_code == 201
    short = caller.post("orders/", wish)
    assert (short.status_code, short.json()["code"]) == (409, "savings_short")
    assert "Rp\u00a012.000" in short.json()["detail"]
    stranger = caller_of(saver.cast.budi, *SHOP).post("orders/", wish)
    assert (stranger.status_code, stranger.json()["code"]) == (409, "no_way_to_pay")
    assert saver.holds() == 12_000


def test_no_digest_that_is_kept_holds_the_pin(saver: Bank) -> None:
    caller, key = caller_of(saver.cast.ratna, *SHOP), str(uuid4())
    wish = {**api_order(saver.cast), "pay": "savings", "pin": PIN}
    assert caller.post("orders/", wish, key=key).status_code == 201
    set_pin(member=saver.member, pin="918273", by=BY)
    again = caller.post("orders/", {**wish, "pin": "918273"}, key=key)
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert Order.objects.count() == 1
