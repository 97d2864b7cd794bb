"""The cache: its keys carry the region, so that no cached value is common to two of them."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from tenants.context import scope


def region_key(key: str, key_prefix: str, version: int) -> str:
    """Settings CACHES KEY_FUNCTION. Raises NoRegionBound where nothing is bound."""
    return f"{scope()}:{key_prefix}:{version}:{key}"


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
