"""One book, three doors: the member's page, their program, and the unit's people. Whoever comes first gets it all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import uuid4

from django.db import connection

from tenant_apps.bank_sampah.models import Withdrawal, WithdrawalState
from tenant_apps.bank_sampah.services import cancel
from tenant_apps.satker.models import ServiceSetting
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.api.caller import SHOP, caller_of
from tests.tenant_apps.bank_sampah.bank import PIN, Bank, must_add_up, open_bank
from tests.trials import rounds

AT_ONCE = 50


def test_the_api_tells_books_slips_and_payouts(bank: Bank) -> None:
    slip = bank.weigh({"PL-01": 2_000, "KC-01": 3})
    ratna, siti = caller_of(bank.cast.ratna, *SHOP), caller_of(bank.cast.siti, *SHOP)
    (book,) = ratna.get("waste/books/").json()["items"]
    assert (book["holds"], book["spendable"], book["reserved"]) == (8_200, 8_200, 0)
    place = f"waste/books/{book['id']}/"
    (told,) = ratna.get(place + "slips/").json()["items"]
    assert (told["number"], told["saved"], len(told["lines"])) == (slip.number, 8_200, 2)
    wish = {"amount": 8_000, "pin": PIN, "way": "cash", "unit": str(bank.unit.public_id)}
    key = str(uuid4())
    answers = [ratna.post(place + "payouts/", wish, key=key) for _tap in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert len(ratna.get(place + "payouts/").json()["items"]) == Withdrawal.objects.count() == 1
    short = ratna.post(place + "payouts/", {**wish, "amount": 201})
    assert (short.status_code, short.json()["code"]) == (409, "savings_short")
    assert ratna.post(place + "payouts/", {**wish, "amount": 0}).status_code == 422
    assert (
        ratna.post(place + "payouts/", {"amount": 1, "pin": PIN, "way": "transfer", "account_end": "12345"}).status_code
        == 422
    )
    assert siti.get("waste/books/").json()["items"] == []
    for path in ("slips/", "payouts/"):
        assert siti.get(place + path).status_code == 404
    assert siti.post(place + "payouts/", wish).status_code == 404


def test_of_fifty_at_once_by_page_program_and_unit_one_gets_it(committed: None, market: Cast, kalidoni: Region) -> None:
    bank = open_bank(market)
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    bank.weigh({"PL-01": 10_000})
    whole, book = bank.holds(), bank.book.public_id
    page, unit = f"/tabungan/{book}/tarik/", f"/sampah/{bank.unit.public_id}/nasabah/{bank.member.number}/tarik/"
    cash = {"amount": str(whole), "pin": PIN, "way": "cash", "unit": str(bank.unit.public_id), "book": str(book)}
    people = [browser_of(market.ratna), browser_of(market.wati)]
    programs = [caller_of(market.ratna, *SHOP) for _one in range(2)]

    def by_page() -> int:
        return people[0].post(page, {**cash, "key": str(uuid4())}).status_code

    def by_unit() -> int:
        return people[1].post(unit, {**cash, "key": str(uuid4())}).status_code

    def by_program(caller: int = 0) -> int:
        wish = {"amount": whole, "pin": PIN, "way": "cash", "unit": str(bank.unit.public_id)}
        status: int = programs[caller].post(f"waste/books/{book}/payouts/", wish).status_code
        return status

    doors: list[tuple[Callable[[], int], int]] = [(by_page, 302), (by_unit, 302), (by_program, 201)]
    for turn in range(rounds(200)):
        answers: list[tuple[int, int]] = []
        start = threading.Barrier(AT_ONCE)

        def tap(number: int, answers: list[tuple[int, int]] = answers, start: threading.Barrier = start) -> None:
            door, good = doors[number % 3]
            try:
                start.wait(60)
                with in_region(kalidoni):
                    answers.append((door(), good))
            finally:
                connection.close()

        threads = [threading.Thread(target=tap, args=(number + turn,)) for number in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        got = [answer for answer, good in answers if answer == good]
        others = {answer for answer, good in answers if answer != good}
        assert (len(answers), len(got)) == (AT_ONCE, 1), answers
        assert others <= {409, 429}, others
        assert bank.holds() == 0
        waiting = Withdrawal.objects.get(state=WithdrawalState.REQUESTED)
        assert waiting.amount == whole
        cancel(withdrawal=waiting, by=BY)
    must_add_up()
    assert Withdrawal.objects.count() == rounds(200)
