"""One region's crowd leaves room for the others. Each web process counts for itself what it spends on each region.

A region may use the whole process but one thread; what comes more waits a moment for a place, as a page's pictures do that a
browser asks for all at once, and some seconds while nobody else comes. While others come too it gets `share` percent of the time, and half of the threads for what is
slow; what is more is refused at once, kindly, before anything is asked of the database. A refusal costs less than a
millisecond, so it is no crowd of its own.

Time is what the thread computed, and a part of what it waited: a query that keeps the database busy counts too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings

# What a region may have saved up, in seconds of its share: a page with many parts, a morning's first customers.
BURST = 2.0
# Others count as there for so long after their last request.
COMPANY = 10.0
# Of a second that was waited for, mostly for the database.
WAITING = 0.25
# A request that is inside for longer is a slow one.
SLOW = 0.5
# How long one waits for a place: where others come too, and alone, when the thread that one waits in is nobody else's.
PATIENCE = 0.25
PATIENCE_ALONE = 5.0
# More regions than a process serves within COMPANY; the eldest are forgotten, with a full account.
MOST_REGIONS = 2_000


@dataclass(slots=True)
class Account:
    """What a region has left in this process."""

    left: float
    at: float
    share: float
    # When each request began that is inside.
    inside: list[float] = field(default_factory=list)


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
        self._seats = max(1, threads - 1)
        self._clock, self._computed = clock, computed
        self._lock = threading.Condition()
        self._accounts: dict[str, Account] = {}
        # Who came last, and when somebody else came last.
        self._last, self._last_other_at = "", float("-inf")
        self._last_at = float("-inf")

    @contextmanager
    def seat(self, name: str, share: int) -> Iterator[None]:
        """A place in this process for one request of the region. `share`: percent of the time that is its own.

        Raises:  Busy.
        """
        began = self._enter(name, share / 100)
        computed = self._computed()
        try:
            yield
        finally:
            cpu = self._computed() - computed
            waited = max(self._clock() - began - cpu, 0.0)
            self._leave(name, began, cpu + WAITING * waited)

    def _enter(self, name: str, share: float) -> float:
        with self._lock:
            account, shared = self._account(name, share)
            self._must_have_credit(account, share, shared=shared)
            if len(account.inside) >= self._seats:
                patience = PATIENCE if shared else PATIENCE_ALONE
                self._lock.wait_for(lambda: len(account.inside) < self._seats, patience)
                if len(account.inside) >= self._seats:
                    raise Busy(1)
            began = self._clock()
            account.inside.append(began)
            return began

    def _must_have_credit(self, account: Account, share: float, *, shared: bool) -> None:
        if not shared:
            return
        if account.left <= 0:
            raise Busy(max(1, round(-account.left / share)))
        slow = sum(1 for began in account.inside if began < account.at - SLOW)
        if slow >= max(1, self._threads // 2):
            raise Busy(1)

    def _account(self, name: str, share: float) -> tuple[Account, bool]:
        """What the region has now, and whether others come too."""
        now = self._clock()
        shared = self._company_of(name, now)
        account = self._accounts.get(name)
        if account is None:
            if len(self._accounts) >= MOST_REGIONS:
                self._forget()
            account = self._accounts[name] = Account(BURST, now, share)
        account.share = share
        self._earn(account, now)
        return account, shared

    def _earn(self, account: Account, now: float) -> None:
        account.left = min(BURST, account.left + (now - account.at) * account.share)
        account.at = now

    def _leave(self, name: str, began: float, spent: float) -> None:
        with self._lock:
            account = self._accounts[name]
            account.inside.remove(began)
            # First what it earned meanwhile, so that a long wait is not paid by itself.
            self._earn(account, self._clock())
            # A debt that takes longer than a few seconds would punish the next visitor for the last one's query.
            account.left = max(account.left - spent, -2 * BURST)
            self._lock.notify_all()

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
