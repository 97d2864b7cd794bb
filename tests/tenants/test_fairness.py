"""A region's crowd leaves room for the others: threads and time of a web process, and the worker's turns."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from kombu import Connection

from tenants import middleware
from tenants.context import in_region, on_platform
from tenants.fairness import BURST, COMPANY, LEAN, LET_PASS, PATIENCE, SLOW, Busy, Fairness, unhurried
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tenants.outbox.tasks import sweep_region
from tenants.registry import PUBLIC
from tenants.tasks import HEADER, LANES, lane_of
from tests.shared_apps.onboarding.workers import kill, until, worker

FLOOD = 2_000
# A database of the broker that no other test uses.
QUEUE = "11"


class Hands:
    """A clock, and what the thread has computed, both moved by the test."""

    def __init__(self) -> None:
        self.now = self.computed = 100.0

    def work(self, cpu: float, waited: float = 0.0) -> None:
        self.now += cpu + waited
        self.computed += cpu


@pytest.fixture
def hands() -> Hands:
    return Hands()


def process(hands: Hands, threads: int = 4) -> Fairness:
    return Fairness(threads, clock=lambda: hands.now, computed=lambda: hands.computed)


def serve(fairness: Fairness, hands: Hands, name: str, cpu: float, waited: float = 0.0) -> bool:
    """One request; whether it was let in."""
    try:
        with fairness.seat(name, 30):
            hands.work(cpu, waited)
    except Busy:
        return False
    return True


def test_alone_a_region_has_all_threads_but_one(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.fairness.PATIENCE_ALONE", 0)
    fairness = process(hands)
    with ExitStack() as inside:
        for _one in range(3):
            inside.enter_context(fairness.seat("a", 30))
        with pytest.raises(Busy):
            inside.enter_context(fairness.seat("a", 30))
        inside.enter_context(fairness.seat("b", 30))


def test_in_company_slow_requests_have_half_of_them(hands: Hands) -> None:
    fairness = process(hands)
    assert serve(fairness, hands, "b", 0.01)
    with ExitStack() as inside:
        for _one in range(2):
            inside.enter_context(fairness.seat("a", 30))
        # Two quick ones are no crowd; two that take long are.
        with fairness.seat("a", 30):
            pass
        hands.now += SLOW + 0.1
        with pytest.raises(Busy):
            inside.enter_context(fairness.seat("a", 30))
        inside.enter_context(fairness.seat("b", 30))
    # Those who left make room again.
    hands.now += 1
    assert serve(fairness, hands, "a", 0.01)


def test_alone_one_waits_longer_for_a_place_than_in_company() -> None:
    """A process that has just begun, or a slow machine: nobody else is there to whom the place could belong."""

    def come(fairness: Fairness) -> list[bool]:
        served: list[bool] = []

        def one() -> None:
            with suppress(Busy), fairness.seat("a", 30):
                time.sleep(2 * PATIENCE)
                served.append(True)

        threads = [Thread(target=one) for _one in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return served

    fairness = Fairness(4)
    assert len(come(fairness)) == 4
    with fairness.seat("b", 30):
        pass
    assert len(come(fairness)) == 3


def test_pictures_that_come_all_at_once_wait_for_a_place_and_are_served() -> None:
    fairness = Fairness(4)
    with fairness.seat("b", 30):
        pass
    served: list[bool] = []

    def one() -> None:
        with suppress(Busy), fairness.seat("a", 30):
            time.sleep(0.02)
            served.append(True)

    threads = [Thread(target=one) for _one in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(served) == 12


def test_alone_it_may_compute_all_day(hands: Hands) -> None:
    fairness = process(hands)
    assert all(serve(fairness, hands, "a", 0.5) for _one in range(200))


def test_who_has_used_up_most_comes_one_at_a_time(hands: Hands) -> None:
    fairness = process(hands)
    assert fairness.seats("a.warsa.id") == 3, "nobody knows it yet"
    with fairness.seat("a", 30, "a.warsa.id"):
        hands.work(BURST - LEAN + 0.1)
    assert fairness.seats("a.warsa.id") == 3, "alone it may"
    serve(fairness, hands, "b", 0.001)
    assert fairness.seats("a.warsa.id") == 1
    hands.now += 1
    assert fairness.seats("a.warsa.id") == 3, "it has earned it"


def passing(fairness: Fairness) -> float:
    """Seconds that the request of this thread lets others pass."""
    began = time.monotonic()
    fairness.let_pass()
    return time.monotonic() - began


@pytest.mark.parametrize(("others", "waits"), [(True, True), (False, False)])
def test_long_work_lets_others_pass(hands: Hands, others: bool, waits: bool) -> None:
    """It began with all that it had saved; in its middle it has used up most of that."""
    fairness = process(hands)
    came, told = Event(), list[float]()

    def long() -> None:
        with fairness.seat("a", 30):
            told.append(passing(fairness))
            came.set()
            assert inside.wait(10)
            hands.work(BURST - LEAN + 0.1)
            told.append(passing(fairness))

    serve(fairness, hands, "b", 0.001)
    inside, thread = Event(), Thread(target=long)
    thread.start()
    assert came.wait(10)
    with ExitStack() as stack:
        if others:
            stack.enter_context(fairness.seat("b", 30))
        inside.set()
        thread.join()
        if others:
            # Who is no crowd waits for nobody.
            assert passing(fairness) < LET_PASS
    first, second = told
    assert first < LET_PASS
    assert (second >= LET_PASS) is waits


def test_a_page_waits_no_longer_than_the_others_take(hands: Hands) -> None:
    fairness = process(hands)
    told = list[float]()

    def crowd() -> None:
        with fairness.seat("a", 30):
            began.set()
            told.append(passing(fairness))

    began, thread = Event(), Thread(target=crowd)
    serve(fairness, hands, "a", BURST - 0.1)
    with fairness.seat("b", 30):
        thread.start()
        assert began.wait(10)
    thread.join()
    assert told[0] < LET_PASS


def test_a_list_is_whole_however_often_others_pass() -> None:
    assert list(unhurried(range(1_001))) == list(range(1_001))


def test_in_company_it_gets_its_share_of_the_time(hands: Hands) -> None:
    fairness = process(hands)
    began = hands.now
    spent = refused = 0.0
    while hands.now < began + 100:
        assert serve(fairness, hands, "b", 0.001), "a quiet region is never refused"
        if serve(fairness, hands, "a", 0.05):
            spent += 0.05
        else:
            refused += 1
            hands.now += 0.01
    assert refused > 100
    assert 0.25 < (spent - BURST) / (hands.now - began) < 0.35


def test_a_long_query_counts_and_is_forgiven(hands: Hands) -> None:
    fairness = process(hands)
    serve(fairness, hands, "b", 0.01)
    assert serve(fairness, hands, "a", 0.01, waited=15)
    serve(fairness, hands, "b", 0.01)
    assert not serve(fairness, hands, "a", 0.01)
    with pytest.raises(Busy) as told, fairness.seat("a", 30):
        pass
    hands.now += told.value.seconds + 1
    serve(fairness, hands, "b", 0.01)
    assert serve(fairness, hands, "a", 0.01)


def test_when_the_others_have_left_it_is_alone_again(hands: Hands) -> None:
    fairness = process(hands)
    serve(fairness, hands, "b", 0.01)
    while serve(fairness, hands, "a", 0.5):
        serve(fairness, hands, "b", 0.001)
    hands.now += COMPANY + 0.1
    assert serve(fairness, hands, "a", 0.5)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 2), st.floats(0, 3)), max_size=60))
def test_seats_are_always_given_back(steps: list[tuple[str, float, float]]) -> None:
    hands = Hands()
    fairness = process(hands)
    for name, cpu, waited in steps:
        serve(fairness, hands, name, cpu, waited)
    hands.now += 1_000
    with ExitStack() as inside:
        for _one in range(3):
            inside.enter_context(fairness.seat("d", 30))


def test_a_busy_region_says_so_and_another_is_served(
    kalidoni: Region, lombok: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first page of a process loads much, which would be the region's time.
    Client(headers={"host": "lombok.localhost"}).get("/", secure=True)
    one = Fairness(2)
    monkeypatch.setattr(middleware, "fairness", one)
    monkeypatch.setattr("tenants.fairness.PATIENCE_ALONE", 0)
    with one.seat(kalidoni.schema_name, 30):
        page = Client(headers={"host": "kalidoni.localhost"}).get("/", secure=True)
        told = Client(headers={"host": "kalidoni.localhost"}).get("/api/v1/region/", secure=True)
        other = Client(headers={"host": "lombok.localhost"}).get("/", secure=True)
    assert (page.status_code, told.status_code, other.status_code) == (429, 429, 200)
    assert "Pasar sedang ramai" in page.content.decode()
    assert told.json()["code"] == "busy"
    assert page["Retry-After"] == "1"
    assert Client(headers={"host": "kalidoni.localhost"}).get("/", secure=True).status_code == 200


def test_a_query_that_takes_too_long_is_a_page_and_not_a_defect(kalidoni: Region, monkeypatch: Any) -> None:
    def slow(*args: Any, **kwargs: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr("tenant_apps.orders.views.shop.render", slow)
    answer = Client(headers={"host": "kalidoni.localhost"}, raise_request_exception=False).get("/", secure=True)
    assert answer.status_code == 503
    assert OperationalError.__name__ not in answer.content.decode()


def test_each_region_keeps_its_lane_and_the_platform_its_own() -> None:
    names = [f"t_{number:016x}" for number in range(3_000)]
    assert {lane_of(name) for name in names} == set(LANES)
    assert lane_of(names[0]) == lane_of(names[0])
    assert lane_of(PUBLIC) not in LANES


@pytest.mark.usefixtures("committed")
def test_a_flood_of_one_region_does_not_keep_another_waiting(tmp_path: Path) -> None:
    """Kalidoni sends two thousand tasks, then Lombok one: Lombok's is done while most of Kalidoni's still wait."""
    with on_platform():
        kalidoni, lombok = (Region.objects.get(name=name) for name in ("Kalidoni", "Lombok"))
    with in_region(lombok):
        waiting = OutboxMessage.objects.create(kind="nobody", payload={}, dedupe="last", due_at=clock.now())
    with Connection(f"{os.environ['WARSA_BROKER_URL']}?virtual_host={QUEUE}") as broker:
        for _one in range(FLOOD):
            sweep_region.apply_async(headers={HEADER: kalidoni.schema_name}, connection=broker)
        # Two regions in one lane do wait for each other: then Lombok's goes where most others' would.
        theirs, its = lane_of(kalidoni.schema_name), lane_of(lombok.schema_name)
        lane = its if its != theirs else LANES[LANES.index(theirs) - 1]
        sweep_region.apply_async((0,), headers={HEADER: lombok.schema_name}, connection=broker, queue=lane)
        process = worker(tmp_path, QUEUE, beat=False)
        log = tmp_path / "worker.log"
        try:

            def tried() -> bool:
                with in_region(lombok):
                    return OutboxMessage.objects.filter(pk=waiting.pk, attempts__gt=0).exists()

            until(tried, 120, log)
            channel: Any = broker.channel()
            left = channel.client.llen(theirs)
        finally:
            kill(process)
    assert left > FLOOD * 0.9
