"""What a test may do to the account, under /_control/: the clock, the switches, what waits to be delivered."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from typing import Any

from infra.stripe_standin import checkout, delivery, events
from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.store import Book, Thing

YEARS = 86_400 * 366 * 30


class Control:
    def __init__(self, book: Book, turn: threading.Lock) -> None:
        self.book, self.turn = book, turn

    def answer(self, method: str, path: str, given: Thing) -> Any:
        """Raises Refusal for what it does not know."""
        name = path.removeprefix("/_control/").strip("/")
        found = getattr(self, f"{method.lower()}_{name.replace('/', '_')}", None)
        if found is None:
            raise Refusal(f"No such control: {method} {path}", status=404)
        return found(given)

    def get_health(self, given: Thing) -> Thing:
        return {"ok": True}

    def get_clock(self, given: Thing) -> Thing:
        with self.book.lock:
            return {"now": self.book.clock(), **self.book.setting("clock", {"ahead": 0, "stands": None})}

    def post_clock(self, given: Thing) -> Thing:
        """`advance` seconds, or `to` a moment; `freeze` or `run`. What falls due on the way happens on the way."""
        book = self.book
        with book.lock:
            now = book.clock()
            target = int(given.get("to", now + int(given.get("advance", 0))))
            if not now <= target <= now + YEARS:
                raise Refusal("The clock goes forward only, and not more than thirty years.", param="to")
            happened = book.catch_up(target)
            with book.transaction():
                was = book.setting("clock", {"ahead": 0, "stands": None})
                stands = was["stands"] is not None if not {"freeze", "run"} & set(given) else bool(given.get("freeze"))
                book.set("clock", {"ahead": int(target - time.time()), "stands": target if stands else None})
        return {"now": target, "happened": happened}

    def get_switches(self, given: Thing) -> Thing:
        with self.book.lock:
            return {name: self.book.setting(name, default) for name, default in delivery.SWITCHES.items()}

    def post_switches(self, given: Thing) -> Thing:
        for name, value in given.items():
            default = delivery.SWITCHES.get(name)
            if default is None or not isinstance(value, (int, float) if isinstance(default, float) else type(default)):
                raise Refusal(f"Invalid switch: {name}={value!r}", param=name)
        with self.book.transaction():
            for name, value in given.items():
                self.book.set(name, value)
        return self.get_switches({})

    def get_deliveries(self, given: Thing) -> Thing:
        with self.book.lock:
            rows = self.book.db.execute(
                "SELECT d.seq, d.event, d.endpoint, d.due, d.state, d.attempts, d.answer, json_extract(t.data, '$.type')"
                " FROM deliveries d JOIN things t ON t.id = d.event ORDER BY d.seq"
            ).fetchall()
        names = ("number", "event", "endpoint", "due", "state", "attempts", "answer", "type")
        return {"data": [dict(zip(names, row, strict=True)) for row in rows]}

    def post_flush(self, given: Thing) -> Thing:
        """All that waits goes out now, until nothing does; what is refused waits for the next time."""
        return delivery.round_trip(self.book, self.turn, everything=True)

    def post_take(self, given: Thing) -> Thing:
        """All that waits, in the order and number in which it would go out, for the caller to hand over himself."""
        with self.turn:
            parcels = delivery.waiting(self.book, everything=True)
            for parcel in parcels:
                delivery.note(self.book, parcel, "200")
        return {
            "data": [
                {"url": one.url, "payload": one.payload, "headers": one.headers()}
                for one in parcels
                for _ in range(one.times)
            ]
        }

    def post_resend(self, given: Thing) -> Thing:
        """An event (or all of them) goes out again."""
        with self.book.transaction():
            where, values = ("event = ?", (given["event"],)) if given.get("event") else ("1", ())
            done = self.book.db.execute(
                f"UPDATE deliveries SET state = 'pending', due = 0, attempts = 0 WHERE {where}", values
            )
        return {"again": done.rowcount}

    def post_endpoint(self, given: Thing) -> Thing:
        """One more listener, for everything: `url`, `secret`."""
        with self.book.transaction():
            made = events.endpoint(self.book, str(given.get("url")), ["*"], secret=str(given.get("secret", "")))
        return {"id": made["id"], "secret": made["_secret"]}

    def post_pay(self, given: Thing) -> Thing:
        """Pay a Checkout session without its page: `session`, `card`."""
        with self.book.transaction(live="_live_" in str(given.get("session"))):
            session = self.book.get("checkout.session", str(given.get("session")))
            checkout.complete(self.book, session, str(given.get("card", "4242424242424242")))
            return {"success_url": session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])}

    def post_key(self, given: Thing) -> Thing:
        """The only key that counts from now on; empty for any."""
        with self.book.transaction():
            self.book.set("key", str(given.get("key", "")))
        return {"ok": True}

    def post_reset(self, given: Thing) -> Thing:
        """Nothing is left but the key."""
        with self.turn, self.book.lock:
            key = self.book.setting("key", "")
            self.book.reset()
            self.post_key({"key": key})
        return {"ok": True}


def read(body: str) -> Thing:
    """The parameters of a control: a table in JSON."""
    with contextlib.suppress(ValueError):
        found = json.loads(body or "{}")
        if isinstance(found, dict):
            return found
    raise Refusal("Write a JSON object.")
