"""The cache: its keys carry the region, so that no cached value is common to two of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from tenants.context import scope

log = logging.getLogger(__name__)
_AT_ONCE = 500
Made = TypeVar("Made")


def region_key(key: str, key_prefix: str, version: int) -> str:
    """Settings CACHES KEY_FUNCTION. Raises NoRegionBound where nothing is bound."""
    return f"{scope()}:{key_prefix}:{version}:{key}"


def remembered(key: str, seconds: int, make: Callable[[], Made]) -> Made:
    """What was made under this key in the bound region, so long ago at most; made now where the cache does not answer."""
    try:
        known = cache.get(key)
    except Exception as failure:
        log.warning("%s is made without the cache (%s)", key, type(failure).__name__)
        return make()
    if known is None:
        known = make()
        with suppress(Exception):
            cache.set(key, known, seconds)
    found: Made = known
    return found


def forget_region() -> None:
    """Nothing is kept any more of the region that is bound. Reads the names of all that is kept: for rare events.

    Without the cache this is told to the log alone; what is kept lasts minutes (tenants.sessions: ten).
    """
    try:
        client = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
        for name in client.scan_iter(match=f"{scope()}:*", count=_AT_ONCE):
            client.delete(name)
    except Exception as failure:
        log.error("what is kept of %s stays until it is too old (%s)", scope(), type(failure).__name__)


class RegionCache(RedisCache):
    """Django's, which makes a client of redis-py for each question; that took longer than the question, so one is kept."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient


class _KeptClient(RedisCacheClient):
    """One client for reading and one for writing; of several servers, a thread reads from the same one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]
