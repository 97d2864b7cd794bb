"""One region's crowd leaves room for the others. Each web process counts for itself what it spends on each region.

Alone, a region may use the whole process but one thread. While others come too, it gets half of the threads and `share`
percent of the time; what is more is refused at once, kindly, before anything is asked of the database. A refusal costs
less than a millisecond, so it is no crowd of its own.

Time is what the thread computed, and a part of what it waited: a query that keeps the database busy counts too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

# What a region may have saved up, in seconds of its share: a page with many parts, a morning's first customers.
BURST = 2.0
# Others count as there for so long after their last request.
COMPANY = 10.0
# Of a second that was waited for, mostly for the database.
WAITING = 0.25
# More regions than a process serves within COMPANY; the eldest are forgotten, with a full account.
MOST_REGIONS = 2_000


@dataclass(slots=True)
class Account:
    """What a region has left in this process."""

    left: float
    at: float
    inside: int = 0


class Busy(Exception):
    """The region has used up what it may for now. `seconds`: when to come again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Fairness:
    """The accounts of one process."""

    def __init__(
        self,
        threads: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        computed: Callable[[], float] = time.thread_time,
    ) -> None:
        self._threads = threads
        self._clock, self._computed = clock, computed
        self._lock = threading.Lock()
        self._accounts: dict[str, Account] = {}
        # Who came last, and when somebody else came last.
        self._last, self._last_other_at = "", float("-inf")
        self._last_at = float("-inf")

    @contextmanager
    def seat(self, name: str, share: int) -> Iterator[None]:
        """A place in this process for one request of the region. `share`: percent of the time that is its own.

        Raises:  Busy.
        """
        self._enter(name, share / 100)
        began, computed = self._clock(), self._computed()
        try:
            yield
        finally:
            cpu = self._computed() - computed
            waited = max(self._clock() - began - cpu, 0.0)
            self._leave(name, cpu + WAITING * waited)

    def _enter(self, name: str, share: float) -> None:
        with self._lock:
            now = self._clock()
            shared = self._company_of(name, now)
            account = self._accounts.get(name)
            if account is None:
                if len(self._accounts) >= MOST_REGIONS:
                    self._forget()
                account = self._accounts[name] = Account(BURST, now)
            account.left = min(BURST, account.left + (now - account.at) * share)
            account.at = now
            seats = max(1, self._threads // 2) if shared else max(1, self._threads - 1)
            if account.inside >= seats:
                raise Busy(1)
            if shared and account.left <= 0:
                raise Busy(max(1, round(-account.left / share)))
            account.inside += 1

    def _leave(self, name: str, spent: float) -> None:
        with self._lock:
            account = self._accounts[name]
            account.inside -= 1
            # A debt that takes longer than a few seconds would punish the next visitor for the last one's query.
            account.left = max(account.left - spent, -2 * BURST)

    def _company_of(self, name: str, now: float) -> bool:
        """Whether another region came a moment ago; notes that this one comes now."""
        if name != self._last:
            self._last_other_at, self._last = self._last_at, name
        self._last_at = now
        return now - self._last_other_at < COMPANY

    def _forget(self) -> None:
        for name in [name for name, account in self._accounts.items() if not account.inside][: MOST_REGIONS // 2]:
            del self._accounts[name]


fairness = Fairness(settings.WEB_THREADS)
