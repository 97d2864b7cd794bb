"""How often somebody may ask, counted in the cache. Keeps a flood out; no rule of the market stands on it."""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache

from tenants.kernel import clock

log = logging.getLogger(__name__)


def within_limit(name: str, who: str, *, most: int, seconds: int) -> bool:
    """Whether `who` may do this once more in the present window; counts the attempt. Each region counts for itself.

    When the cache does not answer, everybody may: a flood is the smaller harm.
    """
    window = int(clock.now().timestamp()) // seconds
    # A network address is counted, not kept.
    key = f"limit.{name}.{window}.{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    try:
        cache.add(key, 0, timeout=2 * seconds)
        return bool(cache.incr(key) <= most)
    except Exception as failure:
        log.warning("limit %s is not counted (%s)", name, type(failure).__name__)
        return True
