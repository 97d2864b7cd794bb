"""One region, one attempt: captured SQL, the record of migrations, the registry and the outcome in one transaction, sent at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import errors
from psycopg.pq import TransactionStatus

from tenants.context import as_owner, on_platform
from tenants.fleet.crew import Again, Piece, Work
from tenants.fleet.models import FleetTask, ParkedRegion
from tenants.kernel import clock
from tenants.raw import connect
from tenants.registry import OWNER_ROLE, PUBLIC
from tenants.schemas import upgrade as upgrades
from tenants.schemas.names import filled, quoted
from tenants.schemas.release import RegionExecutor, Step
from tenants.schemas.replay import record_statement
from tenants.schemas.upgrade import Upgrade

# What another attempt may mend: somebody holds a lock, or the connection went away.
BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)
AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
# "WG": the first of the two numbers of a lock on one region, held by each transaction that brings it up.
_SPACE = 0x57_47
# Milliseconds. What a killed process had sent ends sooner, but for many statements that each take their two seconds.
ORPHAN_MS = 10_000
_DEFERRED = ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")
_CONCURRENT = re.compile(
    r'\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How much one attempt may disturb a region that people are using."""

    # Milliseconds for which all statements of one attempt together may wait for locks. Whoever comes after us in the queue
    # of a lock waits as long as we do, and on what we hold already.
    lock_wait_ms: int = 1500
    # Milliseconds for one statement of a transaction; what takes longer belongs into a migration with `atomic = False`.
    statement_ms: int = 2000
    tries: int = 6
    # Seconds until the second attempt; doubled for each further one.
    pause: float = 0.5

    def lock_timeout(self, statements: int) -> int:
        """Milliseconds for each wait. A statement may wait for two tables: its own and the one that it points to."""
        return max(10, self.lock_wait_ms // (2 * max(statements, 1)))


class Bench:
    """A hand's own connection, and what it knows of the run. Not for use by two threads."""

    def __init__(self, run: int, plans: dict[str, Upgrade], patience: Patience) -> None:
        self.run, self.plans, self.patience = run, plans, patience
        self.raw: psycopg.Connection[Any] | None = None
        self.touched = 0

    @contextmanager
    def open(self) -> Iterator[Work]:
        try:
            yield self.bring_up
        finally:
            self._close()

    def bring_up(self, piece: Piece) -> bool:
        """The region is on the target, or its failure is written down and it is parked.

        Raises:  Again when somebody holds a lock or the connection was lost, as long as there are tries left.
        """
        piece.attempts += 1
        try:
            self._apply(piece, self.plans[piece.from_version])
        except Exception as failure:
            cause = _of_the_server(failure)
            if isinstance(cause, errors.DivisionByZero) and self._moved_on(piece):
                return True
            busy, away = isinstance(cause, BUSY), isinstance(cause, AWAY) and self._is_lost()
            piece.lock_waits += busy
            if (busy or away) and piece.attempts < self.patience.tries:
                raise Again(self.patience.pause * 2 ** (piece.attempts - 1)) from failure
            self._write_down(piece, cause, park=not (busy or away))
            return False
        return True

    def _apply(self, piece: Piece, upgrade: Upgrade) -> None:
        if upgrade.is_plain and upgrade.steps:
            self._transaction(piece, upgrade.steps, upgrade, last=True)
            return
        # A whole upgrade: nobody knows which migrations the schema has, so Django looks. Nothing but a new engine: rights.
        if upgrade.whole or not upgrade.steps:
            with self._django_waits_no_longer():
                upgrades.finish(piece.schema)
        else:
            self._step_by_step(piece, upgrade)
        self._transaction(piece, [], upgrade, last=True)

    def _step_by_step(self, piece: Piece, upgrade: Upgrade) -> None:
        """Steps that do not fit into one transaction. Each leaves its row in django_migrations, so a second attempt goes on."""
        there = self._applied(piece)
        steps = [step for step in upgrade.steps if (step["app"], step["name"]) not in there]
        together: list[Step] = []
        for step in steps:
            if step["statements"] is not None and step["atomic"]:
                together.append(step)
                continue
            self._transaction(piece, together, upgrade)
            together = []
            if step["statements"] is None:
                self._by_django(piece.schema, step)
            else:
                self._one_by_one(piece.schema, step)
        self._transaction(piece, together, upgrade)

    def _transaction(self, piece: Piece, steps: list[Step], upgrade: Upgrade, *, last: bool = False) -> None:
        """The steps and their record; with `last` also the registry and the task. One round trip, all of it or nothing."""
        if not steps and not last:
            return
        raw, schema = self._connected(), piece.schema
        statements: list[str] = []
        for index, step in enumerate(steps):
            # Django commits between two migrations; what it checks at the end of a transaction is checked here as well.
            statements += _DEFERRED if index else ()
            statements += [filled(text, schema) for text in step["statements"] or []]
        with raw.pipeline(), raw.cursor() as cursor:
            cursor.execute("BEGIN", prepare=False)
            self._alone_in(cursor, piece)
            self._settle(cursor, schema, len(statements), local=True)
            # Fails when the region has left the version that the plan begins at: by an attempt whose answer was lost.
            cursor.execute(
                "SELECT 1 / count(*) FROM public.tenants_region WHERE id = %s AND schema_version = %s",
                [piece.region, upgrade.from_version],
            )
            for statement in statements:
                cursor.execute(statement, prepare=False)
            if steps:
                cursor.execute(record_statement(steps), prepare=False)
            if last:
                cursor.execute(
                    "UPDATE public.tenants_region SET schema_version = %s WHERE id = %s",
                    [upgrade.to_version, piece.region],
                )
                cursor.execute(
                    "UPDATE public.fleet_fleettask SET state = 'done', attempts = %s, lock_waits = %s,"
                    " seconds = extract(epoch FROM clock_timestamp() - now()), ended_at = clock_timestamp(), error = ''"
                    " WHERE id = %s",
                    [piece.attempts, piece.lock_waits, piece.task],
                )
            cursor.execute("COMMIT", prepare=False)

    def _settle(self, cursor: Any, schema: str, statements: int, *, local: bool) -> None:
        path = f"{quoted(schema)}, {PUBLIC}"
        limit = self.patience.statement_ms if local else 0
        # A region that is lost in a crash of the server is lost whole, with its row in the registry, and is done again.
        cursor.execute(
            "SELECT set_config('role', %s, %s), set_config('search_path', %s, %s), set_config('lock_timeout', %s, %s),"
            " set_config('statement_timeout', %s, %s), set_config('synchronous_commit', 'off', %s)",
            [
                *(OWNER_ROLE, local, path, local),
                *(f"{self.patience.lock_timeout(statements)}ms", local, f"{limit}ms", local, local),
            ],
        )

    @staticmethod
    def _alone_in(cursor: Any, piece: Piece) -> None:
        """Until this transaction ends, no other one brings the region up; a transaction that a killed process had sent is over.

        Only then the region is looked at: the server goes on with what it was sent, and may commit it after its sender's death.
        Nobody queues behind this lock, so its wait may be longer than those for the region's tables.
        """
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true)",
            [f"{ORPHAN_MS}ms"],
        )
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SPACE, piece.region])

    def _one_by_one(self, schema: str, step: Step) -> None:
        """A migration that must not run in a transaction. An index that was left half built is built anew."""
        raw = self._connected()
        with raw.cursor() as cursor:
            self._settle(cursor, schema, 1, local=False)
            try:
                for statement in step["statements"] or []:
                    if self._built_already(cursor, schema, statement):
                        continue
                    cursor.execute(filled(statement, schema), prepare=False)
                cursor.execute(record_statement([step]), prepare=False)
            finally:
                if not self._is_lost():
                    cursor.execute("RESET ALL", prepare=False)
                    cursor.execute("RESET ROLE", prepare=False)

    def _built_already(self, cursor: Any, schema: str, statement: str) -> bool:
        found = _CONCURRENT.match(statement)
        if found is None:
            return False
        cursor.execute(
            "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE c.relname = %s AND c.relnamespace = to_regnamespace(%s)",
            [found[1], quoted(schema)],
        )
        row = cursor.fetchone()
        if row is not None and not row[0]:
            cursor.execute(f'DROP INDEX CONCURRENTLY {quoted(schema)}."{found[1]}"', prepare=False)
        return row is not None and bool(row[0])

    def _by_django(self, schema: str, step: Step) -> None:
        with self._django_waits_no_longer(), as_owner(schema):
            executor = RegionExecutor(schema, lambda *_: None)
            key = (step["app"], step["name"])
            executor.total = 1
            executor.migrate(targets=[key], plan=[(executor.loader.graph.nodes[key], False)])

    @contextmanager
    def _django_waits_no_longer(self) -> Iterator[None]:
        """Django's own connection of this thread gives up as early as ours does."""
        with on_platform(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{self.patience.lock_timeout(1)}ms"])
        try:
            yield
        finally:
            connection.close()

    def _applied(self, piece: Piece) -> set[tuple[str, str]]:
        raw = self._connected()
        with raw.transaction(), raw.cursor() as cursor:
            self._alone_in(cursor, piece)
            self._settle(cursor, piece.schema, 1, local=True)
            cursor.execute("SELECT app, name FROM django_migrations")
            return set(cursor.fetchall())

    def _moved_on(self, piece: Piece) -> bool:
        with on_platform():
            moved = FleetTask.objects.filter(pk=piece.task).exclude(region__schema_version=piece.from_version)
            return bool(
                moved.exclude(state=FleetTask.State.DONE).update(state=FleetTask.State.SKIPPED, ended_at=clock.now())
                or moved.exists()
            )

    def _write_down(self, piece: Piece, cause: BaseException, *, park: bool) -> None:
        reason = told(cause)
        # Both or neither: a region that failed and is not parked would be taken again by the next run.
        with on_platform(), transaction.atomic():
            FleetTask.objects.filter(pk=piece.task).update(
                state=FleetTask.State.FAILED,
                attempts=piece.attempts,
                lock_waits=piece.lock_waits,
                error=reason,
                ended_at=clock.now(),
            )
            if park:
                ParkedRegion.objects.update_or_create(
                    region_id=piece.region, defaults={"reason": reason, "run_id": self.run, "since": clock.now()}
                )

    def _connected(self) -> psycopg.Connection[Any]:
        self.touched += 1
        if self.raw is not None and (self._is_lost() or self.touched > settings.REGIONS_PER_CONNECTION):
            self._close()
        if self.raw is None:
            self.raw = own_connection()
            self.touched = 1
        elif self.raw.info.transaction_status != TransactionStatus.IDLE:
            self.raw.rollback()
        return self.raw

    def _is_lost(self) -> bool:
        return self.raw is None or self.raw.closed

    def _close(self) -> None:
        if self.raw is not None:
            self.raw.close()
            self.raw = None


def own_connection() -> psycopg.Connection[Any]:
    """A connection of this process's own login, bound to nothing, in autocommit."""
    return connect(connection.settings_dict, "warsa-fleet")


def _of_the_server(failure: BaseException) -> BaseException:
    """What the server said; Django's own errors carry it as their cause."""
    while not isinstance(failure, psycopg.Error) and failure.__cause__ is not None:
        failure = failure.__cause__
    return failure


def told(failure: BaseException) -> str:
    """An error in one paragraph, as it stands in a report."""
    text = " ".join(str(failure).split())
    if isinstance(failure, errors.QueryCanceled):
        text += " (a statement took too long while it held its locks; see docs/migrations.md)"
    return f"{type(failure).__name__}: {text}"[:2000]
