"""A payout needs the member's PIN: guessed five times it is closed, whoever guesses and by whatever door."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from tenant_apps.bank_sampah.errors import PinLocked, PinMissing, PinWeak, PinWrong
from tenant_apps.bank_sampah.models import Member, Withdrawal
from tenant_apps.bank_sampah.services import check_pin, forget_pin, join, set_pin
from tenant_apps.satker.models import ServiceSetting
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, PASSWORD, Cast, browser_of
from tests.tenant_apps.api.caller import SHOP, caller_of
from tests.tenant_apps.bank_sampah.bank import PIN, Bank, open_bank


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "12a456", "٤٨٠٢٥٧", "111111", "123456", "890123", "987654", "123123", " 48025"]
)
def test_an_easy_pin_is_refused(bank: Bank, pin: str) -> None:
    with pytest.raises(PinWeak):
        set_pin(member=bank.member, pin=pin, by=BY)


def test_five_wrong_tries_close_it_for_a_quarter_of_an_hour(bank: Bank) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(PinWrong, match=str(left)):
            check_pin(member=bank.member, pin="000001")
    check_pin(member=bank.member, pin=PIN)
    # The right one begins the count anew.
    for _try in range(4):
        with pytest.raises(PinWrong):
            check_pin(member=bank.member, pin="000001")
    with pytest.raises(PinLocked):
        check_pin(member=bank.member, pin="000001")
    with pytest.raises(PinLocked):
        check_pin(member=bank.member, pin=PIN)
    Member.objects.update(pin_locked_until=clock.now() - timedelta(seconds=1))
    check_pin(member=bank.member, pin=PIN)


def test_a_forgotten_pin_is_nobodys(bank: Bank) -> None:
    forget_pin(member=bank.member, by=BY)
    with pytest.raises(PinMissing):
        check_pin(member=bank.member, pin="")
    assert [event.move for event in bank.member.history.all()] == ["pin", "pin_forgotten"]
    assert PIN not in Member.objects.get(pk=bank.member.pk).pin


def test_tries_are_not_counted_where_they_could_be_taken_back(bank: Bank) -> None:
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        check_pin(member=bank.member, pin=PIN)


def test_every_door_counts_the_same_tries(committed: None, market: Cast, kalidoni: Region) -> None:
    bank = open_bank(market)
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    bank.weigh({"PL-01": 10_000})
    unit, book = str(bank.unit.public_id), str(bank.book.public_id)
    form = {"amount": "10000", "pin": "000001", "way": "cash", "unit": unit, "book": book}
    ratna, wati, program = browser_of(market.ratna), browser_of(market.wati), caller_of(market.ratna, *SHOP)
    wish = {"amount": 10_000, "pin": "000001", "way": "cash", "unit": unit}
    at_unit = f"/sampah/{unit}/nasabah/{bank.member.number}/tarik/"
    answers = [
        ratna.post(f"/tabungan/{book}/tarik/", {**form, "key": str(uuid4())}).status_code,
        wati.post(at_unit, {**form, "key": str(uuid4())}).status_code,
        *(program.post(f"waste/books/{book}/payouts/", wish).status_code for _try in range(3)),
    ]
    assert answers == [403, 403, 403, 403, 429]
    for door in (ratna.post(f"/tabungan/{book}/tarik/", {**form, "pin": PIN, "key": str(uuid4())}),):
        assert door.status_code == 429
    assert program.post(f"waste/books/{book}/payouts/", {**wish, "pin": PIN}).status_code == 429
    assert Withdrawal.objects.count() == 0


def test_a_member_sets_it_themselves_and_the_satker_forgets_it(bank: Bank) -> None:
    ratna = browser_of(bank.cast.ratna)
    told = {"password": "salah", "pin": "739184", "again": "739184"}
    assert ratna.post("/tabungan/pin/", told).status_code == 403
    assert ratna.post("/tabungan/pin/", {**told, "password": PASSWORD, "again": "739185"}).status_code == 400
    assert ratna.post("/tabungan/pin/", {**told, "password": PASSWORD}).status_code == 302
    check_pin(member=bank.member, pin="739184")
    place = f"/sampah/{bank.unit.public_id}/nasabah/{bank.member.number}/"
    hasan, yuli = browser_of(bank.cast.hasan), browser_of(bank.cast.yuli)
    # The unit's people neither change a PIN that is set nor forget it.
    assert hasan.post(place + "pin/", {"pin": "582047", "again": "582047"}).status_code == 404
    assert hasan.post(place + "pin/", {"forget": "1"}).status_code == 404
    assert yuli.post(place + "pin/", {"forget": "1"}).status_code == 302
    assert hasan.post(place + "pin/", {"pin": "582047", "again": "582047"}).status_code == 302
    check_pin(member=bank.member, pin="582047")
    page = yuli.get(place).content.decode()
    assert "582047" not in page
    fresh = join(unit=bank.unit, name="Tanpa PIN", by=BY, agrees=True)
    assert hasan.get(f"/sampah/{bank.unit.public_id}/nasabah/{fresh.number}/").status_code == 200


def test_a_member_of_the_unit_brings_their_book_to_a_new_account(bank: Bank) -> None:
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    mother = join(unit=bank.unit, name="Ibu Siti", by=BY, agrees=True)
    siti, place = browser_of(bank.cast.siti), "/tabungan/hubungkan/"
    assert siti.post(place, {"number": mother.number, "pin": "482957"}).status_code == 403
    set_pin(member=mother, pin="482957", by=BY)
    refusals = [
        siti.post(place, {"number": number, "pin": "000001"})
        for number in (mother.number, bank.member.number, "ZZZZZZ")
    ]
    assert [page.status_code for page in refusals] == [403, 403, 403]
    # Whether there is such a member is nobody's to find out.
    words = {page.content.decode().count("tidak cocok") for page in refusals}
    assert len(words) == 1 and words != {0}
    assert siti.post(place, {"number": mother.number.lower(), "pin": "482957"}).status_code == 302
    mother.refresh_from_db()
    assert mother.user == bank.cast.siti
    assert siti.post(place, {"number": mother.number, "pin": "482957"}).status_code == 403
