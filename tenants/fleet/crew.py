"""Several hands on one wave: each takes the next region, and what met a lock comes back after the others.

Threads, not processes: the server does the work while a hand waits for it, and a thread needs no second Django.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from django.db import connection


@dataclass(slots=True)
class Piece:
    """One region of a run, as far as a hand needs to know it."""

    task: int
    region: int
    name: str
    schema: str
    from_version: str
    attempts: int = 0
    lock_waits: int = 0


class Again(Exception):
    """The piece is worth another attempt after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass
class Tally:
    """How far a wave is. `waiting` are those that met a lock and are tried again."""

    total: int
    done: int = 0
    failed: int = 0
    waiting: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return max(time.monotonic() - self.began, 1e-6)

    @property
    def rate(self) -> float:
        """Regions a second."""
        return (self.done + self.failed) / self.seconds

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done - self.failed) / self.rate if self.rate else None


# Does one piece; True when it went well, False when the failure is written down. Raises Again.
Work = Callable[[Piece], bool]
MakeHand = Callable[[], AbstractContextManager[Work]]
TICK_SECONDS = 0.2


class _Queue:
    def __init__(self, pieces: Iterable[Piece], tally: Tally, may_fail: int | None) -> None:
        self.new = deque(pieces)
        self.later: list[tuple[float, int, Piece]] = []
        self.tally, self.may_fail = tally, may_fail
        self.lock = threading.Lock()
        self.over = threading.Event()

    def take(self) -> Piece | None:
        while not self.over.is_set():
            with self.lock:
                if self.new:
                    return self.new.popleft()
                if not self.later:
                    return None
                due = self.later[0][0] - time.monotonic()
                if due <= 0:
                    self.tally.waiting -= 1
                    return heapq.heappop(self.later)[2]
            self.over.wait(min(due, TICK_SECONDS))
        return None

    def put_back(self, piece: Piece, seconds: float) -> None:
        with self.lock:
            self.tally.waiting += 1
            heapq.heappush(self.later, (time.monotonic() + seconds, piece.task, piece))

    def count(self, went_well: bool) -> None:
        with self.lock:
            if went_well:
                self.tally.done += 1
            else:
                self.tally.failed += 1
                if self.may_fail is not None and self.tally.failed > self.may_fail:
                    self.over.set()


def work_through(
    pieces: list[Piece],
    *,
    hands: int,
    make_hand: MakeHand,
    tick: Callable[[Tally], bool],
    may_fail: int | None = None,
) -> Tally:
    """Every piece is done or failed, or more than `may_fail` have failed, or `tick` has said to stop.

    What is in hand is always finished. `tick` is called a few times a second in the caller's thread and answers whether to go
    on. Raises what a hand could not handle, after the others have ended; the pieces that it leaves are pending still.
    """
    tally = Tally(total=len(pieces))
    queue, faults = _Queue(pieces, tally, may_fail), list[BaseException]()

    def hand() -> None:
        try:
            with make_hand() as work:
                while (piece := queue.take()) is not None:
                    try:
                        queue.count(work(piece))
                    except Again as later:
                        queue.put_back(piece, later.seconds)
        except BaseException as fault:
            faults.append(fault)
            queue.over.set()
        finally:
            connection.close()

    threads = [threading.Thread(target=hand, name=f"fleet-{number}") for number in range(min(hands, len(pieces)))]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(TICK_SECONDS / len(threads))
            if not tick(tally):
                queue.over.set()
    finally:
        queue.over.set()
        for thread in threads:
            thread.join()
    if faults:
        raise faults[0]
    tick(tally)
    return tally
