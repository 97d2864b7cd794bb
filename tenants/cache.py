"""Cache keys carry the region, so that no cached value is common to two of them."""

from __future__ import annotations

from tenants.context import scope


def region_key(key: str, key_prefix: str, version: int) -> str:
    """Settings CACHES KEY_FUNCTION. Raises NoRegionBound where nothing is bound."""
    return f"{scope()}:{key_prefix}:{version}:{key}"
