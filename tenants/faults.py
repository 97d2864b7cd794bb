"""How often something broke in a region: answers of 500 and tasks that failed, counted by the hour in the cache.

A count that the cache forgets is lost; what broke stands in the log.
"""

from __future__ import annotations

from typing import Any

from celery.exceptions import TaskPredicate
from django.core.cache import cache
from django.core.signals import got_request_exception

from tenants.context import region_is_bound
from tenants.kernel import clock

HOUR = 3600
HOURS = 24


def note_fault() -> None:
    """One more fault of the bound region; nothing on the platform, and nothing when the cache is away."""
    if not region_is_bound():
        return
    key = _key(int(clock.now().timestamp()) // HOUR)
    try:
        cache.add(key, 0, timeout=(HOURS + 1) * HOUR)
        cache.incr(key)
    except Exception:  # noqa: S110 - a fault while a fault is counted must not hide the first one
        pass


def faults_24h() -> int | None:
    """Faults of the bound region in this hour and the 23 before; None when the cache does not answer."""
    this = int(clock.now().timestamp()) // HOUR
    try:
        counts: dict[str, int] = cache.get_many([_key(hour) for hour in range(this - HOURS + 1, this + 1)])
    except Exception:
        return None
    return sum(counts.values())


def counts_as_fault(error: BaseException) -> bool:
    """Whether a task that ended so has failed; one that asks to be tried again has not."""
    return isinstance(error, Exception) and not isinstance(error, TaskPredicate)


def _key(hour: int) -> str:
    return f"faults:{hour}"


def _answer_broke(**_: Any) -> None:
    note_fault()


got_request_exception.connect(_answer_broke, dispatch_uid="tenants.faults")
