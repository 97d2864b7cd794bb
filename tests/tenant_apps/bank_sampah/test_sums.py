"""Sums of months and years follow the slips: whoever writes them, however many at once, and whenever the sums began."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.bank_sampah.models import (
    Deposit,
    EarlierSlips,
    GradeMonth,
    MemberYear,
    SavingsBook,
    UnitMonth,
)
from tenant_apps.bank_sampah.selectors.reports import year_report
from tenant_apps.bank_sampah.services import join, make_unit, open_book, take_back
from tenants.context import as_owner, in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.bank_sampah.bank import Bank, must_add_up, open_bank, sums_agree
from tests.trials import rounds, seeded

SUMS = ("unitmonth", "grademonth", "memberyear")
A_STEP = import_module("tenant_apps.bank_sampah.migrations.0012_earlier_slips_are_counted")


def this_year() -> int:
    return clock.today("Asia/Jakarta").year


def forget(until: int) -> None:
    """As if the sums began after the slip with this id: by the owner, with the triggers left out."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT schema_name FROM public.tenants_region WHERE name = 'Kalidoni'")
        (schema,) = cursor.fetchone()
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in SUMS:
            cursor.execute(f'DELETE FROM "{schema}".bank_sampah_{table}')
        cursor.execute(f'INSERT INTO "{schema}".bank_sampah_earlierslips (until, done) VALUES (%s, 0)', [until])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_member_counts_once_and_not_at_all_when_all_is_taken_back(bank: Bank) -> None:
    other = open_book(member=bank.member, purpose="Qurban", bound_until=None, by=BY)
    slips = [bank.weigh({"PL-01": 1_000, "KC-01": 2}), bank.weigh({"PL-01": 500}, book=other, unit=bank.centre)]
    report = year_report(this_year())
    assert (report.slips, report.active, report.saved) == (2, 1, 3_500 + 800 + 1_750)
    for left, slip in zip((1, 0), slips, strict=True):
        take_back(deposit=slip, reason="salah", by=BY)
        assert year_report(this_year()).active == left
        must_add_up()
    assert year_report(this_year()).types == []


@pytest.mark.parametrize(
    ("model", "change"),
    [(UnitMonth, {"grams": 1}), (GradeMonth, {"quantity": 1}), (MemberYear, {"slips": 9})],
)
def test_nobody_writes_sums_but_slips(bank: Bank, model: type[UnitMonth], change: dict[str, int]) -> None:
    bank.weigh({"PL-01": 1_000})
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.all().delete()
    sums_agree()


def test_slips_from_before_the_sums_are_counted_in_whatever_happens_meanwhile(bank: Bank) -> None:
    random = seeded()
    slips = [bank.weigh({"PL-01": 1_000 + n, "KR-01": 10 * n + 1}) for n in range(12)]
    forget(slips[-1].pk)
    later = [bank.weigh({"PL-01": 77}), bank.weigh({"KC-01": 3})]
    back = [*slips, *later]
    random.shuffle(back)
    for done in sorted({*random.sample(range(1, slips[-1].pk), 4), slips[-1].pk}):
        take_back(deposit=back.pop(), reason="salah", by=BY)
        EarlierSlips.objects.update(done=done)
        take_back(deposit=back.pop(), reason="salah", by=BY)
    must_add_up()
    with pytest.raises(IntegrityError), transaction.atomic():
        EarlierSlips.objects.update(done=0)


def test_the_migration_goes_on_where_it_was_cut_off(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    slips = [bank.weigh({"PL-01": 1_000}) for _ in range(5)]
    forget(slips[-1].pk)
    EarlierSlips.objects.update(done=slips[1].pk)
    page = browser_of(bank.cast.yuli).get("/satker/bank-sampah/laporan/").content.decode()
    assert "<progress" in page and "belum lengkap" in page
    monkeypatch.setattr(A_STEP, "A_STEP", 2)
    with connection.schema_editor() as editor:
        for _again in range(2):
            A_STEP.count(None, editor)
    must_add_up()
    assert year_report(this_year()).counting is None
    assert "<progress" not in browser_of(bank.cast.yuli).get("/satker/bank-sampah/laporan/").content.decode()


def test_a_year_has_its_own_slips(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    today = clock.today("Asia/Jakarta")
    days = [date(today.year - 1, 12, 31), date(today.year, 1, 1), date(today.year, 1, 31), date(today.year, 2, 1)]
    for grams, day in enumerate(days, start=1):
        with monkeypatch.context() as then:
            then.setattr(clock, "today", lambda zone, day=day: day)
            bank.weigh({"PL-01": grams * 1_000})
    report = year_report(today.year)
    assert (report.slips, report.months[:3]) == (3, [(1, 5_000), (2, 4_000), (3, 0)])
    assert (year_report(today.year - 1).months[11], year_report(today.year - 1).slips) == ((12, 1_000), 1)
    must_add_up()


def test_at_once_no_slip_is_lost_and_nobody_waits_in_a_ring(committed: None, market: Cast, kalidoni: Region) -> None:
    """The same people bring the same grades to three units, and slips are taken back, while earlier ones are counted in."""
    random, bank = seeded(), open_bank(market)
    units = [bank.unit, bank.centre, make_unit(name="Unit RW 7")]
    books: list[SavingsBook] = [bank.book]
    for place, unit in enumerate(units):
        member = join(unit=unit, name=f"Anggota {place}", by=BY, agrees=True)
        books += [member.books.get(), open_book(member=member, purpose="Umrah", bound_until=None, by=BY)]
    codes = ["PL-01", "PL-02", "KR-01", "KC-01"]
    early = [bank.weigh(dict.fromkeys(codes, 500), book=random.choice(books)) for _ in range(20)]
    forget(early[-1].pk)
    faults: list[str] = []
    written = [0]

    def work(seed: int) -> None:
        mine = type(random)(seed)
        try:
            with in_region(kalidoni):
                for turn in range(rounds(60)):
                    lines = {code: mine.randrange(1, 900) for code in mine.sample(codes, 3)}
                    slip = bank.weigh(lines, book=mine.choice(books), unit=mine.choice(units), key=uuid4())
                    written[0] += 1
                    if turn % 3 == 0:
                        take_back(deposit=slip, reason="salah", by=BY)
                    if turn % 2 == 0 and early:
                        take_back(deposit=early.pop(mine.randrange(len(early))), reason="salah", by=BY)
        except Exception as fault:
            faults.append(repr(fault))
        finally:
            connection.close()

    def count_in() -> None:
        try:
            with in_region(kalidoni):
                until = EarlierSlips.objects.get().until
                for done in range(1, until + 1):
                    EarlierSlips.objects.update(done=done)
        except Exception as fault:
            faults.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(random.randrange(2**32),)) for _ in range(6)]
    threads.append(threading.Thread(target=count_in))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert faults == []
    assert Deposit.objects.count() == 20 + written[0]
    must_add_up()


@pytest.mark.parametrize("first", ["taken back", "counted in"])
def test_a_slip_that_is_taken_back_while_it_is_counted_in(
    first: str, committed: None, market: Cast, kalidoni: Region
) -> None:
    """Whichever comes first holds the other up until it is done; then the slip is in no sum."""
    bank = open_bank(market)
    slips = [bank.weigh({"PL-01": 1_000}), bank.weigh({"PL-01": 3_000})]
    forget(slips[-1].pk)

    def back() -> None:
        take_back(deposit=slips[0], reason="salah", by=BY)

    def count_in() -> None:
        EarlierSlips.objects.update(done=slips[-1].pk)

    faults: list[str] = []

    def other(act: Callable[[], None]) -> None:
        try:
            with in_region(kalidoni):
                act()
        except Exception as fault:
            faults.append(repr(fault))
        finally:
            connection.close()

    mine, theirs = (back, count_in) if first == "taken back" else (count_in, back)
    with transaction.atomic():
        mine()
        thread = threading.Thread(target=other, args=(theirs,))
        thread.start()
        thread.join(1)
        assert thread.is_alive()
    thread.join(30)
    assert faults == []
    must_add_up()
    assert year_report(this_year()).slips == 1
