"""Events on their way: signed, tried again on the clock, and as unruly as the switches say."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import traceback
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from infra.stripe_standin.events import WAITS, signature
from infra.stripe_standin.showing import shown
from infra.stripe_standin.store import Book

# By name: what each switch is when nobody has set it.
SWITCHES: dict[str, object] = {
    # So many more times each event comes.
    "duplicate": 0,
    # Waiting events come in no order.
    "reorder": False,
    # Seconds on the clock before the first attempt.
    "delay": 0,
    # The share of events that never come, and how many of the next ones.
    "drop": 0.0,
    "drop_next": 0,
    # Nothing goes out before it is asked for.
    "hold": False,
    # The signature is made with another secret, or long ago.
    "forge": False,
    "stale": False,
    # What the account does after a charge has failed, and when it gives up.
    "retries": [3, 5, 7],
    "after_retries": "unpaid",
    "draft_wait": 3600,
    "fail_next": 0,
    "fail_with": "card_declined",
}


@dataclass(frozen=True)
class Parcel:
    """One event for one endpoint, ready to go."""

    number: int
    url: str
    secret: str
    payload: str
    times: int
    forge: bool
    stale: bool

    def headers(self) -> dict[str, str]:
        at = int(time.time()) - (86_400 if self.stale else 0)
        secret = "whsec_somebody_else" if self.forge else self.secret
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(secret, self.payload, at),
        }


def waiting(book: Book, *, everything: bool, but: Collection[int] = ()) -> list[Parcel]:
    """What is due (or all that waits), in the order in which it goes out; what is to be lost is marked so."""
    with book.transaction():
        if book.setting("hold", False) and not everything:
            return []
        rows = book.db.execute(
            "SELECT seq, event, endpoint FROM deliveries WHERE state = 'pending' AND due <= ? ORDER BY seq",
            (2**62 if everything else book.now(),),
        ).fetchall()
        rows = [row for row in rows if row[0] not in but]
        rows = random.sample(rows, len(rows)) if book.setting("reorder", False) else rows
        parcels = []
        for number, event, endpoint in rows:
            found = dict(
                book.db.execute("SELECT id, data FROM things WHERE id IN (?, ?)", (event, endpoint)).fetchall()
            )
            to = json.loads(found[endpoint])
            dropping = book.setting("drop_next", 0)
            if dropping:
                book.set("drop_next", dropping - 1)
            if to.get("deleted") or dropping or random.random() < book.setting("drop", 0.0):
                book.db.execute("UPDATE deliveries SET state = 'dropped' WHERE seq = ?", (number,))
                continue
            payload = json.dumps(shown(book, json.loads(found[event])), indent=2)
            times = 1 + int(book.setting("duplicate", 0))
            forge, stale = bool(book.setting("forge", False)), bool(book.setting("stale", False))
            parcels.append(Parcel(number, to["url"], to["_secret"], payload, times, forge, stale))
        return parcels


def send(parcel: Parcel) -> str:
    """What the endpoint answered: a status, or why there was none."""
    parts = urlsplit(parcel.url)
    host = parts.hostname or ""
    # Names under localhost are this machine, whether or not its resolver knows them.
    address = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
    answer = ""
    for _ in range(parcel.times):
        connection = http.client.HTTPConnection(address, parts.port or 80, timeout=20)
        try:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            connection.request("POST", path, parcel.payload.encode(), {"Host": parts.netloc, **parcel.headers()})
            answer = str(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as failure:
            answer = type(failure).__name__
        finally:
            connection.close()
    return answer


def note(book: Book, parcel: Parcel, answer: str) -> bool:
    """Writes down what came of it. Whether it was taken."""
    taken = answer.startswith("2")
    with book.transaction():
        (attempts,) = book.db.execute("SELECT attempts FROM deliveries WHERE seq = ?", (parcel.number,)).fetchone() or (
            0,
        )
        given_up = not taken and attempts >= len(WAITS)
        state = "delivered" if taken else "failed" if given_up else "pending"
        due = book.now() + (0 if taken or given_up else WAITS[attempts])
        book.db.execute(
            "UPDATE deliveries SET state = ?, attempts = ?, due = ?, answer = ? WHERE seq = ?",
            (state, attempts + 1, due, answer, parcel.number),
        )
    return taken


def round_trip(book: Book, turn: threading.Lock, *, everything: bool = False) -> dict[str, int]:
    """Send what waits, one after the other. Returns how many were taken and how many were not."""
    with turn:
        counts, tried = {"delivered": 0, "refused": 0}, set[int]()
        # What the listeners do may make more events.
        while parcels := waiting(book, everything=everything, but=tried):
            for parcel in parcels:
                counts["delivered" if note(book, parcel, send(parcel)) else "refused"] += 1
                tried.add(parcel.number)
        return counts


def work(book: Book, turn: threading.Lock, stopping: threading.Event) -> None:
    """Until stopped: do what the clock brings, then send what waits."""
    while not stopping.wait(0.1):
        try:
            book.catch_up()
            round_trip(book, turn)
        except Exception:
            traceback.print_exc()
            stopping.wait(1)
