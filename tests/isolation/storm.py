"""A storm: many workers at once read and write in many regions, while the database fails them. Errors may happen, wrong rows not.

Every text that is written carries the schema it was meant for, and nothing that is read is filtered by region. The workers are
threads, as in the web process, for what could leak from region to region in one process is what threads share: class
attributes, module memories, a cache; and what a thread keeps: its connection. Processes share none of these.
"""

from __future__ import annotations

import random
import re
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction

from tenant_apps.catalog.models import Category
from tenants.content_types import memory
from tenants.context import in_region, on_platform
from tenants.errors import IsolationError, RegionSwitchInTransaction, SchemaMissing
from tenants.identity.models import User
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tenants.sites import region_at
from tests.world import admin, build_region

SCHEMA = re.compile(r"t_[0-9a-f]{16}")
MODELS = [User, Category, OutboxMessage, ContentType]
FIRST_TYPE = 5_000

# Shares of the operations that are struck.
SET_CANCELLED = 0.01
BACK_END_ENDED = 0.005
# Shares of the blocks, of three operations or four each, that are of this shape; the others are plain.
SAVEPOINT_ROLLED_BACK = 0.20
IN_TRANSACTION = 0.15
NESTED = 0.15
RAISES = 0.05
MISSING_SCHEMA = 0.02
SWITCH_IN_TRANSACTION = 0.02


class Boom(Exception):
    """A view fails in the middle of its work."""


@dataclass
class Outcome:
    """What came of it. `violations` is what must be empty; the rest shows that the storm blew."""

    done: int = 0
    ran: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    # schema -> the names whose creation was acknowledged
    kept: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A region in the storm, and what is true of it alone."""

    region: Region
    host: str
    # model name -> id, in another order in each region
    types: dict[str, int]

    @property
    def schema(self) -> str:
        return str(self.region.schema_name)


def places(count: int) -> list[Place]:
    """So many READY regions with a few rows, the same ids in each, and content types in an order of their own."""
    with on_platform():
        regions = [build_region(f"Storm {number}", f"storm{number}") for number in range(count)]
    made = []
    for number, region in enumerate(regions):
        turned = [MODELS[(at + number) % len(MODELS)] for at in range(len(MODELS))]
        types = {str(model._meta.model_name): FIRST_TYPE + at for at, model in enumerate(turned)}
        with in_region(region):
            ContentType.objects.all().delete()
            for model in turned:
                name = str(model._meta.model_name)
                ContentType(pk=types[name], app_label=model._meta.app_label, model=name).save(force_insert=True)
            for row in range(20):
                Category.objects.create(name=region.schema_name, slug=f"shelf-{row}")
                User.objects.create(name=region.schema_name)
        made.append(Place(region, f"storm{number}.localhost", types))
    memory.clear()
    return made


class Worker:
    """One thread's work, and what it finds wrong."""

    def __init__(self, storm: Storm, number: int, quota: int) -> None:
        self.storm, self.number, self.quota = storm, number, quota
        self.chance = random.Random(f"{storm.seed}/{number}")
        self.outcome = Outcome()
        self.raw: psycopg.Connection[Any] | None = None

    # What is done and looked at, in the region that ought to be bound.

    def wrong(self, what: str, place: Place, seen: object) -> None:
        self.outcome.violations.append(f"worker {self.number}: {what} in {place.schema}: {seen!r}")

    def own(self, what: str, place: Place, texts: object) -> None:
        if foreign := set(SCHEMA.findall(repr(texts))) - {place.schema}:
            self.wrong(what, place, foreign)

    def read_newest(self, place: Place) -> None:
        self.own("read people", place, list(User.objects.order_by("-pk").values_list("name", flat=True)[:30]))

    def read_one(self, place: Place) -> None:
        found = Category.objects.filter(slug=f"shelf-{self.chance.randrange(20)}").first()
        if found is None:
            self.wrong("a shelf is not there", place, None)
        else:
            self.own("read a shelf", place, found.name)

    def read_in_portions(self, place: Place) -> None:
        self.own(
            "read through a cursor of the server", place, [c.name for c in Category.objects.iterator(chunk_size=7)]
        )

    def create(self, place: Place) -> None:
        name = f"{place.schema} {uuid.UUID(int=self.chance.getrandbits(128))}"
        User.objects.create(name=name)
        if connection.in_atomic_block:
            transaction.on_commit(lambda: self.outcome.kept.setdefault(place.schema, set()).add(name))
        else:
            self.outcome.kept.setdefault(place.schema, set()).add(name)

    def update(self, place: Place) -> None:
        shelf = f"shelf-{self.chance.randrange(20)}"
        Category.objects.filter(slug=shelf).update(name=f"{place.schema} {self.number}")

    def look_into_the_cache(self, place: Place) -> None:
        self.own("cached", place, cache.get("favourite"))
        cache.set("favourite", f"{place.schema} {self.number}", 600)

    def look_up_content_types(self, place: Place) -> None:
        model = self.chance.choice(MODELS)
        pk = place.types[str(model._meta.model_name)]
        kind, by_id = ContentType.objects.get_for_model(model), ContentType.objects.get_for_id(pk)
        if (kind.pk, by_id.model) != (pk, model._meta.model_name):
            self.wrong(f"content type of {model._meta.model_name}", place, (kind.pk, by_id.model))

    def look_up_a_host(self, place: Place) -> None:
        if connection.in_atomic_block:
            return self.read_one(place)
        other = self.chance.choice(self.storm.places)
        with on_platform():
            found = region_at(other.host)
        if found is None or found.schema_name != other.schema:
            self.wrong("host of another region", other, found and found.schema_name)
        return None

    def ask_the_session(self, place: Place) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema(), current_user, current_setting('search_path')")
            self.own("the session", place, seen := cursor.fetchone())
        if seen is None or seen[:2] != (place.schema, place.schema):
            self.wrong("path and role of the session", place, seen)

    def act(self, place: Place, times: int | None = None) -> None:
        kinds = [
            (self.read_newest, 4),
            (self.read_one, 4),
            (self.read_in_portions, 1),
            (self.create, 4),
            (self.update, 4),
            (self.look_into_the_cache, 2),
            (self.look_up_content_types, 2),
            (self.look_up_a_host, 1),
            (self.ask_the_session, 4),
        ]
        names, weights = zip(*kinds, strict=True)
        for act in self.chance.choices(names, weights, k=times or self.chance.randint(1, 4)):
            if self.is_due("back end ended", BACK_END_ENDED):
                self.end_a_back_end()
            self.outcome.done += 1
            self.outcome.ran[act.__name__] += 1
            act(place)

    # How it is done.

    def plainly(self, place: Place) -> None:
        with in_region(place.region):
            self.act(place)

    def in_a_transaction(self, place: Place) -> None:
        with in_region(place.region), transaction.atomic():
            self.act(place)

    def with_a_savepoint_rolled_back(self, place: Place) -> None:
        with in_region(place.region):
            with transaction.atomic():
                # Sometimes the path is first set inside the part that is rolled back.
                if self.chance.random() < 0.5:
                    self.act(place, 1)
                with suppress(Boom), transaction.atomic():
                    self.act(place)
                    raise Boom
                self.outcome.faults["savepoint rolled back"] += 1
                self.act(place)
            self.act(place, 1)

    def nested(self, place: Place) -> None:
        inner = self.another(place)
        with in_region(place.region):
            self.act(place, 1)
            with suppress(Boom), in_region(inner.region):
                self.act(inner, 2)
                with in_region(place.region):
                    self.act(place, 1)
                self.act(inner, 1)
                if self.chance.random() < 0.5:
                    raise Boom
            self.act(place, 2)

    def and_raise(self, place: Place) -> None:
        self.outcome.faults["exception in the block"] += 1
        with in_region(place.region), transaction.atomic():
            self.act(place, 2)
            raise Boom

    def without_a_schema(self, place: Place) -> None:
        ghost = self.storm.ghost
        self.outcome.faults["schema missing"] += 1
        with in_region(place.region):
            self.act(place, 1)
            with suppress(SchemaMissing), in_region(ghost):
                seen = list(User.objects.values_list("name", flat=True))
                self.outcome.violations.append(f"worker {self.number}: a region without schema answered {seen!r}")
            self.act(place, 1)

    def switching_in_a_transaction(self, place: Place) -> None:
        inner = self.another(place)
        self.outcome.faults["switch inside a transaction"] += 1
        with in_region(place.region), transaction.atomic():
            self.act(place, 1)
            with suppress(RegionSwitchInTransaction), in_region(inner.region):
                self.outcome.violations.append(f"worker {self.number}: a transaction spans two regions")
            self.act(place, 1)

    def another(self, place: Place) -> Place:
        return self.chance.choice([other for other in self.storm.places if other is not place])

    # What strikes.

    def is_due(self, fault: str, share: float) -> bool:
        """By chance, but so that its share of the operations is reached."""
        return self.outcome.faults[fault] < self.outcome.done * share and self.chance.random() < 0.3

    def end_a_back_end(self) -> None:
        own = connection.connection.info.backend_pid if connection.connection is not None else 0
        if self.storm.end(own if own and self.chance.random() < 0.6 else self.storm.any_back_end(self.chance)):
            self.outcome.faults["back end ended"] += 1

    def cancel_the_next_set(self) -> None:
        """The server cancels the next statement of this session that sets a role (and, in ours, the path with it)."""
        with suppress(DatabaseError, InterfaceError):
            connection.ensure_connection()
        raw: Any = connection.connection
        if raw is None or raw.closed or raw.cursor_factory.__name__ == "Cancelling":
            return
        usual, told = raw.cursor_factory, self.outcome

        class Cancelling(usual):  # type: ignore[misc,valid-type]
            def execute(self, query: Any, params: Any = None, **rest: Any) -> Any:
                if "set_config('role'" not in str(query):
                    return super().execute(query, params, **rest)
                raw.cursor_factory = usual
                raw.execute("SET statement_timeout = '1ms'")
                try:
                    return super().execute(str(query).replace("SELECT ", "SELECT pg_sleep(5), ", 1), params, **rest)
                except psycopg.errors.QueryCanceled:
                    told.faults["SET cancelled"] += 1
                    raise
                finally:
                    # A transaction that has failed takes the limit back by itself.
                    with suppress(psycopg.Error):
                        raw.execute("RESET statement_timeout")

        raw.cursor_factory = Cancelling

    # The whole of it.

    def run(self) -> None:
        shapes: list[tuple[Callable[[Place], None], float]] = [
            (self.with_a_savepoint_rolled_back, SAVEPOINT_ROLLED_BACK),
            (self.nested, NESTED),
            (self.and_raise, RAISES),
            (self.without_a_schema, MISSING_SCHEMA),
            (self.switching_in_a_transaction, SWITCH_IN_TRANSACTION),
            (self.in_a_transaction, IN_TRANSACTION),
        ]
        shapes.append((self.plainly, 1 - sum(weight for _, weight in shapes)))
        try:
            while self.outcome.done < self.quota:
                place = self.chance.choice(self.storm.places)
                (shape,) = self.chance.choices([s for s, _ in shapes], [w for _, w in shapes])
                if self.is_due("SET cancelled", SET_CANCELLED):
                    self.cancel_the_next_set()
                try:
                    shape(place)
                except Boom:
                    pass
                except (DatabaseError, InterfaceError, IsolationError, psycopg.Error) as error:
                    # With the database's own class behind Django's; closing a dead cursor of the server, Django lets it through.
                    self.outcome.errors[f"{type(error).__name__} {type(error.__cause__).__name__}"] += 1
                except Exception as error:
                    self.outcome.violations.append(f"worker {self.number}: {type(error).__name__}: {error}")
                if connection.in_atomic_block:
                    self.outcome.violations.append(f"worker {self.number}: a transaction was left open")
                    break
                if self.chance.random() < 0.2 or connection.errors_occurred:
                    close_old_connections()
                if connection.connection is not None:
                    self.storm.back_ends[self.number] = connection.connection.info.backend_pid
        finally:
            connection.close()


class Storm:
    """`operations` reads and writes by `workers` threads over these places."""

    def __init__(self, places: list[Place], *, operations: int, seed: int, workers: int = 8) -> None:
        self.places, self.seed, self.operations = places, seed, operations
        with on_platform():
            self.ghost: Region = Region.objects.create(name="Ghost")
        self.back_ends: dict[int, int] = {}
        self.workers = [Worker(self, number, operations // workers) for number in range(workers)]
        self._admin_lock = threading.Lock()
        self._admin: psycopg.Cursor | None = None

    def any_back_end(self, chance: random.Random) -> int:
        return chance.choice(list(self.back_ends.copy().values()) or [0])

    def end(self, back_end: int) -> bool:
        with self._admin_lock:
            assert self._admin is not None
            # Only ours, and only while it still is.
            self._admin.execute(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE pid = %s AND usename = 'warsa_worker'",
                [back_end],
            )
            return self._admin.fetchone() == (True,)

    def blow(self) -> Outcome:
        """Until all is done; then every row of every region is looked at."""
        with admin() as self._admin:
            threads = [threading.Thread(target=worker.run) for worker in self.workers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        total = Outcome()
        for worker in self.workers:
            total.done += worker.outcome.done
            for name in ("ran", "faults", "errors"):
                getattr(total, name).update(getattr(worker.outcome, name))
            total.violations += worker.outcome.violations
            for schema, names in worker.outcome.kept.items():
                total.kept.setdefault(schema, set()).update(names)
        total.violations += look_through(self.places, total.kept)
        return total


def look_through(places: list[Place], kept: dict[str, set[str]]) -> list[str]:
    """As superuser: texts of a region in any table of another or of the platform, and acknowledged rows that are not there."""
    found = []
    own = [place.schema for place in places]
    with admin() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) OR schemaname = 'public'"
            " AND tablename NOT IN ('tenants_region', 'tenants_schemarelease', 'tenants_pooledschema')",
            [own],
        )
        for schema, table in cursor.fetchall():
            cursor.execute(
                f'SELECT DISTINCT m[1] FROM "{schema}"."{table}" AS row,'
                " regexp_matches(row::text, 't_[0-9a-f]{16}', 'g') AS m WHERE m[1] = ANY(%s) AND m[1] <> %s",
                [own, schema],
            )
            found += [f"a row of {foreign} lies in {schema}.{table}" for (foreign,) in cursor.fetchall()]
        for place in places:
            cursor.execute(f'SELECT name FROM "{place.schema}".identity_user')
            there = {name for (name,) in cursor.fetchall()}
            if lost := kept.get(place.schema, set()) - there:
                found.append(f"{len(lost)} acknowledged rows of {place.schema} are not there")
    return found


def show(outcome: Outcome) -> None:
    """What happened, shown with a failure."""
    print(f"operations {outcome.done}: {dict(outcome.ran)}")
    print(f"faults: {dict(outcome.faults)}; errors: {dict(outcome.errors)}")
    print(f"acknowledged rows: {sum(map(len, outcome.kept.values()))}; violations: {len(outcome.violations)}")
    print(*outcome.violations[:10], sep="\n")
