"""Whatever fails, no worker ever sees or writes a row of another region; and the trial sees every bug that would let it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection
from django_tenants.postgresql_backend import base as stock

from tenants import cache, content_types, context
from tenants.backend import base
from tests.isolation.storm import Outcome, Storm, places, show
from tests.trials import rounds, seeded

FAULTS = {
    "back end ended",
    "SET cancelled",
    "savepoint rolled back",
    "exception in the block",
    "schema missing",
    "switch inside a transaction",
}


def blow(regions: int, operations: int) -> Outcome:
    outcome = Storm(places(regions), operations=operations, seed=seeded().randrange(2**32)).blow()
    show(outcome)
    return outcome


def test_no_row_of_another_region_ever(committed: None) -> None:
    operations = rounds(50_000)
    outcome = blow(20, operations)
    assert outcome.violations == []
    assert outcome.done >= operations
    # It was a storm: every fault struck, and as often as it should.
    assert set(outcome.faults) == FAULTS
    for fault, share in (("SET cancelled", 0.01), ("back end ended", 0.005), ("savepoint rolled back", 0.05)):
        assert outcome.faults[fault] > operations * share * 0.75, fault
    assert sum(outcome.errors.values()) > operations * 0.008
    assert sum(map(len, outcome.kept.values())) > operations * 0.05


# Each plants one bug that was found in the wild; the storm must see it.


def swallowed_set(planted: pytest.MonkeyPatch) -> None:
    """A failed SET is passed over, as stock django-tenants does."""
    usual = base.DatabaseWrapper._handle_search_path

    def careless(self: Any, cursor: Any = None) -> None:
        try:
            usual(self, cursor)
        except DatabaseError:
            self.search_path_set_schemas = None

    planted.setattr(base.DatabaseWrapper, "_handle_search_path", careless)
    planted.setattr(base.DatabaseWrapper, "_drop_connection", lambda self: None)


def role_by_itself(planted: pytest.MonkeyPatch) -> None:
    """Path and role are set one after the other, and a role that fails is passed over."""

    def in_two_steps(self: Any, cursor: Any = None) -> None:
        path = tuple(self._get_cursor_search_paths())
        if (path, self.role) == self._on_server or self.connection.info.transaction_status == 3:
            return
        with self.wrap_database_errors, self.connection.cursor() as raw:
            raw.execute("SELECT set_config('search_path', %s, false)", [", ".join(f'"{part}"' for part in path)])
        with suppress(psycopg.Error), self.connection.cursor() as raw:
            raw.execute("SELECT set_config('role', %s, false)", [self.role])
        self._on_server = (path, self.role)

    planted.setattr(base.DatabaseWrapper, "_handle_search_path", in_two_steps)


def shared_binding(planted: pytest.MonkeyPatch) -> None:
    """What was bound before is kept where every thread finds it, as `with tenant:` and a decorator's instance do."""
    conn: Any = connection

    class Shared:
        before: list[Any] = []

    @contextmanager
    def bound(tenant: Any, role: str) -> Iterator[None]:
        Shared.before.append((conn.tenant, conn.include_public_schema, conn.role, conn.is_bound))
        conn.set_tenant(tenant, role=role)
        conn.is_bound = True
        try:
            yield
        finally:
            *before, conn.is_bound = Shared.before.pop()
            conn.set_tenant(*before)

    planted.setattr(context, "_bound", bound)


def cache_for_all(planted: pytest.MonkeyPatch) -> None:
    """The cache's keys name no region."""
    planted.setattr(cache, "region_key", lambda key, prefix, version: f"{prefix}:{version}:{key}")


def content_types_for_all(planted: pytest.MonkeyPatch) -> None:
    """Content types are remembered as in plain Django, once for the process."""
    planted.setattr(content_types, "scope", lambda: "everywhere")


def path_kept_after_rollback(planted: pytest.MonkeyPatch) -> None:
    """The path is believed to be set though what set it was rolled back, as TENANT_LIMIT_SET_CALLS did."""
    planted.setattr(base.DatabaseWrapper, "rollback", stock.DatabaseWrapper.rollback)


@pytest.mark.parametrize(
    ("bug", "shown_by"),
    [
        (swallowed_set, "read "),
        (role_by_itself, "path and role of the session in"),
        (shared_binding, "read "),
        (cache_for_all, "cached in"),
        (content_types_for_all, "content type of"),
        (path_kept_after_rollback, "read "),
    ],
)
def test_a_planted_bug_is_seen(bug: Any, shown_by: str, committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, there = seeded(), places(3)
    # What shows a bug is chance: a short storm may pass it by, five do not.
    for _ in range(5):
        storm = Storm(there, operations=2_000, seed=chance.randrange(2**32))
        with monkeypatch.context() as planted:
            # More often than in the long trial, for this one is short.
            planted.setattr("tests.isolation.storm.SET_CANCELLED", 0.05)
            bug(planted)
            outcome = storm.blow()
        show(outcome)
        assert outcome.done >= 2_000
        if any(shown_by in found for found in outcome.violations):
            return
    raise AssertionError(f"five storms saw nothing of {bug.__name__}")
