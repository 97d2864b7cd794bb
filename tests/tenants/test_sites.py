"""A process remembers which region answers at a host, and never a suspended one for more than five seconds."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants import listening, sites
from tenants.context import on_platform
from tenants.hosts import region_url
from tenants.listening import registry
from tenants.models import Domain, Region, RegionStatus
from tenants.raw import connect
from tenants.sites import memory, region_at
from tests.tenants.hearing import change, settle, until
from tests.tenants.proxy import Wire, wire_to
from tests.world import admin

HOST = "kalidoni.localhost"


@pytest.fixture(autouse=True)
def remembered(committed: None) -> Iterator[None]:
    """The registry is heard, and Kalidoni's host was looked up before."""
    settle()
    assert seen() == RegionStatus.READY
    yield
    until(registry.is_heard)


def look(host: str = HOST) -> tuple[Region | None, int]:
    """What answers there, and how many queries it took to know."""
    with on_platform(), CaptureQueriesContext(connection) as queries:
        return region_at(host), len(queries)


def seen(host: str = HOST) -> str | None:
    region, _ = look(host)
    return region.status if region else None


def suspended() -> bool:
    return seen() == RegionStatus.SUSPENDED


SUSPEND = "UPDATE tenants_region SET status = 'suspended'"
LISTENERS = "FROM pg_stat_activity WHERE application_name = 'warsa listener' AND datname = current_database()"


def test_a_known_host_costs_no_query() -> None:
    region, queries = look()
    assert region is not None
    assert (region.name, queries) == ("Kalidoni", 0)
    with on_platform():
        assert region == Region.objects.get(name="Kalidoni")
        fresh = Region.objects.get(name="Kalidoni")
    assert {f.attname: getattr(region, f.attname) for f in Region._meta.concrete_fields} == {
        f.attname: getattr(fresh, f.attname) for f in Region._meta.concrete_fields
    }
    with CaptureQueriesContext(connection) as queries_of_page:
        assert Client().get("/healthz", headers={"host": HOST}).status_code == 200
    assert [one["sql"] for one in queries_of_page if "tenants_" in one["sql"]] == []


def test_a_bulk_update_past_the_orm_is_known_at_once() -> None:
    change(SUSPEND)
    took = until(suspended, within=5)
    print(f"known after {took * 1000:.0f} ms")
    assert took < 1
    assert look()[1] == 0
    response = Client().get("/", headers={"host": HOST})
    assert (response.status_code, "dihentikan sementara" in response.content.decode()) == (503, True)


@pytest.mark.parametrize(
    ("statement", "forgets"),
    [
        ("UPDATE tenants_region SET name = 'Kalidoni Baru' WHERE name = 'Kalidoni'", True),
        ("UPDATE tenants_region SET time_zone = 'Asia/Jayapura' WHERE name = 'Kalidoni'", True),
        ("UPDATE tenants_region SET database_alias = 'other' WHERE name = 'Kalidoni'", True),
        ("UPDATE tenants_region SET last_activity_at = now()", False),
        ("UPDATE tenants_region SET schema_version = 'next'", False),
        ("UPDATE tenants_region SET status = 'ready'", False),
        ("UPDATE tenants_region SET status = 'suspended' WHERE name = 'Lombok'", False),
    ],
)
def test_only_what_a_request_looks_at_is_told(statement: str, forgets: bool) -> None:
    with on_platform():
        before = Region.objects.filter(name="Kalidoni").values().get()
    try:
        change(statement)
        settle()
        assert (look()[1] == 1) == forgets
    finally:
        with on_platform():
            Region.objects.filter(pk=before["id"]).update(**before)


def test_an_address_that_is_taken_away_or_new_counts_at_once() -> None:
    with on_platform():
        kalidoni = Region.objects.get(name="Kalidoni")
        assert look("pasar.example.id") == (None, 1)
        assert look("pasar.example.id") == (None, 1)
        Domain.objects.create(tenant=kalidoni, domain="pasar.example.id", is_primary=False)
        assert seen("pasar.example.id") == RegionStatus.READY
        change("UPDATE tenants_domain SET domain = 'toko.example.id' WHERE domain = 'pasar.example.id'")
        settle()
        assert (seen("pasar.example.id"), seen("toko.example.id")) == (None, RegionStatus.READY)
        change("DELETE FROM tenants_domain WHERE domain = 'toko.example.id'")
        settle()
        assert seen("toko.example.id") is None
        assert look()[1] == 0


def test_links_name_the_primary_address_also_when_it_moves() -> None:
    def link(host: str = HOST) -> tuple[str, int]:
        region, _ = look(host)
        assert region is not None
        with on_platform(), CaptureQueriesContext(connection) as queries:
            return region_url(region).split("/")[2].partition(":")[0], len(queries)

    try:
        # Who came by the primary address knows it; by another one it is asked for.
        assert link() == (HOST, 0)
        change("INSERT INTO tenants_domain (domain, is_primary, tenant_id)"
               f" SELECT 'pasar.example.id', false, tenant_id FROM tenants_domain WHERE domain = '{HOST}'")  # fmt: skip
        assert link("pasar.example.id") == link("pasar.example.id") == (HOST, 1)
        change(f"UPDATE tenants_domain SET is_primary = NOT is_primary WHERE domain IN ('{HOST}', 'pasar.example.id')")
        settle()
        assert link() == ("pasar.example.id", 1)
        assert link("pasar.example.id") == ("pasar.example.id", 0)
    finally:
        change("DELETE FROM tenants_domain WHERE domain = 'pasar.example.id'")
        change(f"UPDATE tenants_domain SET is_primary = true WHERE domain = '{HOST}'")
        settle()


def test_a_listener_whose_back_end_is_ended_believes_nothing() -> None:
    for _ in range(2):
        with admin(autocommit=False) as cursor:
            # One transaction: nobody could be told of the change by the session that is gone.
            cursor.execute(f"SELECT count(pg_terminate_backend(pid, 5000)) {LISTENERS}")
            assert cursor.fetchone() == (1,)
            cursor.execute(SUSPEND)
            cursor.connection.commit()
        took = until(suspended, within=5)
        assert took < 1
        change("UPDATE tenants_region SET status = 'ready'")
        until(registry.is_heard)
        until(lambda: seen() == RegionStatus.READY and look()[1] == 0)


@pytest.fixture
def wire(remembered: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The listener hears through a wire that can go silent."""
    with wire_to(connection.settings_dict) as (wire, through):
        monkeypatch.setattr(listening, "connect", lambda _, name: connect(through, name))
        listen_anew()
        assert wire.carried >= 1
        look()
        assert look()[1] == 0
        yield wire
    monkeypatch.undo()
    until(lambda: not registry.is_heard())


def listen_anew() -> None:
    change(f"SELECT pg_terminate_backend(pid) {LISTENERS}")
    until(lambda: not registry.is_heard())
    until(registry.is_heard)


def test_a_silent_network_hides_a_suspension_for_less_than_five_seconds(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A listener that never gives up, as one that hangs: the clock alone must do.
    monkeypatch.setattr(listening, "ANSWER_WITHIN", 60)
    time.sleep(listening.ASK_EVERY + 0.2)
    wire.silent.set()
    change(SUSPEND)
    # Still believed, for the silence is young.
    assert (seen(), look()[1]) == (RegionStatus.READY, 0)
    took = until(suspended, within=6)
    print(f"known after {took:.2f} s of silence")
    assert 2 < took < 5
    # Every request asks meanwhile, and is answered.
    assert [look()[1] for _ in range(3)] == [1, 1, 1]
    wire.silent.clear()
    until(registry.is_heard)
    look()
    assert (seen(), look()[1]) == (RegionStatus.SUSPENDED, 0)


def test_a_silent_connection_is_given_up_for_a_new_one(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "ANSWER_WITHIN", 0.2)
    monkeypatch.setattr(listening, "ASK_EVERY", 0.05)
    time.sleep(1.2)
    carried = wire.carried
    wire.silent.set()
    until(lambda: not registry.is_heard(), within=1)
    change(SUSPEND)
    assert suspended()
    wire.silent.clear()
    until(registry.is_heard)
    assert wire.carried > carried
    look()
    assert (seen(), look()[1]) == (RegionStatus.SUSPENDED, 0)


def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    change("SELECT pg_notify('warsa_registry', '*')")
    until(lambda: len(memory) == 0)

    def slow(execute: Any, sql: str, *rest: Any) -> Any:
        read = execute(sql, *rest)
        if "tenants_domain" in sql:
            age = memory.age
            change(SUSPEND)
            until(lambda: memory.age > age)
        return read

    with on_platform(), connection.execute_wrapper(slow):
        old = region_at(HOST)
    assert old is not None
    assert old.status == RegionStatus.READY
    assert seen() == RegionStatus.SUSPENDED


def test_what_one_request_does_to_its_region_no_other_sees() -> None:
    first, _ = look()
    assert first is not None
    first.status, first.name = RegionStatus.CLOSED, "changed"
    second, queries = look()
    assert second is not None
    assert (second.status, second.name, queries) == (RegionStatus.READY, "Kalidoni", 0)
    assert first._state is not second._state


def test_a_transaction_sees_what_it_has_changed_and_nothing_of_it_is_kept() -> None:
    with on_platform():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Region.objects.update(status=RegionStatus.SUSPENDED)
            assert suspended()
            1 / 0  # noqa: B018
        assert (seen(), look()[1]) == (RegionStatus.READY, 0)


def test_many_threads_ask_once_and_then_never() -> None:
    change("SELECT pg_notify('warsa_registry', '*')")
    until(lambda: len(memory) == 0)
    look()
    wrong: list[Any] = []

    def work() -> None:
        try:
            for _ in range(200):
                region, queries = look()
                if region is None or region.name != "Kalidoni" or queries:
                    wrong.append((region, queries))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with admin() as cursor:
        cursor.execute(f"SELECT count(*) {LISTENERS}")
        assert cursor.fetchone() == (1,)


def test_a_forked_process_listens_for_itself() -> None:
    child = os.fork()
    if child == 0:
        outcome = 1
        try:
            # The parent's session is not the child's to use.
            connection.connection = None
            if not registry.is_heard() and look()[1] == 1:
                until(registry.is_heard)
                look()
                if look()[1] == 0:
                    until(suspended)
                    outcome = 0
        finally:
            os._exit(outcome)
    with admin() as cursor:

        def listeners() -> int:
            cursor.execute(f"SELECT count(*) {LISTENERS}")
            row = cursor.fetchone()
            assert row
            return int(row[0])

        until(lambda: listeners() == 2)
    time.sleep(0.2)
    change(SUSPEND)
    assert os.waitpid(child, 0)[1] == 0
    until(suspended, within=1)


def test_the_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "MOST_HOSTS", 2)
    with on_platform():
        kalidoni = Region.objects.get(name="Kalidoni")
        hosts = [f"pasar{number}.example.id" for number in range(5)]
        Domain.objects.bulk_create(Domain(tenant=kalidoni, domain=host, is_primary=False) for host in hosts)
    for host in hosts * 2:
        assert seen(host) == RegionStatus.READY
        assert len(memory) <= 2
