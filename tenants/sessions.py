"""Sessions live in the schema of their site and are signed for it; the cache spares most pages the question."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core.cache import cache
from django.db import connection, transaction

from tenants.context import scope
from tenants.kernel import clock

log = logging.getLogger(__name__)

# As long as a page may believe the cache. Who was deactivated or changed the password is refused at once even so: that is
# read with the person at every page.
KEPT_SECONDS = 600
ENDED = ""


class SessionStore(DatabaseStore):
    """Database sessions whose signature holds the region: a row copied to another region decodes to an empty session.

    The cache holds what was signed, never what it says. What is saved is written through, what is ended leaves a mark;
    a reader adds only where nothing stands, so that one who read the row before a change cannot bring it back after it.
    Without the cache everything is read from the table.
    """

    @property
    def key_salt(self) -> str:
        return f"warsa.session.{scope()}"

    def load(self) -> dict[str, Any]:
        # Inside a transaction one reads what may be taken back.
        key, alone = self.session_key, not connection.in_atomic_block
        held = _ask("get", key) if alone else None
        if held:
            return self.decode(held)
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        if alone and held != ENDED:
            left = (row.expire_date - clock.now()).total_seconds()
            _ask("add", row.session_key, row.session_data, timeout=int(min(left, KEPT_SECONDS)))
        return self.decode(row.session_data)

    def save(self, must_create: bool = False) -> None:
        key = self.session_key
        super().save(must_create)
        # Without a key Django makes one, and saves by this method again.
        if key is not None:
            _write(key, self.encode(dict(self.items())), min(self.get_expiry_age(), KEPT_SECONDS))

    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)
        ended = session_key or self.session_key
        if ended:
            _write(ended, ENDED, KEPT_SECONDS)


def _write(key: str, value: str, seconds: int) -> None:
    """Into the cache, once it holds in the table."""
    transaction.on_commit(lambda: _ask("set", key, value, timeout=seconds))


def _ask(what: str, key: str | None, *values: Any, **options: Any) -> Any:
    try:
        return getattr(cache, what)(f"session.{key}", *values, **options)
    except Exception as failure:
        log.warning("sessions come from the table alone (%s)", type(failure).__name__)
        return None
