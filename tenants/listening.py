"""What a process remembers of the registry is true while the database is heard.

The registry tells its changes on one channel (migration tenants.0002). A thread with a connection of its own listens, and asks
every second whether the database is still there: silence may hide a change. Who remembers something subscribes, and looks at
`registry.is_heard()` before each use; while it is not heard, ask the database instead.
"""

from __future__ import annotations

import logging
import math
import os
import select
import threading
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from tenants.raw import ask, connect

log = logging.getLogger(__name__)

# Seconds. A change is known at once, or its absence is believed for at most HEARD_FOR after the network has gone silent.
ASK_EVERY = 1.0
ANSWER_WITHIN = 3.0
HEARD_FOR = 4.0
CONNECT_AGAIN_AFTER = 1.0

CHANNEL = "warsa_registry"
# Stands for every name: a table was emptied, or some messages may have been missed.
EVERYTHING = "*"

Told = Callable[[frozenset[str]], None]


class Listener:
    """One thread of this process that listens; it begins when someone first asks whether it hears."""

    def __init__(self) -> None:
        self._subscribers: list[Told] = []
        self._begin_afresh()
        # A child of fork() has none of our threads, and must not touch our connection.
        os.register_at_fork(after_in_child=self._begin_afresh)

    def _begin_afresh(self) -> None:
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._heard_at = -math.inf

    def subscribe(self, told: Told) -> None:
        """`told` gets the names that changed (schemas and hosts), in the listener's thread. It must be quick and not raise."""
        self._subscribers.append(told)

    def is_heard(self) -> bool:
        """Whether nothing has changed that subscribers were not told, but for the last four seconds at most."""
        if self._thread is None:
            self._start()
        return time.monotonic() - self._heard_at < HEARD_FOR

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen_for_ever, name="warsa-listener", daemon=True)
                self._thread.start()

    def _listen_for_ever(self) -> None:
        while True:
            try:
                self._listen()
            except (psycopg.Error, OSError) as loss:
                if self._heard_at > -math.inf:
                    why = str(loss).partition("\n")[0]
                    log.warning("the registry is not heard any more, each request asks for its region: %s", why)
            except Exception:
                log.exception("listening to the registry failed")
            self._heard_at = -math.inf
            time.sleep(CONNECT_AGAIN_AFTER)

    def _listen(self) -> None:
        with closing(connect(connections[DEFAULT_DB_ALIAS].settings_dict, "warsa listener")) as connection:
            ask(connection, f"LISTEN {CHANNEL}", ANSWER_WITHIN)
            # What changed before this nobody has told.
            self._tell(frozenset({EVERYTHING}))
            while True:
                # The server sends what was notified before it answers: at the time of asking nothing was untold.
                asked_at = time.monotonic()
                ask(connection, "SELECT", ANSWER_WITHIN, self._tell)
                self._heard_at = asked_at
                # Ends early when something is told.
                select.select([connection.pgconn.socket], [], [], ASK_EVERY)

    def _tell(self, names: frozenset[str]) -> None:
        for told in self._subscribers:
            told(names)


registry = Listener()
