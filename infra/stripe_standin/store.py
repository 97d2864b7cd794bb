"""The account's book: every object as the API shows it, in one SQLite file.

A request is one transaction, so that a kill at any moment leaves either all of it or nothing.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
import string
import threading
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from infra.stripe_standin.refusals import CardRefusal, Refusal, missing

Thing = dict[str, Any]
PREFIX = {
    "customer": "cus",
    "product": "prod",
    "price": "price",
    "tax_rate": "txr",
    "payment_method": "pm",
    "payment_intent": "pi",
    "charge": "ch",
    "refund": "re",
    "subscription": "sub",
    "subscription_item": "si",
    "invoice": "in",
    "invoiceitem": "ii",
    "line_item": "il",
    "invoice_payment": "inpay",
    "credit_note": "cn",
    "checkout.session": "cs",
    "item": "li",
    "billing_portal.session": "bps",
    "event": "evt",
    "webhook_endpoint": "we",
}
LETTERS = string.ascii_letters + string.digits
SCHEMA = """
CREATE TABLE IF NOT EXISTS things (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, live INTEGER NOT NULL,
    due INTEGER, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS things_by_kind ON things (kind, live, seq);
CREATE INDEX IF NOT EXISTS things_due ON things (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, asked TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, until INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, due INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS deliveries_pending ON deliveries (due) WHERE state = 'pending';
"""
# When the clock has something to do with a thing of this kind, and what.
DUE: dict[str, Callable[[Thing], int | None]] = {}
HAPPENS: dict[str, Callable[[Book, Thing], object]] = {}


class Book:
    """Reads and writes inside `transaction()`. Within one, asking twice for a thing gives the same object."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(home / "stripe.sqlite3", isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.executescript(SCHEMA)
        self.lock = threading.RLock()
        self.known: dict[str, Thing] = {}
        self.live = False
        self.request: Thing = {"id": None, "idempotency_key": None}
        # The moment at which what the clock does is done, when it catches up.
        self.moment: int | None = None
        # Where the pages are.
        self.site = ""

    @contextlib.contextmanager
    def transaction(self, *, live: bool = False) -> Iterator[None]:
        """All of it or nothing; a card's refusal is an outcome, and kept."""
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            self.known.clear()
            self.live = live
            try:
                yield
            except CardRefusal:
                self.db.execute("COMMIT")
                raise
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            else:
                self.db.execute("COMMIT")
            finally:
                self.known.clear()
                self.request = {"id": None, "idempotency_key": None}

    @contextlib.contextmanager
    def undone_by(self, kind: type[Exception]) -> Iterator[None]:
        """What happens inside is forgotten when this exception leaves it."""
        self.db.execute("SAVEPOINT part")
        try:
            yield
        except kind:
            failing = self.setting("fail_next", 0)
            self.db.execute("ROLLBACK TO part")
            self.known.clear()
            # A card that was made to fail once has failed.
            self.set("fail_next", failing)
            raise
        finally:
            self.db.execute("RELEASE part")

    def ident(self, kind: str) -> str:
        mode = ("_live" if self.live else "_test") if kind.startswith(("checkout", "billing_portal")) else ""
        return f"{PREFIX[kind]}{mode}_{''.join(secrets.choice(LETTERS) for _ in range(14 if not mode else 40))}"

    def new(self, kind: str, /, **fields: Any) -> Thing:
        """A thing of this kind, written."""
        thing = {"id": fields.pop("id", None) or self.ident(kind), "object": kind, "livemode": self.live, **fields}
        thing.setdefault("created", self.now())
        return self.put(thing)

    def put(self, thing: Thing) -> Thing:
        moment_of = DUE.get(thing["object"])
        due = moment_of(thing) if moment_of else None
        self.db.execute(
            "INSERT INTO things (id, kind, live, due, data) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET due = excluded.due, data = excluded.data",
            (thing["id"], thing["object"], self.live, due, json.dumps(thing)),
        )
        self.known[thing["id"]] = thing
        return thing

    def get(self, kind: str, ident: str, *, param: str = "id") -> Thing:
        """Raises Refusal when there is none; 404 for one of the address, 400 for one that a parameter names."""
        found = self.seek(ident)
        if found is None or found["object"] != kind or found.get("deleted"):
            raise missing(kind, ident, param, 404 if param == "id" else 400)
        return found

    def seek(self, ident: str) -> Thing | None:
        if ident in self.known:
            return self.known[ident]
        row = self.db.execute("SELECT data FROM things WHERE id = ? AND live = ?", (ident, self.live)).fetchone()
        return self._read(row[0]) if row else None

    def find(self, kind: str, /, **equal: object) -> list[Thing]:
        """All of a kind whose fields have these values, oldest first. A field inside another: `a__b`."""
        where = "kind = ? AND live = ? AND json_extract(data, '$.deleted') IS NULL"
        values: list[object] = [kind, self.live]
        for name, value in equal.items():
            where += f" AND json_extract(data, '$.{name.replace('__', '.')}') IS ?"
            values.append(value)
        rows = self.db.execute(f"SELECT data FROM things WHERE {where} ORDER BY seq", values).fetchall()
        return [self._read(row[0]) for row in rows]

    def _read(self, data: str) -> Thing:
        thing: Thing = json.loads(data)
        return self.known.setdefault(thing["id"], thing)

    def entomb(self, thing: Thing) -> Thing:
        """The thing is gone, and its name still answers that it is."""
        return self.put({"id": thing["id"], "object": thing["object"], "deleted": True})

    def drop(self, thing: Thing) -> None:
        self.db.execute("DELETE FROM things WHERE id = ?", (thing["id"],))
        self.known.pop(thing["id"], None)

    # Settings and the clock.

    def setting(self, name: str, default: Any = None) -> Any:
        row = self.db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def set(self, name: str, value: Any) -> None:
        self.db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))

    def now(self) -> int:
        """Seconds since 1970 on the account's clock, which may stand or be ahead of ours."""
        return self.moment if self.moment is not None else self.clock()

    def clock(self) -> int:
        kept = self.setting("clock", {"ahead": 0, "stands": None})
        return int(kept["stands"] if kept["stands"] is not None else time.time() + kept["ahead"])

    def next_due(self) -> tuple[int, str, bool] | None:
        row = self.db.execute(
            "SELECT due, id, live FROM things WHERE due IS NOT NULL ORDER BY due, seq LIMIT 1"
        ).fetchone()
        return (row[0], row[1], bool(row[2])) if row else None

    def catch_up(self, until: int | None = None) -> int:
        """Do what the clock has brought, or brings until then, each at its moment. Returns how many things happened."""
        done = 0
        while True:
            with self.lock:
                found = self.next_due()
                if found is None or found[0] > (until if until is not None else self.clock()):
                    return done
                due, ident, live = found
                with self.transaction(live=live):
                    self.moment = due
                    try:
                        thing = self.seek(ident)
                        assert thing is not None
                        with self.undone_by(Refusal):
                            HAPPENS[thing["object"]](self, thing)
                            self.put(thing)
                    except Refusal:
                        # What cannot happen any more must not keep the clock from going on.
                        self.db.execute("UPDATE things SET due = NULL WHERE id = ?", (ident,))
                    finally:
                        self.moment = None
            done += 1

    def reset(self) -> None:
        with self.transaction():
            for table in ("things", "settings", "answers", "deliveries"):
                self.db.execute(f"DELETE FROM {table}")


def snapshot(thing: Thing) -> Thing:
    return deepcopy(thing)


def blank(names: str) -> Thing:
    """Fields of the API that this account never fills."""
    return dict.fromkeys(names.split())
