"""One region's crowd leaves room for the others. Each web process counts for itself what it spends on each region.

A region may use the whole process but one thread; what comes more waits a moment for a place, and some seconds while nobody
else comes. While others come too it gets `share` percent of the time, and half of the threads for what is slow. Who has used
up most of it comes one at a time and lets the others pass in the middle of its work; what is more still is refused at once,
kindly, before anything is asked of the database. Why: ADR 28.

Time is what the thread computed, and a part of what it waited: a query that keeps the database busy counts too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings

# What a region may have saved up, in seconds of its share: a page with many parts, a morning's first customers.
BURST = 2.0
# Others count as there for so long after their last request.
COMPANY = 10.0
# Of a second that was waited for, mostly for the database.
WAITING = 0.25
# A request that is inside for longer is a slow one.
SLOW = 0.5
# Who has less than this left comes one at a time while others come too, and lets them pass at each statement, for so long at most.
LEAN = BURST / 2
LET_PASS = 0.1
# How long one waits for a place: where others come too, and alone, when the thread that one waits in is nobody else's.
PATIENCE = 0.25
PATIENCE_ALONE = 5.0
# More regions than a process serves within COMPANY; the eldest are forgotten, with a full account.
MOST_REGIONS = 2_000


Row = TypeVar("Row")


@dataclass(slots=True)
class Account:
    """What a region has left in this process."""

    left: float
    at: float
    share: float
    # When each request began that is inside.
    inside: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Visit:
    """One request inside. `computed`: its thread's time when it began; `passed`: seconds in which it let others pass."""

    name: str
    began: float
    computed: float
    lean: bool
    passed: float = 0.0


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
        # Requests inside whose region is not lean; and the one of this thread.
        self._favoured = 0
        self._here = threading.local()
        # By which hosts they are known outside.
        self._hosts: dict[str, str] = {}
        # Who came last, and when somebody else came last.
        self._last, self._last_other_at = "", float("-inf")
        self._last_at = float("-inf")

    @contextmanager
    def seat(self, name: str, share: int, host: str = "") -> Iterator[None]:
        """A place in this process for one request of the region. `share`: percent of the time that is its own.

        Raises:  Busy.
        """
        if host:
            self._hosts[host] = name
        began, lean = self._enter(name, share / 100)
        visit = self._here.visit = Visit(name, began, self._computed(), lean)
        try:
            yield
        finally:
            self._here.visit = None
            self._leave(visit, self._spent(visit))

    def let_pass(self) -> None:
        """In the middle of long work: a region that has used up most of what it may lets the others' requests go first."""
        visit: Visit | None = getattr(self._here, "visit", None)
        if visit is None:
            return
        began = self._clock()
        with self._lock:
            if not visit.lean and self._is_lean(visit.name, began, self._spent(visit)):
                visit.lean = True
                self._favoured -= 1
                self._lock.notify_all()
            if not visit.lean or not self._favoured:
                return
            self._lock.wait_for(lambda: not self._favoured, LET_PASS)
        visit.passed += self._clock() - began

    def _spent(self, visit: Visit) -> float:
        computed = self._computed() - visit.computed
        return computed + WAITING * max(self._clock() - visit.began - visit.passed - computed, 0.0)

    def _is_lean(self, name: str, now: float, spent: float = 0.0) -> bool:
        """Whether the region has used up most of what it may while others come too."""
        account = self._accounts[name]
        if not self._has_company(name, now):
            return False
        self._earn(account, now)
        return account.left - spent < LEAN

    def seats(self, host: str) -> int:
        """How many of this host's requests may be inside at a time, as things stand; those beyond had better wait outside."""
        with self._lock:
            name = self._hosts.get(host, "")
            lean = name in self._accounts and self._is_lean(name, self._clock())
            return 1 if lean else self._seats

    def seconds_of_debt(self, host: str) -> int:
        """When this host may be asked again, because its region has used up what it may while others come too; 0 for now."""
        with self._lock:
            name = self._hosts.get(host, "")
            if name not in self._accounts or not self._is_lean(name, self._clock()):
                return 0
            account = self._accounts[name]
            return _seconds(account) if account.left <= 0 else 0

    def _enter(self, name: str, share: float) -> tuple[float, bool]:
        with self._lock:
            account, shared = self._account(name, share)
            self._must_have_credit(account, shared=shared)
            if len(account.inside) >= self._seats:
                patience = PATIENCE if shared else PATIENCE_ALONE
                self._lock.wait_for(lambda: len(account.inside) < self._seats, patience)
                if len(account.inside) >= self._seats:
                    raise Busy(1)
            began = self._clock()
            account.inside.append(began)
            lean = self._is_lean(name, began)
            self._favoured += not lean
            return began, lean

    def _must_have_credit(self, account: Account, *, shared: bool) -> None:
        if not shared:
            return
        if account.left <= 0:
            raise Busy(_seconds(account))
        slow = sum(1 for began in account.inside if began < account.at - SLOW)
        if slow >= max(1, self._threads // 2):
            raise Busy(1)

    def _account(self, name: str, share: float) -> tuple[Account, bool]:
        """What the region has now, and whether others come too; notes that this one comes now."""
        now = self._clock()
        shared = self._has_company(name, now)
        if name != self._last:
            self._last_other_at, self._last = self._last_at, name
        self._last_at = now
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

    def _leave(self, visit: Visit, spent: float) -> None:
        with self._lock:
            self._favoured -= not visit.lean
            account = self._accounts[visit.name]
            account.inside.remove(visit.began)
            # First what it earned meanwhile, so that a long wait is not paid by itself.
            self._earn(account, self._clock())
            # A debt that takes longer than a few seconds would punish the next visitor for the last one's query.
            account.left = max(account.left - spent, -2 * BURST)
            self._lock.notify_all()

    def _has_company(self, name: str, now: float) -> bool:
        """Whether another region came a moment ago."""
        others_at = self._last_other_at if name == self._last else self._last_at
        return now - others_at < COMPANY

    def _forget(self) -> None:
        for name in [name for name, account in self._accounts.items() if not account.inside][: MOST_REGIONS // 2]:
            del self._accounts[name]
        self._hosts = {host: name for host, name in self._hosts.items() if name in self._accounts}


def _seconds(account: Account) -> int:
    return max(1, round(-account.left / account.share))


fairness = Fairness(settings.WEB_THREADS)


def at_each_statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """For `connection.execute_wrapper`: each statement is a moment at which others may pass."""
    fairness.let_pass()
    return execute(sql, params, many, context)


def unhurried(rows: Iterable[Row], every: int = 50) -> Iterator[Row]:
    """The same rows, for long lists that are written out: after each `every` others may pass."""
    for number, row in enumerate(rows):
        if number % every == 0:
            fairness.let_pass()
        yield row
