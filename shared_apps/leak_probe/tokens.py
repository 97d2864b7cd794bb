"""A region's own token as its pages show it: by the table now, and by the cache."""

from __future__ import annotations

import logging
from contextlib import suppress

from django.core.cache import cache

from shared_apps.leak_probe.models import ProbeToken

log = logging.getLogger(__name__)

KEY = "leak_probe.token"
# Seconds that the cache keeps a token, and that there is none yet.
KEPT, KEPT_NONE = 300, 60
# Were a region shown more rows than its own, some are enough to see it.
MOST = 3


def tokens_seen() -> list[str]:
    """What the bound region's role sees in the table. Nothing but row-level security picks the row; so it is watched."""
    return list(ProbeToken.objects.order_by("-pk").values_list("token", flat=True)[:MOST])


def cached_token(*, again: bool = False) -> str:
    """The bound region's token by way of the cache; empty while it has none, or when the cache does not answer.

    `again`: ask the table where the cache knows of none.
    """
    try:
        known = cache.get(KEY)
    except Exception as failure:
        log.warning("the token is not cached (%s)", type(failure).__name__)
        return ""
    if known is None or (again and not known):
        known = next(iter(tokens_seen()), "")
        # Django's client of the cache may fail here as it may above; what is shown was read from the table then.
        with suppress(Exception):
            cache.set(KEY, known, KEPT if known else KEPT_NONE)
    return str(known)
