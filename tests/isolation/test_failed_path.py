"""A path that could not be set never lets the next query answer from the region before."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tenants.backend import base
from tenants.context import in_region
from tenants.errors import SchemaMissing
from tenants.identity.models import User
from tenants.models import Region
from tests.trials import rounds, seeded
from tests.world import admin

PATH, ROLE = "set_config('search_path', %s, false)", "set_config('role', %s, false)"
FAULTS = {
    "the server cancels the statement": f"SELECT {PATH}, {ROLE}, pg_sleep(5) WHERE %s <> ''",
    "the server refuses the statement": "SELECT set_config('no such setting', %s, false) WHERE %s || %s <> ''",
    "the role is refused": f"SELECT {PATH}, set_config('role', %s || 'x', false) WHERE %s <> ''",
    "the schema is not there": f"SELECT {PATH}, {ROLE} WHERE to_regnamespace(%s || 'x') IS NOT NULL",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_set_raises_and_nothing_is_read(
    fault: str, committed: None, kalidoni: Region, lombok: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions = [kalidoni, lombok]
    for region in regions:
        with in_region(region):
            User.objects.create(name=region.name)
    chance = seeded()
    failures = 0
    for _ in range(rounds(1_000) // len(FAULTS) + 1):
        before, after = chance.sample(regions, 2)
        with in_region(before):
            assert set(User.objects.values_list("name", flat=True)) == {before.name}
        with monkeypatch.context() as planted:
            planted.setattr(base, "SET_PATH", FAULTS[fault])
            conn: Any = connection
            conn.ensure_connection()
            raw: psycopg.Connection[Any] = conn.connection
            if "cancels" in fault:
                with raw.cursor() as cursor:
                    cursor.execute("SET statement_timeout = '1ms'")
            with in_region(after), pytest.raises((DatabaseError, SchemaMissing)):
                User.objects.values_list("name", flat=True).get()
            failures += 1
            assert raw.closed
        with in_region(after):
            assert set(User.objects.values_list("name", flat=True)) == {after.name}
    assert failures == rounds(1_000) // len(FAULTS) + 1


def test_a_failed_set_inside_a_transaction_ends_it(
    kalidoni: Region, committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    conn: Any = connection
    with in_region(kalidoni):
        with pytest.raises(DatabaseError), transaction.atomic():
            User.objects.create(name="Ratna")
            conn._on_server = None
            monkeypatch.setattr(base, "SET_PATH", FAULTS["the server refuses the statement"])
            User.objects.count()
        monkeypatch.undo()
        assert User.objects.count() == 0


def statements(region: Region) -> list[str]:
    """What a request that reads once sends, on a connection that has served before."""
    conn: Any = connection
    conn.health_check_enabled, conn.health_check_done = True, False
    sent: list[str] = []
    raw = conn.connection

    class Listening(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
            sent.append(str(query)[:30])
            return super().execute(query, *args, **kwargs)

    raw.cursor_factory = Listening
    try:
        with in_region(region):
            User.objects.count()
    finally:
        raw.cursor_factory = psycopg.Cursor
    return sent


def test_the_binding_is_the_health_check(committed: None, kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        User.objects.count()
    assert len(statements(lombok)) == len(statements(lombok)) == 2


def test_a_connection_that_died_while_idle_is_replaced(committed: None, kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        User.objects.create(name="Ratna")
    conn: Any = connection
    for region, expected in ((lombok, 0), (kalidoni, 1)):
        conn.ensure_connection()
        with admin() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [conn.connection.info.backend_pid])
        conn.health_check_enabled, conn.health_check_done = True, False
        with in_region(region):
            assert User.objects.count() == expected


def test_a_binding_that_cannot_be_set_raises_also_as_the_health_check(
    committed: None, kalidoni: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    conn: Any = connection
    conn.ensure_connection()
    conn.health_check_enabled, conn.health_check_done = True, False
    with monkeypatch.context() as planted:
        planted.setattr(base, "SET_PATH", FAULTS["the schema is not there"])
        with in_region(kalidoni), pytest.raises(SchemaMissing):
            User.objects.count()
