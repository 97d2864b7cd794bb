"""Collection days, pick-ups and the round of a day: what is promised to members, and what the database holds to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.bank_sampah.days import places_from
from tenant_apps.bank_sampah.errors import BadEntry, MemberClosed, NotCollected, NotTaken, PickupOnce, RoundBegun
from tenant_apps.bank_sampah.models import (
    CollectionRound,
    CollectionRule,
    Deposit,
    Every,
    Group,
    Load,
    Member,
    PickupEvent,
    PickupRequest,
    PickupState,
)
from tenant_apps.bank_sampah.selectors.books import free_book
from tenant_apps.bank_sampah.selectors.rounds import days_for, days_of, falls_on, stops_of
from tenant_apps.bank_sampah.services import (
    Heap,
    Place,
    Weighed,
    ask_pickup,
    begin_round,
    cancel_pickup,
    close_member,
    collect,
    come_after_all,
    end_collection_day,
    end_round,
    join,
    make_unit,
    miss_pickup,
    move_stop,
    refuse_pickup,
    set_collection_day,
    skip_day,
)
from tenants.context import in_region
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast
from tests.tenant_apps.bank_sampah.bank import Bank, must_add_up, open_bank

ZONE = ZoneInfo("Asia/Jakarta")
# A Saturday, at seven.
SATURDAY = date(2026, 12, 5)


@dataclass
class Clock:
    now: datetime

    def go(self, day: date, hour: int = 7) -> None:
        self.now = datetime.combine(day, time(hour), tzinfo=ZONE)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock(datetime.combine(SATURDAY, time(7), tzinfo=ZONE))
    monkeypatch.setattr("tenants.kernel.clock.now", lambda: clock.now)
    yield clock


@pytest.fixture
def saturdays(bank: Bank, at: Clock) -> Bank:
    """Hasan's unit comes on Saturdays from eight to eleven."""
    set_collection_day(unit=bank.unit, weekday=5, starts=time(8), ends=time(11), by=BY)
    return bank


def wish(
    member: Member,
    day: date = SATURDAY,
    *,
    rw: int | None = 1,
    rt: int | None = 3,
    address: str = "Lorong Kenanga 5",
    key: UUID | None = None,
) -> PickupRequest:
    heap = Heap(Load.SACK, (Group.PAPER, Group.PLASTIC), "pagar hijau")
    return ask_pickup(member=member, day=day, key=key or uuid4(), place=Place(rw, rt, address), heap=heap, by=BY)


def neighbour(bank: Bank, name: str) -> Member:
    return join(unit=bank.unit, name=name, by=BY, agrees=True)


def told(member: Member) -> list[str]:
    messages = OutboxMessage.objects.filter(kind="notice").order_by("pk")
    return [one.payload["subject"] for one in messages if "pickup" in one.dedupe or "Petugas" in one.payload["subject"]]


def weighed(bank: Bank, grams: int = 2_000) -> list[Weighed]:
    return [Weighed(bank.grade("PL-01"), grams)]


def rule(**other: Any) -> CollectionRule:
    begins = {"weekday": 5, "starts": time(8), "ends": time(11), "valid_from": date(2026, 12, 1)}
    return CollectionRule(**{**begins, **other})


def test_which_days_a_rule_makes() -> None:
    saturdays = [date(2026, 12, 5) + timedelta(weeks=week) for week in range(5)]
    assert [falls_on(rule(), day) for day in saturdays] == [True] * 5
    assert not any(falls_on(rule(), date(2026, 12, 6) + timedelta(days=ahead)) for ahead in range(6))
    assert [falls_on(rule(every=Every.OTHER), day) for day in saturdays] == [True, False, True, False, True]
    assert [falls_on(rule(every=Every.FIRST_THIRD), day) for day in saturdays] == [True, False, True, False, True]
    # 2 January is the first Saturday of its month, and an even number of weeks after 5 December.
    assert falls_on(rule(every=Every.FIRST_THIRD), date(2027, 1, 2))
    assert [falls_on(rule(valid_until=date(2026, 12, 12)), day) for day in saturdays] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert not falls_on(rule(valid_from=date(2026, 12, 6)), date(2026, 12, 5))


def test_places_are_written_as_addresses_write_them() -> None:
    assert places_from("1, 3/2") == [100, 203]
    assert places_from(" RW 4 ,RT 003/RW 002,") == [400, 203]
    assert places_from("") == []
    for wrong in ("0", "a", "1;2", "100", "0/2", "1/0", "٣", "-1", "1/2/3"):
        with pytest.raises(ValueError):
            places_from(wrong)


def test_the_next_days_leave_out_what_is_over_and_what_is_skipped(saturdays: Bank, at: Clock) -> None:
    def next_days() -> list[date]:
        return [one.day for one in days_of([saturdays.unit])[0].days]

    weeks = [SATURDAY + timedelta(weeks=week) for week in range(6)]
    assert next_days() == weeks[:4]
    at.go(SATURDAY, 11)
    assert next_days() == weeks[1:5], "the round of today is over"
    skip_day(unit=saturdays.unit, day=weeks[2], reason="Hari Raya", by=BY)
    assert next_days() == [weeks[1], *weeks[3:6]]
    come_after_all(unit=saturdays.unit, day=weeks[2])
    assert next_days() == weeks[1:5]
    end_collection_day(rule=saturdays.unit.collection_rules.get())
    assert next_days() == []


def test_only_the_days_of_ones_own_rt_are_offered(saturdays: Bank) -> None:
    unit = saturdays.unit
    set_collection_day(unit=unit, weekday=6, starts=time(8), ends=time(9), places=[203, 400], by=BY)
    member = saturdays.member
    for rw, rt, sundays in ((1, 3, 0), (2, 3, 2), (2, 4, 0), (4, 1, 2), (2, None, 0)):
        member.rw, member.rt = rw, rt
        assert sum(one.day.weekday() == 6 for one in days_for(member)) == sundays, (rw, rt)
    sunday = SATURDAY + timedelta(days=1)
    with pytest.raises(NotCollected, match="RT 3/RW 2, RW 4"):
        wish(member, sunday)
    assert wish(member, sunday, rw=2, rt=3).state == PickupState.ASKED


def test_rules_that_cannot_be(saturdays: Bank) -> None:
    wrongs: tuple[dict[str, Any], ...] = (
        {"ends": time(8)},
        {"weekday": 7},
        {"places": [3]},
        {"places": [10_000]},
        {"valid_from": SATURDAY - timedelta(days=1)},
    )
    for wrong in wrongs:
        good: dict[str, Any] = {"unit": saturdays.unit, "weekday": 5, "starts": time(8), "ends": time(9), "by": BY}
        with pytest.raises(BadEntry):
            set_collection_day(**{**good, **wrong})
    assert CollectionRule.objects.count() == 1


def test_one_pick_up_for_a_day(saturdays: Bank) -> None:
    key = uuid4()
    first = wish(saturdays.member, key=key)
    assert wish(saturdays.member, key=key) == first
    with pytest.raises(BadEntry, match="hari lain"):
        wish(saturdays.member, SATURDAY + timedelta(weeks=1), key=key)
    with pytest.raises(PickupOnce):
        wish(saturdays.member)
    assert (first.groups, first.load, first.history.get().after) == (["plastic", "paper"], "sack", "asked")
    cancel_pickup(pickup=first, by=BY)
    assert cancel_pickup(pickup=first, by=BY).state == PickupState.CANCELLED
    assert wish(saturdays.member).pk != first.pk


def test_who_and_when_not(saturdays: Bank, at: Clock) -> None:
    with pytest.raises(NotCollected):
        wish(saturdays.member, SATURDAY + timedelta(days=1))
    with pytest.raises(NotCollected):
        wish(saturdays.member, SATURDAY - timedelta(weeks=1))
    with pytest.raises(BadEntry):
        wish(saturdays.member, address="  ")
    with pytest.raises(BadEntry):
        wish(saturdays.member, rw=None)
    at.go(SATURDAY, 12)
    with pytest.raises(NotCollected):
        wish(saturdays.member)
    close_member(member=saturdays.member, by=BY)
    with pytest.raises(MemberClosed):
        wish(saturdays.member, SATURDAY + timedelta(weeks=1))


def test_the_order_of_a_route_and_by_hand(saturdays: Bank) -> None:
    homes = {
        "Ani": (2, 1, "Jalan A 1"),
        "Budi": (1, 3, "Lorong 10"),
        "Citra": (1, 3, "Lorong 2"),
        "Dedi": (1, None, "Jalan Z"),
        "Eka": (None, None, "Dekat pasar"),
    }
    made = {
        name: wish(neighbour(saturdays, name), rw=rw, rt=rt, address=address)
        for name, (rw, rt, address) in homes.items()
    }

    def order() -> list[str]:
        return [one.member.name for one in stops_of(saturdays.unit, SATURDAY)]

    assert order() == ["Dedi", "Citra", "Budi", "Ani", "Eka"]
    move_stop(pickup=made["Ani"], up=True)
    assert order() == ["Dedi", "Citra", "Ani", "Budi", "Eka"]
    move_stop(pickup=made["Dedi"], up=True)
    move_stop(pickup=made["Eka"], up=False)
    assert order() == ["Dedi", "Citra", "Ani", "Budi", "Eka"]
    # Who comes later stands at the end, and the order stays.
    wish(neighbour(saturdays, "Fitri"), rw=1, rt=1)
    assert order() == ["Dedi", "Citra", "Ani", "Budi", "Eka", "Fitri"]
    cancel_pickup(pickup=made["Citra"], by=BY)
    move_stop(pickup=made["Ani"], up=True)
    assert order() == ["Ani", "Dedi", "Budi", "Eka", "Fitri"]
    begin_round(unit=saturdays.unit, day=SATURDAY, by=BY)
    assert order() == ["Ani", "Dedi", "Budi", "Eka", "Fitri"]


def test_a_round_from_setting_off_to_coming_back(saturdays: Bank, at: Clock) -> None:
    ratna = wish(saturdays.member)
    away, dirty, far = (wish(neighbour(saturdays, name)) for name in ("Ani", "Budi", "Citra"))
    with pytest.raises(BadEntry):
        begin_round(unit=saturdays.unit, day=SATURDAY + timedelta(weeks=1), by=BY)
    with pytest.raises(StaleDocument):
        collect(pickup=ratna, book=saturdays.book, key=uuid4(), lines=weighed(saturdays), by=BY)
    assert Deposit.objects.count() == 0
    begun = begin_round(unit=saturdays.unit, day=SATURDAY, by=BY)
    assert begin_round(unit=saturdays.unit, day=SATURDAY, by=BY) == begun
    assert told(saturdays.member) == ["Petugas Unit Warung Hasan berangkat: siapkan sampah Anda."]
    with pytest.raises(RoundBegun):
        cancel_pickup(pickup=ratna, by=BY)
    with pytest.raises(NotCollected):
        wish(neighbour(saturdays, "Terlambat"))
    with pytest.raises(RoundBegun):
        skip_day(unit=saturdays.unit, day=SATURDAY, reason="Hujan", by=BY)

    key = uuid4()
    slip = collect(pickup=ratna, book=saturdays.book, key=key, lines=weighed(saturdays), by=BY)
    assert collect(pickup=ratna, book=saturdays.book, key=key, lines=weighed(saturdays), by=BY) == slip
    with pytest.raises(RoundBegun, match=slip.number):
        collect(pickup=ratna, book=saturdays.book, key=uuid4(), lines=weighed(saturdays), by=BY)
    assert (Deposit.objects.count(), saturdays.holds()) == (1, 7_000)
    for ends in (miss_pickup, refuse_pickup):
        with pytest.raises(BadEntry):
            ends(pickup=away, reason=" ", by=BY)
        with pytest.raises(StaleDocument):
            ends(pickup=ratna, reason="terlambat", by=BY)
    assert miss_pickup(pickup=away, reason="pagar terkunci", by=BY).state == PickupState.MISSED
    miss_pickup(pickup=away, reason="lagi", by=BY)
    assert refuse_pickup(pickup=dirty, reason="basah dan bau", by=BY).state == PickupState.REFUSED
    with pytest.raises(BadEntry, match="1"):
        end_round(unit=saturdays.unit, day=SATURDAY, by=BY)
    end_round(unit=saturdays.unit, day=SATURDAY, by=BY, reason="gerobak penuh")
    end_round(unit=saturdays.unit, day=SATURDAY, by=BY)
    states = {one.member.name: (one.state, one.reason) for one in stops_of(saturdays.unit, SATURDAY)}
    assert states == {
        "Ratna": ("collected", ""),
        "Ani": ("missed", "pagar terkunci"),
        "Budi": ("refused", "basah dan bau"),
        "Citra": ("missed", "gerobak penuh"),
    }
    assert [one.after for one in far.history.all()] == ["asked", "on_round", "missed"]
    must_add_up()


def test_the_member_is_told_when_missed(saturdays: Bank) -> None:
    made = wish(saturdays.member)
    begin_round(unit=saturdays.unit, day=SATURDAY, by=BY)
    miss_pickup(pickup=made, reason="pagar terkunci", by=BY)
    assert (
        told(saturdays.member)[-1]
        == "Unit Warung Hasan datang pada 5 Desember 2026 dan tidak dapat mengambil sampah Anda."
    )


def test_a_day_that_is_skipped_is_told(saturdays: Bank) -> None:
    made = wish(saturdays.member)
    with pytest.raises(BadEntry):
        skip_day(unit=saturdays.unit, day=SATURDAY, reason=" ", by=BY)
    for _time in range(2):
        skip_day(unit=saturdays.unit, day=SATURDAY, reason="Hari Raya", by=BY)
    made.refresh_from_db()
    assert (made.state, made.reason) == (PickupState.REFUSED, "Hari Raya")
    assert len(told(saturdays.member)) == 1
    with pytest.raises(NotCollected):
        wish(saturdays.member)


def test_waste_that_is_not_taken_leaves_the_stop_open(saturdays: Bank) -> None:
    made = wish(saturdays.member)
    begin_round(unit=saturdays.unit, day=SATURDAY, by=BY)
    grade = saturdays.grade("PL-01")
    grade.is_taken = False
    grade.save()
    with pytest.raises(NotTaken):
        collect(pickup=made, book=saturdays.book, key=uuid4(), lines=[Weighed(grade, 1_000)], by=BY)
    made.refresh_from_db()
    assert (made.state, made.deposit) == (PickupState.ON_ROUND, None)


def test_who_leaves_is_not_visited(saturdays: Bank) -> None:
    ani, budi = neighbour(saturdays, "Ani"), neighbour(saturdays, "Budi")
    one = wish(ani)
    close_member(member=ani, by=BY)
    other = wish(budi)
    begin_round(unit=saturdays.unit, day=SATURDAY, by=BY)
    close_member(member=budi, by=BY, reason="pindah")
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state) == (PickupState.CANCELLED, PickupState.REFUSED)


def refused(sql: str, *values: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_database_refuses_what_cannot_be(saturdays: Bank) -> None:
    made, stranger = wish(saturdays.member), neighbour(saturdays, "Ani")
    begin_round(unit=saturdays.unit, day=SATURDAY, by=BY)
    other = saturdays.weigh({"PL-01": 1_000}, book=free_book(stranger))
    elsewhere = saturdays.weigh({"PL-01": 1_000}, unit=saturdays.centre)
    table = "UPDATE bank_sampah_pickuprequest SET"
    refused(f"{table} deposit_id = %s WHERE id = %s", other.pk, made.pk)
    refused(f"{table} deposit_id = %s WHERE id = %s", elsewhere.pk, made.pk)
    refused(f"{table} state = 'collected' WHERE id = %s", made.pk)
    refused(f"{table} state = 'lost' WHERE id = %s", made.pk)
    refused(f"{table} round_id = NULL WHERE id = %s", made.pk)
    refused(f"{table} member_id = %s WHERE id = %s", stranger.pk, made.pk)
    refused(f"{table} day = '2026-12-12' WHERE id = %s", made.pk)
    refused("UPDATE bank_sampah_pickupevent SET by = 'x'")
    refused("DELETE FROM bank_sampah_pickupevent")
    unit = make_unit(name="Unit lain")
    wrong = CollectionRound.objects.create(unit=unit, day=SATURDAY, begun_at=made.at, begun_by=BY)
    refused(f"{table} round_id = %s WHERE id = %s", wrong.pk, made.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        CollectionRound.objects.create(unit=saturdays.unit, day=SATURDAY, begun_at=made.at, begun_by=BY)
    with pytest.raises(IntegrityError), transaction.atomic():
        PickupRequest.objects.create(
            number="ABCDEF", key=uuid4(), unit=made.unit, member=made.member, day=made.day, address="x", load="bag",
            at=made.at, by=BY,
        )  # fmt: skip
    assert PickupEvent.objects.count() == 2


def test_asking_twenty_times_at_once_is_one_pick_up(committed: None, market: Cast, kalidoni: Region, at: Clock) -> None:
    bank = open_bank(market)
    set_collection_day(unit=bank.unit, weekday=5, starts=time(8), ends=time(11), by=BY)
    answers: list[str] = []
    start = threading.Barrier(20)

    def tap(number: int) -> None:
        start.wait(60)
        try:
            with in_region(kalidoni):
                if number % 4:
                    wish(bank.member)
                    answers.append("asked")
                else:
                    begin_round(unit=bank.unit, day=SATURDAY, by=BY)
        except (PickupOnce, NotCollected, BadEntry) as no:
            answers.append(no.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    # However they came: nobody asked for a round that had begun, and nobody who asked was left behind by it.
    with in_region(kalidoni):
        assert answers.count("asked") == PickupRequest.objects.count() <= 1
        begun = CollectionRound.objects.exists()
        states = set(PickupRequest.objects.values_list("state", flat=True))
        assert states <= ({"on_round"} if begun else {"asked"})
