"""Where the time of a piece of work goes: on the clock, and in waiting for the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg


@dataclass
class Spent:
    """Seconds on the clock, of the processor and of waiting for the server, all of this thread, and how often it waited."""

    seconds: float = 0.0
    processor: float = 0.0
    database: float = 0.0
    waits: int = 0
    is_waiting: bool = False
    # Of the browser, and so taken off again.
    aside: float = 0.0
    aside_processor: float = 0.0

    def as_json(self) -> dict[str, float]:
        return {"seconds": self.seconds, "processor": self.processor, "database": self.database, "waits": self.waits}


_here = threading.local()


def watch_psycopg() -> None:
    """Every exchange with a server, commits and what goes past Django's cursors included, is seen from now on.

    psycopg blocks in two places: in `Connection.wait`, and where it makes a connection.
    """
    wait, connect = psycopg.Connection.wait, psycopg.Connection.connect.__func__  # type: ignore[attr-defined]

    def watched_wait(self: Any, *args: Any, **kwargs: Any) -> Any:
        with _waiting():
            return wait(self, *args, **kwargs)

    def watched_connect(cls: Any, *args: Any, **kwargs: Any) -> Any:
        with _waiting():
            return connect(cls, *args, **kwargs)

    psycopg.Connection.wait = watched_wait  # type: ignore[method-assign]
    psycopg.Connection.connect = classmethod(watched_connect)  # type: ignore[method-assign,assignment]


@contextmanager
def _waiting() -> Iterator[None]:
    spent: Spent | None = getattr(_here, "spent", None)
    # Making a connection asks some questions of its own: they are part of it.
    if spent is None or spent.is_waiting:
        yield
        return
    spent.is_waiting = True
    began = time.perf_counter()
    try:
        yield
    finally:
        spent.database += time.perf_counter() - began
        spent.waits += 1
        spent.is_waiting = False


@contextmanager
def spending() -> Iterator[Spent]:
    """Measures the block in this thread."""
    spent = _here.spent = Spent()
    began, ran = time.perf_counter(), time.thread_time()
    try:
        yield spent
    finally:
        spent.seconds = time.perf_counter() - began - spent.aside
        spent.processor = time.thread_time() - ran - spent.aside_processor
        _here.spent = None


@contextmanager
def aside() -> Iterator[None]:
    """What a browser does, such as reading a form, counts for no side. Inside `spending` alone."""
    spent: Spent = _here.spent
    began, ran = time.perf_counter(), time.thread_time()
    try:
        yield
    finally:
        spent.aside += time.perf_counter() - began
        spent.aside_processor += time.thread_time() - ran
